using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// A mixture of K normal distributions with full covariances, Σₖ πₖ N(z; μₖ, Σₖ), fitted by expectation maximisation (Dempster, Laird, Rubin 1977; Bishop 2006, section 9.2).
/// </summary>
/// <remarks>Points are standardised within, so that units do not matter; every covariance has a floor of <c>Floor</c> of a standard deviation squared.</remarks>
public sealed partial class GaussianMixture
{
    private const double Floor = 1e-10;
    private const double Converged = 1e-4;

    private readonly int d;
    private readonly double[] weights, means, covariances, factors, logDeterminants, shift, scale, centred, standard;

    /// <summary>A mixture that fits nothing yet.</summary>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="clusters">The most clusters, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public GaussianMixture(int dimension, int clusters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        (d, MaxClusters) = (dimension, clusters);
        (weights, logDeterminants) = (new double[clusters], new double[clusters]);
        (means, covariances, factors) = (new double[clusters * d], new double[clusters * d * d], new double[clusters * d * d]);
        (shift, scale, centred, standard) = (new double[d], new double[d], new double[d], new double[d]);
    }

    /// <summary>The most clusters.</summary>
    public int MaxClusters { get; }

    /// <summary>K, the clusters of the last fit; 0 before it.</summary>
    public int Clusters { get; private set; }

    /// <summary>πₖ, <c>[K]</c>.</summary>
    public ReadOnlySpan<double> Weights => weights.AsSpan(0, Clusters);

    /// <summary>Fits.</summary>
    /// <param name="points">z, row-major <c>[N, d]</c>.</param>
    /// <param name="clusters">K, 1 to <see cref="MaxClusters"/>.</param>
    /// <param name="iterations">The most iterations, at least 1; it stops before where the likelihood no longer grows.</param>
    /// <param name="random">Draws the first means among the points (k-means++, Arthur and Vassilvitskii 2007).</param>
    /// <returns>The mean log-likelihood of a standardised point before each iteration; it never falls but by rounding and the floor.</returns>
    /// <exception cref="ArgumentException">There is no point, one is not finite, or K is out of range.</exception>
    public IReadOnlyList<double> Fit(ReadOnlySpan<double> points, int clusters, int iterations, RandomStream random)
    {
        int count = points.Length / d;
        if (count == 0 || points.Length % d != 0)
        {
            throw new ArgumentException($"{points.Length} numbers are no points of {d}.", nameof(points));
        }

        if (clusters < 1 || clusters > MaxClusters)
        {
            throw new ArgumentOutOfRangeException(nameof(clusters), clusters, $"There must be at least 1 and at most {MaxClusters} clusters.");
        }

        Shapes.RequireFinite(points, nameof(points));
        Clusters = clusters;
        double[] z = Standardise(points, count);
        double[] responsibilities = Seed(z, count, random);
        Maximise(z, count, responsibilities);
        var likelihoods = new List<double>();
        for (int i = 0; i < iterations; i++)
        {
            likelihoods.Add(Expect(z, count, responsibilities));
            Maximise(z, count, responsibilities);
            if (i > 0 && likelihoods[^1] - likelihoods[^2] < Converged)
            {
                break;
            }
        }

        return likelihoods;
    }

    /// <summary>rₖ = p(k | z), the posterior probability of each cluster.</summary>
    /// <param name="point">z, <c>[d]</c>.</param>
    /// <param name="responsibilities">Receives r, <c>[K]</c>.</param>
    public void Assign(ReadOnlySpan<double> point, Span<double> responsibilities)
    {
        for (int i = 0; i < d; i++)
        {
            standard[i] = (point[i] - shift[i]) / scale[i];
        }

        LogJoint(standard, responsibilities);
        Normalise(responsibilities[..Clusters]);
    }

    /// <summary>Mean and covariance of a mixture of the clusters: μ = Σ rₖ μₖ, Φ = Σ rₖ (Σₖ + (μₖ − μ)(μₖ − μ)ᵀ).</summary>
    /// <param name="responsibilities">r, <c>[K]</c>, sum 1.</param>
    /// <param name="mean">Receives μ, <c>[d]</c>.</param>
    /// <param name="covariance">Receives Φ, row-major <c>[d, d]</c>.</param>
    public void Blend(ReadOnlySpan<double> responsibilities, Span<double> mean, Span<double> covariance)
    {
        mean.Clear();
        covariance.Clear();
        for (int k = 0; k < Clusters; k++)
        {
            Dense.AddScaled(responsibilities[k], means.AsSpan(k * d, d), mean);
        }

        for (int k = 0; k < Clusters; k++)
        {
            means.AsSpan(k * d, d).CopyTo(centred);
            Dense.AddScaled(-1.0, mean, centred);
            Dense.AddScaled(responsibilities[k], covariances.AsSpan(k * d * d, d * d), covariance);
            Dense.AddProduct(responsibilities[k], centred, centred, covariance, d, 1, d);
        }

        for (int i = 0; i < d; i++)
        {
            mean[i] = shift[i] + (scale[i] * mean[i]);
            for (int j = 0; j < d; j++)
            {
                covariance[(i * d) + j] *= scale[i] * scale[j];
            }
        }
    }

    /// <summary>Writes the mixture under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/clusters", [(long)Clusters]);
        state.Set($"{prefix}/weights", weights);
        state.Set($"{prefix}/means", means);
        state.Set($"{prefix}/covariances", covariances);
        state.Set($"{prefix}/shift", shift);
        state.Set($"{prefix}/scale", scale);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Clusters = (int)state.GetInt64($"{prefix}/clusters", 1)[0];
        state.GetDouble($"{prefix}/weights", weights.Length).CopyTo(weights);
        state.GetDouble($"{prefix}/means", means.Length).CopyTo(means);
        state.GetDouble($"{prefix}/covariances", covariances.Length).CopyTo(covariances);
        state.GetDouble($"{prefix}/shift", d).CopyTo(shift);
        state.GetDouble($"{prefix}/scale", d).CopyTo(scale);
        for (int k = 0; k < Clusters; k++)
        {
            Factor(k);
        }
    }

    /// <summary>log πₖ N(z; μₖ, Σₖ) for each k.</summary>
    private void LogJoint(ReadOnlySpan<double> z, Span<double> result)
    {
        for (int k = 0; k < Clusters; k++)
        {
            z.CopyTo(centred);
            Dense.AddScaled(-1.0, means.AsSpan(k * d, d), centred);
            Dense.SolveLower(factors.AsSpan(k * d * d, d * d), centred, d, 1);
            result[k] = Math.Log(weights[k] + 1e-300) - (0.5 * (Dense.Dot(centred, centred) + logDeterminants[k] + (d * Math.Log(2.0 * Math.PI))));
        }
    }

    /// <summary>From logarithms to shares of one; returns the logarithm of their sum.</summary>
    private static double Normalise(Span<double> logs)
    {
        double greatest = double.NegativeInfinity, sum = 0.0;
        foreach (double x in logs)
        {
            greatest = Math.Max(greatest, x);
        }

        foreach (ref double x in logs)
        {
            sum += x = Math.Exp(x - greatest);
        }

        Dense.Scale(1.0 / sum, logs);
        return greatest + Math.Log(sum);
    }
}
