using System.Diagnostics.CodeAnalysis;
using Reverie.Worlds.Finite;

namespace Reverie.Worlds;

/// <summary>The worlds by name, continuous ones first.</summary>
public static class WorldCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<WorldEntry> Entries { get; } =
    [
        WorldEntry.Of("cartpole", "Keep a pole upright by pushing its cart left or right (Gymnasium CartPole-v1).", (CartPoleOptions o) => new CartPole(o)),
        WorldEntry.Of("cartpole-continuous", "Keep a pole upright under a continuous force.", (CartPoleContinuousOptions o) => new CartPoleContinuous(o)),
        WorldEntry.Of("cartpole-swingup", "Swing a hanging pole up and balance it above the origin (PILCO's cart-pole).", (CartPoleSwingUpOptions o) => new CartPoleSwingUp(o)),
        WorldEntry.Of("pendulum", "Swing a rod up with a weak torque and hold it (Gymnasium Pendulum-v1).", (PendulumOptions o) => new Pendulum(o)),
        WorldEntry.Of("mountain-car", "Rock a weak car up a hill: left, coast, right (Gymnasium MountainCar-v0).", (MountainCarOptions o) => new MountainCar(o)),
        WorldEntry.Of("mountain-car-continuous", "Rock a weak car up a hill with little power (Gymnasium MountainCarContinuous-v0).", (MountainCarContinuousOptions o) => new MountainCarContinuous(o)),
        WorldEntry.Of("acrobot", "Swing the tip of two hanging links up by the joint between them (Gymnasium Acrobot-v1).", (AcrobotOptions o) => new Acrobot(o)),
        WorldEntry.Of("point-mass", "Push a mass in the plane to a goal and stop it there.", (PointMassOptions o) => new PointMass(o)),
        WorldEntry.Of("linear", "Any linear world with quadratic cost and Gaussian noise; a double integrator by default.", (LinearWorldOptions o) => new LinearWorld(o)),
        WorldEntry.Of("reacher", "Bring the tip of a two-link arm to a target by torques in its joints.", (ReacherOptions o) => new Reacher(o)),
        WorldEntry.Of("car-parking", "Back a car into a parking place (Tassa, Mansard, Todorov 2014).", (CarParkingOptions o) => new CarParking(o)),
        WorldEntry.Of("cartpole-altro", "Swing a pole up within 5 s, at the least quadratic cost (a reference problem of ALTRO).", (CartPoleAltroOptions o) => new CartPoleAltro(o)),
        WorldEntry.Of("acrobot-trajax", "Swing two links up within 5 s, at the least quadratic cost (a reference problem of trajax).", (AcrobotTrajaxOptions o) => new AcrobotTrajax(o)),
        WorldEntry.Of("pendulum-altro", "Swing a pendulum up within 3 s, at the least quadratic cost (a reference problem of ALTRO).", (PendulumAltroOptions o) => new PendulumAltro(o)),
        WorldEntry.Of("unicycle", "Ride a unicycle to a place and a direction within 3 s, at the least quadratic cost (a reference problem of ALTRO).", (UnicycleOptions o) => new Unicycle(o)),
        WorldEntry.Of("quadrotor-gap", "Fly a planar quadrotor through a narrow gap, under constraints, and hover behind it.", (QuadrotorGapOptions o) => new QuadrotorGap(o)),
        WorldEntry.Of("cart-double-pendulum", "Swing up a double pendulum by its cart and balance it (after PILCO).", (CartDoublePendulumOptions o) => new CartDoublePendulum(o)),
        WorldEntry.Of("acrobot-swingup", "Swing two links upright by a continuous torque in the joint between them, and hold them.", (AcrobotSwingUpOptions o) => new AcrobotSwingUp(o)),
        WorldEntry.Finite("frozen-lake", "Cross a slippery lake of 4 × 4 cells between its holes (Gymnasium FrozenLake-v1).", (FrozenLakeOptions o) => FrozenLake.Create(o)),
        WorldEntry.Finite("frozen-lake-8x8", "Cross a slippery lake of 8 × 8 cells between its holes (Gymnasium FrozenLake8x8-v1).", (FrozenLake8x8Options o) => FrozenLake.Create(o)),
        WorldEntry.Finite("cliff-walking", "Walk along a cliff without falling (Gymnasium CliffWalking).", (CliffWalkingOptions o) => CliffWalking.Create(o)),
        WorldEntry.Finite("taxi", "Fetch a passenger and set the passenger down at the right stand (Gymnasium Taxi-v3).", (TaxiOptions o) => Taxi.Create(o)),
        WorldEntry.Finite("dyna-maze", "Find the goal of a small maze, or of the same maze enlarged (Sutton and Barto, example 8.1).", (DynaMazeOptions o) => Mazes.Create(o)),
        WorldEntry.Finite("blocking-maze", "A maze whose short way is blocked after a time (Sutton and Barto, example 8.2).", (BlockingMazeOptions o) => Mazes.Create(o)),
        WorldEntry.Finite("shortcut-maze", "A maze where a shorter way opens after a time (Sutton and Barto, example 8.3).", (ShortcutMazeOptions o) => Mazes.Create(o)),
        WorldEntry.Finite("river-swim", "Swim against the current to a great reward, or be content with a small one.", (RiverSwimOptions o) => RiverSwim.Create(o)),
        WorldEntry.Finite("chain", "Advance along a chain of five states to a great reward, or return for a small one.", (ChainOptions o) => Chain.Create(o)),
        WorldEntry.Finite("six-arms", "Find which of six arms is worth pulling: the better ones rarely give way.", (SixArmsOptions o) => SixArms.Create(o)),
        WorldEntry.Finite("corridor", "Walk a long corridor to its end, for planners that news reach slowly.", (CorridorOptions o) => Corridor.Create(o)),
        WorldEntry.Finite("random-mdp", "A random process of any size, to measure planners by.", (RandomMdpOptions o) => RandomMdp.Create(o)),
    ];

    /// <summary>Finds a world by its exact name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out WorldEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }
}
