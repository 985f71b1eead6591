using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The discrete algebraic Riccati equation P = Q + γAᵀPA − (γAᵀPB + N)(R + γBᵀPB)⁻¹(γBᵀPA + Nᵀ): the infinite horizon's optimal cost ½ x₀ᵀPx₀ = min Σₜ γᵗ
/// (½ xₜᵀQxₜ + xₜᵀNuₜ + ½ uₜᵀRuₜ) under x' = A x + B u. Its stabilising solution is found by the structure-preserving doubling algorithm
/// (Chu, Fan, Lin and Wang 2004, "Structure-preserving algorithms for periodic discrete-time algebraic Riccati equations", Int. J. Control 77).
/// </summary>
/// <remarks>
/// The discount is one of A and B by √γ; the cross term vanishes by u = ũ − R⁻¹Nᵀx, which makes A − B R⁻¹Nᵀ of A and Q − N R⁻¹Nᵀ of Q. A solution
/// exists where (√γA, √γB) is stabilisable, R is positive definite and costs see all modes that are not stable of themselves.
/// </remarks>
public static class RiccatiEquation
{
    private const int MaxDoublings = 64;
    private const double Converged = 1e-15;
    private const double StableBelow = 1.0 - 1e-12;
    private const double LargestResidual = 1e-6;

    /// <summary>Solves it.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="a">A, row-major <c>[n, n]</c>, finite.</param>
    /// <param name="b">B, row-major <c>[n, m]</c>, finite.</param>
    /// <param name="q">Q, row-major <c>[n, n]</c>, symmetric, finite.</param>
    /// <param name="r">R, row-major <c>[m, m]</c>, symmetric positive definite.</param>
    /// <param name="cross">N, row-major <c>[n, m]</c>, finite; empty for zero.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the discount is out of range.</exception>
    /// <exception cref="ArgumentException">
    /// A length is wrong, a number is not finite, Q or R is not symmetric, R is not positive definite, or there is no stabilising solution; the message says whether the pair cannot be
    /// stabilised or the costs do not ask for it.
    /// </exception>
    public static RiccatiSolution Solve(
        int stateSize,
        int actionSize,
        ReadOnlySpan<double> a,
        ReadOnlySpan<double> b,
        ReadOnlySpan<double> q,
        ReadOnlySpan<double> r,
        ReadOnlySpan<double> cross = default,
        double discount = 1.0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        var stage = new LinearQuadraticStage(stateSize, actionSize);
        Copy(a, stage.StateJacobian, nameof(a));
        Copy(b, stage.ActionJacobian, nameof(b));
        Copy(q, stage.StateCost, nameof(q));
        Copy(r, stage.ActionCost, nameof(r));
        if (!cross.IsEmpty)
        {
            Copy(cross, stage.CrossCost, nameof(cross));
        }

        return Solve(stage, discount);
    }

    /// <summary>Solves it for a stage's A, B, Q, R and N.</summary>
    /// <exception cref="ArgumentException">As above.</exception>
    internal static RiccatiSolution Solve(LinearQuadraticStage stage, double discount)
    {
        Discounts.Require(discount);
        Finite(stage.StateJacobian, "A");
        Finite(stage.ActionJacobian, "B");
        Finite(stage.StateCost, "Q");
        Finite(stage.CrossCost, "N");
        Finite(stage.ActionCost, "R");
        Finite(stage.Offset, "c");
        Finite(stage.StateSlope, "q");
        Finite(stage.ActionSlope, "r");
        Symmetric(stage.StateCost, stage.StateSize, "Q");
        Symmetric(stage.ActionCost, stage.ActionSize, "R");
        double[] factor = [.. stage.ActionCost];
        if (!Dense.Cholesky(factor, stage.ActionSize))
        {
            throw new ArgumentException("R is not positive definite: on an infinite horizon every action must cost something.", nameof(stage));
        }

        return TrySolve(stage, factor, discount) ?? throw new ArgumentException(Refusal(stage, factor, discount), nameof(stage));
    }

    /// <summary>The doubling algorithm; null where it finds no stabilising solution.</summary>
    private static RiccatiSolution? TrySolve(LinearQuadraticStage stage, double[] factor, double discount)
    {
        int n = stage.StateSize;
        var (A, G, H) = Start(stage, factor, discount);
        var (W, V1, V2, product) = (new double[n * n], new double[n * n], new double[n * n], new double[n * n]);
        var (nextA, grown) = (new double[n * n], new double[n * n]);
        int[] pivots = new int[n];
        int turn = 0;
        for (bool done = false; !done; turn++)
        {
            // W = I + G H, V₁ = W⁻¹A, V₂ = W⁻¹G.
            Dense.Identity(W, n);
            Dense.AddProduct(1.0, G, H, W, n, n, n);
            A.CopyTo(V1, 0);
            G.CopyTo(V2, 0);
            if (turn == MaxDoublings || !Dense.Lu(W, pivots, n))
            {
                return null;
            }

            Dense.LuSolve(W, pivots, V1, n, n);
            Dense.LuSolve(W, pivots, V2, n, n);

            // H += V₁ᵀHA, G += A V₂ Aᵀ, A = A V₁: each turn stands for twice as many steps.
            Dense.Multiply(H, A, product, n, n, n);
            Dense.TransposeMultiply(V1, product, grown, n, n, n);
            Dense.AddScaled(1.0, grown, H);
            Dense.Symmetrize(H, n);
            done = Dense.Norm(grown) <= Converged * Dense.Norm(H);
            Dense.Multiply(A, V2, product, n, n, n);
            Dense.MultiplyTranspose(product, A, grown, n, n, n);
            Dense.AddScaled(1.0, grown, G);
            Dense.Symmetrize(G, n);
            Dense.Multiply(A, V1, nextA, n, n, n);
            (A, nextA) = (nextA, A);
            if (!double.IsFinite(Dense.Norm(H)))
            {
                return null;
            }
        }

        return Verified(stage, H, discount, turn);
    }

