using Reverie.Agents.Gradients;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>A world of the study of gradients, its exact model and one learned from its transitions under random actions.</summary>
internal sealed class GradientSetting : IDisposable
{
    /// <summary>Transitions that models learn from.</summary>
    public const int Transitions = 2000;

    private static readonly DynamicsOptions Network = new()
    {
        Members = 3,
        Elites = 3,
        HiddenLayers = 2,
        Stochastic = false,
        MaxSteps = 3000,
        Device = TrainingDevice.Cpu,
        Propagation = Propagation.Mean,
    };

    private readonly Workers workers = new(1);
    private readonly DynamicsEnsemble? ensemble;
    private readonly WorldEntry entry;
    private readonly object options;
    private readonly RandomKey key;

    /// <summary>Collects transitions, and where asked learns from them.</summary>
    /// <param name="world">The world's name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="learn">Whether to learn a model.</param>
    public GradientSetting(string world, long seed, bool learn)
    {
        entry = Laboratory.World(world);
        options = world == "linear" ? Stable : entry.DefaultOptions;
        key = RandomKey.FromSeed(seed);
        Spec = entry.Describe(options);
        Exact = (ILinearizer)entry.CreateModel(options);
        Replay = Collect();
        if (learn)
        {
            ensemble = new DynamicsEnsemble(Spec, Network, new RandomStream(key.Split("model")), workers);
            EnsembleTrainer.Train(ensemble, Replay);
            Learned = new EnsembleModel(ensemble, entry.CreateTask(options), workers);
        }
    }

    /// <summary>A damped oscillator of spectral radius 0.96.</summary>
    public static LinearWorldOptions Stable { get; } = new() { A = [0.95, 0.15, -0.15, 0.95], B = [0.0, 0.1], MaxAction = 2.0 };

    /// <summary>What may be known of the world.</summary>
    public WorldSpec Spec { get; }

    /// <summary>The world's exact model.</summary>
    public ILinearizer Exact { get; }

    /// <summary>The learned model, the mean over three networks; null where none was asked for.</summary>
    public EnsembleModel? Learned { get; }

    /// <summary>Transitions under random actions.</summary>
    public ReplayBuffer Replay { get; }

    /// <summary>Randomness for a purpose.</summary>
    public RandomStream Random(string purpose) => new(key.Split(purpose));

    /// <summary>A deterministic policy of two layers of 64 units, its inputs scaled by the transitions.</summary>
    public NeuralPolicy NewPolicy()
    {
        var policy = new NeuralPolicy(Spec, new NeuralPolicyOptions(), new ObservationInputs(Spec.Observation), Random("policy"));
        policy.Inputs.Fit(Observations());
        return policy;
    }

    /// <summary>All observations, row-major <c>[transitions, O]</c>.</summary>
    public double[] Observations()
    {
        var seen = new double[Replay.Count * Spec.ObservationSize];
        for (int i = 0; i < Replay.Count; i++)
        {
            Replay.Observation(i).CopyTo(seen.AsSpan(i * Spec.ObservationSize));
        }

        return seen;
    }

    /// <summary>Observations at transitions drawn at random, row-major <c>[count, O]</c>.</summary>
    public double[] Visited(int count, RandomStream random)
    {
        var (indices, seen) = (new int[count], new double[count * Spec.ObservationSize]);
        Replay.Sample(random, indices);
        for (int i = 0; i < count; i++)
        {
            Replay.Observation(indices[i]).CopyTo(seen.AsSpan(i * Spec.ObservationSize));
        }

        return seen;
    }

    /// <summary>First observations of episodes, row-major <c>[count, O]</c>.</summary>
    public double[] Starts(int count, RandomStream random)
    {
        var world = entry.CreateWorld(options, random.NextKey());
        var seen = new double[count * Spec.ObservationSize];
        for (int i = 0; i < count; i++)
        {
            world.Reset(seen.AsSpan(i * Spec.ObservationSize, Spec.ObservationSize));
        }

        return seen;
    }

    /// <summary>A model's states for observations.</summary>
    public double[] States(IModel model, double[] observations)
    {
        int o = Spec.ObservationSize, n = model.StateSize, count = observations.Length / o;
        var states = new double[count * n];
        for (int i = 0; i < count; i++)
        {
            model.Locate(observations.AsSpan(i * o, o), states.AsSpan(i * n, n));
        }

        return states;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ensemble?.Dispose();
        workers.Dispose();
    }

    private ReplayBuffer Collect()
    {
        var (world, random) = (entry.CreateWorld(options, key.Split("world")), Random("actions"));
        var replay = new ReplayBuffer(Spec.ObservationSize, Spec.Actions.Size, Transitions, Network.ValidationFraction, key.Split("validation"));
        var (before, after, action) = (new double[Spec.ObservationSize], new double[Spec.ObservationSize], new double[Spec.Actions.Size]);
        for (bool done = true; replay.Count < Transitions;)
        {
            if (done)
            {
                world.Reset(before);
            }

            Spec.Actions.Sample(random, action);
            var result = world.Step(action, after);
            replay.Add(new Transition { Observation = before, Action = action, Reward = result.Reward, NextObservation = after, Terminated = result.Terminated, Truncated = result.Truncated });
            (before, after, done) = (after, before, result.Done);
        }

        return replay;
    }
}
