using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>The physics that <c>cartpole</c> and <c>cartpole-continuous</c> share.</summary>
public abstract record CartPolePhysics
{
    /// <summary>Gravity [m/s²]. Default 9.8, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.8;

    /// <summary>Mass of the cart [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double CartMass { get; init; } = 1.0;

    /// <summary>Mass of the pole [kg]. Default 0.1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double PoleMass { get; init; } = 0.1;

    /// <summary>Half the length of the pole [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double HalfLength { get; init; } = 0.5;

    /// <summary>Size of the force [N]. Default 10, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double Force { get; init; } = 10.0;

    /// <summary>Time of a step [s]. Default 0.02, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.02;

    /// <summary>The episode ends with the cart farther than this from the middle [m]. Default 2.4, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double PositionLimit { get; init; } = 2.4;

    /// <summary>The episode ends with the pole farther than this from upright [degrees]. Default 12, range above 0 to 180.</summary>
    [Range(0.0, 180.0, MinimumIsExclusive = true)]
    public double AngleLimit { get; init; } = 12.0;

    /// <summary>A start state's components are uniform within ± this. Default 0.05, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double StartSpread { get; init; } = 0.05;
}

/// <summary>Options of <c>cartpole</c>.</summary>
public sealed record CartPoleOptions : CartPolePhysics
{
    /// <summary>Steps after which an episode is truncated. Default 500, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 500;
}

/// <summary>
/// <c>cartpole</c>: Gymnasium's CartPole-v1 (Barto, Sutton, Anderson 1983). A pole on a cart is to be kept upright by pushing the
/// cart left (action 0) or right (action 1). Reward 1 a step; ends at |x| &gt; 2.4 m or |θ| &gt; 12°.
/// </summary>
/// <remarks>
/// State and observation: position x, velocity ẋ, angle θ (0 upright, positive to the right), angular velocity θ̇. The angle is an
/// ordinary number, not <see cref="FeatureKind.Angle"/>, since the episode ends long before a turn. Gymnasium computes in double
/// precision throughout; only its observations are rounded to single precision, these are not.
/// </remarks>
public readonly struct CartPole : IDynamics
{
    private readonly CartPoleMotion motion;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CartPole(CartPoleOptions options)
    {
        motion = new CartPoleMotion(OptionRanges.Checked(options));
        Spec = new WorldSpec("cartpole", CartPoleMotion.Features, ActionSpace.Discrete(2), options.MaxSteps, options.SecondsPerStep) { PlanningHorizon = 80 };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 4;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T> =>
        motion.Push(state, T.SelectLess(action[0], 0.5, -motion.Force, motion.Force), next);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 1.0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => motion.Fallen(next);

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state) => motion.Start(random, state);
}
