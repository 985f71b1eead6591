using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>acrobot</c>.</summary>
public sealed record AcrobotOptions
{
    /// <summary>Gravity [m/s²]. Default 9.8, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.8;

    /// <summary>Length of the first link [m]. Default 1, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Length { get; init; } = 1.0;

    /// <summary>Mass of each link [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 1.0;

    /// <summary>Distance of each link's centre of mass from its upper joint [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double CenterOfMass { get; init; } = 0.5;

    /// <summary>Moment of inertia of each link about its centre of mass [kg m²]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Inertia { get; init; } = 1.0;

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
public readonly struct Acrobot : IDynamics, ITwoCoordinates
{
    private const double MaxSpeed1 = 4.0 * Math.PI, MaxSpeed2 = 9.0 * Math.PI;

    private readonly double alpha, beta, delta, pull1, pull2, torque, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Acrobot(AcrobotOptions options)
    {
        OptionRanges.Checked(options);
        var (m, l, c, i, g) = (options.Mass, options.Length, options.CenterOfMass, options.Inertia, options.Gravity);
        alpha = (m * c * c) + (m * ((l * l) + (c * c))) + (2.0 * i);
        beta = m * l * c;
        delta = (m * c * c) + i;
        (pull1, pull2) = (m * (c + l) * g, m * c * g);
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
        RungeKutta.Run(this, ref q1, ref q2, ref v1, ref v2, 0.0, (action[0] - 1.0) * torque, dt, 1);
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

    /// <summary>θ̈ of the two links (Sutton and Barto 1998, section 11.3: the book's equations, which are Gymnasium's default).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (T A1, T A2) ITwoCoordinates.Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
    {
        // d₁ = α + 2β cos θ₂, d₂ = δ + β cos θ₂
        // φ₂ = m c g cos(θ₁ + θ₂ − π/2)
        // φ₁ = −β θ̇₂² sin θ₂ − 2β θ̇₂ θ̇₁ sin θ₂ + m (c + l) g cos(θ₁ − π/2) + φ₂
        // θ̈₂ = (τ + d₂/d₁ φ₁ − β θ̇₁² sin θ₂ − φ₂) / (δ − d₂²/d₁)
        // θ̈₁ = −(d₂ θ̈₂ + φ₁) / d₁
        var (sin2, cos2) = T.SinCos(q2);
        T d1 = (cos2 * (2.0 * beta)) + alpha;
        T d2 = (cos2 * beta) + delta;
        T phi2 = T.Sin(q1 + q2) * pull2;
        T phi1 = (T.Sin(q1) * pull1) + phi2 - (sin2 * (v2 * (v2 + (v1 * 2.0))) * beta);
        T ratio = d2 / d1;
        T a2 = (u2 + (ratio * phi1) - (sin2 * (v1 * v1) * beta) - phi2) / (delta - (d2 * ratio));
        T a1 = -((d2 * a2) + phi1) / d1;
        return (a1, a2);
    }
}
