using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>point-mass</c>.</summary>
public sealed record PointMassOptions
{
    /// <summary>Mass [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 1.0;

    /// <summary>Each component of the force is limited to ± this [N]. Default 1, range above 0 to 10 000.</summary>
    [Range(0.0, 10000.0, MinimumIsExclusive = true)]
    public double MaxForce { get; init; } = 1.0;

    /// <summary>Standard deviation of a random force held for a step [N]. Default 0, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double NoiseForce { get; init; }

    /// <summary>The goal's first coordinate [m]. Default 0, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double GoalX { get; init; }

    /// <summary>The goal's second coordinate [m]. Default 0, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double GoalY { get; init; }

    /// <summary>Weight of the squared velocity in the cost. Default 0.1, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double VelocityCost { get; init; } = 0.1;

    /// <summary>Weight of the squared force in the cost. Default 0.01, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double ForceCost { get; init; } = 0.01;

    /// <summary>The first coordinate around which episodes start [m]. Default 0, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double StartX { get; init; }

    /// <summary>The second coordinate around which episodes start [m]. Default 0, range ±1000.</summary>
    [Range(-1000.0, 1000.0)]
    public double StartY { get; init; }

    /// <summary>A start position's components are uniform within ± this [m] of (<see cref="StartX"/>, <see cref="StartY"/>); the mass starts at rest. Default 1, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double StartSpread { get; init; } = 1.0;

    /// <summary>Time of a step [s]. Default 0.1, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double SecondsPerStep { get; init; } = 0.1;

    /// <summary>Steps after which an episode is truncated. Default 100, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>point-mass</c>: a double integrator in the plane. A force moves a mass to the goal and is to stop it there. Reward
/// −(|p − goal|² + c_v |v|² + c_u |u|²) of the state and force before the step; it never terminates.
/// </summary>
/// <remarks>State and observation: x, y [m], ẋ, ẏ [m/s]. The force is constant within a step, for which the motion is exact.</remarks>
public readonly struct PointMass : IDynamics
{
    private readonly double maxForce, noiseForce, inverseMass, goalX, goalY, velocityCost, forceCost, startX, startY, startSpread, dt;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PointMass(PointMassOptions options)
    {
        OptionRanges.Checked(options);
        (maxForce, noiseForce, inverseMass) = (options.MaxForce, options.NoiseForce, 1.0 / options.Mass);
        (goalX, goalY) = (options.GoalX, options.GoalY);
        (startX, startY, startSpread) = (options.StartX, options.StartY, options.StartSpread);
        (velocityCost, forceCost, dt) = (options.VelocityCost, options.ForceCost, options.SecondsPerStep);
        NoiseSize = options.NoiseForce > 0.0 ? 2 : 0;
        Spec = new WorldSpec(
            "point-mass",
            [new("x [m]"), new("y [m]"), new("x velocity [m/s]"), new("y velocity [m/s]")],
            ActionSpace.Symmetric(2, options.MaxForce),
            options.MaxSteps,
            options.SecondsPerStep);
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 4;

    /// <inheritdoc/>
    public int NoiseSize { get; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // v' = v + a Δt; p' = p + v Δt + ½ a Δt²
        for (int i = 0; i < 2; i++)
        {
            T force = T.Clamp(action[i], -maxForce, maxForce);
            if (noise.Length > 0)
            {
                force += noise[i] * noiseForce;
            }

            T acceleration = force * inverseMass;
            next[i] = state[i] + (state[2 + i] * dt) + (acceleration * (0.5 * dt * dt));
            next[2 + i] = state[2 + i] + (acceleration * dt);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (dx, dy) = (state[0] - goalX, state[1] - goalY);
        var (fx, fy) = (T.Clamp(action[0], -maxForce, maxForce), T.Clamp(action[1], -maxForce, maxForce));
        return -((dx * dx) + (dy * dy)
            + (((state[2] * state[2]) + (state[3] * state[3])) * velocityCost)
            + (((fx * fx) + (fy * fy)) * forceCost));
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
        state[0] = startX + random.NextDouble(-startSpread, startSpread);
        state[1] = startY + random.NextDouble(-startSpread, startSpread);
        (state[2], state[3]) = (0.0, 0.0);
    }
}