    /// <summary>A₀ = √γ (A − B R⁻¹Nᵀ), G₀ = γ B R⁻¹Bᵀ, H₀ = Q − N R⁻¹Nᵀ.</summary>
    private static (double[] A, double[] G, double[] H) Start(LinearQuadraticStage stage, double[] factor, double discount)
    {
        int n = stage.StateSize, m = stage.ActionSize;
        var (A, G, H) = ((double[])stage.StateJacobian.Clone(), new double[n * n], (double[])stage.StateCost.Clone());
        var (N, B) = (new double[m * n], new double[m * n]);
        Dense.Transpose(stage.CrossCost, N, n, m);
        Dense.CholeskySolve(factor, N, m, n);
        Dense.Transpose(stage.ActionJacobian, B, n, m);
        Dense.CholeskySolve(factor, B, m, n);
        Dense.AddProduct(-1.0, stage.ActionJacobian, N, A, n, m, n);
        Dense.AddProduct(discount, stage.ActionJacobian, B, G, n, m, n);
        Dense.AddProduct(-1.0, stage.CrossCost, N, H, n, m, n);
        Dense.Scale(Math.Sqrt(discount), A);
        Dense.Symmetrize(G, n);
        Dense.Symmetrize(H, n);
        return (A, G, H);
    }

    /// <summary>The solution with its gain, if it holds and stabilises.</summary>
    private static RiccatiSolution? Verified(LinearQuadraticStage stage, double[] P, double discount, int doublings)
    {
        int n = stage.StateSize, m = stage.ActionSize;
        var (K, again, M) = (new double[m * n], new double[n * n], (double[])stage.StateJacobian.Clone());
        if (!new RiccatiStep(n, m).TryRun(stage, discount, P, new double[n], 0.0, again, new double[n], out _, K, new double[m]))
        {
            return null;
        }

        Dense.AddProduct(-1.0, stage.ActionJacobian, K, M, n, m, n);
        double radius = Math.Sqrt(discount) * SteinEquation.SpectralRadius(n, M);
        double norm = Dense.Norm(P);
        Dense.AddScaled(-1.0, P, again);
        double residual = norm > 0.0 ? Dense.Norm(again) / norm : Dense.Norm(again);
        return radius < StableBelow && residual < LargestResidual ? new RiccatiSolution(P, K, M, radius, residual, doublings) : null;
    }

    /// <summary>Why there is no solution: with costs that see everything, Q = I and N = 0, only a pair that cannot be stabilised has none.</summary>
    private static string Refusal(LinearQuadraticStage stage, double[] factor, double discount)
    {
        int n = stage.StateSize;
        var seeing = new LinearQuadraticStage(n, stage.ActionSize);
        stage.StateJacobian.CopyTo(seeing.StateJacobian, 0);
        stage.ActionJacobian.CopyTo(seeing.ActionJacobian, 0);
        stage.ActionCost.CopyTo(seeing.ActionCost, 0);
        Dense.Identity(seeing.StateCost, n);
        string pair = discount < 1.0 ? "(√γ A, √γ B)" : "(A, B)";
        return TrySolve(seeing, factor, discount) is null
            ? $"The pair {pair} is not stabilisable: B does not reach a mode of A that does not die out of itself, so that no policy keeps the cost finite."
            : $"The Riccati equation has no stabilising solution, though the pair {pair} is stabilisable: [Q N; Nᵀ R] is indefinite, or leaves a mode of A that does not die out of itself without cost.";
    }

    private static void Copy(ReadOnlySpan<double> given, double[] wanted, string name)
    {
        Shapes.Require(given.Length, wanted.Length, name);
        given.CopyTo(wanted);
    }

    private static void Finite(double[] matrix, string name)
    {
        foreach (double x in matrix)
        {
            if (!double.IsFinite(x))
            {
                throw new ArgumentException(FormattableString.Invariant($"{name} holds {x}; its numbers must be finite."), name);
            }
        }
    }

    /// <summary>Refuses what rounding does not explain.</summary>
    private static void Symmetric(double[] matrix, int n, string name)
    {
        double norm = Dense.Norm(matrix);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Math.Abs(matrix[(i * n) + j] - matrix[(j * n) + i]) > 1e-9 * norm)
                {
                    throw new ArgumentException(FormattableString.Invariant($"{name} is not symmetric: it holds {matrix[(i * n) + j]} in row {i}, column {j}, and {matrix[(j * n) + i]} across."), name);
                }
            }
        }
    }
}
