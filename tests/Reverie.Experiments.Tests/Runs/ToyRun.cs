using System.Text.Json;
using Reverie.Agents;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Runs;

/// <summary>A short run in which everything that a resume can get wrong matters: random streams, memory, metrics.</summary>
internal static class ToyRun
{
    public const int EpisodeSteps = 17;

    public static RunRequest Request(int? episodes = 4, long? steps = null, int checkpointSteps = 5, int evaluationEpisodes = 2) => new()
    {
        Agent = "toy",
        World = "pendulum",
        Seed = 3,
        Episodes = episodes,
        Steps = steps,
        CheckpointSteps = checkpointSteps,
        EvaluationEpisodes = evaluationEpisodes,
        Threads = 1,
        WorldOptions = JsonDocument.Parse("{}").RootElement,
        AgentOptions = JsonDocument.Parse("{}").RootElement,
    };

    public static RunParts Parts(RunRequest request, Func<IAgent, IAgent>? wrapAgent = null, Func<IWorld, IWorld>? wrapWorld = null)
    {
        Assert.True(WorldCatalog.TryFind("pendulum", out var entry));
        var options = new PendulumOptions { MaxSteps = EpisodeSteps };
        return new RunParts(
            request.Seed,
            key => (wrapWorld ?? (w => w))(entry.CreateWorld(options, key)),
            (spec, key, metrics) => (wrapAgent ?? (a => a))(new ToyAgent(spec, key, metrics)));
    }

    /// <summary>Runs to the end or to <paramref name="cancelAtStep"/>, opening the directory if there is one.</summary>
    public static RunResult? Run(string path, RunRequest request, long cancelAtStep = long.MaxValue, Func<IAgent, IAgent>? wrapAgent = null, Func<IWorld, IWorld>? wrapWorld = null)
    {
        var run = Directory.Exists(path) ? RunDirectory.Open(path) : RunDirectory.Create(path, request);
        using var held = run.Lock();
        using var cancel = new CancellationTokenSource();
        using var runner = new Runner(run, Parts(run.Request, wrapAgent, wrapWorld), new CancelAt(cancelAtStep, cancel), TimeProvider.System);
        return runner.Run(cancel.Token);
    }

    private sealed class CancelAt(long step, CancellationTokenSource cancel) : IRunListener
    {
        public void OnStart(RunDirectory run, in RunStatus status)
        {
            if (step == 0)
            {
                cancel.Cancel();
            }
        }

        public void OnStep(in RunStatus status)
        {
            if (status.Step >= step)
            {
                cancel.Cancel();
            }
        }

        public void OnMetric(MetricRecord metric, in RunStatus status)
        {
        }

        public void OnEpisode(EpisodeRecord episode, in RunStatus status)
        {
        }

        public void OnEvaluation(int episode, int episodes, double episodeReturn)
        {
        }
    }
}

/// <summary>Acts by weights that wander with all it has seen, and reports while made, acting and learning.</summary>
internal sealed class ToyAgent : IAgent
{
    private readonly WorldSpec spec;
    private readonly RandomStream random;
    private readonly MetricSink metrics;
    private readonly double[] weights;

    public ToyAgent(WorldSpec spec, RandomKey key, MetricSink metrics)
    {
        (this.spec, random, this.metrics, weights) = (spec, new RandomStream(key), metrics, new double[spec.ObservationSize]);
        metrics("made", weights.Length);
    }

    public void Act(ReadOnlySpan<double> observation, Span<double> action) => action[0] = Math.Tanh(Value(observation) + random.NextNormal());

    public void Observe(in Transition transition)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] += 0.01 * transition.Reward * transition.NextObservation[i] * random.NextDouble();
        }

        if (random.NextInt32(3) == 0 || transition.Done)
        {
            metrics("model/loss", weights[0]);
        }
    }

    public IPolicy Policy(RandomStream random) => new ToyPolicy(this, random);

    public void Save(StateDictionary state, string prefix)
    {
        state.Set(prefix + "/weights", weights);
        random.Save(state, prefix + "/random");
    }

    public void Load(StateDictionary state, string prefix)
    {
        state.GetDouble(prefix + "/weights", spec.ObservationSize).CopyTo(weights);
        random.Load(state, prefix + "/random");
    }

    private double Value(ReadOnlySpan<double> observation)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * observation[i];
        }

        return sum;
    }

    private sealed class ToyPolicy(ToyAgent agent, RandomStream random) : IPolicy
    {
        public void Reset()
        {
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action) => action[0] = Math.Tanh(agent.Value(observation) + (0.1 * random.NextNormal()));
    }
}

/// <summary>Does as another agent does until a given step, then fails.</summary>
internal sealed class FailingAgent(IAgent inner, int failAtStep) : IAgent
{
    private int steps;

    public void Act(ReadOnlySpan<double> observation, Span<double> action) => inner.Act(observation, action);

    public void Observe(in Transition transition)
    {
        inner.Observe(transition);
        if (++steps == failAtStep)
        {
            throw new ArithmeticException("it does not add up\nsecond line");
        }
    }

    public IPolicy Policy(RandomStream random) => inner.Policy(random);

    public void Save(StateDictionary state, string prefix) => inner.Save(state, prefix);

    public void Load(StateDictionary state, string prefix) => inner.Load(state, prefix);
}
