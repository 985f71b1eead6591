using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// Expands a model around a point (x̄, ū): the dynamics to first order, f(x, u) ≈ A x + B u + c, the reward to second, −r(x, u) ≈ the stage's cost. Both in x and u
/// themselves, not in deviations from the point.
/// </summary>
/// <remarks>Expanding again allocates nothing of its own. What a linear-quadratic model yields is itself, wherever the point.</remarks>
/// <param name="model">The model; its actions must be continuous.</param>
public sealed class LinearQuadraticExpansion(ILinearizer model)
{
    private readonly int n = model.StateSize, m = model.Actions.Size;
    private readonly Linearization first = new(model.StateSize, model.Actions.Size);
    private readonly double[] hessian = new double[(model.StateSize + model.Actions.Size) * (model.StateSize + model.Actions.Size)];

    /// <summary>Expands.</summary>
    /// <param name="state">x̄, <c>[n]</c>.</param>
    /// <param name="action">ū, <c>[m]</c>; strictly within its limits, as nothing depends on an action beyond them.</param>
    /// <param name="stage">Receives all.</param>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    /// <exception cref="InvalidOperationException">There are no derivatives, e.g. because actions are numbered.</exception>
    public void Expand(ReadOnlySpan<double> state, ReadOnlySpan<double> action, LinearQuadraticStage stage)
    {
        stage.Require(n, m, nameof(stage));
        model.Linearize(state, action, first);
        model.QuadratizeReward(state, action, hessian);

        // c = f − A x̄ − B ū.
        first.StateJacobian.CopyTo(stage.StateJacobian, 0);
        first.ActionJacobian.CopyTo(stage.ActionJacobian, 0);
        first.Next.CopyTo(stage.Offset, 0);
        Dense.AddProduct(-1.0, first.StateJacobian, state, stage.Offset, n, n, 1);
        Dense.AddProduct(-1.0, first.ActionJacobian, action, stage.Offset, n, m, 1);

        // [Q N; Nᵀ R] = −∂²r.
        int w = n + m;
        for (int i = 0; i < w; i++)
        {
            for (int j = i < n ? 0 : n; j < w; j++)
            {
                (i >= n ? ref stage.ActionCost[((i - n) * m) + j - n] : ref j < n ? ref stage.StateCost[(i * n) + j] : ref stage.CrossCost[(i * m) + j - n]) = -hessian[(i * w) + j];
            }
        }

        // q = −∂r/∂x − Q x̄ − N ū, r = −∂r/∂u − Nᵀx̄ − R ū, d such that the cost at the point is −r.
        first.RewardState.CopyTo(stage.StateSlope, 0);
        Dense.Scale(-1.0, stage.StateSlope);
        Dense.AddProduct(-1.0, stage.StateCost, state, stage.StateSlope, n, n, 1);
        Dense.AddProduct(-1.0, stage.CrossCost, action, stage.StateSlope, n, m, 1);
        first.RewardAction.CopyTo(stage.ActionSlope, 0);
        Dense.Scale(-1.0, stage.ActionSlope);
        Dense.AddTransposeProduct(-1.0, stage.CrossCost, state, stage.ActionSlope, m, n, 1);
        Dense.AddProduct(-1.0, stage.ActionCost, action, stage.ActionSlope, m, m, 1);
        stage.Constant = 0.0;
        stage.Constant = -first.Reward - stage.Cost(state, action);
    }
}
