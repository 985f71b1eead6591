using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// The conjugate prior of a normal distribution's mean and covariance (Gelman et al., Bayesian Data Analysis, section 3.6), in the form that Levine and Abbeel (2014, appendix A)
/// fit local dynamics with: a prior mean μ₀ worth κ points, and a prior covariance Φ worth ν points.
/// </summary>
internal static class NormalInverseWishart
{
    /// <summary>
    /// With the sample's mean z̄ and covariance S = Σ (z − z̄)(z − z̄)ᵀ / N: μ = (κ μ₀ + N z̄) / (κ + N) and
    /// Σ = (ν Φ + N S + κN/(κ + N) (z̄ − μ₀)(z̄ − μ₀)ᵀ) / (ν + N).
    /// </summary>
    /// <param name="priorMean">μ₀, <c>[d]</c>.</param>
    /// <param name="priorCovariance">Φ, <c>[d, d]</c>.</param>
    /// <param name="kappa">κ, at least 0.</param>
    /// <param name="nu">ν, at least 0.</param>
    /// <param name="count">N, above 0.</param>
    /// <param name="mean">z̄, <c>[d]</c>; receives μ.</param>
    /// <param name="covariance">S, <c>[d, d]</c>; receives Σ.</param>
    public static void Update(ReadOnlySpan<double> priorMean, ReadOnlySpan<double> priorCovariance, double kappa, double nu, double count, Span<double> mean, Span<double> covariance)
    {
        int d = mean.Length;
        double between = kappa * count / (kappa + count);
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                ref double s = ref covariance[(i * d) + j];
                s = ((nu * priorCovariance[(i * d) + j]) + (count * s) + (between * (mean[i] - priorMean[i]) * (mean[j] - priorMean[j]))) / (nu + count);
            }
        }

        Dense.Scale(count / (kappa + count), mean);
        Dense.AddScaled(kappa / (kappa + count), priorMean, mean);
    }
}
