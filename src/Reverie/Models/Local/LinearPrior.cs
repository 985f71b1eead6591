using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>What priors that know slopes alone say of z = (x, u, x').</summary>
internal static class LinearPrior
{
    /// <summary>Inputs y = (x, u) independent of unit variance, whose scale <see cref="LocalRegression"/> sets, and x' = F y + e: Φ = [I, Fᵀ; F, F Fᵀ + diag e²].</summary>
    /// <param name="slopes">F, row-major <c>[n, k]</c>.</param>
    /// <param name="squares">e², <c>[n]</c>.</param>
    /// <param name="covariance">Receives Φ, row-major <c>[k + n, k + n]</c>.</param>
    public static void Join(ReadOnlySpan<double> slopes, ReadOnlySpan<double> squares, Span<double> covariance)
    {
        int n = squares.Length, k = slopes.Length / n, d = k + n;
        covariance.Clear();
        for (int j = 0; j < k; j++)
        {
            covariance[j * (d + 1)] = 1.0;
        }

        for (int i = 0; i < n; i++)
        {
            var row = slopes.Slice(i * k, k);
            for (int j = 0; j < k; j++)
            {
                covariance[(j * d) + k + i] = covariance[((k + i) * d) + j] = row[j];
            }

            for (int j = 0; j < n; j++)
            {
                covariance[((k + i) * d) + k + j] = Dense.Dot(row, slopes.Slice(j * k, k)) + (i == j ? squares[i] : 0.0);
            }
        }
    }
}
