using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Networks;
using Reverie.Numerics;

namespace Reverie.Neural.Tests.Models;

/// <summary>One imagined step against libtorch, and derivatives against differences.</summary>
public sealed class EnsembleStepTests
{
    [Theory]
    [InlineData("cartpole-swingup", Propagation.TrajectorySamplingInfinite)]
    [InlineData("cartpole-swingup", Propagation.Mean)]
    [InlineData("cartpole", Propagation.TrajectorySamplingInfinite)]
    [InlineData("pendulum", Propagation.Mean)]
    public void The_mean_prediction_is_that_of_libtorch(string world, Propagation propagation)
    {
        const int Count = 150;
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random(world, new() { Members = 3, Elites = 2, Stochastic = propagation == Propagation.Mean, Propagation = propagation });
        var model = new EnsembleModel(ensemble, Ensembles.Task(world), workers);
        var random = new RandomStream(RandomKey.FromSeed(3));
        int n = model.StateSize;
        var states = Batch.Allocate(n, Count);
        var actions = Batch.Allocate(model.Actions.Size, Count);
        var next = Batch.Allocate(n, Count);
        var (o, u) = (new double[Count][], new double[Count][]);
        for (int i = 0; i < Count; i++)
        {
            (o[i], u[i]) = ([.. Enumerable.Range(0, n).Select(_ => (double)(float)(3 * random.NextNormal()))], new double[model.Actions.Size]);
            model.Actions.Sample(random, u[i]);
            u[i] = [.. u[i].Select(x => (double)(float)x)];
            for (int d = 0; d < n; d++)
            {
                states.Feature(d)[i] = (float)o[i][d];
            }

            actions.Feature(0)[i] = (float)u[i][0];
        }

        model.Step(states, actions, next, new float[states.Stride], new float[states.Stride], default);
        var (mean, _, _) = Ensembles.Predict(ensemble, o, u);
        List<float> wanted = [], got = [];
        for (int i = 0; i < Count; i++)
        {
            for (int d = 0; d < n; d++)
            {
                // Items are dealt to the elites by tiles of 64.
                double delta = propagation == Propagation.Mean
                    ? ensemble.Elites.Average(e => mean[e][i][d])
                    : mean[ensemble.Elites[i / 64 % 2]][i][d];
                wanted.Add((float)(o[i][d] + delta));
                got.Add(next.Feature(d)[i]);
            }
        }

        FusedPassesTests.AssertClose([.. wanted], [.. got], 1e-6);
    }

