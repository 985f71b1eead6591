using Reverie.Agents;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;
using TorchSharp;

namespace Reverie.Experiments;

/// <summary>What an agent is made from.</summary>
/// <param name="Options">The agent's options record.</param>
/// <param name="World">What it may know of the world.</param>
/// <param name="Task">Reward and termination, where they are known; null for a finite world.</param>
/// <param name="Key">The agent's randomness.</param>
/// <param name="Workers">Threads for its work.</param>
/// <param name="Metrics">Where it reports what it measures of itself.</param>
public sealed record AgentSetup(object Options, WorldSpec World, ITask? Task, RandomKey Key, Workers Workers, MetricSink Metrics);

/// <summary>An agent by name.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="DefaultOptions">Its options for the world of that name, which may have presets of its own; for "" the general defaults.</param>
/// <param name="DefaultEpisodes">Episodes to learn for in the world of that name.</param>
/// <param name="Create">Makes the agent.</param>
public sealed record AgentEntry(
    string Name, string Summary, Func<string, object> DefaultOptions, Func<string, int> DefaultEpisodes, Func<AgentSetup, IAgent> Create)
{
    /// <summary>Whether its steps cost so much that every episode is saved when it ends, rather than every so many steps. Default true.</summary>
    public bool SavesEveryEpisode { get; init; } = true;
}

/// <summary>The options of an agent that has none.</summary>
public sealed record NoOptions;

/// <summary>The agents by name.</summary>
public static class AgentCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AgentEntry> Entries { get; } =
    [
        new("random", "Acts uniformly at random and learns nothing: the mark to beat.", _ => new NoOptions(), _ => 10, setup => new RandomAgent(setup.World, setup.Key)),
        new("pets", "Probabilistic ensembles with trajectory sampling (Chua et al. 2018): learns a model and plans in it.", PetsDefaults, PetsEpisodes, Pets),
    ];

    private static PetsAgent Pets(AgentSetup setup)
    {
        // Sums of tensors are split by thread: the number must be the run's, not the machine's.
        torch.set_num_threads(setup.Workers.Count);
        return new PetsAgent(setup.World, setup.Task ?? throw new ArgumentException($"pets learns continuous dynamics; world '{setup.World.Name}' is finite."), (PetsOptions)setup.Options, setup.Key, setup.Workers, setup.Metrics);
    }

    // Presets are deviations from the general defaults that a world needs.
    private static PetsOptions PetsDefaults(string world) => world switch
    {
        // Episodes end after a few dozen steps until the model is right, and every step counts.
        "cartpole-continuous" => new PetsOptions { RandomSteps = 30 },
        "cartpole-swingup" => new PetsOptions { RandomSteps = 20, RetrainEvery = 10 },
        _ => new PetsOptions(),
    };

    private static int PetsEpisodes(string world) => world switch
    {
        "cartpole-swingup" => 15,
        "cartpole-continuous" or "pendulum" => 6,
        _ => 10,
    };
}
