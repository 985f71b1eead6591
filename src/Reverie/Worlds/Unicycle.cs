using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>unicycle</c>.</summary>
public sealed record UnicycleOptions
{
    /// <summary>
    /// Speed [m/s] and turn rate [rad/s] are limited to ± this. Default 1000, which no good plan comes near, as the reference problem has no limit;
    /// range above 0 to 1 000 000.
    /// </summary>
    [Range(0.0, 1_000_000.0, MinimumIsExclusive = true)]
    public double ControlLimit { get; init; } = 1000.0;

    /// <summary>Both controls from which optimisers of whole trajectories start. Default 0.1, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; } = 0.1;

    /// <summary>The goal's first coordinate [m]. Default 1.5, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double GoalX { get; init; } = 1.5;

    /// <summary>The goal's second coordinate [m]. Default 1.5, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double GoalY { get; init; } = 1.5;

    /// <summary>The goal's direction [rad]. Default π/2, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double GoalDirection { get; init; } = Math.PI / 2.0;

    /// <summary>Weight q of the state, a second. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double StateCost { get; init; } = 0.01;

    /// <summary>Weight r of the controls, a second. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ControlCost { get; init; } = 0.01;

    /// <summary>Weight p of the last state. Default 100, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 100.0;

    /// <summary>Time of a step [s]. Default 0.03, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.03;

    /// <summary>Steps after which an episode is truncated. Default 100 (3 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>unicycle</c>: a unicycle is to stand at a place in the plane, in a given direction, after 3 s: the unicycle by which the solver ALTRO is measured (Howell,
/// Jackson, Manchester 2019). Reward −½ Δt (q |x − g|² + r |u|²) of the state and controls before the step, at the end −½ p |x − g|²; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: x, y [m], direction θ [rad], whose whole turns count. Controls: speed v, turn rate ω. The start is always the origin, along the
/// first axis. The controls cost as given, limited or not.
/// </remarks>
public readonly struct Unicycle : IDynamics
{
    private readonly QuadraticCost cost;
    private readonly double limit, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Unicycle(UnicycleOptions options)
    {
        OptionRanges.Checked(options);
        (limit, dt) = (options.ControlLimit, options.SecondsPerStep);
        cost = new QuadraticCost([options.GoalX, options.GoalY, options.GoalDirection], options.StateCost * dt, options.FinalCost, options.ControlCost * dt);
        Spec = new WorldSpec(
            "unicycle",
            [new("x [m]"), new("y [m]"), new("direction [rad]")],
            ActionSpace.Symmetric(2, limit),
            options.MaxSteps,
            dt)
        { PlanningHorizon = options.MaxSteps, InitialAction = options.InitialControl };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 3;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public int ResidualSize => 5;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // ẋ = v cos θ, ẏ = v sin θ, θ̇ = ω. The direction turns evenly, so that the four stages of Runge and Kutta see its start, its middle twice and
        // its end, and weigh them (1, 4, 1) / 6.
        T arc = T.Clamp(action[0], -limit, limit) * (dt / 6.0);
        T half = T.Clamp(action[1], -limit, limit) * (0.5 * dt);
        T middle = state[2] + half;
        T end = middle + half;
        var (sin0, cos0) = T.SinCos(state[2]);
        var (sin1, cos1) = T.SinCos(middle);
        var (sin2, cos2) = T.SinCos(end);
        next[0] = state[0] + ((cos0 + (cos1 * 4.0) + cos2) * arc);
        next[1] = state[1] + ((sin0 + (sin1 * 4.0) + sin2) * arc);
        next[2] = end;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => -cost.Stage(state, action);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T FinalReward<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => -cost.Final(state);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Residuals<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, Span<T> values)
        where T : unmanaged, IScalar<T> => cost.Residuals(state, action, values);

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
    public void Start(RandomStream random, Span<double> state) => state.Clear();
}