    [Fact]
    public void Batches_of_different_strides_step_as_batches_of_one_do()
    {
        const int Count = 5;
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("point-mass", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("point-mass"), workers);
        float[][] results = new float[2][];
        foreach (bool apart in (bool[])[false, true])
        {
            var states = apart ? new Batch(new float[4 * 64], 4, Count, 64) : Batch.Allocate(4, Count);
            var actions = Batch.Allocate(2, Count);
            var next = apart ? new Batch(new float[4 * 32], 4, Count, 32) : Batch.Allocate(4, Count);
            for (int i = 0; i < 4 * Count; i++)
            {
                states.Feature(i / Count)[i % Count] = 0.1f * i;
            }

            float[] rewards = new float[16];
            model.Step(states, actions, next, rewards, new float[16], default);
            List<float> got = [.. rewards[..Count]];
            for (int d = 0; d < 4; d++)
            {
                got.AddRange(next.Feature(d)[..Count]);
            }

            results[apart ? 1 : 0] = [.. got];
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(5 * Count, results[0].Distinct().Count());
    }

    [Fact]
    public void Samples_have_the_bounded_variance_of_libtorch()
    {
        const int Count = 64 * 400;
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("point-mass", new() { Members = 2, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("point-mass"), workers);
        double[] o = [0.3, -0.2, 0.5, 0.1], u = [0.4, -0.6];
        var states = Batch.Allocate(4, Count);
        var actions = Batch.Allocate(2, Count);
        var next = Batch.Allocate(4, Count);
        for (int i = 0; i < 6; i++)
        {
            (i < 4 ? states.Feature(i) : actions.Feature(i - 4)).Fill((float)(i < 4 ? o[i] : u[i - 4]));
        }

        model.Step(states, actions, next, new float[Count], new float[Count], RandomKey.FromSeed(5));
        var (mean, logVariance, _) = Ensembles.Predict(ensemble, [o], [u]);
        int elite = ensemble.Elites[0];
        for (int d = 0; d < 4; d++)
        {
            double[] samples = [.. next.Feature(d).ToArray().Select(x => x - o[d])];
            double average = samples.Average(), variance = samples.Average(x => (x - average) * (x - average));
            double wanted = Math.Exp(logVariance[elite][0][d]);

            // The variance's own deviation is 0.9% of it.
            Assert.Equal(1.0, variance / wanted, 0.04);
            Assert.Equal(mean[elite][0][d], average, 4 * Math.Sqrt(wanted / Count));
        }
    }

    [Theory]
    [InlineData("cartpole-swingup")]
    [InlineData("point-mass")]
    public void Derivatives_are_those_of_central_differences(string world)
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random(world, new() { Members = 3, Elites = 2, Propagation = Propagation.Mean });
        var task = Ensembles.Task(world);
        var model = new EnsembleModel(ensemble, task, workers);
        int n = model.StateSize, m = model.Actions.Size, all = n + m;
        var random = new RandomStream(RandomKey.FromSeed(2));
        double[] point = [.. Enumerable.Range(0, all).Select(_ => 0.8 * random.NextNormal())];
        var at = new Linearization(n, m);
        model.Linearize(point.AsSpan(0, n), point.AsSpan(n), at);
        var (mean, _, _) = Ensembles.Predict(ensemble, [point[..n]], [point[n..]]);
        const double H = 1e-4;
        for (int d = 0; d < n; d++)
        {
            Assert.Equal(point[d] + ensemble.Elites.Average(e => mean[e][0][d]), at.Next[d], 1e-5);
        }

        Assert.Equal(Reward(point), at.Reward, 1e-9);
        for (int c = 0; c < all; c++)
        {
            var (above, below) = (At(c, H), At(c, -H));
            for (int d = 0; d < n; d++)
            {
                double slope = c < n ? at.StateJacobian[(d * n) + c] : at.ActionJacobian[(d * m) + c - n];
                Assert.Equal((above.Next[d] - below.Next[d]) / (2 * H), slope, 1e-6);
            }

            Assert.Equal((above.Reward - below.Reward) / (2 * H), c < n ? at.RewardState[c] : at.RewardAction[c - n], 1e-6);
        }

        // Second derivatives of the reward along the first-order expansion of the dynamics.
        var hessian = new double[all * all];
        model.QuadratizeReward(point.AsSpan(0, n), point.AsSpan(n), hessian);
        for (int i = 0; i < all; i++)
        {
            for (int j = 0; j < all; j++)
            {
                double difference = (Expanded(i, H, j, H) - Expanded(i, H, j, -H) - Expanded(i, -H, j, H) + Expanded(i, -H, j, -H)) / (4 * H * H);
                Assert.Equal(difference, hessian[(i * all) + j], 2e-5);
            }
        }

        Linearization At(int c, double h)
        {
            double[] moved = [.. point];
            moved[c] += h;
            var result = new Linearization(n, m);
            model.Linearize(moved.AsSpan(0, n), moved.AsSpan(n), result);
            return result;
        }

        double Expanded(int i, double hi, int j, double hj)
        {
            double[] moved = [.. point];
            moved[i] += hi;
            moved[j] += hj;
            var next = new Real[n];
            for (int d = 0; d < n; d++)
            {
                double Slope(int c) => c < n ? at.StateJacobian[(d * n) + c] : at.ActionJacobian[(d * m) + c - n];
                next[d] = at.Next[d] + (Slope(i) * hi) + (Slope(j) * hj);
            }

            return task.Reward<Real>(Reals(moved[..n]), Reals(moved[n..]), next);
        }

        double Reward(double[] x) => task.Reward<Real>(Reals(x[..n]), Reals(x[n..]), Reals(at.Next));
    }

    [Fact]
    public void At_a_limit_an_action_has_the_derivative_that_it_has_within()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum", new() { Members = 2, Elites = 2 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum"), workers);
        double[] At(double action)
        {
            var result = new Linearization(3, 1);
            model.Linearize([0.6, 0.8, 1.0], [action], result);
            return result.ActionJacobian;
        }

        Assert.All(At(2.0).Zip(At(2.0 - 1e-7)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.All(At(-2.0), slope => Assert.NotEqual(0.0, slope));
        Assert.All(At(2.0 + 1e-7), slope => Assert.Equal(0.0, slope));
    }

    [Theory]
    [InlineData("cartpole", false)]
    [InlineData("pendulum", true)]
    public void Numbered_actions_and_learned_rewards_have_no_derivatives(string world, bool learnReward)
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random(world, new() { Members = 1, Elites = 1, LearnReward = learnReward });
        var model = new EnsembleModel(ensemble, Ensembles.Task(world), workers);
        int n = model.StateSize;
        Assert.Throws<InvalidOperationException>(() => model.Linearize(new double[n], new double[1], new Linearization(n, 1)));
        Assert.Throws<InvalidOperationException>(() => model.QuadratizeReward(new double[n], new double[1], new double[(n + 1) * (n + 1)]));
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum"), workers);
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[2], new double[1], new Linearization(3, 1)));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[3], new double[2], new Linearization(3, 1)));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[3], new double[1], new Linearization(4, 1)));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[3], new double[1], new Linearization(3, 2)));
        Assert.Throws<ArgumentException>(() => model.QuadratizeReward(new double[3], new double[1], new double[9]));
    }

    private static Real[] Reals(double[] x) => [.. x.Select(v => (Real)v)];
}
