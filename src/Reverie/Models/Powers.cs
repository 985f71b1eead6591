using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Models;

/// <summary>
/// What every model for planning has: sizes, and the way from an observation to the state it plans in.
/// </summary>
public interface IModel
{
    /// <summary>Length of the model's state.</summary>
    int StateSize { get; }

    /// <summary>What may be done.</summary>
    ActionSpace Actions { get; }

    /// <summary>The model's state after <paramref name="observation"/>.</summary>
    /// <param name="observation">What the agent saw, <c>[ObservationSize]</c>.</param>
    /// <param name="state">Receives the state, <c>[StateSize]</c>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    void Locate(ReadOnlySpan<double> observation, Span<double> state);
}

/// <summary>
/// The first power, <b>simulate</b>: fast and resettable. Steps a batch of states and actions, from any state.
/// </summary>
public interface ISimulator : IModel
{
    /// <summary>Imagines one step for every item of a batch.</summary>
    /// <param name="states">x, <c>[StateSize][N]</c>.</param>
    /// <param name="actions">u, <c>[Actions.Size][N]</c>.</param>
    /// <param name="next">Receives x', <c>[StateSize][N]</c>; may not overlap <paramref name="states"/>.</param>
    /// <param name="rewards">Receives r, <c>[N]</c> padded to whole lanes.</param>
    /// <param name="terminated">Receives 1 where the task ended in x', else 0, <c>[N]</c> padded to whole lanes.</param>
    /// <param name="key">The randomness of this step: the same key gives the same step, whatever the number of threads.</param>
    void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key);

    /// <summary>What plans that end in these states count for them beside their rewards; 0 unless implemented.</summary>
    /// <param name="states">x, <c>[StateSize][N]</c>.</param>
    /// <param name="rewards">Receives the final rewards, <c>[N]</c> padded to whole lanes.</param>
    void FinalRewards(Batch states, Span<float> rewards) => rewards.Clear();
}

/// <summary>
/// The narrow waist for sampling planners, <b>evaluate</b>: from one state, score N candidate action sequences of length H.
/// <see cref="RolloutEvaluator"/> provides it for any <see cref="ISimulator"/>; a model implements it itself where a fused version is faster.
/// </summary>
public interface IEvaluator : IModel
{
    /// <summary>Scores every candidate by its (expected) sum of rewards until termination, Σₜ γᵗ rₜ.</summary>
    /// <param name="state">The state all candidates start from, <c>[StateSize]</c>.</param>
    /// <param name="candidates">The action sequences, within the action space.</param>
    /// <param name="returns">Receives the returns, <c>[candidates.Count]</c>; −∞ where the model left the finite numbers.</param>
    /// <param name="key">The randomness of this evaluation.</param>
    void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key);
}

/// <summary>
/// The second power, <b>linearize</b>: the dynamics' exact Jacobians and the reward's derivatives at a point.
/// </summary>
public interface ILinearizer : IModel
{
    /// <summary>First-order expansion of the (mean) dynamics and the reward around (x, u).</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Actions.Size]</c>; continuous.</param>
    /// <param name="result">Receives x', A = ∂x'/∂x, B = ∂x'/∂u, r, ∂r/∂x, ∂r/∂u.</param>
    /// <exception cref="InvalidOperationException">There are no derivatives, e.g. because actions are numbered.</exception>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result);

    /// <summary>Second derivatives of the reward r(x, u, f(x, u)) at (x, u).</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Actions.Size]</c>.</param>
    /// <param name="hessian">Receives ∂²r/∂(x,u)², row-major <c>[n + m, n + m]</c>, symmetric.</param>
    /// <exception cref="InvalidOperationException">There are no derivatives, e.g. because actions are numbered.</exception>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian);

    /// <summary>The (mean) step alone, in double precision.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Actions.Size]</c>.</param>
    /// <param name="next">Receives x', <c>[StateSize]</c>; may not overlap <paramref name="state"/>.</param>
    /// <returns>r.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next);

