using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;
using static TorchSharp.torch;

namespace Reverie.Neural.Tests.Models;

/// <summary>Ensembles with random weights and normalisers, and the plain formula of what they predict, by libtorch.</summary>
internal static class Ensembles
{
    public static WorldSpec Spec(string world)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        return entry.Describe(entry.DefaultOptions);
    }

    public static ITask Task(string world)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        return entry.CreateTask(entry.DefaultOptions)!;
    }

    public static ILinearizer Exact(string world)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        return (ILinearizer)entry.CreateModel(entry.DefaultOptions);
    }

    /// <summary>Members that differ a good deal from each other; their deltas are of the order of <paramref name="delta"/>.</summary>
    public static DynamicsEnsemble Random(string world, DynamicsOptions options, double delta = 0.2, Workers? workers = null)
    {
        var random = new RandomStream(RandomKey.FromSeed(11));
        var ensemble = new DynamicsEnsemble(Spec(world), options with { HiddenLayers = 2, HiddenSize = 20 }, random, workers);
        for (int l = 0; l < 3; l++)
        {
            ensemble.Network.Biases(l).CopyFrom(Numbers(random, (int)ensemble.Network.Biases(l).NumberOfElements, -1, 1));
        }

        int k = ensemble.Targets;
        if (ensemble.Network.Extra is { } bounds)
        {
            // Close enough to each other to be felt.
            float[] values = [.. Enumerable.Range(0, options.Members).SelectMany(_ => Numbers(random, k, -0.5, 0.5).Concat(Numbers(random, k, -3, -2)))];
            bounds.CopyFrom(values);
        }

        Numbers(random, ensemble.Embedding.InputSize, -0.5, 0.5).CopyTo(ensemble.InputNormalizer.Mean, 0);
        Numbers(random, ensemble.Embedding.InputSize, 0.5, 2).CopyTo(ensemble.InputNormalizer.Deviation, 0);
        Numbers(random, k, -0.5 * delta, 0.5 * delta).CopyTo(ensemble.TargetNormalizer.Mean, 0);
        Numbers(random, k, 0.5 * delta, delta).CopyTo(ensemble.TargetNormalizer.Deviation, 0);
        ensemble.Elites.AsSpan().Reverse();
        return ensemble;
    }

    /// <summary>What each member predicts of each item, in raw units: means, log-variances (empty if deterministic), logit of termination (or 0).</summary>
    public static (double[][][] Mean, double[][][] LogVariance, double[][] Logit) Predict(DynamicsEnsemble ensemble, double[][] observations, double[][] actions)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        int n = observations.Length, members = ensemble.Options.Members, k = ensemble.Targets, width = ensemble.Embedding.InputSize;
        var rows = new float[n * width];
        for (int i = 0; i < n; i++)
        {
            ensemble.Embedding.Embed(observations[i], actions[i], rows.AsSpan(i * width, width));
        }

        var inputs = (tensor(rows).view(1, n, width) - tensor(ensemble.InputNormalizer.Mean)) / tensor(ensemble.InputNormalizer.Deviation);
        var outputs = ensemble.Network.Forward(inputs.expand(members, -1, -1));
        var deviation = tensor(ensemble.TargetNormalizer.Deviation);
        var mean = (outputs.narrow(2, 0, k) * deviation) + tensor(ensemble.TargetNormalizer.Mean);
        var logVariance = ensemble.Options.Stochastic ? ensemble.BoundedLogVariance(outputs.narrow(2, k, k)) + (2 * deviation.log()) : null;
        var logit = ensemble.Options.LearnTermination ? outputs.narrow(2, outputs.shape[2] - 1, 1) : zeros(members, n, 1);
        return (Rows(mean), logVariance is null ? [] : Rows(logVariance), [.. Rows(logit).Select(m => m.Select(r => r[0]).ToArray())]);
    }

    public static float[] Numbers(RandomStream random, int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble(low, high))];

    /// <summary>Transitions of a world under random actions.</summary>
    public static ReplayBuffer Experience(string world, int count, double validationFraction, long seed = 1)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        var key = RandomKey.FromSeed(seed);
        var (real, random) = (entry.CreateWorld(entry.DefaultOptions, key), new RandomStream(key.Split("actions")));
        var spec = real.Spec;
        var replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, count, validationFraction, key.Split("validation"));
        var (before, after, action) = (new double[spec.ObservationSize], new double[spec.ObservationSize], new double[spec.Actions.Size]);
        real.Reset(before);
        for (int i = 0; i < count; i++)
        {
            spec.Actions.Sample(random, action);
            var result = real.Step(action, after);
            replay.Add(new Transition { Observation = before, Action = action, Reward = result.Reward, NextObservation = after, Terminated = result.Terminated, Truncated = result.Truncated });
            after.CopyTo(before, 0);
            if (result.Done)
            {
                real.Reset(before);
            }
        }

        return replay;
    }

    private static double[][][] Rows(Tensor table)
    {
        int members = (int)table.shape[0], rows = (int)table.shape[1], columns = (int)table.shape[2];
        float[] flat = table.ToFloats();
        return [.. Enumerable.Range(0, members).Select(e => Enumerable.Range(0, rows)
            .Select(r => flat.AsSpan(((e * rows) + r) * columns, columns).ToArray().Select(v => (double)v).ToArray()).ToArray())];
    }
}
