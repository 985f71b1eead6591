using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Tests.Models.Local;

public class NeighbourPriorTests
{
    [Fact]
    public void A_quadratic_worlds_slopes_are_exact_whatever_the_policy_and_time()
    {
        var prior = new NeighbourPrior(2, 1, 4);
        prior.Fit([.. Enumerable.Range(1, 30).Select(i => Experience(i, (x, u) => (x[0] * u) + (0.5 * x[1] * x[1])))]);
        var at = Experience(99, (x, u) => (x[0] * u) + (0.5 * x[1] * x[1]));
        for (int t = 0; t < at.Horizon; t += 3)
        {
            // x₁' = x₁ + 0.1 x₂, x₂' = x₂ + 0.1 (x₁ u + ½ x₂²).
            double[] x = at.State(t).ToArray(), slopes = Slopes(prior, at, t);
            double u = at.Action(t)[0];
            double[] wanted = [1.0, 0.1, 0.0, 0.1 * u, 1.0 + (0.1 * x[1]), 0.1 * x[0]];
            for (int i = 0; i < 6; i++)
            {
                Assert.Equal(wanted[i], slopes[i], 1e-4);
            }
        }
    }

    [Fact]
    public void The_nearest_tell_more_than_the_rest()
    {
        // Curved beyond squares: near by the slope is 0.1 · 3 cos 3x₁, over all of it about none.
        var prior = new NeighbourPrior(2, 1, 4);
        prior.Fit([.. Enumerable.Range(1, 100).Select(i => Experience(i, (x, _) => Math.Sin(3.0 * x[0])))]);
        var at = Experience(99, (x, _) => Math.Sin(3.0 * x[0]));
        (at.State(0)[0], at.State(0)[1], at.Action(0)[0]) = (0.2, 0.1, 0.1);
        Assert.Equal(0.3 * Math.Cos(0.6), Slopes(prior, at, 0)[3], 0.03);
    }

    [Fact]
    public void Noise_is_what_the_neighbours_leave_unexplained()
    {
        var random = new RandomStream(RandomKey.FromSeed(7));
        var prior = new NeighbourPrior(2, 1, 20);
        prior.Fit([.. Enumerable.Range(1, 60).Select(i => Experience(i, (_, u) => u + random.NextNormal()))]);
        var (mean, covariance) = (new double[5], new double[25]);
        var at = Experience(99, (_, u) => u);
        prior.At([at], 4, mean, covariance);
        double explained = Slopes(prior, at, 4).AsSpan(3).ToArray().Sum(s => s * s);
        Assert.InRange(covariance[24] - explained, 0.5 * 0.01, 1.5 * 0.01);
        Assert.InRange(covariance[18] - Slopes(prior, at, 4).AsSpan(0, 3).ToArray().Sum(s => s * s), 0.0, 1e-6);
    }

    [Fact]
    public void What_is_saved_is_restored_bit_for_bit()
    {
        var (prior, restored) = (new NeighbourPrior(2, 1, 4), new NeighbourPrior(2, 1, 4));
        prior.Fit([.. Enumerable.Range(1, 9).Select(i => Experience(i, (x, u) => u * x[0]))]);
        var state = new StateDictionary();
        prior.Save(state, "prior");
        restored.Load(state, "prior");
        var at = Experience(99, (x, u) => u * x[0]);
        Assert.Equal(Slopes(prior, at, 3), Slopes(restored, at, 3));
    }

    private static double[] Slopes(NeighbourPrior prior, Rollout rollout, int step)
    {
        var (mean, covariance) = (new double[5], new double[25]);
        prior.At([rollout], step, mean, covariance);
        return [.. Enumerable.Range(0, 6).Select(i => covariance[((3 + (i / 3)) * 5) + (i % 3)])];
    }

    /// <summary>Ten steps of x₁' = x₁ + 0.1 x₂, x₂' = x₂ + 0.1 f(x, u).</summary>
    private static Rollout Experience(long seed, Func<double[], double, double> f)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        var rollout = new Rollout(2, 1, 10);
        (rollout.State(0)[0], rollout.State(0)[1]) = (random.NextNormal(), random.NextNormal());
        for (int t = 0; t < 10; t++)
        {
            double[] x = rollout.State(t).ToArray();
            double u = rollout.Action(t)[0] = random.NextNormal();
            (rollout.State(t + 1)[0], rollout.State(t + 1)[1]) = (x[0] + (0.1 * x[1]), x[1] + (0.1 * f(x, u)));
        }

        return rollout;
    }
}
