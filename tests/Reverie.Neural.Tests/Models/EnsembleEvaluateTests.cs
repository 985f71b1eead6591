using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Neural.Networks;
using Reverie.Neural.Tests.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Models;

/// <summary>Scores of plans against plain rollouts of the same networks by libtorch.</summary>
public sealed class EnsembleEvaluateTests
{
    [Theory]
    [InlineData("cartpole-swingup", Propagation.TrajectorySamplingInfinite)]
    [InlineData("cartpole-swingup", Propagation.Mean)]
    [InlineData("cartpole-continuous", Propagation.TrajectorySamplingInfinite)]
    [InlineData("cartpole", Propagation.Mean)]
    public void Returns_of_point_predictions_are_those_of_plain_rollouts(string world, Propagation propagation)
    {
        const int Count = 100, Horizon = 30;
        const double Discount = 0.9;
        using var workers = new Workers(2);
        using var ensemble = Ensembles.Random(world, new() { Members = 3, Elites = 2, Particles = 3, Stochastic = false, Propagation = propagation }, delta: world == "cartpole-swingup" ? 0.1 : 0.06);
        var task = Ensembles.Task(world);
        var model = new EnsembleModel(ensemble, task, workers, Discount);
        var (candidates, plans) = Plans(model.Actions, Horizon, Count);
        double[] start = [0.1, -0.2, 0.05, 0.1];
        var returns = new float[Count];
        model.Evaluate(start, candidates, returns, RandomKey.FromSeed(1));

        var wanted = new double[Count];
        int ended = 0;
        for (int p = 0; p < model.Particles; p++)
        {
            double[][] x = [.. Enumerable.Repeat(start, Count)];
            var weight = Enumerable.Repeat(1.0, Count).ToArray();
            for (int t = 0; t < Horizon; t++)
            {
                double[][] u = [.. plans.Select(plan => plan[t])];
                var (mean, _, _) = Ensembles.Predict(ensemble, x, u);
                double[][] y = [.. x.Select((o, i) => o.Select((v, d) => v + (propagation == Propagation.Mean
                    ? ensemble.Elites.Average(e => mean[e][i][d])
                    : mean[ensemble.Elites[p % 2]][i][d])).ToArray())];
                for (int i = 0; i < Count; i++)
                {
                    var (reward, end) = Score(task, x[i], u[i], y[i]);
                    wanted[i] += weight[i] * reward / model.Particles;
                    ended += weight[i] > 0 && end ? 1 : 0;
                    weight[i] *= end ? 0.0 : Discount;
                }

                x = y;
            }
        }

        Assert.True(world == "cartpole-swingup" ? ended == 0 : ended > 20, $"{ended} ended");
        Assert.True(wanted.Distinct().Count() > 1, $"{wanted.Distinct().Count()} distinct returns, {ended} ended");
        FusedPassesTests.AssertClose([.. wanted.Select(v => (float)v)], returns, 1e-5);
    }

    [Theory]
    [InlineData(Propagation.TrajectorySamplingInfinite)]
    [InlineData(Propagation.TrajectorySampling1)]
    [InlineData(Propagation.MomentMatching)]
    public void Returns_of_sampled_trajectories_have_the_mean_of_a_plain_monte_carlo_reference(Propagation propagation)
    {
        const int Horizon = 6, Samples = 2000, Particles = 1024;
        using var workers = new Workers(2);
        using var ensemble = Ensembles.Random("point-mass", new() { Members = 2, Elites = 2, Particles = Particles, Propagation = propagation });
        var task = Ensembles.Task("point-mass");
        var model = new EnsembleModel(ensemble, task, workers);
        var (candidates, plans) = Plans(model.Actions, Horizon, 1);
        double[] start = [0.1, 0.2, -0.1, 0.3];
        var returns = new float[1];
        model.Evaluate(start, candidates, returns, RandomKey.FromSeed(3));

        double[] reference = Reference(propagation);
        double mean = reference.Average(), deviation = Math.Sqrt(reference.Average(r => (r - mean) * (r - mean)));
        double tolerance = 4 * deviation * Math.Sqrt((1.0 / Samples) + (1.0 / Particles));
        Assert.Equal(mean, returns[0], tolerance);

        // The propagations differ by more than that, so that one in another's place would show.
        var other = propagation == Propagation.TrajectorySamplingInfinite ? Propagation.TrajectorySampling1 : Propagation.TrajectorySamplingInfinite;
        Assert.True(Math.Abs(Reference(other).Average() - returns[0]) > tolerance);

        double[] Reference(Propagation way)
        {
            var random = new RandomStream(RandomKey.FromSeed(8));
            double[][] x = [.. Enumerable.Repeat(start, Samples)];
            var total = new double[Samples];
            for (int t = 0; t < Horizon; t++)
            {
                double[][] u = [.. Enumerable.Repeat(plans[0][t], Samples)];
                var (mu, l, _) = Ensembles.Predict(ensemble, x, u);
                var y = new double[Samples][];
                for (int i = 0; i < Samples; i++)
                {
                    int member = way == Propagation.TrajectorySamplingInfinite ? i % 2 : random.NextInt32(2);
                    y[i] = [.. x[i].Select((v, d) => v + mu[member][i][d] + (Math.Exp(0.5 * l[member][i][d]) * random.NextNormal()))];
                    total[i] += Score(task, x[i], u[i], y[i]).Reward;
                }

                if (way == Propagation.MomentMatching)
                {
                    double[] centre = [.. Enumerable.Range(0, 4).Select(d => y.Average(s => s[d]))];
                    double[] spread = [.. Enumerable.Range(0, 4).Select(d => Math.Sqrt(y.Average(s => (s[d] - centre[d]) * (s[d] - centre[d]))))];
                    y = [.. y.Select(_ => centre.Zip(spread, (c, s) => c + (s * random.NextNormal())).ToArray())];
                }

                x = y;
            }

            return total;
        }
    }

