using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>acrobot-swingup</c>.</summary>
public sealed record AcrobotSwingUpOptions : AcrobotPhysics
{
    /// <summary>The torque is limited to ± this [N m]. Default 10, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double TorqueLimit { get; init; } = 10.0;

    /// <summary>The torque [N m] from which optimisers of whole trajectories start: not 0, where hanging is stationary. Default 0.1, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; } = 0.1;

    /// <summary>Weight of the squared distance of the tip from its place upright, taken as a share of its distance when hanging. Default 1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double TipCost { get; init; } = 1.0;

    /// <summary>Weight of the squared angular velocities. Default 0.001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double VelocityCost { get; init; } = 0.001;

    /// <summary>Weight of the squared torque. Default 0.0001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double TorqueCost { get; init; } = 1e-4;

    /// <summary>By how much the last state counts more than another. Default 100, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 100.0;

    /// <summary>Time of a step [s]. Default 0.05, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.05;

    /// <summary>Runge-Kutta steps within a step. Default 1, range 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Substeps { get; init; } = 1;

    /// <summary>Steps after which an episode is truncated. Default 100 (5 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>acrobot-swingup</c>: the tip of two hanging links is to be swung up and held upright by a torque in the joint between them. Reward
/// −½ (c_d d² + c_v |θ̇|² + c_u u²) of the state and torque before the step, smooth everywhere; at the end p times that of the last state; it never
/// terminates.
/// </summary>
/// <remarks>
/// State and observation: θ₁ (0 hanging down), θ₂ (relative to the first link) [rad], θ̇₁, θ̇₂; the start is always hanging rest. d is the
/// distance of the tip from (0, 2 l), upright, as a share of its distance when hanging, 4 l. The links are those of <see cref="Acrobot"/>, without its limits of
/// velocities. The torque costs as given, limited or not.
/// </remarks>
public readonly struct AcrobotSwingUp : IDynamics
{
    private readonly AcrobotMotion motion;
    private readonly double tipRoot, velocityRoot, torqueRoot, finalCost, limit, dt;
    private readonly int substeps;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public AcrobotSwingUp(AcrobotSwingUpOptions options)
    {
        motion = new AcrobotMotion(OptionRanges.Checked(options));

        // The tip's coordinates are sums over links of length l = 1: their share of the greatest distance 4 l does not depend on l.
        tipRoot = Math.Sqrt(options.TipCost) / 4.0;
        (velocityRoot, torqueRoot) = (Math.Sqrt(options.VelocityCost), Math.Sqrt(options.TorqueCost));
        (finalCost, limit) = (options.FinalCost, options.TorqueLimit);
        (substeps, dt) = (options.Substeps, options.SecondsPerStep / options.Substeps);
        Spec = new WorldSpec(
            "acrobot-swingup",
            [
                new("first angle [rad]"), new("second angle [rad]"),
                new("first angular velocity [rad/s]"), new("second angular velocity [rad/s]"),
            ],
            ActionSpace.Symmetric(1, limit),
            options.MaxSteps,
            options.SecondsPerStep)
        { PlanningHorizon = 50, InitialAction = options.InitialControl };
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
        var (q1, q2, v1, v2) = (state[0], state[1], state[2], state[3]);
        RungeKutta.Run(motion, ref q1, ref q2, ref v1, ref v2, 0.0, T.Clamp(action[0], -limit, limit), dt, substeps);
        (next[0], next[1], next[2], next[3]) = (q1, q2, v1, v2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        T effort = action[0] * torqueRoot;
        return -(StateCost(state) + (effort * effort * 0.5));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T FinalReward<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => StateCost(state) * -finalCost;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Residuals<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
        (values[0], values[1]) = Tip(state);
        (values[2], values[3]) = (state[2] * velocityRoot, state[3] * velocityRoot);
        values[4] = action[0] * torqueRoot;
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
    public void Start(RandomStream random, Span<double> state) => state.Clear();

    /// <summary>√c_d times the tip's way from upright, (sin θ₁ + sin(θ₁ + θ₂), −cos θ₁ − cos(θ₁ + θ₂) − 2) l, as a share of 4 l.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (T X, T Y) Tip<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T>
    {
        var (sin1, cos1) = T.SinCos(state[0]);
        var (sin12, cos12) = T.SinCos(state[0] + state[1]);
        return ((sin1 + sin12) * tipRoot, (cos1 + cos12 + 2.0) * -tipRoot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T StateCost<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T>
    {
        var (x, y) = Tip(state);
        return ((x * x) + (y * y) + (((state[2] * state[2]) + (state[3] * state[3])) * (velocityRoot * velocityRoot))) * 0.5;
    }
}
