using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>cart-double-pendulum</c>.</summary>
public sealed record CartDoublePendulumOptions
{
    /// <summary>Gravity [m/s²]. Default 9.82, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.82;

    /// <summary>Mass of the cart [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double CartMass { get; init; } = 0.5;

    /// <summary>Mass of the first link, a uniform rod [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double FirstMass { get; init; } = 0.5;

    /// <summary>Mass of the second link, a uniform rod [kg]. Default 0.5, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double SecondMass { get; init; } = 0.5;

    /// <summary>Length of the first link [m]. Default 0.6, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double FirstLength { get; init; } = 0.6;

    /// <summary>Length of the second link [m]. Default 0.6, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double SecondLength { get; init; } = 0.6;

    /// <summary>Friction between cart and ground [N/(m/s)]. Default 0.1, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Friction { get; init; } = 0.1;

    /// <summary>The force is limited to ± this [N]. Default 20, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double ForceLimit { get; init; } = 20.0;

    /// <summary>The force [N] from which optimisers of whole trajectories start: not 0, where hanging is stationary. Default 0.1, range ±1 000 000.</summary>
    [Range(-1_000_000.0, 1_000_000.0)]
    public double InitialControl { get; init; } = 0.1;

    /// <summary>Weight of the squared distance of the tip from its place upright, taken as a share of its distance when hanging. Default 1, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double TipCost { get; init; } = 1.0;

    /// <summary>Weight of the squared velocities, of the cart and the links. Default 0.001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double VelocityCost { get; init; } = 0.001;

    /// <summary>Weight of the squared force. Default 0.0001, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ForceCost { get; init; } = 1e-4;

    /// <summary>By how much the last state counts more than another. Default 100, range 0 to 1 000 000.</summary>
    [Range(0.0, 1_000_000.0)]
    public double FinalCost { get; init; } = 100.0;

    /// <summary>Time for which a force is held [s]. Default 0.05, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.05;

    /// <summary>Runge-Kutta steps within a step. Default 2, range 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Substeps { get; init; } = 2;

