using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>Finds worlds, agents and planners by name and puts runs together from them.</summary>
public static class Laboratory
{
    /// <summary>The world of that name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest name.</exception>
    public static WorldEntry World(string name) =>
        WorldCatalog.TryFind(name, out var entry) ? entry
        : IsFileName(name) ? throw new RequestException($"'{name}' is no world's name; worlds in files are for plan alone")
        : throw Unknown("world", name, WorldCatalog.Entries.Select(e => e.Name));

    /// <summary>Whether what was given for a world can only be a file: no world's name has a full stop or a separator.</summary>
    internal static bool IsFileName(string world) => world.AsSpan().ContainsAny('.', '/', Path.DirectorySeparatorChar);

    /// <summary>The agent of that name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest name.</exception>
    public static AgentEntry Agent(string name) =>
        AgentCatalog.Entries.FirstOrDefault(e => e.Name == name) ?? throw Unknown("agent", name, AgentCatalog.Entries.Select(e => e.Name));

    /// <summary>The planner of that name.</summary>
    /// <exception cref="RequestException">There is none; the message has the nearest name.</exception>
    public static PlannerEntry Planner(string name) =>
        PlannerCatalog.TryFind(name, out var entry) ? entry : throw Unknown("planner", name, PlannerCatalog.Entries.Select(e => e.Name).Concat(FinitePlan.Solvers.Select(e => e.Name)));

    /// <summary>A request with its options bound and checked.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="world">The world's name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="assignments">Options as <c>name=value</c>, of the world or the agent.</param>
    /// <param name="steps">Steps to run for, or null.</param>
    /// <param name="episodes">Episodes to run for, or null; with neither, the agent's default.</param>
    /// <param name="threads">Worker threads, ≥ 1.</param>
    /// <exception cref="RequestException">An unknown name or a value that is not allowed.</exception>
    public static RunRequest Request(string agent, string world, long seed, IEnumerable<string> assignments, long? steps, int? episodes, int threads)
    {
        var agentEntry = Agent(agent);
        var worldEntry = World(world);
        object[] options = OptionBinder.Bind([Target(worldEntry), Target(agentEntry, world)], assignments);
        return Request(agentEntry, options[1], worldEntry, options[0], seed, steps, episodes, threads);
    }

    /// <summary>A request with options that are bound and checked.</summary>
    internal static RunRequest Request(
        AgentEntry agent, object agentOptions, WorldEntry world, object worldOptions, long seed, long? steps, int? episodes, int threads) => new()
        {
            Agent = agent.Name,
            World = world.Name,
            Seed = seed,
            Steps = steps,
            Episodes = steps is null ? episodes ?? agent.DefaultEpisodes(world.Name) : episodes,
            Threads = threads,
            CheckpointEpisodes = agent.SavesEveryEpisode,
            WorldOptions = OptionBinder.ToJson(worldOptions),
            AgentOptions = OptionBinder.ToJson(agentOptions),
        };

    /// <summary>World and agent of a request, newly made.</summary>
    /// <exception cref="RequestException">The agent cannot act in this world.</exception>
    /// <exception cref="RunException">The stored options do not fit this version.</exception>
    public static RunParts Parts(RunRequest request)
    {
        var agent = Agent(request.Agent);
        var world = World(request.World);
        object worldOptions = OptionBinder.FromJson(Target(world), request.WorldOptions);
        object agentOptions = OptionBinder.FromJson(Target(agent, request.World), request.AgentOptions);
        var workers = new Workers(request.Threads);
        try
        {
            var task = world.CreateTask(worldOptions);
            return new RunParts(
                request.Seed,
                key => world.CreateWorld(worldOptions, key),
                (spec, key, metrics) => agent.Create(new AgentSetup(agentOptions, spec, task, key, workers, metrics)),
                workers);
        }
        catch (Exception e)
        {
            workers.Dispose();
            if (e is ArgumentException)
            {
                throw new RequestException(Messages.OneLine(e), e);
            }

            throw;
        }
    }

    /// <summary>World and agent of a run as its checkpoint left them, to look at rather than to run on.</summary>
    /// <exception cref="RunException">There is no checkpoint yet, or it is damaged.</exception>
    public static RunParts Restore(RunDirectory run)
    {
        var state = RunCheckpoint.Read(run) ?? throw new RunException($"{run.Path} has no checkpoint yet: its first episode has not ended");
        var parts = Parts(run.Request);
        try
        {
            RunCheckpoint.Restore(run, () => parts.Agent.Load(state, "agent"));
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <summary>What <c>--set</c> may change of a world.</summary>
    public static OptionTarget Target(WorldEntry world) => new("world", world.Name, world.DefaultOptions);

    /// <summary>What <c>--set</c> may change of an agent in a world.</summary>
    public static OptionTarget Target(AgentEntry agent, string world) => new("agent", agent.Name, agent.DefaultOptions(world));

    /// <summary>What <c>--set</c> may change of a planner.</summary>
    public static OptionTarget Target(PlannerEntry planner) => new("planner", planner.Name, planner.DefaultOptions);

    private static RequestException Unknown(string kind, string name, IEnumerable<string> known) =>
        new($"unknown {kind} '{name}'{Names.Suggestion(name, known)}");
}
