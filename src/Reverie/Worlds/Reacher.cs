using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>reacher</c>.</summary>
public sealed record ReacherOptions
{
    /// <summary>Length of the upper arm, a uniform rod [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double UpperLength { get; init; } = 0.5;

    /// <summary>Length of the forearm, a uniform rod [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double ForearmLength { get; init; } = 0.5;

    /// <summary>Mass of the upper arm [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double UpperMass { get; init; } = 1.0;

    /// <summary>Mass of the forearm [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double ForearmMass { get; init; } = 1.0;

    /// <summary>Viscous friction in each joint [N m/(rad/s)]. Default 0.1, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Friction { get; init; } = 0.1;

    /// <summary>Each joint's torque is limited to ± this [N m]. Default 1, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double MaxTorque { get; init; } = 1.0;

    /// <summary>Weight of the squared torques in the cost. Default 0.01, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double TorqueCost { get; init; } = 0.01;

    /// <summary>Both joints' angles at the start are uniform within ± this [rad] of the stretched arm. Default π, range 0 to π.</summary>
    [Range(0.0, Math.PI)]
    public double StartSpread { get; init; } = Math.PI;

    /// <summary>The target's first coordinate [m]. Default none: targets are drawn. Range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double? TargetX { get; init; }

    /// <summary>The target's second coordinate [m]; given if and only if the first one is. Default none. Range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double? TargetY { get; init; }

    /// <summary>Time of a step [s]. Default 0.05, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.05;

    /// <summary>Runge-Kutta steps within a step. Default 2, range 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Substeps { get; init; } = 2;

    /// <summary>Steps after which an episode is truncated. Default 100 (5 s), range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;

    /// <summary>Refuses half a target.</summary>
    /// <exception cref="ArgumentException">One coordinate of the target is given and the other is not.</exception>
    public void Validate()
    {
        if (TargetX.HasValue != TargetY.HasValue)
        {
            throw new ArgumentException("targetX and targetY are given both or neither.");
        }
    }
}

/// <summary>
/// <c>reacher</c>: a planar arm of two links on a table, moved by torques in both joints, is to bring its tip to a target, drawn at
/// each reset unless given. Reward −(d² + 0.01 |u|²), d the distance [m] of the tip from the target after the step; it never terminates.
/// </summary>
/// <remarks>
/// State and observation: the shoulder's angle q₁, the elbow's angle q₂ relative to the upper arm (both <see cref="FeatureKind.Angle"/>), q̇₁, q̇₂,
/// and the target's x and y [m], which stay. Drawn targets are uniform over the disc within reach.
/// </remarks>
public readonly struct Reacher : IDynamics, ITwoCoordinates
{
    private readonly double alpha, beta, delta, upper, forearm, friction, maxTorque, torqueCost, startSpread, dt;
    private readonly double? targetX, targetY;
    private readonly int substeps;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Reacher(ReacherOptions options)
    {
        OptionRanges.Checked(options);
        options.Validate();
        (startSpread, targetX, targetY) = (options.StartSpread, options.TargetX, options.TargetY);
        (upper, forearm, friction) = (options.UpperLength, options.ForearmLength, options.Friction);
        (maxTorque, torqueCost) = (options.MaxTorque, options.TorqueCost);
        (substeps, dt) = (options.Substeps, options.SecondsPerStep / options.Substeps);

        // A rod of mass m and length l has the inertia m l²/3 about its end; the forearm's mass also rides on the elbow.
        delta = options.ForearmMass * forearm * forearm / 3.0;
        beta = options.ForearmMass * upper * forearm / 2.0;
        alpha = (options.UpperMass * upper * upper / 3.0) + (options.ForearmMass * upper * upper) + delta;
        Spec = new WorldSpec(
            "reacher",
            [
                new("shoulder angle [rad]", FeatureKind.Angle), new("elbow angle [rad]", FeatureKind.Angle),
                new("shoulder velocity [rad/s]"), new("elbow velocity [rad/s]"),
                new("target x [m]"), new("target y [m]"),
            ],
            ActionSpace.Symmetric(2, options.MaxTorque),
            options.MaxSteps,
            options.SecondsPerStep);
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 6;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (q1, q2, v1, v2) = (state[0], state[1], state[2], state[3]);
        var (u1, u2) = (T.Clamp(action[0], -maxTorque, maxTorque), T.Clamp(action[1], -maxTorque, maxTorque));
        RungeKutta.Run(this, ref q1, ref q2, ref v1, ref v2, u1, u2, dt, substeps);
        (next[0], next[1], next[2], next[3]) = (q1, q2, v1, v2);
        (next[4], next[5]) = (state[4], state[5]);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (sin1, cos1) = T.SinCos(next[0]);
        var (sin12, cos12) = T.SinCos(next[0] + next[1]);
        T dx = (cos1 * upper) + (cos12 * forearm) - next[4];
        T dy = (sin1 * upper) + (sin12 * forearm) - next[5];
        var (u1, u2) = (T.Clamp(action[0], -maxTorque, maxTorque), T.Clamp(action[1], -maxTorque, maxTorque));
        return -((dx * dx) + (dy * dy) + (((u1 * u1) + (u2 * u2)) * torqueCost));
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
        for (int i = 0; i < 2; i++)
        {
            state[i] = random.NextDouble(-startSpread, startSpread);
            state[2 + i] = 0.0;
        }

        // The square root of a uniform number spreads targets evenly over the area between the arm's least and greatest reach.
        double least = (upper - forearm) * (upper - forearm), most = (upper + forearm) * (upper + forearm);
        double radius = Math.Sqrt(random.NextDouble(least, most));
        var (sin, cos) = Math.SinCos(random.NextDouble(-Math.PI, Math.PI));
        (state[4], state[5]) = (targetX ?? (radius * cos), targetY ?? (radius * sin));
    }

    /// <summary>q̈ from M(q) q̈ + c(q, q̇) + b q̇ = u (Spong, Hutchinson, Vidyasagar 2006, section 7.3.2, without gravity).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (T A1, T A2) ITwoCoordinates.Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
    {
        // M = [α + 2β cos q₂, δ + β cos q₂; δ + β cos q₂, δ],  c = β sin q₂ · (−(2 q̇₁ + q̇₂) q̇₂, q̇₁²)
        var (sin, cos) = T.SinCos(q2);
        T m11 = (cos * (2.0 * beta)) + alpha;
        T m12 = (cos * beta) + delta;
        T h = sin * beta;
        T f1 = u1 - (v1 * friction) + (h * (v2 * ((v1 * 2.0) + v2)));
        T f2 = u2 - (v2 * friction) - (h * (v1 * v1));
        T inverse = 1.0 / ((m11 * delta) - (m12 * m12));
        return (((f1 * delta) - (m12 * f2)) * inverse, ((m11 * f2) - (m12 * f1)) * inverse);
    }
}
