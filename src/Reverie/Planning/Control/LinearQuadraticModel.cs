using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Planning.Control;

/// <summary>
/// A model of linear dynamics and quadratic cost, given or fitted, for planners that linearize: x' = A x + B u + c, −r = the stage's cost, −r_T = the final cost. Its state is what is
/// observed.
/// </summary>
/// <remarks>What it is made of may be refilled; the model follows. The mean of a linear-Gaussian model: noise is left out.</remarks>
public sealed class LinearQuadraticModel : ILinearizer
{
    private readonly LinearQuadraticStage stage;
    private readonly QuadraticCost final;
    private readonly int n, m;

    /// <summary>A model.</summary>
    /// <param name="stage">A, B, c and the cost of a step.</param>
    /// <param name="final">The final cost.</param>
    /// <param name="actions">What may be done.</param>
    /// <exception cref="ArgumentException">Sizes do not agree, or actions are numbered.</exception>
    public LinearQuadraticModel(LinearQuadraticStage stage, QuadraticCost final, ActionSpace actions)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(final);
        ArgumentNullException.ThrowIfNull(actions);
        (this.stage, this.final, Actions) = (stage, final, actions);
        (n, m) = (stage.StateSize, stage.ActionSize);
        Shapes.Require(final.StateSize, n, nameof(final));
        Shapes.Require(actions.Size, m, nameof(actions));
        if (actions.IsDiscrete)
        {
            throw new ArgumentException($"There are {actions.Choices} numbered actions; linear dynamics take continuous ones.", nameof(actions));
        }
    }

    /// <inheritdoc/>
    public int StateSize => n;

    /// <inheritdoc/>
    public ActionSpace Actions { get; }

    /// <inheritdoc/>
    public bool HasFinalReward => true;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state)
    {
        Shapes.Require(observation.Length, n, nameof(observation));
        Shapes.Require(state.Length, n, nameof(state));
        observation.CopyTo(state);
    }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        Require(state, action);
        Shapes.Require(next.Length, n, nameof(next));
        stage.Step(state, action, next);
        return -stage.Cost(state, action);
    }

    /// <inheritdoc/>
    public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
    {
        result.Reward = Predict(state, action, result.Next);
        stage.StateJacobian.CopyTo(result.StateJacobian, 0);
        stage.ActionJacobian.CopyTo(result.ActionJacobian, 0);

        // ∂r/∂x = −(Q x + N u + q), ∂r/∂u = −(Nᵀx + R u + r).
        Dense.Negate(stage.StateSlope, result.RewardState);
        Dense.AddProduct(-1.0, stage.StateCost, state, result.RewardState, n, n, 1);
        Dense.AddProduct(-1.0, stage.CrossCost, action, result.RewardState, n, m, 1);
        Dense.Negate(stage.ActionSlope, result.RewardAction);
        Dense.AddTransposeProduct(-1.0, stage.CrossCost, state, result.RewardAction, m, n, 1);
        Dense.AddProduct(-1.0, stage.ActionCost, action, result.RewardAction, m, m, 1);
    }

    /// <inheritdoc/>
    public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian)
    {
        Require(state, action);
        int w = n + m;
        Shapes.Require(hessian.Length, w * w, nameof(hessian));
        for (int i = 0; i < w; i++)
        {
            for (int j = 0; j < w; j++)
            {
                hessian[(i * w) + j] = -(i < n
                    ? (j < n ? stage.StateCost[(i * n) + j] : stage.CrossCost[(i * m) + j - n])
                    : (j < n ? stage.CrossCost[(j * m) + i - n] : stage.ActionCost[((i - n) * m) + j - n]));
            }
        }
    }

    /// <inheritdoc/>
    public double FinalReward(ReadOnlySpan<double> state)
    {
        Shapes.Require(state.Length, n, nameof(state));
        return -final.At(state);
    }

    /// <inheritdoc/>
    public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian)
    {
        Shapes.Require(state.Length, n, nameof(state));
        Shapes.Require(gradient.Length, n, nameof(gradient));
        Shapes.Require(hessian.Length, n * n, nameof(hessian));
        Dense.Negate(final.Slope, gradient);
        Dense.AddProduct(-1.0, final.Hessian, state, gradient, n, n, 1);
        Dense.Negate(final.Hessian, hessian);
    }

    private void Require(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        Shapes.Require(state.Length, n, nameof(state));
        Shapes.Require(action.Length, m, nameof(action));
    }
}
