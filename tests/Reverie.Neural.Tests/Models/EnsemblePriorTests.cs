using Reverie.Models.Local;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Tests.Models;

public sealed class EnsemblePriorTests
{
    private const int N = 4, M = 2, K = N + M, D = K + N;

    private static readonly DynamicsOptions Options = new() { Members = 2, Elites = 2, HiddenLayers = 2, HiddenSize = 16, Stochastic = false, MaxSteps = 400 };

    [Fact]
    public void Slopes_are_the_differences_of_the_ensembles_mean()
    {
        using var workers = new Workers(1);
        using var prior = Create(workers);
        prior.Fit([.. Enumerable.Range(1, 20).Select(i => Experience(i))]);
        var (mean, covariance) = (new double[D], new double[D * D]);
        var at = Experience(44);
        prior.At([at], 7, mean, covariance);
        double[] up = new double[D], down = new double[D], unused = new double[D * D];
        double greatest = 0.0;
        for (int j = 0; j < K; j++)
        {
            const double H = 1e-3;
            prior.At([Moved(at, 7, j, H)], 7, up, unused);
            prior.At([Moved(at, 7, j, -H)], 7, down, unused);
            for (int i = 0; i < N; i++)
            {
                // Φ_yy = I, so that Φ_x'y are the slopes.
                double slope = (up[K + i] - down[K + i]) / (2.0 * H);
                Assert.Equal(slope, covariance[((K + i) * D) + j], 2e-3);
                Assert.Equal(covariance[((K + i) * D) + j], covariance[(j * D) + K + i]);
                greatest = Math.Max(greatest, Math.Abs(slope - (i == j ? 1.0 : 0.0)));
            }

            Assert.Equal(1.0, covariance[j * (D + 1)]);
        }

        Assert.True(greatest > 0.02, "The ensemble is flat: the test says nothing.");

        // What x' varies by is F Fᵀ + e², e the ensemble's error there.
        for (int i = 0; i < N; i++)
        {
            double error = mean[K + i] - at.State(8)[i], explained = Enumerable.Range(0, K).Sum(j => covariance[((K + i) * D) + j] * covariance[((K + i) * D) + j]);
            Assert.Equal(explained + (error * error), covariance[(K + i) * (D + 1)], 1e-9);
        }
    }

    [Fact]
    public void What_is_saved_is_restored_bit_for_bit()
    {
        using var workers = new Workers(1);
        using var prior = Create(workers);
        prior.Fit([Experience(1)]);
        var state = new StateDictionary();
        prior.Save(state, "prior");
        using var restored = Create(workers);
        restored.Load(state, "prior");
        var (first, second) = (Joint(prior), Joint(restored));
        Assert.Equal(first, second);
        prior.Fit([Experience(1), Experience(2)]);
        restored.Fit([Experience(1), Experience(2)]);
        Assert.Equal(Joint(prior), Joint(restored));
        Assert.NotEqual(first, Joint(prior));
    }

    private static EnsemblePrior Create(Workers workers) =>
        new(Ensembles.Spec("point-mass"), Ensembles.Task("point-mass"), Options, RandomKey.FromSeed(3), workers);

    private static double[] Joint(EnsemblePrior prior)
    {
        var (mean, covariance) = (new double[D], new double[D * D]);
        prior.At([Experience(44)], 5, mean, covariance);
        return [.. mean, .. covariance];
    }

    /// <summary>Ten steps of x' = x + 0.1 (x₃, x₄, sin u₁, u₂).</summary>
    private static Rollout Experience(long seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        var rollout = new Rollout(N, M, 10);
        for (int t = 0; t < 10; t++)
        {
            var x = rollout.State(t);
            var u = rollout.Action(t);
            var next = rollout.State(t + 1);
            for (int i = 0; i < N; i++)
            {
                x[i] = t == 0 ? random.NextNormal() : x[i];
            }

            (u[0], u[1]) = (random.NextNormal(), random.NextNormal());
            (next[0], next[1], next[2], next[3]) = (x[0] + (0.1 * x[2]), x[1] + (0.1 * x[3]), x[2] + (0.1 * Math.Sin(u[0])), x[3] + (0.1 * u[1]));
        }

        return rollout;
    }

    private static Rollout Moved(Rollout rollout, int step, int input, double by)
    {
        var moved = new Rollout(N, M, rollout.Horizon);
        rollout.States.CopyTo(moved.States, 0);
        rollout.Actions.CopyTo(moved.Actions, 0);
        (input < N ? ref moved.State(step)[input] : ref moved.Action(step)[input - N]) += by;
        return moved;
    }
}
