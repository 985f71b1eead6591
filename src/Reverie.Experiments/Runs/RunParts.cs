using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>The world and the agent of a run, newly made from the run's random keys, and where the agent's metrics go.</summary>
public sealed class RunParts : IDisposable
{
    private readonly IDisposable? shared;

    /// <summary>Makes them.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="createWorld">Makes a fresh world.</param>
    /// <param name="createAgent">Makes a fresh agent for a world that reports to the sink.</param>
    /// <param name="shared">What agent and world share, e.g. worker threads; disposed last.</param>
    public RunParts(long seed, Func<RandomKey, IWorld> createWorld, Func<WorldSpec, RandomKey, MetricSink, IAgent> createAgent, IDisposable? shared = null)
    {
        this.shared = shared;
        var key = RandomKey.FromSeed(seed);
        CreateWorld = createWorld;
        World = createWorld(key.Split("world"));
        Agent = createAgent(World.Spec, key.Split("agent"), Metrics.Sink);
    }

    /// <summary>Makes further worlds of the same kind, e.g. to evaluate in.</summary>
    public Func<RandomKey, IWorld> CreateWorld { get; }

    /// <summary>The world that the agent learns in.</summary>
    public IWorld World { get; }

    /// <summary>The agent.</summary>
    public IAgent Agent { get; }

    /// <summary>Where its metrics go.</summary>
    internal MetricRelay Metrics { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        (Agent as IDisposable)?.Dispose();
        (World as IDisposable)?.Dispose();
        shared?.Dispose();
    }
}

/// <summary>Keeps what an agent reports while it is made until there is a run to report to.</summary>
internal sealed class MetricRelay
{
    private readonly List<(string Name, double Value)> early = [];
    private MetricSink? target;

    /// <summary>What the agent is given.</summary>
    public MetricSink Sink => Report;

    /// <summary>From now on reports go to <paramref name="sink"/>; earlier ones are handed on or forgotten.</summary>
    public void Connect(MetricSink sink, bool replay)
    {
        target = sink;
        if (replay)
        {
            early.ForEach(metric => sink(metric.Name, metric.Value));
        }

        early.Clear();
    }

    private void Report(string name, double value)
    {
        if (target is null)
        {
            early.Add((name, value));
        }
        else
        {
            target(name, value);
        }
    }
}
