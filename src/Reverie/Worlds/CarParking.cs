using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>car-parking</c>.</summary>
public sealed record CarParkingOptions
{
    /// <summary>Distance between the axles [m]. Default 2, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double AxleDistance { get; init; } = 2.0;

    /// <summary>The angle of the front wheels is limited to ± this [rad]. Default 0.5, range above 0 to 1.5.</summary>
    [Range(0.0, 1.5, MinimumIsExclusive = true)]
    public double SteeringLimit { get; init; } = 0.5;

    /// <summary>The acceleration is limited to ± this [m/s²]. Default 2, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double AccelerationLimit { get; init; } = 2.0;

    /// <summary>Weight of the squared angle of the front wheels. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double SteeringCost { get; init; } = 0.01;

    /// <summary>Weight of the squared acceleration. Default 0.0001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double AccelerationCost { get; init; } = 1e-4;

    /// <summary>Both controls from which optimisers of whole trajectories start. Default 0, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; }

    /// <summary>Time of a step [s]. Default 0.03, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.03;

    /// <summary>Steps after which an episode is truncated. Default 500 (15 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 500;
}

/// <summary>
/// <c>car-parking</c>: a car is to back into the origin, facing along the first axis, at rest (Tassa, Mansard, Todorov 2014: control-limited
/// differential dynamic programming, section IV). The reward is the negative cost of the state and controls before the step; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: the middle of the rear axle x, y [m], the direction θ [rad], <b>whose whole turns count</b>, the speed v of the front
/// wheels [m/s]; the start is always (1, 1, 3π/2, 0). Controls: the front wheels' angle w [rad], the acceleration a [m/s²].
/// Cost ℓ = 0.01 w² + 0.0001 a² + 0.001 (s(x, 0.1) + s(y, 0.1)) with s(z, p) = √(z² + p²) − p, of the controls as given, limited or not; at the end
/// 0.001 (s(x, 0.1) + s(y, 0.1)) + 0.1 s(x, 0.01) + 0.1 s(y, 0.01) + s(θ, 0.01) + 0.3 s(v, 1).
/// </remarks>
public readonly struct CarParking : IDynamics
{
    private const double PositionCost = 1e-3, FinalPositionCost = 0.1, FinalSpeedCost = 0.3;

    private readonly double axle, inverseAxle, steeringLimit, accelerationLimit, steeringCost, accelerationCost, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CarParking(CarParkingOptions options)
    {
        OptionRanges.Checked(options);
        (axle, inverseAxle, dt) = (options.AxleDistance, 1.0 / options.AxleDistance, options.SecondsPerStep);
        (steeringLimit, accelerationLimit) = (options.SteeringLimit, options.AccelerationLimit);
        (steeringCost, accelerationCost) = (options.SteeringCost, options.AccelerationCost);
        Spec = new WorldSpec(
            "car-parking",
            [new("x [m]"), new("y [m]"), new("direction [rad]"), new("speed [m/s]")],
            ActionSpace.Box([-steeringLimit, -accelerationLimit], [steeringLimit, accelerationLimit]),
            options.MaxSteps,
            options.SecondsPerStep)
        { PlanningHorizon = options.MaxSteps, InitialAction = options.InitialControl };
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
        where T : unmanaged, IScalar<T>
    {
        // The front wheels roll f = v Δt, the rear ones b = d + f cos w − √(d² − f² sin² w) along the car, which turns by asin(f sin w / d).
        T acceleration = T.Clamp(action[1], -accelerationLimit, accelerationLimit);
        var (sinSteering, cosSteering) = T.SinCos(T.Clamp(action[0], -steeringLimit, steeringLimit));
        var (sin, cos) = T.SinCos(state[2]);
        T front = state[3] * dt;
        T sideways = front * sinSteering;
        T back = (front * cosSteering) + axle - T.Sqrt((axle * axle) - (sideways * sideways));
        next[0] = state[0] + (back * cos);
        next[1] = state[1] + (back * sin);
        next[2] = state[2] + T.Asin(sideways * inverseAxle);
        next[3] = state[3] + (acceleration * dt);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> =>
        -((action[0] * action[0] * steeringCost) + (action[1] * action[1] * accelerationCost) + Away(state));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T FinalReward<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> =>
        -(Away(state) + ((Smooth(state[0], 0.01) + Smooth(state[1], 0.01)) * FinalPositionCost)
            + Smooth(state[2], 0.01) + (Smooth(state[3], 1.0) * FinalSpeedCost));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 0.0;

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state)
    {
        (state[0], state[1], state[2], state[3]) = (1.0, 1.0, 1.5 * Math.PI, 0.0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Away<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => (Smooth(state[0], 0.1) + Smooth(state[1], 0.1)) * PositionCost;

    /// <summary>s(z, p) = √(z² + p²) − p: about z²/2p within p of 0, about |z| beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Smooth<T>(T z, double p)
        where T : unmanaged, IScalar<T> => T.Sqrt((z * z) + (p * p)) - p;
}
