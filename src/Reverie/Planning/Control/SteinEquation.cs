using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The discrete Lyapunov equation, or Stein's: X = M X Mᵀ + W, whose solution is Σₖ Mᵏ W (Mᵏ)ᵀ: the steady covariance of x' = M x + w with w of covariance W.
/// With Mᵀ for M it is a policy's cost to go: ½ xᵀXx is the cost of x' = M x where a step costs ½ xᵀWx.
/// </summary>
public static class SteinEquation
{
    private const int Doublings = 64;

    /// <summary>Solves it by doubling (Smith 1968): X += M X Mᵀ, M = M², which squares what is left of the sum at every turn.</summary>
    /// <param name="size">n, at least 1.</param>
    /// <param name="m">M, row-major <c>[n, n]</c>, finite.</param>
    /// <param name="w">W, row-major <c>[n, n]</c>, symmetric, finite.</param>
    /// <returns>X, row-major <c>[n, n]</c>, symmetric.</returns>
    /// <exception cref="ArgumentException">A length is wrong, or M has an eigenvalue of modulus 1 or more: the sum does not converge.</exception>
    public static double[] Solve(int size, ReadOnlySpan<double> m, ReadOnlySpan<double> w)
    {
        Shapes.Require(w.Length, size * size, nameof(w));
        double radius = SpectralRadius(size, m);
        if (!(radius < 1.0))
        {
            throw new ArgumentException(FormattableString.Invariant($"M has spectral radius {radius}; it must be below 1 for X = M X Mᵀ + W to have its solution."), nameof(m));
        }

        int n = size;
        var (X, M, square, MX, grown) = (w.ToArray(), m.ToArray(), new double[n * n], new double[n * n], new double[n * n]);
        for (int i = 0; i < Doublings; i++)
        {
            Dense.Multiply(M, X, MX, n, n, n);
            Dense.MultiplyTranspose(MX, M, grown, n, n, n);
            Dense.AddScaled(1.0, grown, X);
            if (Dense.Norm(grown) <= 1e-17 * Dense.Norm(X))
            {
                break;
            }

            Dense.Multiply(M, M, square, n, n, n);
            (M, square) = (square, M);
        }

        Dense.Symmetrize(X, n);
        return X;
    }

    /// <summary>The largest modulus of an eigenvalue, ρ(M) = lim ‖Mᵏ‖^(1/k) (Gelfand 1941), by squaring forty times; below 1, Mᵏ goes to zero.</summary>
    /// <param name="size">n, at least 1.</param>
    /// <param name="m">M, row-major <c>[n, n]</c>, finite.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static double SpectralRadius(int size, ReadOnlySpan<double> m)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Shapes.Require(m.Length, size * size, nameof(m));
        var (power, square) = (m.ToArray(), new double[size * size]);

        // log ‖M^(2ⁱ)‖ is kept apart, so that powers neither overflow nor vanish.
        double logNorm = 0.0, exponent = 1.0;
        for (int i = 0; i <= 40; i++)
        {
            double norm = Dense.Norm(power);
            if (!(norm > 0.0))
            {
                return norm;
            }

            logNorm += Math.Log(norm) / exponent;
            Dense.Scale(1.0 / norm, power);
            Dense.Multiply(power, power, square, size, size, size);
            (power, square, exponent) = (square, power, 2.0 * exponent);
        }

        return Math.Exp(logNorm);
    }
}
