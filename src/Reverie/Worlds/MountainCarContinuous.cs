using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>mountain-car-continuous</c>.</summary>
public sealed record MountainCarContinuousOptions
{
    /// <summary>Change of velocity by the engine at full power in a step. Default 0.0015, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Power { get; init; } = 0.0015;

    /// <summary>Change of velocity by the steepest slope in a step. Default 0.0025, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Gravity { get; init; } = 0.0025;

    /// <summary>The velocity is limited to ± this, per step. Default 0.07, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MaxSpeed { get; init; } = 0.07;

    /// <summary>Position at and beyond which the task is done. Default 0.45, range −1.2 to 0.6.</summary>
    [Range(-1.2, 0.6)]
    public double GoalPosition { get; init; } = 0.45;

    /// <summary>Velocity needed at the goal. Default 0, range −1 to 1.</summary>
    [Range(-1.0, 1.0)]
    public double GoalVelocity { get; init; }

    /// <summary>Steps after which an episode is truncated. Default 999, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 999;
}

/// <summary>
/// <c>mountain-car-continuous</c>: Gymnasium's MountainCarContinuous-v0, the car of <see cref="MountainCar"/> with a throttle u in
/// [−1, 1]. Reward −0.1 u² a step, and 100 on reaching the goal.
/// </summary>
/// <remarks>
/// State and observation: position in [−1.2, 0.6], velocity per step. Gymnasium computes a step in double precision and keeps the
/// state after it in single; over <see cref="Real"/> so does this world, and reproduces it bit for bit. As in Gymnasium the engine limits
/// u to ±1, while the reward charges for u as it was given.
/// </remarks>
public readonly struct MountainCarContinuous : IDynamics
{
    private readonly MountainCarMotion motion;
    private readonly double power, gravity, goalPosition, goalVelocity;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MountainCarContinuous(MountainCarContinuousOptions options)
    {
        OptionRanges.Checked(options);
        motion = new MountainCarMotion(options.MaxSpeed);
        (power, gravity) = (options.Power, options.Gravity);
        (goalPosition, goalVelocity) = (options.GoalPosition, options.GoalVelocity);
        Spec = new WorldSpec("mountain-car-continuous", MountainCarMotion.Features, ActionSpace.Symmetric(1, 1.0), options.MaxSteps, 0.0) { PlanningHorizon = 150, PlanningHold = 10 };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 2;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // v' = v + p u − g cos 3x, in double precision; what is kept of it is in single.
        T push = T.Clamp(action[0], -1.0, 1.0) * power;
        motion.Roll(state[0], state[1] + (push - (T.Cos(state[0] * 3.0) * gravity)), next);
        next[0] = T.RoundToSingle(next[0]);
        next[1] = T.RoundToSingle(next[1]);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => (Terminated(next) * 100.0) - (action[0] * action[0] * 0.1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => MountainCarMotion.Arrived(next, goalPosition, goalVelocity);

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state) => MountainCarMotion.Start(random, state);
}
