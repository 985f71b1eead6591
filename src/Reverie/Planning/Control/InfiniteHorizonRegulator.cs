using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The linear-quadratic regulator that goes on for ever, with cross and affine terms: minimises Σₜ γᵗ cost(xₜ, uₜ). The optimal policy is u = k − K x, the same
/// at every step, and the cost to go V(x) = ½ xᵀPx + pᵀx + s, with P from <see cref="RiccatiEquation"/> and
/// p = (I − γ (A − B K)ᵀ)⁻¹ (q − Kᵀr + γ (A − B K)ᵀPc) (Bertsekas, Dynamic Programming and Optimal Control II, section 4.2).
/// </summary>
/// <remarks>With γ = 1 the sum may grow for ever by <see cref="AverageCost"/> a step; V is then what a start in x costs beyond that, and s = 0.</remarks>
public sealed class InfiniteHorizonRegulator : ILinearPolicy
{
    /// <summary>Solves a problem.</summary>
    /// <param name="stage">Every step.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The discount is out of range.</exception>
    /// <exception cref="ArgumentException">A number is not finite, Q or R is not symmetric, R is not positive definite, or there is no stabilising solution: <see cref="RiccatiEquation"/> says why.</exception>
    public InfiniteHorizonRegulator(LinearQuadraticStage stage, double discount = 1.0)
    {
        Riccati = RiccatiEquation.Solve(stage, discount);
        int n = StateSize = stage.StateSize, m = ActionSize = stage.ActionSize;
        Value = new QuadraticCost(n);
        Riccati.Hessian.CopyTo(Value.Hessian, 0);

        // (I − γMᵀ) p = q − Kᵀr + γMᵀPc for M = A − B K; regular, as ρ(√γ M) < 1.
        var (equations, pivots, p) = (new double[n * n], new int[n], Value.Slope);
        Dense.Identity(equations, n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                equations[(i * n) + j] -= discount * Riccati.ClosedLoop[(j * n) + i];
            }
        }

        var Pc = new double[n];
        Dense.Multiply(Value.Hessian, stage.Offset, Pc, n, n, 1);
        stage.StateSlope.CopyTo(p, 0);
        Dense.AddTransposeProduct(-1.0, Riccati.Gain, stage.ActionSlope, p, n, m, 1);
        Dense.AddTransposeProduct(discount, Riccati.ClosedLoop, Pc, p, n, n, 1);
        Dense.Lu(equations, pivots, n);
        Dense.LuSolve(equations, pivots, p, n, 1);

        // One more backward step yields k and what a step costs in the long run.
        Feedforward = new double[m];
        new RiccatiStep(n, m).TryRun(stage, discount, Value.Hessian, p, 0.0, new double[n * n], new double[n], out double cost, new double[m * n], Feedforward);
        AverageCost = cost;
        Value.Constant = discount < 1.0 ? cost / (1.0 - discount) : 0.0;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>P, K, the closed loop A − B K and how good they are.</summary>
    public RiccatiSolution Riccati { get; }

    /// <summary>k, <c>[m]</c>.</summary>
    public double[] Feedforward { get; }

    /// <summary>V.</summary>
    public QuadraticCost Value { get; }

    /// <summary>(1 − γ) s; with γ = 1 the cost of a step in the long run, without noise. Noise of covariance W adds ½ γ tr(P W).</summary>
    public double AverageCost { get; }

    /// <inheritdoc/>
    /// <remarks>The step does not matter.</remarks>
    public void Act(int step, ReadOnlySpan<double> state, Span<double> action)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(action.Length, ActionSize, nameof(action));
        Feedforward.CopyTo(action);
        Dense.AddProduct(-1.0, Riccati.Gain, state, action, ActionSize, StateSize, 1);
    }
}
