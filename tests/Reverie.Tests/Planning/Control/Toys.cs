using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>What is peculiar about a toy.</summary>
internal enum Oddity
{
    /// <summary>x' = x + u, reward −½ (x² + u²).</summary>
    None,

    /// <summary>x' = 10 x³ + u: from beyond 1 it leaves the finite numbers.</summary>
    Explodes,

    /// <summary>x' = √|x| + u: no slope at 0.</summary>
    Kinked,

    /// <summary>Reward +½ x² − ½ · 10⁻³ u²: the farther the better.</summary>
    Rewarded,

    /// <summary>A constraint that nothing keeps, 1 + x² ≤ 0.</summary>
    Impossible,

    /// <summary>A constraint that matters, 0.5 − x ≤ 0.</summary>
    Bounded,

    /// <summary>Final reward −50 |x|^1.5, whose second derivative alone is not finite at 0.</summary>
    Sharp,

    /// <summary>x' = u, reward −(u² − 1)²: in every action two minima, ±1, and a maximum between them. What the states are matters nowhere.</summary>
    TwoWells,

    /// <summary>Reward −½ (x² − u²): a step's own cost bends downwards in its action, that of the whole way not in every one.</summary>
    Indefinite,
}

/// <summary>The least world with one state and one action, and an oddity.</summary>
internal readonly struct Toy(Oddity oddity, double limit = 100.0, double start = 1.0) : IDynamics
{
    public WorldSpec Spec => new("toy", [new("x")], ActionSpace.Symmetric(1, limit), 12, 0.0);

    public int StateSize => 1;

    public int NoiseSize => 0;

    public int ConstraintSize => oddity is Oddity.Impossible or Oddity.Bounded ? 1 : 0;

    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T> => next[0] = action[0] + oddity switch
        {
            Oddity.Explodes => state[0] * state[0] * state[0] * 10.0,
            Oddity.Kinked => T.Sqrt(T.Abs(state[0])),
            Oddity.TwoWells => 0.0,
            _ => state[0],
        };

    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => oddity switch
        {
            Oddity.Rewarded => (state[0] * state[0] * 0.5) - (action[0] * action[0] * 0.5e-3),
            Oddity.TwoWells => -(((action[0] * action[0]) - 1.0) * ((action[0] * action[0]) - 1.0)),
            Oddity.Indefinite => ((state[0] * state[0]) - (action[0] * action[0])) * -0.5,
            _ => ((state[0] * state[0]) + (action[0] * action[0])) * -0.5,
        };

    public T FinalReward<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => oddity switch
        {
            Oddity.Sharp => T.Pow(T.Abs(state[0]), 1.5) * -50.0,
            Oddity.TwoWells => 0.0,
            _ => state[0] * state[0] * -0.5,
        };

    public void Constrain<T>(ReadOnlySpan<T> state, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
        if (values.Length > 0)
        {
            values[0] = oddity == Oddity.Impossible ? (state[0] * state[0]) + 1.0 : (T)0.5 - state[0];
        }
    }

    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 0.0;

    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    public void Start(RandomStream random, Span<double> state) => state[0] = start;
}
