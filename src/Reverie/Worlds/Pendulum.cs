using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>pendulum</c>.</summary>
public sealed record PendulumOptions
{
    /// <summary>Gravity [m/s²]. Default 10, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 10.0;

    /// <summary>Mass of the rod [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 1.0;

    /// <summary>Length of the rod [m]. Default 1, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Length { get; init; } = 1.0;

    /// <summary>The torque is limited to ± this [N m]. Default 2, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double MaxTorque { get; init; } = 2.0;

    /// <summary>The angular velocity is limited to ± this [rad/s]. Default 8, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double MaxSpeed { get; init; } = 8.0;

    /// <summary>Time of a step [s]. Default 0.05, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.05;

    /// <summary>Steps after which an episode is truncated. Default 200, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 200;
}

/// <summary>
/// <c>pendulum</c>: Gymnasium's Pendulum-v1. A torque too weak to lift the rod directly is to swing it up and hold it upright.
/// Reward −(θ² + 0.1 θ̇² + 0.001 u²), θ in [−π, π); it never terminates.
/// </summary>
/// <remarks>
/// State: angle θ (0 upright), angular velocity θ̇. Observation: cos θ, sin θ, θ̇. Gymnasium computes in double precision throughout.
/// </remarks>
public readonly struct Pendulum : IDynamics
{
    private readonly double pull, push, maxTorque, maxSpeed, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Pendulum(PendulumOptions options)
    {
        OptionRanges.Checked(options);
        pull = 3.0 * options.Gravity / (2.0 * options.Length);
        push = 3.0 / (options.Mass * options.Length * options.Length);
        (maxTorque, maxSpeed, dt) = (options.MaxTorque, options.MaxSpeed, options.SecondsPerStep);
        Spec = new WorldSpec(
            "pendulum",
            [new("cosine of the angle"), new("sine of the angle"), new("angular velocity [rad/s]")],
            ActionSpace.Symmetric(1, options.MaxTorque),
            options.MaxSteps,
            options.SecondsPerStep);
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
        // θ̇' = θ̇ + (3g / 2l · sin θ + 3 / (m l²) · u) Δt, limited; θ' = θ + θ̇' Δt
        var (angle, omega) = (state[0], state[1]);
        T torque = T.Clamp(action[0], -maxTorque, maxTorque);
        T speed = T.Clamp(omega + (((T.Sin(angle) * pull) + (torque * push)) * dt), -maxSpeed, maxSpeed);
        next[0] = angle + (speed * dt);
        next[1] = speed;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        T angle = Angles.Wrap(state[0]);
        T torque = T.Clamp(action[0], -maxTorque, maxTorque);
        return -((angle * angle) + (state[1] * state[1] * 0.1) + (torque * torque * 0.001));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 0.0;

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T>
    {
        (observation[1], observation[0]) = T.SinCos(state[0]);
        observation[2] = state[1];
    }

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T>
    {
        state[0] = T.Atan2(observation[1], observation[0]);
        state[1] = observation[2];
    }

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state)
    {
        state[0] = random.NextDouble(-Math.PI, Math.PI);
        state[1] = random.NextDouble(-1.0, 1.0);
    }
}
