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
    ];

    /// <summary>Finds a world by its exact name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out WorldEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }
}
