using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Models;

public sealed class ImagineTests
{
    private const int Starts = 70;
    private const int Horizon = 3;
    private const int Features = 4;

    private readonly double[] observations = new double[Starts * Features];
    private readonly double[] actions = new double[Starts * Horizon];

    public ImagineTests()
    {
        var random = new RandomStream(RandomKey.FromSeed(1));
        for (int i = 0; i < observations.Length; i++)
        {
            observations[i] = random.NextNormal();
        }

        for (int i = 0; i < actions.Length; i++)
        {
            actions[i] = random.NextDouble(-10, 10);
        }
    }

    [Fact]
    public void Every_start_is_imagined_by_itself_whatever_stands_beside_it()
    {
        using var ensemble = Ensemble(Propagation.TrajectorySamplingInfinite);
        using var workers = new Workers(1);
        var model = Model(ensemble, workers);
        var all = new double[model.Members * Starts * Horizon * Features];
        model.Imagine(Starts, observations, actions, all);
        foreach (int start in (int[])[0, 63, 64, 69])
        {
            var one = new double[model.Members * Horizon * Features];
            model.Imagine(1, observations.AsSpan(start * Features, Features), actions.AsSpan(start * Horizon, Horizon), one);
            for (int k = 0; k < model.Members; k++)
            {
                Assert.Equal(
                    one.AsSpan(k * Horizon * Features, Horizon * Features).ToArray(),
                    all.AsSpan(((k * Starts) + start) * Horizon * Features, Horizon * Features).ToArray());
            }
        }
    }

    [Fact]
    public void The_mean_of_the_members_first_steps_is_the_step_of_mean_propagation()
    {
        using var ensemble = Ensemble(Propagation.Mean);
        using var workers = new Workers(1);
        var model = Model(ensemble, workers);
        var all = new double[model.Members * Starts * Horizon * Features];
        model.Imagine(Starts, observations, actions, all);
        var states = Batch.Allocate(Features, Starts);
        var next = Batch.Allocate(Features, Starts);
        var controls = Batch.Allocate(1, Starts);
        for (int i = 0; i < Starts; i++)
        {
            controls.Feature(0)[i] = (float)actions[i * Horizon];
            for (int f = 0; f < Features; f++)
            {
                states.Feature(f)[i] = (float)observations[(i * Features) + f];
            }
        }

        model.Step(states, controls, next, new float[states.Stride], new float[states.Stride], default);
        for (int i = 0; i < Starts; i++)
        {
            for (int f = 0; f < Features; f++)
            {
                double mean = Enumerable.Range(0, model.Members).Average(k => all[((((k * Starts) + i) * Horizon) * Features) + f]);
                Assert.Equal(next.Feature(f)[i], mean, 1e-4);
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using var ensemble = Ensemble(Propagation.Mean);
        using var workers = new Workers(1);
        var model = Model(ensemble, workers);
        Assert.Throws<ArgumentException>(() => model.Imagine(Starts, observations, actions, new double[5]));
        Assert.Throws<ArgumentException>(() => model.Imagine(0, [], [], []));
    }

    private static DynamicsEnsemble Ensemble(Propagation propagation)
    {
        Assert.True(WorldCatalog.TryFind("cartpole-swingup", out var entry));
        var options = new DynamicsOptions { Members = 3, Elites = 2, HiddenLayers = 2, HiddenSize = 32, Propagation = propagation };
        return new DynamicsEnsemble(entry.Describe(entry.DefaultOptions), options, new RandomStream(RandomKey.FromSeed(2)));
    }

    private static EnsembleModel Model(DynamicsEnsemble ensemble, Workers workers)
    {
        Assert.True(WorldCatalog.TryFind("cartpole-swingup", out var entry));
        return new EnsembleModel(ensemble, entry.CreateTask(entry.DefaultOptions), workers);
    }
}
