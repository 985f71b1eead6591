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
    [InlineData("point-mass", Propagation.TrajectorySamplingInfinite, Propagation.TrajectorySampling1)]
    [InlineData("point-mass", Propagation.TrajectorySampling1, Propagation.TrajectorySamplingInfinite)]
    [InlineData("cartpole-swingup", Propagation.MomentMatching, Propagation.TrajectorySampling1)]
    public void Returns_of_sampled_trajectories_have_the_mean_of_a_plain_monte_carlo_reference(string world, Propagation propagation, Propagation other)
    {
        const int Horizon = 6, Samples = 2000, Particles = 1024;
        using var workers = new Workers(2);
        using var ensemble = Ensembles.Random(world, new() { Members = 2, Elites = 2, Particles = Particles, Propagation = propagation, Stochastic = world == "point-mass" });
        var task = Ensembles.Task(world);
        var model = new EnsembleModel(ensemble, task, workers);
        var (candidates, plans) = Plans(model.Actions, Horizon, 1);
        double[] start = world == "point-mass" ? [0.1, 0.2, -0.1, 0.3] : [0.0, 0.2, Math.PI, 0.3];
        var returns = new float[1];
        model.Evaluate(start, candidates, returns, RandomKey.FromSeed(3));

        double[] reference = Reference(propagation);
        double mean = reference.Average(), deviation = Math.Sqrt(reference.Average(r => (r - mean) * (r - mean)));
        double tolerance = 4 * deviation * Math.Sqrt((1.0 / Samples) + (1.0 / Particles));
        Assert.Equal(mean, returns[0], tolerance);

        // The propagations differ by more than that, so that one in another's place would show.
        double different = Reference(other).Average();
        Assert.True(Math.Abs(different - returns[0]) > tolerance, $"{returns[0]} and {different} within {tolerance}");

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
                    y[i] = [.. x[i].Select((v, d) => v + mu[member][i][d] + (l.Length > 0 ? Math.Exp(0.5 * l[member][i][d]) * random.NextNormal() : 0.0)))];
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