using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>cartpole-swingup</c>.</summary>
public sealed record CartPoleSwingUpOptions
{
    /// <summary>Gravity [m/s²]. Default 9.82, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.82;

    /// <summary>Mass of the cart [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double CartMass { get; init; } = 0.5;

    /// <summary>Mass of the pole, a uniform rod [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double PoleMass { get; init; } = 0.5;

    /// <summary>Length of the pole [m]. Default 0.6, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Length { get; init; } = 0.6;

    /// <summary>Friction between cart and ground [N/(m/s)]. Default 0.1, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Friction { get; init; } = 0.1;

    /// <summary>The force is limited to ± this [N]. Default 10, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double MaxForce { get; init; } = 10.0;

    /// <summary>Time for which a force is held [s]. Default 0.1, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.1;

    /// <summary>Runge-Kutta steps within a step. Default 8 (0.0125 s each), range 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Substeps { get; init; } = 8;

    /// <summary>Width σ of the reward [m]. Default 0.25, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double RewardWidth { get; init; } = 0.25;

    /// <summary>Standard deviation of each component of the hanging start state. Default 0.1, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double StartDeviation { get; init; } = 0.1;

    /// <summary>Steps after which an episode is truncated. Default 40 (4 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 40;
}

/// <summary>
/// <c>cartpole-swingup</c>: the cart-pole of Deisenroth and Rasmussen (PILCO, 2011). The pole hangs; the cart is to swing it up
/// and balance it above the origin. It never terminates.
/// </summary>
/// <remarks>
/// State and observation: position x [m], velocity ẋ [m/s], angle θ [rad], angular velocity θ̇ [rad/s]. <b>θ = 0 is hanging down</b>, θ = π
/// upright, anticlockwise positive: the tip stands at (x + l sin θ, −l cos θ). Reward exp(−d² / (2σ²)), d the distance of the tip
/// after the step from (0, l), σ = 0.25 m.
/// </remarks>
public readonly struct CartPoleSwingUp : IDynamics, ITwoCoordinates
{
    private readonly double massLength, gravity, mass, poleMass, length, friction, maxForce, dt, rewardScale, startDeviation;
    private readonly int substeps;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CartPoleSwingUp(CartPoleSwingUpOptions options)
    {
        OptionRanges.Checked(options);
        mass = options.CartMass + options.PoleMass;
        poleMass = options.PoleMass;
        massLength = options.PoleMass * options.Length;
        (gravity, length, friction, maxForce) = (options.Gravity, options.Length, options.Friction, options.MaxForce);
        (substeps, dt) = (options.Substeps, options.SecondsPerStep / options.Substeps);
        rewardScale = -0.5 / (options.RewardWidth * options.RewardWidth);
        startDeviation = options.StartDeviation;
        Spec = new WorldSpec(
            "cartpole-swingup",
            [new("position [m]"), new("velocity [m/s]"), new("angle [rad]", FeatureKind.Angle), new("angular velocity [rad/s]")],
            ActionSpace.Symmetric(1, options.MaxForce),
            options.MaxSteps,
            options.SecondsPerStep)
        { PlanningHorizon = 15 };
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
        var (x, v, angle, omega) = (state[0], state[1], state[2], state[3]);
        T force = T.Clamp(action[0], -maxForce, maxForce);
        RungeKutta.Run(this, ref x, ref angle, ref v, ref omega, force, 0.0, dt, substeps);
        (next[0], next[1], next[2], next[3]) = (x, v, angle, omega);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (sin, cos) = T.SinCos(next[2]);
        T dx = next[0] + (sin * length);
        T dy = (cos + 1.0) * length;
        return T.Exp(((dx * dx) + (dy * dy)) * rewardScale);
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
        for (int i = 0; i < 4; i++)
        {
            state[i] = startDeviation * random.NextNormal();
        }
    }

    /// <summary>ẍ and θ̈ of the cart with a uniform rod (Deisenroth 2010, appendix C.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (T A1, T A2) ITwoCoordinates.Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
    {
        // With the rod's inertia m l²/12 about its centre, M + m the whole mass and F = u − b ẋ, Lagrange's equations are
        //   (M + m) ẍ + ½ m l θ̈ cos θ − ½ m l θ̇² sin θ = F,   2 l θ̈ + 3 ẍ cos θ + 3 g sin θ = 0,
        // which solved for the accelerations give
        //   ẍ = (2 m l θ̇² sin θ + 3 m g sin θ cos θ + 4 F) / (4 (M + m) − 3 m cos² θ)
        //   θ̈ = −3 (ẍ cos θ + g sin θ) / (2 l).
        var (sin, cos) = T.SinCos(q2);
        T force = u1 - (v1 * friction);
        T numerator = (sin * ((v2 * v2 * (2.0 * massLength)) + (cos * (3.0 * poleMass * gravity)))) + (force * 4.0);
        T linear = numerator / ((4.0 * mass) - (cos * cos * (3.0 * poleMass)));
        T angular = ((linear * cos) + (sin * gravity)) * (-1.5 / length);
        return (linear, angular);
    }
}
