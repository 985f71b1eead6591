using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>acrobot-trajax</c>.</summary>
public sealed record AcrobotTrajaxOptions : AcrobotPhysics
{
    /// <summary>
    /// The torque is limited to ± this [N m]. Default 1000, which no good plan comes near, as the reference problem has no limit;
    /// range above 0 to 1 000 000.
    /// </summary>
    [Range(0.0, 1_000_000.0, MinimumIsExclusive = true)]
    public double ControlLimit { get; init; } = 1000.0;

    /// <summary>The torque [N m] from which optimisers of whole trajectories start. Default 0, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; }

    /// <summary>Weight q of the state. Default 0.1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double StateCost { get; init; } = 0.1;

    /// <summary>Weight r of the torque. Default 0.01, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ControlCost { get; init; } = 0.01;

    /// <summary>Weight p of the last state. Default 1000, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 1000.0;

    /// <summary>Time of a step [s], one step of Euler's method. Default 0.1, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.1;

    /// <summary>Steps after which an episode is truncated. Default 50 (5 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 50;
}

/// <summary>
/// <c>acrobot-trajax</c>: two hanging links are to be swung up by a torque in the joint between them, to stand upright after 5 s: the acrobot by which the
/// optimisers of trajax are tested (Frostig, Sindhwani, Singh, Tu 2021). Reward −½ (q |x − g|² + r u²) of the state and torque before the step, at the
/// end −½ p |x − g|²; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: θ₁ (0 hanging down), θ₂ (relative to the first link) [rad], θ̇₁, θ̇₂. Whole turns count: the goal is (π, 0, 0, 0). The start is
/// always rest. The links are those of <see cref="Acrobot"/>, without its limits of angles and velocities and by the explicit Euler method, so that
/// violent torques let the speeds grow without bound. The torque costs as given, limited or not.
/// </remarks>
public readonly struct AcrobotTrajax : IDynamics
{
    private readonly AcrobotMotion motion;
    private readonly QuadraticCost cost;
    private readonly double limit, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public AcrobotTrajax(AcrobotTrajaxOptions options)
    {
        motion = new AcrobotMotion(OptionRanges.Checked(options));
        (limit, dt) = (options.ControlLimit, options.SecondsPerStep);
        cost = new QuadraticCost([Math.PI, 0.0, 0.0, 0.0], options.StateCost, options.FinalCost, options.ControlCost);
        Spec = new WorldSpec(
            "acrobot-trajax",
            [
                new("first angle [rad]"), new("second angle [rad]"),
                new("first angular velocity [rad/s]"), new("second angular velocity [rad/s]"),
            ],
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
        var (a1, a2) = motion.Accelerations(state[0], state[1], state[2], state[3], 0.0, T.Clamp(action[0], -limit, limit));
        next[0] = state[0] + (state[2] * dt);
        next[1] = state[1] + (state[3] * dt);
        next[2] = state[2] + (a1 * dt);
        next[3] = state[3] + (a2 * dt);
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
