using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>
/// Two models as one: steps, rewards and constraints of the first, derivatives of the second. With a world's own simulator as the first and a learned model as the second,
/// <see cref="Planning.Control.IterativeLqr"/> descends along learned derivatives, but every trajectory that it accepts is one of the world's.
/// </summary>
/// <remarks>
/// The derivatives need not be exact: a descent that only accepts what lowers the first model's cost ends near its optimum when they nearly agree with it, at
/// a cost too high by the square of their error. It is for as many callers at a time as the models are.
/// </remarks>
public sealed class SplitLinearizer : ILinearizer
{
    private readonly ILinearizer rollouts;
    private readonly ILinearizer derivatives;

    /// <summary>Puts two models of the same sizes together.</summary>
    /// <param name="rollouts">Answers Locate, Predict, FinalReward and Constrain, and says what may be done.</param>
    /// <param name="derivatives">Answers Linearize, QuadratizeReward, QuadratizeFinalReward and Expand, values that these state among them.</param>
    /// <exception cref="ArgumentException">The two differ in the length of states or actions, in their number of constraints, or in whether actions are numbered.</exception>
    public SplitLinearizer(ILinearizer rollouts, ILinearizer derivatives)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        ArgumentNullException.ThrowIfNull(derivatives);
        Require("state components", derivatives.StateSize, rollouts.StateSize);
        Require("action components", derivatives.Actions.Size, rollouts.Actions.Size);
        Require("numbered actions", derivatives.Actions.Choices, rollouts.Actions.Choices);
        Require("constraints", derivatives.ConstraintSize, rollouts.ConstraintSize);
        (this.rollouts, this.derivatives) = (rollouts, derivatives);
    }

    /// <inheritdoc/>
    public int StateSize => rollouts.StateSize;

    /// <inheritdoc/>
    public ActionSpace Actions => rollouts.Actions;

    /// <inheritdoc/>
    public int ObservationSize => rollouts.ObservationSize;

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<double> state, Span<double> observation, Span<double> jacobian) => rollouts.Observe(state, observation, jacobian);

    /// <inheritdoc/>
    public bool HasFinalReward => rollouts.HasFinalReward;

    /// <inheritdoc/>
    public int ConstraintSize => rollouts.ConstraintSize;

    /// <inheritdoc/>
    public bool HasDynamicsCurvature => derivatives.HasDynamicsCurvature;

    /// <inheritdoc/>
    public bool HasResiduals => derivatives.HasResiduals;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => rollouts.Locate(observation, state);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next) => rollouts.Predict(state, action, next);

    /// <inheritdoc/>
    public DoubleLanes Predict(ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> next) => rollouts.Predict(states, actions, next);

    /// <inheritdoc/>
    public double FinalReward(ReadOnlySpan<double> state) => rollouts.FinalReward(state);

    /// <inheritdoc/>
    public void Constrain(ReadOnlySpan<double> state, Span<double> values) => rollouts.Constrain(state, values);

    /// <inheritdoc/>
    public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result) => derivatives.Linearize(state, action, result);

    /// <inheritdoc/>
    public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian) => derivatives.QuadratizeReward(state, action, hessian);

    /// <inheritdoc/>
    public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian) => derivatives.QuadratizeFinalReward(state, gradient, hessian);

    /// <inheritdoc/>
    public void Expand(Trajectory trajectory, TrajectoryExpansion expansion) => derivatives.Expand(trajectory, expansion);

    private static void Require(string what, int given, int wanted)
    {
        if (given != wanted)
        {
            throw new ArgumentException($"The model for derivatives has {given} {what}, the one for rollouts {wanted}; they must agree.");
        }
    }
}
