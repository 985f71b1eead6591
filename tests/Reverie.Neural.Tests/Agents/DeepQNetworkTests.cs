using Reverie.Neural.Agents;
using Reverie.Numerics;

namespace Reverie.Neural.Tests.Agents;

public sealed class DeepQNetworkTests
{
    private const int Rows = 32;

    private static readonly DeepQOptions Options = new() { HiddenLayers = 1, HiddenSize = 16, BatchSize = Rows, TargetRate = 1e-3, ErrorLimit = 1e6, LearningRate = 1e-2 };

    [Fact]
    public void Double_learning_has_the_target_value_what_the_network_chooses()
    {
        // The same networks; the target lags, so that its own best is at least, and at times more than, what it says of the network's choice.
        float[] Values(bool doubled)
        {
            using var workers = new Workers(1);
            using var learner = new DeepQNetwork(2, 3, Options with { DoubleLearning = doubled }, RandomKey.FromSeed(1), workers);
            var batch = Batch(b => 3f * (float)Math.Sin(b));
            for (int i = 0; i < 50; i++)
            {
                learner.Learn(batch);
            }

            var values = new float[Rows];
            learner.Values(batch.Features, Rows, values);
            return values;
        }

        var (single, doubled) = (Values(false), Values(true));
        Assert.All(Enumerable.Range(0, Rows), b => Assert.True(single[b] >= doubled[b]));
        Assert.InRange(Enumerable.Range(0, Rows).Count(b => single[b] > doubled[b] + 1e-4f), 3, Rows);
    }

    [Fact]
    public void The_target_follows_the_network()
    {
        using var workers = new Workers(1);
        using var learner = new DeepQNetwork(2, 3, Options with { TargetRate = 0.1 }, RandomKey.FromSeed(1), workers);
        var batch = Batch(_ => 7f);
        for (int i = 0; i < 600; i++)
        {
            learner.Learn(batch);
        }

        // Only what was tried is fitted: action 1 everywhere.
        var values = new float[Rows];
        learner.Values(batch.Features, Rows, values);
        Assert.All(values, v => Assert.InRange(v, 6.5f, float.PositiveInfinity));
    }

    [Theory]
    [InlineData(1e6, 500_000.0)]
    [InlineData(0.1, 100.0)]
    public void Errors_beyond_the_limit_count_linearly(double limit, double loss)
    {
        // ½ · 1000², or 0.1 (1000 − 0.05).
        using var workers = new Workers(1);
        using var learner = new DeepQNetwork(2, 3, Options with { ErrorLimit = limit }, RandomKey.FromSeed(1), workers);
        learner.Learn(Batch(_ => 1000f));
        double told = double.NaN;
        learner.Report((name, value) => told = name == "critic/loss" ? value : told);
        Assert.Equal(1.0, told / loss, 0.01);
    }

    [Fact]
    public void Exploration_falls_with_every_step_to_its_least()
    {
        using var workers = new Workers(1);
        using var learner = new DeepQNetwork(2, 3, Options with { FirstExploration = 1.0, LastExploration = 0.1, ExplorationSteps = 10 }, RandomKey.FromSeed(1), workers);
        var batch = Batch(_ => 0f);
        var actions = new float[3000];
        var random = new RandomStream(RandomKey.FromSeed(2));
        learner.Act(new float[6000], 3000, actions, explore: true, random);
        Assert.All(Enumerable.Range(0, 3), a => Assert.InRange(actions.Count(x => x == a), 900, 1100));
        learner.Act(new float[6000], 3000, actions, explore: false, random);
        Assert.Single(actions.Distinct());
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(Math.Max(0.1, 1.0 - (0.09 * i)), learner.Exploration, 1e-12);
            learner.Learn(batch);
        }
    }

    /// <summary>States all over the square, action 1, and targets.</summary>
    private static LearnerBatch Batch(Func<int, float> target)
    {
        var random = new RandomStream(RandomKey.FromSeed(3));
        var batch = new LearnerBatch(Rows, 2, 1);
        for (int b = 0; b < Rows; b++)
        {
            (batch.Features[2 * b], batch.Features[(2 * b) + 1]) = ((float)random.NextDouble(-1, 1), (float)random.NextDouble(-1, 1));
            (batch.Actions[b], batch.Targets[b]) = (1f, target(b));
        }

        return batch;
    }
}
