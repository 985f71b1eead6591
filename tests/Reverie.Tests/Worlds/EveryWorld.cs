using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>A check that holds for any dynamics.</summary>
internal interface IWorldCheck
{
    void Run<TDynamics>(TDynamics dynamics)
        where TDynamics : struct, IDynamics;
}

/// <summary>All worlds of the catalogue, and some of their variants, by name.</summary>
internal static class EveryWorld
{
    /// <summary>Twelve states, three actions, five disturbances: more than one pass of eight derivatives.</summary>
    public static LinearWorldOptions Wide { get; } = new()
    {
        StateSize = 12,
        ActionSize = 3,
        A = Numbers(12 * 12, 0.25, 1),
        B = Numbers(12 * 3, 1.0, 2),
        Q = Numbers(12 * 12, 1.0, 3),
        R = Numbers(3 * 3, 1.0, 4),
        Noise = Numbers(12 * 5, 0.1, 5),
    };

    /// <summary>Where a world's controls are as good as unlimited, random ones would tear it apart: they are limited here.</summary>
    private static readonly Dictionary<string, Action<IWorldCheck>> Table = new()
    {
        ["cartpole"] = check => check.Run(new CartPole(new())),
        ["cartpole-continuous"] = check => check.Run(new CartPoleContinuous(new())),
        ["cartpole-swingup"] = check => check.Run(new CartPoleSwingUp(new())),
        ["pendulum"] = check => check.Run(new Pendulum(new())),
        ["mountain-car"] = check => check.Run(new MountainCar(new())),
        ["mountain-car-continuous"] = check => check.Run(new MountainCarContinuous(new())),
        ["acrobot"] = check => check.Run(new Acrobot(new())),
        ["point-mass"] = check => check.Run(new PointMass(new())),
        ["linear"] = check => check.Run(new LinearWorld(new())),
        ["reacher"] = check => check.Run(new Reacher(new())),
        ["car-parking"] = check => check.Run(new CarParking(new())),
        ["cartpole-altro"] = check => check.Run(new CartPoleAltro(new() { ControlLimit = 3.0 })),
        ["acrobot-trajax"] = check => check.Run(new AcrobotTrajax(new() { ControlLimit = 3.0 })),
        ["pendulum-altro"] = check => check.Run(new PendulumAltro(new() { ControlLimit = 3.0 })),
        ["unicycle"] = check => check.Run(new Unicycle(new() { ControlLimit = 3.0 })),
        ["quadrotor-gap"] = check => check.Run(new QuadrotorGap(new())),
        ["cart-double-pendulum"] = check => check.Run(new CartDoublePendulum(new())),
        ["acrobot-swingup"] = check => check.Run(new AcrobotSwingUp(new())),
        ["point-mass, noisy"] = check => check.Run(new PointMass(new() { NoiseForce = 0.3, GoalX = 0.5, GoalY = -0.2, Mass = 2.0 })),
        ["linear, wide and noisy"] = check => check.Run(new LinearWorld(Wide)),
    };

    public static IEnumerable<string> Names => Table.Keys;

    public static void Run(string name, IWorldCheck check) => Table[name](check);

    private static double[] Numbers(int count, double size, long seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble(-size, size))];
    }

    /// <summary>A random action of the space that is a single-precision number; a discrete one is a choice.</summary>
    public static void Draw(ActionSpace actions, RandomStream random, Span<double> action)
    {
        for (int i = 0; i < actions.Size; i++)
        {
            action[i] = actions.IsDiscrete
                ? random.NextInt32(actions.Choices)
                : (float)random.NextDouble(actions.Low[i], actions.High[i]);
        }
    }
}
