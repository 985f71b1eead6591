using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>pendulum-altro</c>.</summary>
public sealed record PendulumAltroOptions
{
    /// <summary>Gravity [m/s²]. Default 9.81, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.81;

    /// <summary>Mass [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 1.0;

    /// <summary>Distance of the centre of mass from the joint [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double CenterOfMass { get; init; } = 0.5;

    /// <summary>Moment of inertia about the joint [kg m²]. Default 0.25, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Inertia { get; init; } = 0.25;

    /// <summary>Viscous friction in the joint [N m/(rad/s)]. Default 0.1, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Friction { get; init; } = 0.1;

    /// <summary>
    /// The torque is limited to ± this [N m]. Default 1000, which no good plan comes near, as the reference problem has no limit;
    /// range above 0 to 1 000 000.
    /// </summary>
    [Range(0.0, 1_000_000.0, MinimumIsExclusive = true)]
    public double ControlLimit { get; init; } = 1000.0;

    /// <summary>The torque [N m] from which optimisers of whole trajectories start. Default 0.1, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; } = 0.1;

    /// <summary>Weight q of the state. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double StateCost { get; init; } = 0.01;

    /// <summary>Weight r of the torque. Default 0.001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ControlCost { get; init; } = 0.001;

    /// <summary>Weight p of the last state. Default 1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 1.0;

    /// <summary>Time of a step [s], one step of the explicit midpoint method. Default 0.06, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.06;

    /// <summary>Steps after which an episode is truncated. Default 50 (3 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 50;
}

/// <summary>
/// <c>pendulum-altro</c>: a hanging pendulum is to be swung up and to stand upright after 3 s: the pendulum by which the solver ALTRO is measured (Howell,
/// Jackson, Manchester 2019). Reward −½ (q |x − g|² + r u²) of the state and torque before the step, at the end −½ p |x − g|²; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: θ [rad], <b>0 hanging down</b>, θ̇. Whole turns count: the goal is (π, 0). The start is always rest. The torque costs as given,
/// limited or not.
/// </remarks>
public readonly struct PendulumAltro : IDynamics
{
    private readonly QuadraticCost cost;
    private readonly double pull, friction, push, limit, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PendulumAltro(PendulumAltroOptions options)
    {
        OptionRanges.Checked(options);
        push = 1.0 / options.Inertia;
        pull = -options.Mass * options.Gravity * options.CenterOfMass * push;
        friction = -options.Friction * push;
        (limit, dt) = (options.ControlLimit, options.SecondsPerStep);
        cost = new QuadraticCost([Math.PI, 0.0], options.StateCost, options.FinalCost, options.ControlCost);
        Spec = new WorldSpec(
            "pendulum-altro",
            [new("angle [rad]"), new("angular velocity [rad/s]")],
            ActionSpace.Symmetric(1, limit),
            options.MaxSteps,
            dt)
        { PlanningHorizon = options.MaxSteps, InitialAction = options.InitialControl };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 2;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public int ResidualSize => 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // θ̈ = (u − m g c sin θ − b θ̇) / I; the midpoint is half an Euler step away, and its slope is followed all the way.
        var (angle, omega) = (state[0], state[1]);
        T pushed = T.Clamp(action[0], -limit, limit) * push;
        T middle = angle + (omega * (0.5 * dt));
        T speed = omega + (((T.Sin(angle) * pull) + (omega * friction) + pushed) * (0.5 * dt));
        next[0] = angle + (speed * dt);
        next[1] = omega + (((T.Sin(middle) * pull) + (speed * friction) + pushed) * dt);
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
