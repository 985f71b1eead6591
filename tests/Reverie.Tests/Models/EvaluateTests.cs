using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

public class EvaluateTests
{
    public static TheoryData<string> Names => [.. WorldCatalog.Entries.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fused_evaluation_equals_rollouts_and_does_not_depend_on_threads(string name)
    {
        Assert.True(WorldCatalog.TryFind(name, out var entry));
        var spec = entry.Describe(entry.DefaultOptions);
        var alone = (IEvaluator)entry.CreateModel(entry.DefaultOptions, 0.97);
        using var workers = new Workers(3);
        var shared = (IEvaluator)entry.CreateModel(entry.DefaultOptions, 0.97, workers);
        var rollouts = new RolloutEvaluator((ISimulator)shared, 0.97);
        var (state, candidates) = (Start(entry, alone), Candidates(spec, 25, 333));
        var key = RandomKey.FromSeed(5);
        float[] a = new float[333], b = new float[333], c = new float[333];
        alone.Evaluate(state, candidates, a, key);
        shared.Evaluate(state, candidates, b, key);
        rollouts.Evaluate(state, candidates, c, key);
        Assert.Equal(a, b);
        Assert.Equal(a, c);
        Assert.All(a, x => Assert.True(float.IsFinite(x)));
    }

    private static double[] Start(WorldEntry entry, IModel model)
    {
        var world = entry.CreateWorld(entry.DefaultOptions, RandomKey.FromSeed(1));
        var observation = new double[world.Spec.ObservationSize];
        world.Reset(observation);
        var state = new double[model.StateSize];
        model.Locate(observation, state);
        return state;
    }

    private static ActionSequences Candidates(WorldSpec spec, int horizon, int count)
    {
        var random = new RandomStream(RandomKey.FromSeed(2));
        var candidates = new ActionSequences(horizon, spec.Actions.Size, count);
        for (int t = 0; t < horizon; t++)
        {
            var batch = candidates.At(t);
            for (int f = 0; f < spec.Actions.Size; f++)
            {
                var row = batch.Feature(f);
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = spec.Actions.IsDiscrete
                        ? random.NextInt32(spec.Actions.Choices)
                        : (float)random.NextDouble(spec.Actions.Low[f], spec.Actions.High[f]);
                }
            }
        }

        return candidates;
    }
}
