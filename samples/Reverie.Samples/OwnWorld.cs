using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>
/// A world of one's own: a heater warms a room that loses heat to its walls, and they to the cold outside. Its equations, written
/// once over a scalar type, are the world, the batched simulator and the exact Jacobian.
/// </summary>
public readonly struct HeatedRoom : IDynamics
{
    /// <summary>Time of a step [min].</summary>
    public const double Minutes = 5.0;

    /// <summary>Outside [°C].</summary>
    public const double Outside = 0.0;

    /// <summary>What the room should have [°C].</summary>
    public const double Target = 21.0;

    /// <summary>The heater at full power [°C/min].</summary>
    public const double Heater = 0.5;

    /// <summary>Times of the exchange of heat room–walls, walls–room and walls–outside [min].</summary>
    public const double RoomToWalls = 30.0, WallsToRoom = 120.0, WallsToOutside = 240.0;

    /// <summary>The world.</summary>
    public HeatedRoom()
    {
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; } =
        new("heated-room", [new("room [°C]"), new("walls [°C]")], ActionSpace.Box([0.0], [1.0]), MaxSteps: 48, SecondsPerStep: 60 * Minutes);

    /// <inheritdoc/>
    public int StateSize => 2;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        var (room, walls, power) = (state[0], state[1], T.Clamp(action[0], 0.0, 1.0));
        next[0] = room + (Minutes * (((walls - room) / RoomToWalls) + (power * Heater)));
        next[1] = walls + (Minutes * (((room - walls) / WallsToRoom) + ((Outside - walls) / WallsToOutside)));
    }

    /// <inheritdoc/>
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        T error = next[0] - Target;
        return -(error * error) - (0.1 * action[0]);
    }

    /// <inheritdoc/>
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 0.0;

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state) => (state[0], state[1]) = (random.NextDouble(10.0, 15.0), 10.0);
}

/// <summary>Plans in that world and differentiates it.</summary>
public static class OwnWorld
{
    /// <summary>Heats for one episode.</summary>
    /// <returns>The room's temperature at its end [°C].</returns>
    public static double Heat()
    {
        var world = new ContinuousWorld<HeatedRoom>(new HeatedRoom(), RandomKey.FromSeed(1));
        var model = new AnalyticModel<HeatedRoom>(new HeatedRoom());
        var planner = new ImprovedCrossEntropyMethod(model, new ImprovedCrossEntropyOptions { Horizon = 12, Population = 64 });
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(2)));
        var (observation, action) = (new double[2], new double[1]);
        world.Reset(observation);
        do
        {
            policy.Act(observation, action);
        }
        while (!world.Step(action, observation).Done);
        return observation[0];
    }

    /// <summary>The exact derivatives at 20 °C, walls of 15 °C and half the power.</summary>
    public static Linearization Differentiate()
    {
        var result = new Linearization(stateSize: 2, actionSize: 1);
        new AnalyticModel<HeatedRoom>(new HeatedRoom()).Linearize([20.0, 15.0], [0.5], result);
        return result;
    }
}
