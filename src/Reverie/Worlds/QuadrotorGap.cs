using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>quadrotor-gap</c>.</summary>
public sealed record QuadrotorGapOptions
{
    /// <summary>Gravity [m/s²]. Default 9.81, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.81;

    /// <summary>Mass [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 0.5;

    /// <summary>Distance of each rotor from the middle [m]. Default 0.25, range above 0 to 10.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double Arm { get; init; } = 0.25;

    /// <summary>Moment of inertia about the middle [kg m²]. Default 0.01, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Inertia { get; init; } = 0.01;

    /// <summary>Each rotor's thrust is from 0 to this [N]. Default 5, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double ThrustLimit { get; init; } = 5.0;

    /// <summary>Start and goal are this far from the wall, before and behind it [m]. Default 2, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Distance { get; init; } = 2.0;

    /// <summary>Radius of the two discs that the gap is between [m]. Default 1, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Radius { get; init; } = 1.0;

    /// <summary>Height of the gap's middle above start and goal [m]. Default 0.6, range ±100.</summary>
    [Range(-100.0, 100.0)]
    public double GapHeight { get; init; } = 0.6;

    /// <summary>Free height between the discs [m]. Default 0.3, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double GapSize { get; init; } = 0.3;

    /// <summary>What centre and rotors are to keep from the discs [m]. Default 0.05, range 0 to 10.</summary>
    [Range(0.0, 10.0)]
    public double Margin { get; init; } = 0.05;

    /// <summary>Weight of the squared distance to the goal and of the squared tilt. Default 0.1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double PositionCost { get; init; } = 0.1;

    /// <summary>Weight of the squared velocities. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double VelocityCost { get; init; } = 0.01;

    /// <summary>Weight of the squared deviation of each thrust from hovering. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ThrustCost { get; init; } = 0.01;

    /// <summary>By how much the last state counts more than another. Default 1000, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 1000.0;

    /// <summary>Time of a step [s]. Default 0.03, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.03;

    /// <summary>Steps after which an episode is truncated. Default 100 (3 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>quadrotor-gap</c>: a quadrotor in the vertical plane is to fly through the gap between two discs, one above the other, and hover behind it. The
/// straight way is blocked by the lower disc. Reward −½ (c_p (|p − goal|² + θ²) + c_v |(ẋ, ẏ, θ̇)|² + c_u |u − m g/2|²) of the state and thrusts before
/// the step, at the end a multiple of that of the last state; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: x, y [m], tilt θ [rad] (0 level, anticlockwise positive, whole turns count), ẋ, ẏ, θ̇. Controls: the thrusts of the right and the left rotor [N].
/// The start is always hovering at (−Distance, 0), the goal hovering at (Distance, 0). Optimisers of whole trajectories start from hovering.
/// <para>
/// Six constraints, of centre, right and left rotor p against the lower and then the upper disc of centre o: (R² − |p − o|²) / 2R ≤ 0, R the radius with the margin;
/// near the edge that is the depth within the disc [m].
/// </para>
/// </remarks>
public readonly struct QuadrotorGap : IDynamics
{
    private readonly QuadraticCost cost;
    private readonly double gravity, inverseMass, turn, arm, limit, dt, distance, lower, upper, inset, scale;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QuadrotorGap(QuadrotorGapOptions options)
    {
        OptionRanges.Checked(options);
        (gravity, inverseMass, turn) = (options.Gravity, 1.0 / options.Mass, options.Arm / options.Inertia);
        (arm, limit, dt, distance) = (options.Arm, options.ThrustLimit, options.SecondsPerStep, options.Distance);
        double apart = (0.5 * options.GapSize) + options.Radius, radius = options.Radius + options.Margin, hover = 0.5 * options.Mass * gravity;
        (lower, upper) = (options.GapHeight - apart, options.GapHeight + apart);
        (inset, scale) = (0.5 * radius, -0.5 / radius);
        var (p, v) = (options.PositionCost, options.VelocityCost);
        double[] weights = [p, p, p, v, v, v];
        cost = new QuadraticCost([distance, 0.0, 0.0, 0.0, 0.0, 0.0], weights, [.. weights.Select(w => w * options.FinalCost)], options.ThrustCost, hover);
        Spec = new WorldSpec(
            "quadrotor-gap",
            [
                new("x [m]"), new("y [m]"), new("tilt [rad]"),
                new("x velocity [m/s]"), new("y velocity [m/s]"), new("tilt rate [rad/s]"),
            ],
            ActionSpace.Box([0.0, 0.0], [limit, limit]),
            options.MaxSteps,
            dt)
        { PlanningHorizon = options.MaxSteps, InitialAction = hover };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 6;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public int ResidualSize => 8;

    /// <inheritdoc/>
    public int ConstraintSize => 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // With T = u₁ + u₂: p̈ = T/m (−sin θ, cos θ) − (0, g), θ̈ = (u₁ − u₂) arm / I, which is constant within a step. Positions do not act back, so that Nyström's
        // method of fourth order (1925) needs the acceleration only at the step's start, middle and end, where θ is exact:
        // p' = p + ṗ Δt + (p̈₀ + 2 p̈₁) Δt²/6, ṗ' = ṗ + (p̈₀ + 4 p̈₁ + p̈₂) Δt/6.
        var (right, left) = (T.Clamp(action[0], 0.0, limit), T.Clamp(action[1], 0.0, limit));
        T thrust = (right + left) * inverseMass;
        T spin = (right - left) * turn;
        T middle = state[2] + (state[5] * (0.5 * dt)) + (spin * (0.125 * dt * dt));
        T end = state[2] + (state[5] * dt) + (spin * (0.5 * dt * dt));
        var (sin0, cos0) = T.SinCos(state[2]);
        var (sin1, cos1) = T.SinCos(middle);
        var (sin2, cos2) = T.SinCos(end);
        T rise = thrust * (dt * dt / 6.0);
        T gain = thrust * (dt / 6.0);
        next[0] = state[0] + (state[3] * dt) - ((sin0 + (sin1 * 2.0)) * rise);
        next[1] = state[1] + (state[4] * dt) + ((cos0 + (cos1 * 2.0)) * rise) - (0.5 * gravity * dt * dt);
        next[2] = end;
        next[3] = state[3] - ((sin0 + (sin1 * 4.0) + sin2) * gain);
        next[4] = state[4] + ((cos0 + (cos1 * 4.0) + cos2) * gain) - (gravity * dt);
        next[5] = state[5] + (spin * dt);
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
    public void Constrain<T>(ReadOnlySpan<T> state, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
        var (sin, cos) = T.SinCos(state[2]);
        var (dx, dy) = (cos * arm, sin * arm);
        (values[0], values[1]) = Depths(state[0], state[1]);
        (values[2], values[3]) = Depths(state[0] + dx, state[1] + dy);
        (values[4], values[5]) = Depths(state[0] - dx, state[1] - dy);
    }

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
        state.Clear();
        state[0] = -distance;
    }

    /// <summary>(R² − |p − o|²) / 2R of the lower and of the upper disc.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (T Lower, T Upper) Depths<T>(T x, T y)
        where T : unmanaged, IScalar<T>
    {
        var (below, above) = (y - lower, y - upper);
        T square = x * x;
        return (((square + (below * below)) * scale) + inset, ((square + (above * above)) * scale) + inset);
    }
}
