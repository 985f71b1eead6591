using System.Diagnostics.CodeAnalysis;

namespace Reverie.Worlds;

/// <summary>The continuous worlds by name.</summary>
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
    ];

    /// <summary>Finds a world by its exact name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out WorldEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }
}