    [Theory]
    [InlineData(Propagation.TrajectorySamplingInfinite)]
    [InlineData(Propagation.TrajectorySampling1)]
    [InlineData(Propagation.MomentMatching)]
    [InlineData(Propagation.Mean)]
    public void Returns_have_the_same_bits_for_any_number_of_threads_and_nothing_is_allocated(Propagation propagation)
    {
        float[]? first = null;
        using var ensemble = Ensembles.Random("cartpole-swingup", new() { Members = 3, Elites = 3, Particles = 4, Propagation = propagation });
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var workers = new Workers(threads);
            var model = new EnsembleModel(ensemble, Ensembles.Task("cartpole-swingup"), workers);
            var (candidates, _) = Plans(model.Actions, 5, 150);
            var (start, returns) = (new double[4], new float[150]);
            long before = 0;
            for (int round = 0; round < 40; round++)
            {
                before = round == 30 ? GC.GetAllocatedBytesForCurrentThread() : before;
                model.Evaluate(start, candidates, returns, RandomKey.FromSeed(1));
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
            first ??= [.. returns];
            Assert.Equal(first, returns);
            model.Evaluate(new double[4], candidates, returns, RandomKey.FromSeed(2));
            Assert.Equal(propagation == Propagation.Mean, first.SequenceEqual(returns));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_learned_end_stops_learned_rewards(bool ends)
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum", new() { Members = 1, Elites = 1, Particles = 1, Stochastic = false, LearnReward = true, LearnTermination = true });
        float[] bias = ensemble.Network.Biases(2).ToFloats();
        bias[^1] = ends ? 100f : -100f;
        ensemble.Network.Biases(2).CopyFrom(bias);
        var model = new EnsembleModel(ensemble, null, workers);
        var (candidates, plans) = Plans(model.Actions, 3, 1);
        double[] x = [0.5, 0.5, 1.0];
        var returns = new float[1];
        model.Evaluate(x, candidates, returns, default);
        double wanted = 0;
        for (int t = 0; t < (ends ? 1 : 3); t++)
        {
            var (mean, _, _) = Ensembles.Predict(ensemble, [x], [plans[0][t]]);
            wanted += mean[0][0][3];
            x = [.. x.Select((v, d) => v + mean[0][0][d])];
        }

        Assert.Equal(wanted, returns[0], 1e-5);
    }

    [Fact]
    public void Leaving_the_finite_numbers_scores_minus_infinity_even_where_every_step_pays()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("cartpole-continuous", new() { Members = 1, Elites = 1, Particles = 1, Stochastic = false });
        ensemble.TargetNormalizer.Deviation[1] = float.NaN;
        var model = new EnsembleModel(ensemble, Ensembles.Task("cartpole-continuous"), workers);
        var (candidates, _) = Plans(model.Actions, 3, 2);
        var returns = new float[2];
        model.Evaluate(new double[4], candidates, returns, default);
        Assert.All(returns, r => Assert.Equal(float.NegativeInfinity, r));
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("point-mass", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("point-mass"), workers);
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[3], new ActionSequences(2, 2, 5), new float[5], default));
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[4], new ActionSequences(2, 1, 5), new float[5], default));
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[4], new ActionSequences(2, 2, 5), new float[4], default));
        Assert.Throws<ArgumentException>(() => model.Locate(new double[3], new double[4]));
        Assert.Throws<ArgumentException>(() => model.Step(Batch.Allocate(4, 5), Batch.Allocate(2, 4), Batch.Allocate(4, 5), new float[16], new float[16], default));
        Assert.Throws<ArgumentException>(() => model.Step(Batch.Allocate(4, 5), Batch.Allocate(2, 5), Batch.Allocate(4, 5), new float[5], new float[16], default));
        Assert.Throws<ArgumentException>(() => new EnsembleModel(ensemble, null, workers));
    }

    private static (ActionSequences Candidates, double[][][] Plans) Plans(ActionSpace actions, int horizon, int count)
    {
        var random = new RandomStream(RandomKey.FromSeed(4));
        var candidates = new ActionSequences(horizon, actions.Size, count);
        var plans = new double[count][][];
        for (int i = 0; i < count; i++)
        {
            plans[i] = new double[horizon][];
            for (int t = 0; t < horizon; t++)
            {
                var action = new double[actions.Size];
                actions.Sample(random, action);
                for (int a = 0; a < action.Length; a++)
                {
                    candidates.At(t).Feature(a)[i] = (float)action[a];
                }

                plans[i][t] = [.. action.Select(v => (double)(float)v)];
            }
        }

        return (candidates, plans);
    }

    private static (double Reward, bool Terminated) Score(ITask task, double[] x, double[] u, double[] y)
    {
        var o = Batch.Allocate(x.Length, 1);
        var a = Batch.Allocate(u.Length, 1);
        var n = Batch.Allocate(x.Length, 1);
        for (int d = 0; d < x.Length; d++)
        {
            (o.Feature(d)[0], n.Feature(d)[0]) = ((float)x[d], (float)y[d]);
        }

        for (int c = 0; c < u.Length; c++)
        {
            a.Feature(c)[0] = (float)u[c];
        }

        var (rewards, ends) = (new float[16], new float[16]);
        task.Score(o, a, n, rewards, ends);
        return (rewards[0], ends[0] > 0.5);
    }
}
