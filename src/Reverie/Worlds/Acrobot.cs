using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>acrobot</c>.</summary>
public sealed record AcrobotOptions : AcrobotPhysics
{
    /// <summary>Size of the torque [N m]. Default 1, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double Torque { get; init; } = 1.0;

    /// <summary>Time of a step [s], one Runge-Kutta step. Default 0.2, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.2;

    /// <summary>Steps after which an episode is truncated. Default 500, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 500;
}

/// <summary>
/// <c>acrobot</c>: Gymnasium's Acrobot-v1 (Sutton 1996). Two hanging links with a motor at the joint between them; the tip is to be
/// swung one link's length above the upper joint. Actions 0, 1, 2: torque −1, 0, 1 N m. Reward −1 a step, 0 on arriving.
/// </summary>
/// <remarks>
/// State: θ₁ (0 hanging down), θ₂ (relative to the first link), θ̇₁, θ̇₂; angles in [−π, π), velocities limited to ±4π and ±9π rad/s.
/// Observation: cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂. Gymnasium rounds a start state to single precision, which is of no consequence
/// here, and computes steps in double precision.
/// </remarks>
public readonly struct Acrobot : IDynamics
{
    private const double MaxSpeed1 = 4.0 * Math.PI, MaxSpeed2 = 9.0 * Math.PI;

    private readonly AcrobotMotion motion;
    private readonly double torque, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Acrobot(AcrobotOptions options)
    {
        motion = new AcrobotMotion(OptionRanges.Checked(options));
        (torque, dt) = (options.Torque, options.SecondsPerStep);
        Spec = new WorldSpec(
            "acrobot",
            [
                new("cosine of the first angle"), new("sine of the first angle"),
                new("cosine of the second angle"), new("sine of the second angle"),
                new("first angular velocity [rad/s]"), new("second angular velocity [rad/s]"),
            ],
            ActionSpace.Discrete(3),
            options.MaxSteps,
            options.SecondsPerStep)
        { PlanningHorizon = 100, PlanningHold = 5 };
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
        var (q1, q2, v1, v2) = (state[0], state[1], state[2], state[3]);
        RungeKutta.Run(motion, ref q1, ref q2, ref v1, ref v2, 0.0, (action[0] - 1.0) * torque, dt, 1);
        next[0] = Angles.Wrap(q1);
        next[1] = Angles.Wrap(q2);
        next[2] = T.Clamp(v1, -MaxSpeed1, MaxSpeed1);
        next[3] = T.Clamp(v2, -MaxSpeed2, MaxSpeed2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => Terminated(next) - 1.0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> =>
        T.SelectLess(1.0, -T.Cos(next[0]) - T.Cos(next[0] + next[1]), 1.0, 0.0);

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T>
    {
        (observation[1], observation[0]) = T.SinCos(state[0]);
        (observation[3], observation[2]) = T.SinCos(state[1]);
        (observation[4], observation[5]) = (state[2], state[3]);
    }

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T>
    {
        state[0] = T.Atan2(observation[1], observation[0]);
        state[1] = T.Atan2(observation[3], observation[2]);
        (state[2], state[3]) = (observation[4], observation[5]);
    }

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state)
    {
        for (int i = 0; i < 4; i++)
        {
            state[i] = random.NextDouble(-0.1, 0.1);
        }
    }
}