    /// <summary>Eight (mean) steps at once. Unless a model does better, one after the other.</summary>
    /// <param name="states">x, <c>[StateSize]</c>, a lane each.</param>
    /// <param name="actions">u, <c>[Actions.Size]</c>.</param>
    /// <param name="next">Receives x', <c>[StateSize]</c>; may not overlap <paramref name="states"/>.</param>
    /// <returns>r.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    DoubleLanes Predict(ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> next) => PointwiseExpansion.Predict(this, states, actions, next);

    /// <summary>O, the length of an observation; the state's unless implemented.</summary>
    int ObservationSize => StateSize;

    /// <summary>What would be seen of a state, and its Jacobian: a policy acts on observations. The state itself unless implemented.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="observation">Receives o, <c>[ObservationSize]</c>.</param>
    /// <param name="jacobian">Receives ∂o/∂x, row-major <c>[ObservationSize, StateSize]</c>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    void Observe(ReadOnlySpan<double> state, Span<double> observation, Span<double> jacobian)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(observation.Length, StateSize, nameof(observation));
        Shapes.Require(jacobian.Length, StateSize * StateSize, nameof(jacobian));
        state.CopyTo(observation);
        Dense.Identity(jacobian, StateSize);
    }

    /// <summary>Whether <see cref="FinalReward"/> is anything but 0 everywhere.</summary>
    bool HasFinalReward => false;

    /// <summary>What a plan that ends in a state counts for it; 0 unless implemented.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    double FinalReward(ReadOnlySpan<double> state) => 0.0;

    /// <summary>First and second derivatives of <see cref="FinalReward"/>; 0 unless implemented.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="gradient">Receives the gradient, <c>[StateSize]</c>.</param>
    /// <param name="hessian">Receives the Hessian, row-major <c>[StateSize, StateSize]</c>, symmetric.</param>
    void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian)
    {
        gradient.Clear();
        hessian.Clear();
    }

    /// <summary>p, the number of inequalities c(x) ≤ 0 that every state after the first is to keep; 0 unless implemented.</summary>
    int ConstraintSize => 0;

    /// <summary>c(x).</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="values">Receives c, <c>[ConstraintSize]</c>.</param>
    void Constrain(ReadOnlySpan<double> state, Span<double> values)
    {
    }

    /// <summary>Whether <see cref="Expand"/> can yield second derivatives of the dynamics.</summary>
    bool HasDynamicsCurvature => false;

    /// <summary>Whether the reward is known as −½ |ρ|², so that <see cref="Expand"/> can yield <see cref="CostCurvature.GaussNewton"/>.</summary>
    bool HasResiduals => false;

    /// <summary>All derivatives along a trajectory. Unless a model does better, point by point.</summary>
    /// <param name="trajectory">Where.</param>
    /// <param name="expansion">Receives them.</param>
    /// <exception cref="InvalidOperationException">There are no derivatives, or not those that the expansion asks for.</exception>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    void Expand(Trajectory trajectory, TrajectoryExpansion expansion) => PointwiseExpansion.Expand(this, trajectory, expansion);
}

/// <summary>
/// What a finite model has beside the powers of others, <b>tabulate</b>: its transition probabilities and rewards, all of them.
/// </summary>
public interface ITabulator : IModel
{
    /// <summary>p(s'|s,a) and r(s,a) as they are now; later changes of the model do not show in it.</summary>
    FiniteMdp Tabulate();
}

/// <summary>A first-order expansion; allocated once and filled many times.</summary>
/// <param name="stateSize">n.</param>
/// <param name="actionSize">m.</param>
public sealed class Linearization(int stateSize, int actionSize)
{
    /// <summary>x', <c>[n]</c>.</summary>
    public double[] Next { get; } = new double[stateSize];

    /// <summary>A = ∂x'/∂x, row-major <c>[n, n]</c>.</summary>
    public double[] StateJacobian { get; } = new double[stateSize * stateSize];

    /// <summary>B = ∂x'/∂u, row-major <c>[n, m]</c>.</summary>
    public double[] ActionJacobian { get; } = new double[stateSize * actionSize];

    /// <summary>r.</summary>
    public double Reward { get; set; }

    /// <summary>∂r/∂x, <c>[n]</c>.</summary>
    public double[] RewardState { get; } = new double[stateSize];

    /// <summary>∂r/∂u, <c>[m]</c>.</summary>
    public double[] RewardAction { get; } = new double[actionSize];
}
