using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>cartpole-altro</c>.</summary>
public sealed record CartPoleAltroOptions
{
    /// <summary>Gravity [m/s²]. Default 9.81, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.81;

    /// <summary>Mass of the cart [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double CartMass { get; init; } = 1.0;

    /// <summary>Mass of the pole's tip [kg]. Default 0.2, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double PoleMass { get; init; } = 0.2;

    /// <summary>Length of the pole, which weighs nothing itself [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Length { get; init; } = 0.5;

    /// <summary>
    /// The force is limited to ± this [N]. Default 1000, which no good plan comes near, as the reference problem has no limit;
    /// range above 0 to 1 000 000. 3 makes it the limited problem.
    /// </summary>
    [Range(0.0, 1_000_000.0, MinimumIsExclusive = true)]
    public double ControlLimit { get; init; } = 1000.0;

    /// <summary>The force [N] from which optimisers of whole trajectories start. Default 0, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; }

    /// <summary>Weight q of the state, a second. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double StateCost { get; init; } = 0.01;

    /// <summary>Weight r of the force, a second. Default 0.1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ControlCost { get; init; } = 0.1;

    /// <summary>Weight p of the last state. Default 100, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 100.0;

    /// <summary>Time of a step [s]. Default 0.05, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.05;

    /// <summary>Steps after which an episode is truncated. Default 100 (5 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>cartpole-altro</c>: a hanging pole is to be swung up and to stand above the origin after 5 s: the cart-pole by which the solver ALTRO is measured
/// (Howell, Jackson, Manchester 2019). Reward −½ Δt (q |x − g|² + r u²) of the state and force before the step, at the end −½ p |x − g|²; it never
/// terminates.
/// </summary>
/// <remarks>
/// State and observation: position x [m], angle θ [rad], ẋ, θ̇. <b>θ = 0 is hanging down</b>, π upright, and whole turns count: the goal is
/// (0, π, 0, 0). The start is always rest at the origin. The force costs as given, limited or not.
/// </remarks>
public readonly struct CartPoleAltro : IDynamics, ITwoCoordinates
{
    private readonly QuadraticCost cost;
    private readonly double gravity, cartMass, poleMass, length, inverseLength, limit, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CartPoleAltro(CartPoleAltroOptions options)
    {
        OptionRanges.Checked(options);
        (gravity, cartMass, poleMass) = (options.Gravity, options.CartMass, options.PoleMass);
        (length, inverseLength) = (options.Length, 1.0 / options.Length);
        (limit, dt) = (options.ControlLimit, options.SecondsPerStep);
        cost = new QuadraticCost([0.0, Math.PI, 0.0, 0.0], options.StateCost * dt, options.FinalCost, options.ControlCost * dt);
        Spec = new WorldSpec(
            "cartpole-altro",
            [new("position [m]"), new("angle [rad]"), new("velocity [m/s]"), new("angular velocity [rad/s]")],
            ActionSpace.Symmetric(1, limit),
            options.MaxSteps,
            dt)
        { PlanningHorizon = options.MaxSteps, InitialAction = options.InitialControl };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 4;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public int ResidualSize => 5;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (x, angle, v, omega) = (state[0], state[1], state[2], state[3]);
        RungeKutta.Run(this, ref x, ref angle, ref v, ref omega, T.Clamp(action[0], -limit, limit), 0.0, dt, 1);
        (next[0], next[1], next[2], next[3]) = (x, angle, v, omega);
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

    /// <summary>ẍ and θ̈ of a cart with a point mass on a weightless pole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (T A1, T A2) ITwoCoordinates.Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
    {
        // (M + m) ẍ + m l θ̈ cos θ − m l θ̇² sin θ = F,  l θ̈ + ẍ cos θ + g sin θ = 0, which solved for the accelerations give
        //   ẍ = (F + m sin θ (l θ̇² + g cos θ)) / (M + m sin² θ),  θ̈ = −(ẍ cos θ + g sin θ) / l.
        var (sin, cos) = T.SinCos(q2);
        T pull = sin * poleMass;
        T linear = (u1 + (pull * ((v2 * v2 * length) + (cos * gravity)))) / ((pull * sin) + cartMass);
        return (linear, -((linear * cos) + (sin * gravity)) * inverseLength);
    }
}