    /// <summary>Steps after which an episode is truncated. Default 100 (5 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>cart-double-pendulum</c>: two hanging rods, one below the other, are to be swung up and balanced above the origin by pushing the cart that
/// they hang from, after the cart-double-pendulum of PILCO (Deisenroth 2010). Reward −½ (c_d d² + c_v |(ẋ, θ̇₁, θ̇₂)|² + c_u F²) of the state and
/// force before the step, smooth everywhere; at the end p times that of the last state; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: x [m], ẋ, θ₁ [rad], θ̇₁, θ₂, θ̇₂; both angles are absolute, <b>0 hanging down</b>, anticlockwise positive; the start is always hanging
/// rest at the origin. d is the distance of the tip (x + l₁ sin θ₁ + l₂ sin θ₂, −l₁ cos θ₁ − l₂ cos θ₂) from (0, l₁ + l₂), as a share of its distance
/// at the start, 2 (l₁ + l₂). The force costs as given, limited or not.
/// </remarks>
public readonly struct CartDoublePendulum : IDynamics, IThreeCoordinates
{
    private readonly double mass, first, second, firstInertia, secondInertia, coupling, gravity, friction;
    private readonly double firstLength, secondLength, tipRoot, velocityRoot, forceRoot, finalCost, limit, dt;
    private readonly int substeps;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CartDoublePendulum(CartDoublePendulumOptions options)
    {
        OptionRanges.Checked(options);
        var (m1, m2, l1, l2) = (options.FirstMass, options.SecondMass, options.FirstLength, options.SecondLength);
        mass = options.CartMass + m1 + m2;
        (first, second) = (((0.5 * m1) + m2) * l1, 0.5 * m2 * l2);
        (firstInertia, secondInertia, coupling) = (((m1 / 3.0) + m2) * l1 * l1, m2 * l2 * l2 / 3.0, 0.5 * m2 * l1 * l2);
        (gravity, friction, firstLength, secondLength) = (options.Gravity, options.Friction, l1, l2);
        tipRoot = Math.Sqrt(options.TipCost) / (2.0 * (l1 + l2));
        (velocityRoot, forceRoot) = (Math.Sqrt(options.VelocityCost), Math.Sqrt(options.ForceCost));
        (finalCost, limit) = (options.FinalCost, options.ForceLimit);
        (substeps, dt) = (options.Substeps, options.SecondsPerStep / options.Substeps);
        Spec = new WorldSpec(
            "cart-double-pendulum",
            [
                new("position [m]"), new("velocity [m/s]"), new("first angle [rad]"), new("first angular velocity [rad/s]"),
                new("second angle [rad]"), new("second angular velocity [rad/s]"),
            ],
            ActionSpace.Symmetric(1, limit),
            options.MaxSteps,
            options.SecondsPerStep)
        { PlanningHorizon = 50, InitialAction = options.InitialControl };
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 6;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public int ResidualSize => 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (x, v, angle1, omega1, angle2, omega2) = (state[0], state[1], state[2], state[3], state[4], state[5]);
        RungeKutta.Run(this, ref x, ref angle1, ref angle2, ref v, ref omega1, ref omega2, T.Clamp(action[0], -limit, limit), dt, substeps);
        (next[0], next[1], next[2], next[3], next[4], next[5]) = (x, v, angle1, omega1, angle2, omega2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        T effort = action[0] * forceRoot;
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
        (values[2], values[3], values[4]) = (state[1] * velocityRoot, state[3] * velocityRoot, state[5] * velocityRoot);
        values[5] = action[0] * forceRoot;
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

    /// <summary>ẍ, θ̈₁ and θ̈₂ of a cart with two uniform rods under the force F.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (T A1, T A2, T A3) IThreeCoordinates.Accelerations<T>(T q1, T q2, T q3, T v1, T v2, T v3, T u)
    {
        // With M the whole mass, A = (m₁/2 + m₂) l₁, B = m₂ l₂/2, J₁ = (m₁/3 + m₂) l₁², J₂ = m₂ l₂²/3, C = m₂ l₁ l₂/2, Lagrange's equations are
        //   [ M         A cos θ₁         B cos θ₂       ] [ẍ ]   [ F − b ẋ + A θ̇₁² sin θ₁ + B θ̇₂² sin θ₂  ]
        //   [ A cos θ₁  J₁               C cos(θ₁ − θ₂) ] [θ̈₁] = [ −C θ̇₂² sin(θ₁ − θ₂) − g A sin θ₁        ]
        //   [ B cos θ₂  C cos(θ₁ − θ₂)   J₂             ] [θ̈₂]   [  C θ̇₁² sin(θ₁ − θ₂) − g B sin θ₂        ].
        var (sin1, cos1) = T.SinCos(q2);
        var (sin2, cos2) = T.SinCos(q3);
        var (a, b) = (cos1 * first, cos2 * second);
        T c = ((cos1 * cos2) + (sin1 * sin2)) * coupling;
        T h = ((sin1 * cos2) - (cos1 * sin2)) * coupling;
        var (square1, square2) = (v2 * v2, v3 * v3);
        var (pull1, pull2) = (sin1 * first, sin2 * second);
        T f = u - (v1 * friction) + (square1 * pull1) + (square2 * pull2);
        T f1 = -((square2 * h) + (pull1 * gravity));
        T f2 = (square1 * h) - (pull2 * gravity);

        // The links are eliminated: D = J₁ J₂ − c² and S = M D − a p − b q (the whole determinant), ẍ = (f D − f₁ p − f₂ q) / S. One division serves both.
        T p = (a * secondInertia) - (b * c);
        T q = (b * firstInertia) - (a * c);
        T d = (firstInertia * secondInertia) - (c * c);
        T s = (d * mass) - (a * p) - (b * q);
        T inverse = 1.0 / (d * s);
        T linear = ((f * d) - (f1 * p) - (f2 * q)) * (d * inverse);
        f1 -= a * linear;
        f2 -= b * linear;
        T share = s * inverse;
        return (linear, ((f1 * secondInertia) - (f2 * c)) * share, ((f2 * firstInertia) - (f1 * c)) * share);
    }

    /// <summary>√c_d times the tip's way from upright above the origin, as a share of 2 (l₁ + l₂).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (T X, T Y) Tip<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T>
    {
        var (sin1, cos1) = T.SinCos(state[2]);
        var (sin2, cos2) = T.SinCos(state[4]);
        return (
            (state[0] + (sin1 * firstLength) + (sin2 * secondLength)) * tipRoot,
            ((cos1 * firstLength) + (cos2 * secondLength) + (firstLength + secondLength)) * -tipRoot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T StateCost<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T>
    {
        var (x, y) = Tip(state);
        T speed = (state[1] * state[1]) + (state[3] * state[3]) + (state[5] * state[5]);
        return ((x * x) + (y * y) + (speed * (velocityRoot * velocityRoot))) * 0.5;
    }
}
