using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>
/// A continuous world written once as generic mathematics. Implementations are <c>readonly struct</c>s, so that the just-in-time
/// compiler specialises every consumer: <see cref="ContinuousWorld{TDynamics}"/> is the world agents act in,
/// <see cref="Models.AnalyticModel{TDynamics}"/> its exact model with all powers.
/// </summary>
/// <remarks>
/// State, observation and what a model is fed are three things: the state is whatever the equations need (an angle), the
/// observation what the agent sees (perhaps its cosine and sine), an embedding is the learned model's own business.
/// A discrete action arrives as its number. Actions of a box arrive as given: limit them in the dynamics.
/// </remarks>
public interface IDynamics
{
    /// <summary>What an agent may know beforehand.</summary>
    WorldSpec Spec { get; }

    /// <summary>Length of the state vector.</summary>
    int StateSize { get; }

    /// <summary>Number of independent standard normal disturbances that a step takes; 0 for a deterministic world.</summary>
    int NoiseSize { get; }

    /// <summary>x' = f(x, u, w).</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Spec.Actions.Size]</c>.</param>
    /// <param name="noise">w, standard normal, <c>[NoiseSize]</c>.</param>
    /// <param name="next">Receives x', <c>[StateSize]</c>; does not overlap <paramref name="state"/>.</param>
    void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>;

    /// <summary>r(x, u, x').</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Spec.Actions.Size]</c>.</param>
    /// <param name="next">x', <c>[StateSize]</c>.</param>
    T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>;

    /// <summary>1 where the task has ended on arriving in <paramref name="next"/>, else 0.</summary>
    /// <param name="next">x', <c>[StateSize]</c>.</param>
    T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>;

    /// <summary>
    /// What being in a state when time runs out, after <see cref="WorldSpec.MaxSteps"/> steps, brings beside the last step's reward; also what plans of a limited horizon count for
    /// the state that they end in. What terminates, be it on the last step, has none. 0 unless implemented.
    /// </summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    T FinalReward<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => 0.0;

    /// <summary>Number of inequalities that every state after the first is to keep; 0 unless implemented.</summary>
    int ConstraintSize => 0;

    /// <summary>c(x), which is to be ≤ 0 in every component. Planners that know constraints keep them; the world goes on where they are broken.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="values">Receives c, <c>[ConstraintSize]</c>.</param>
    void Constrain<T>(ReadOnlySpan<T> state, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
    }

    /// <summary>Number of residuals ρ where the reward is −½ |ρ(x, u)|², which planners may exploit (Gauss-Newton); 0, which says nothing, unless implemented.</summary>
    int ResidualSize => 0;

    /// <summary>ρ(x, u) with <see cref="Reward"/> = −½ |ρ(x, u)|².</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="action">u, <c>[Spec.Actions.Size]</c>.</param>
    /// <param name="values">Receives ρ, <c>[ResidualSize]</c>.</param>
    void Residuals<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
    }

    /// <summary>The observation of a state.</summary>
    /// <param name="state">x, <c>[StateSize]</c>.</param>
    /// <param name="observation">Receives o, <c>[Spec.ObservationSize]</c>.</param>
    void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T>;

    /// <summary>A state that yields the observation: the inverse of <see cref="Observe"/>, up to whole turns of angles.</summary>
    /// <param name="observation">o, <c>[Spec.ObservationSize]</c>.</param>
    /// <param name="state">Receives x, <c>[StateSize]</c>.</param>
    void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T>;

    /// <summary>Draws a start state.</summary>
    /// <param name="random">Where from.</param>
    /// <param name="state">Receives x, <c>[StateSize]</c>.</param>
    void Start(RandomStream random, Span<double> state);
}
