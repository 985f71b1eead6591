using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Tests.Models.Local;

public class LocalFitTests
{
    private static readonly double[] A = [1.0, 0.1, -0.2, 0.9], B = [0.5, 1.0], C = [0.3, -0.1];

    [Fact]
    public void Regression_recovers_a_linear_gaussian_system()
    {
        const double Deviation = 0.1;
        var fitted = new LocalDynamics(2, 1, 3);
        new LocalRegression(2, 1, 1e-9, 0.0, 1.0).Fit([Rollouts(4000, 3, Deviation)], null, fitted);
        for (int t = 0; t < 3; t++)
        {
            // The first rollout is the origin of all deviations, so that its own noise goes into the offset.
            Near(A, fitted.StateJacobian(t), 0.02);
            Near(B, fitted.ActionJacobian(t), 0.02);
            Near(C, fitted.Offset(t), 0.4);
            Near([2.0 * Deviation * Deviation, 0.0, 0.0, 2.0 * Deviation * Deviation], fitted.Noise(t), 8.0 * Deviation * Deviation);
        }

        Assert.True(fitted.NoiseDeviation() > 0.5 * Deviation);
    }

    [Fact]
    public void Without_noise_as_many_rollouts_as_unknowns_suffice()
    {
        var fitted = new LocalDynamics(2, 1, 3);
        var rollouts = Rollouts(4, 3, 0.0);
        new LocalRegression(2, 1, 1e-12, 0.0, 1.0).Fit([rollouts], null, fitted);
        Near(A, fitted.StateJacobian(2), 1e-6);
        Near(B, fitted.ActionJacobian(2), 1e-6);
        Near(C, fitted.Offset(2), 1e-6);
        Assert.InRange(fitted.Error(2, Rollouts(20, 3, 0.0)), 0.0, 1e-5);
    }

    [Fact]
    public void Groups_of_other_policies_tell_slopes_from_their_own_centres()
    {
        var fitted = new LocalDynamics(2, 1, 1);
        var newest = Rollouts(1, 1, 0.0);
        new LocalRegression(2, 1, 1e-12, 0.0, 0.5).Fit([newest, Rollouts(5, 1, 0.0, shift: 7.0)], null, fitted);
        Near(A, fitted.StateJacobian(0), 1e-6);
        Near(C, fitted.Offset(0), 1e-5);
    }

    [Fact]
    public void The_posterior_is_that_computed_by_hand()
    {
        // κ = 1, ν = 2, N = 3; z̄ = 4, μ₀ = 0, S = 2, Φ = 1: μ = 12/4, Σ = (2·1 + 3·2 + 3/4·16) / 5.
        double[] mean = [4.0], covariance = [2.0];
        NormalInverseWishart.Update([0.0], [1.0], 1.0, 2.0, 3, mean, covariance);
        Assert.Equal(3.0, mean[0], 12);
        Assert.Equal(4.0, covariance[0], 12);
    }

    [Fact]
    public void A_prior_fills_in_what_too_few_rollouts_leave_open()
    {
        var prior = new MixturePrior(2, 1, 1, 1, RandomKey.FromSeed(3));
        prior.Fit(Rollouts(50, 3, 0.0));
        var (with, without) = (new LocalDynamics(2, 1, 3), new LocalDynamics(2, 1, 3));
        var two = Rollouts(2, 3, 0.0);
        new LocalRegression(2, 1, 1e-9, 0.1, 1.0).Fit([two], prior, with);
        new LocalRegression(2, 1, 1e-9, 0.1, 1.0).Fit([two], null, without);
        Near(A, with.StateJacobian(1), 1e-3);
        Assert.True(without.Error(1, Rollouts(20, 3, 0.0)) > 100.0 * with.Error(1, Rollouts(20, 3, 0.0)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_mixture_of_what_is_not_finite_is_refused(double odd) => Assert.Contains(
        "must be finite",
        Assert.Throws<ArgumentException>(() => new GaussianMixture(2, 1).Fit([0.0, 1.0, odd, 2.0], 1, 10, new RandomStream(RandomKey.FromSeed(1)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Expectation_maximisation_raises_the_likelihood_and_finds_two_clusters()
    {
        var random = new RandomStream(RandomKey.FromSeed(1));
        var points = new double[2 * 400];
        for (int i = 0; i < 400; i++)
        {
            (points[2 * i], points[(2 * i) + 1]) = (random.NextNormal() + (i < 100 ? 0.0 : 6.0), (0.5 * random.NextNormal()) + (i < 100 ? 0.0 : -1.0));
        }

        var mixture = new GaussianMixture(2, 2);
        var likelihoods = mixture.Fit(points, 2, 50, new RandomStream(RandomKey.FromSeed(2)));
        for (int i = 1; i < likelihoods.Count; i++)
        {
            Assert.True(likelihoods[i] >= likelihoods[i - 1] - 1e-9);
        }

        double[] share = [0.0, 0.0], mean = new double[2], covariance = new double[4];
        mixture.Assign([6.0, -1.0], share);
        int far = share[0] > 0.5 ? 0 : 1;
        Assert.InRange(mixture.Weights[far], 0.7, 0.8);
        mixture.Blend(share, mean, covariance);
        Near([6.0, -1.0], mean, 0.2);
        Near([1.0, 0.0, 0.0, 0.25], covariance, 0.2);
    }

    private static List<Rollout> Rollouts(int count, int horizon, double deviation, double shift = 0.0)
    {
        var random = new RandomStream(RandomKey.FromSeed(count));
        var rollouts = new List<Rollout>();
        for (int i = 0; i < count; i++)
        {
            var rollout = new Rollout(2, 1, horizon);
            (rollout.State(0)[0], rollout.State(0)[1]) = (shift + random.NextNormal(), random.NextNormal());
            for (int t = 0; t < horizon; t++)
            {
                var x = rollout.State(t);
                double u = rollout.Action(t)[0] = random.NextNormal();
                for (int j = 0; j < 2; j++)
                {
                    rollout.State(t + 1)[j] = (A[2 * j] * x[0]) + (A[(2 * j) + 1] * x[1]) + (B[j] * u) + C[j] + (deviation * random.NextNormal());
                }
            }

            rollouts.Add(rollout);
        }

        return rollouts;
    }

    private static void Near(ReadOnlySpan<double> wanted, ReadOnlySpan<double> given, double tolerance)
    {
        Assert.Equal(wanted.Length, given.Length);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.InRange(given[i], wanted[i] - tolerance, wanted[i] + tolerance);
        }
    }
}
