using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>mountain-car</c>.</summary>
public sealed record MountainCarOptions
{
    /// <summary>Change of velocity by the engine in a step. Default 0.001, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Force { get; init; } = 0.001;

    /// <summary>Change of velocity by the steepest slope in a step. Default 0.0025, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Gravity { get; init; } = 0.0025;

    /// <summary>The velocity is limited to ± this, per step. Default 0.07, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MaxSpeed { get; init; } = 0.07;

    /// <summary>Position at and beyond which the task is done. Default 0.5, range −1.2 to 0.6.</summary>
    [Range(-1.2, 0.6)]
    public double GoalPosition { get; init; } = 0.5;

    /// <summary>Velocity needed at the goal. Default 0, range −1 to 1.</summary>
    [Range(-1.0, 1.0)]
    public double GoalVelocity { get; init; }

    /// <summary>Steps after which an episode is truncated. Default 200, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 200;
}

/// <summary>
/// <c>mountain-car</c>: Gymnasium's MountainCar-v0 (Moore 1990). A car too weak for the hill must gather way by swinging between the
/// slopes. Actions 0, 1, 2: push left, coast, push right. Reward −1 a step until the goal.
/// </summary>
/// <remarks>State and observation: position in [−1.2, 0.6], velocity per step. Gymnasium computes in double precision throughout.</remarks>
public readonly struct MountainCar : IDynamics
{
    private readonly MountainCarMotion motion;
    private readonly double force, gravity, goalPosition, goalVelocity;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MountainCar(MountainCarOptions options)
    {
        OptionRanges.Checked(options);
        motion = new MountainCarMotion(options.MaxSpeed);
        (force, gravity) = (options.Force, options.Gravity);
        (goalPosition, goalVelocity) = (options.GoalPosition, options.GoalVelocity);
        Spec = new WorldSpec("mountain-car", MountainCarMotion.Features, ActionSpace.Discrete(3), options.MaxSteps, 0.0) { PlanningHorizon = 150, PlanningHold = 10 };
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
        where T : unmanaged, IScalar<T> =>
        motion.Roll(state[0], state[1] + ((action[0] - 1.0) * force) - (T.Cos(state[0] * 3.0) * gravity), next);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => -1.0;

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
