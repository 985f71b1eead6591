using Reverie.Experiments.Studies;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Studies;

public class PredictiveIntervalsTests
{
    private static readonly WorldSpec Walk = new("walk", [new("x")], ActionSpace.Symmetric(1, 1.0), 1000, 0.0);

    [Fact]
    public void A_central_interval_covers_what_lies_between_its_quantiles()
    {
        // Particles evenly from −1 to 1 about 0.3: the central 50% reaches from −0.2 to 0.8; about 0.6, from 0.1 on.
        var intervals = new PredictiveIntervals(1, [0.5, 0.8]);
        double[] grid = [.. Enumerable.Range(0, 201).Select(i => (0.01 * i) - 1.0)];
        intervals.Count(1, [.. grid.Select(x => x + 0.3)], scale: 2.0);
        intervals.Count(1, [.. grid.Select(x => x + 0.6)], scale: 2.0);

        Assert.Equal(0.5, intervals.Coverage(1, 0));
        Assert.Equal(1.0, intervals.Coverage(1, 1));
        Assert.Equal(0.5, intervals.Width(1, 0), 9);
        Assert.Equal(0.8, intervals.Width(1, 1), 9);
    }

    // Of a walk with steps of deviation 1, a model with steps of deviation s covers 2 Φ(s z) − 1 at a nominal 2 Φ(z) − 1, however many steps ahead.
    [Theory]
    [InlineData(1.0, 0.5, 0.9)]
    [InlineData(0.5, 0.2641, 0.5892)]
    [InlineData(2.0, 0.8227, 0.9990)]
    public void Coverage_of_a_random_walk_is_as_known(double deviation, double of50, double of90)
    {
        var random = new RandomStream(RandomKey.FromSeed(1));
        double[][] path = [.. Enumerable.Range(0, 10_001).Select(_ => new double[1])];
        for (int t = 1; t < path.Length; t++)
        {
            path[t][0] = path[t - 1][0] + random.NextNormal();
        }

        var intervals = new PredictiveIntervals(4, [0.5, 0.9]);
        intervals.Add(new WalkModel(deviation), Walk, [1.0], new RealEpisode(path, new double[10_000]), every: 4, RandomKey.FromSeed(2));

        // 2500 predictions: a standard deviation of at most 0.01.
        foreach (int k in (int[])[1, 4])
        {
            Assert.InRange(intervals.Coverage(k, 0), of50 - 0.035, of50 + 0.035);
            Assert.InRange(intervals.Coverage(k, 1), of90 - 0.035, Math.Min(1.0, of90 + 0.035));
            Assert.InRange(intervals.Width(k, 1), 3.2 * deviation * Math.Sqrt(k), 3.35 * deviation * Math.Sqrt(k));
        }
    }

    [Fact]
    public void A_model_without_noise_of_a_noisy_world_covers_nothing_and_one_with_noise_most()
    {
        var world = StudyWorld.Of("point-mass", "noiseForce=0.5");
        double[] Coverage(bool stochastic)
        {
            var trial = CalibrationTrial.Run(world, world, 300, stochastic, members: 1, horizon: 5, [0.9], seed: 2, CancellationToken.None);
            return [trial.Near.Coverage(1, 0), trial.Near.Coverage(5, 0)];
        }

        Assert.All(Coverage(stochastic: false), c => Assert.InRange(c, 0.0, 0.02));
        Assert.All(Coverage(stochastic: true), c => Assert.InRange(c, 0.5, 1.0));
    }

    private sealed class WalkModel(double deviation) : ISimulator
    {
        public int StateSize => 1;

        public ActionSpace Actions => Walk.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

        public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
        {
            var random = new RandomStream(key);
            for (int i = 0; i < states.Count; i++)
            {
                next.Data[i] = states.Data[i] + (float)(deviation * random.NextNormal());
            }
        }
    }
}
