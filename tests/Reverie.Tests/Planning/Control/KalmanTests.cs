using CsCheck;
using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>The Kalman filter, and the regulator on top of it.</summary>
public class KalmanTests
{
    [Fact]
    public void One_step_by_hand()
    {
        // Σ = 1 → AΣA + W = 4 + 1 = 5; S = 5 + 3 = 8, L = 5/8, Σ = 5·3/8. μ = 2·1 + 1·0.5 + 0.25 = 2.75; e = 5 − 2.75 − 0.25 = 2.
        var model = new LinearGaussianModel(1, 1, 1);
        (model.StateJacobian[0], model.ActionJacobian[0], model.Offset[0], model.StateNoise[0]) = (2, 1, 0.25, 1);
        (model.ObservationJacobian[0], model.ObservationOffset[0], model.ObservationNoise[0]) = (1, 0.25, 3);
        var filter = new KalmanFilter(1, 1, 1);
        filter.Reset([1], [1]);
        filter.Predict(model, [0.5]);
        Assert.Equal((2.75, 5.0), (filter.Mean[0], filter.Covariance[0]));
        double log = filter.Update(model, [5]);
        Assert.Equal(2.75 + 1.25, filter.Mean[0], 14);
        Assert.Equal(1.875, filter.Covariance[0], 14);
        Assert.Equal(0.625, filter.Gain[0], 14);
        Assert.Equal((-0.5 * 4 / 8) - (0.5 * Math.Log(2 * Math.PI * 8)), log, 14);
    }

    [Fact]
    public void The_filter_comes_to_the_duals_solution() => Problems.Random.Sample(
        stage =>
        {
            // The regulator's problem turned round: A = A'ᵀ, C = Bᵀ, W = Q, V = R.
            var model = Dual(stage);
            int n = model.StateSize, o = model.ObservationSize;
            var steady = new SteadyKalmanFilter(model);
            if (steady.SpectralRadius > 0.99)
            {
                return;
            }

            var filter = new KalmanFilter(n, 1, o);
            filter.Reset(new double[n], Problems.Terminal(n, 3).Hessian);
            for (int t = 0; t < 3000; t++)
            {
                filter.Predict(model, [0]);
                if (t == 2999)
                {
                    Assert.InRange(Problems.Distance(filter.Covariance, steady.PriorCovariance), 0, 1e-9);
                }

                filter.Update(model, new double[o]);
            }

            Assert.InRange(Problems.Distance(filter.Covariance, steady.PosteriorCovariance), 0, 1e-9);
            Assert.InRange(Problems.Distance(filter.Gain, steady.Gain), 0, 1e-9);
            var dual = RiccatiEquation.Solve(n, o, stage.StateJacobian, stage.ActionJacobian, stage.StateCost, stage.ActionCost);
            Assert.InRange(Problems.Distance(steady.PriorCovariance, dual.Hessian), 0, 1e-12);

            // The dual's gain is (A L)ᵀ.
            for (int i = 0; i < n * o; i++)
            {
                double al = Enumerable.Range(0, n).Sum(k => model.StateJacobian[(i / o * n) + k] * steady.Gain[(k * o) + (i % o)]);
                Assert.Equal(dual.Gain[(i % o * n) + (i / o)], al, 1e-8);
            }
        },
        iter: 50);

    [Fact]
    public void What_is_not_seen_or_known_too_well_is_refused()
    {
        var model = new LinearGaussianModel(1, 1, 1);
        (model.StateJacobian[0], model.StateNoise[0], model.ObservationNoise[0]) = (2, 1, 1);
        Assert.Contains("The filter has no steady state", Assert.Throws<ArgumentException>(() => new SteadyKalmanFilter(model)).Message, StringComparison.Ordinal);
        model.ObservationNoise[0] = 0;
        var filter = new KalmanFilter(1, 1, 1);
        filter.Reset([7], [1]);
        Assert.Contains("C Σ Cᵀ + V is not positive definite", Assert.Throws<ArgumentException>(() => filter.Update(model, [1])).Message, StringComparison.Ordinal);
        Assert.Equal((7.0, 1.0), (filter.Mean[0], filter.Covariance[0]));
    }

    [Fact]
    public void The_filters_errors_are_as_large_as_it_believes()
    {
        var (model, random) = (Cart(), new RandomStream(RandomKey.FromSeed(5)));
        var filter = new KalmanFilter(2, 1, 1);
        double sum = 0;
        const int Episodes = 4000;
        for (int episode = 0; episode < Episodes; episode++)
        {
            double[] x = [random.NextNormal(), random.NextNormal()];
            filter.Reset([0, 0], [1, 0, 0, 1]);
            for (int t = 0; t < 10; t++)
            {
                filter.Update(model, [Observe(model, x, random)]);
                x = Move(model, x, 0.3, random);
                filter.Predict(model, [0.3]);
            }

            // eᵀΣ⁻¹e has mean 2 and variance 4.
            double[] e = [x[0] - filter.Mean[0], x[1] - filter.Mean[1]];
            var S = filter.Covariance;
            sum += ((S[3] * e[0] * e[0]) - (2 * S[1] * e[0] * e[1]) + (S[0] * e[1] * e[1])) / ((S[0] * S[3]) - (S[1] * S[1]));
        }

        Assert.InRange(sum / Episodes, 2 - (4 * 2 / Math.Sqrt(Episodes)), 2 + (4 * 2 / Math.Sqrt(Episodes)));
    }

    [Fact]
    public void Control_by_belief_costs_what_theory_says_and_less_than_differences_of_observations()
    {
        // In the long run a step costs ½ tr(P W) + ½ tr(Σ KᵀSK), with Σ the filter's posterior covariance and S = R + BᵀPB.
        var (model, stage) = (Cart(), Problems.DoubleIntegrator());
        var regulator = new InfiniteHorizonRegulator(stage);
        var (P, K, steady) = (regulator.Value.Hessian, regulator.Riccati.Gain, new SteadyKalmanFilter(model));
        double S = 1 + Form(stage.ActionJacobian, P, stage.ActionJacobian);
        double theory = 0.5 * (Enumerable.Range(0, 4).Sum(i => P[i] * model.StateNoise[i]) + (S * Form(K, steady.PosteriorCovariance, K)));
        var policy = new LqgPolicy(model, regulator, [0, 0], [0, 0, 0, 0]);
        double achieved = AverageCost(model, stage, policy.Act);

        double last = 0, naive = AverageCost(model, stage, (observation, action) =>
        {
            action[0] = -(K[0] * observation[0]) - (K[1] * (observation[0] - last) / 0.1);
            last = observation[0];
        });
        TestContext.Current.SendDiagnosticMessage($"theory {theory}, LQG {achieved}, differences {naive}");
        Assert.InRange(achieved / theory, 0.97, 1.03);
        Assert.True(naive > 1.5 * achieved, $"{naive} against {achieved}");
    }

    [Fact]
    public void A_restored_policy_goes_on_bit_for_bit_and_a_reset_one_begins_again()
    {
        LqgPolicy Make() => new(Cart(), new InfiniteHorizonRegulator(Problems.DoubleIntegrator()), [0, 0], [1, 0, 0, 1], ActionSpace.Symmetric(1, 0.5));
        double[] Run(LqgPolicy policy, int from, int to) => [.. Enumerable.Range(from, to - from).Select(t =>
        {
            var u = new double[1];
            policy.Act([Math.Sin(t)], u);
            return u[0];
        })];

        var policy = Make();
        double[] first = Run(policy, 0, 5);
        var (saved, restored) = (new StateDictionary(), Make());
        policy.Save(saved, "p");
        restored.Load(saved, "p");
        double[] wanted = Run(policy, 5, 10);
        Assert.Equal(wanted, Run(restored, 5, 10));
        Assert.NotEqual(wanted, Run(Make(), 5, 10));
        policy.Reset();
        Assert.Equal(first, Run(policy, 0, 5));
        Assert.All(first.Concat(wanted), u => Assert.InRange(u, -0.5, 0.5));
        Assert.Contains(first.Concat(wanted), u => Math.Abs(u) == 0.5);
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var (policy, u) = (new LqgPolicy(Cart(), new InfiniteHorizonRegulator(Problems.DoubleIntegrator()), [0, 0], [1, 0, 0, 1]), new double[1]);
        long before = 0;
        for (int i = 0; i < 40; i++)
        {
            before = i == 30 ? GC.GetAllocatedBytesForCurrentThread() : before;
            policy.Act([1.0], u);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private delegate void Controller(ReadOnlySpan<double> observation, Span<double> action);

    /// <summary>The double integrator pushed by noise, its position seen through noise.</summary>
    private static LinearGaussianModel Cart()
    {
        var (model, stage) = (new LinearGaussianModel(2, 1, 1), Problems.DoubleIntegrator());
        stage.StateJacobian.CopyTo(model.StateJacobian, 0);
        stage.ActionJacobian.CopyTo(model.ActionJacobian, 0);
        (model.StateNoise[0], model.StateNoise[3]) = (1e-4, 0.01);
        (model.ObservationJacobian[0], model.ObservationNoise[0]) = (1.0, 0.04);
        return model;
    }

    private static LinearGaussianModel Dual(LinearQuadraticStage stage)
    {
        int n = stage.StateSize, o = stage.ActionSize;
        var model = new LinearGaussianModel(n, 1, o);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                model.StateJacobian[(i * n) + j] = stage.StateJacobian[(j * n) + i];
            }

            for (int j = 0; j < o; j++)
            {
                model.ObservationJacobian[(j * n) + i] = stage.ActionJacobian[(i * o) + j];
            }
        }

        stage.StateCost.CopyTo(model.StateNoise, 0);
        stage.ActionCost.CopyTo(model.ObservationNoise, 0);
        return model;
    }

    private static double AverageCost(LinearGaussianModel model, LinearQuadraticStage stage, Controller act)
    {
        const int Steps = 200_000;
        var (random, x, u, cost) = (new RandomStream(RandomKey.FromSeed(9)), new double[2], new double[1], 0.0);
        for (int t = 0; t < Steps; t++)
        {
            act([Observe(model, x, random)], u);
            cost += stage.Cost(x, u);
            x = Move(model, x, u[0], random);
        }

        return cost / Steps;
    }

    private static double Observe(LinearGaussianModel model, double[] x, RandomStream random) => x[0] + (Math.Sqrt(model.ObservationNoise[0]) * random.NextNormal());

    private static double[] Move(LinearGaussianModel model, double[] x, double u, RandomStream random) =>
    [
        x[0] + (0.1 * x[1]) + (0.005 * u) + (Math.Sqrt(model.StateNoise[0]) * random.NextNormal()),
        x[1] + (0.1 * u) + (Math.Sqrt(model.StateNoise[3]) * random.NextNormal()),
    ];

    private static double Form(double[] x, double[] a, double[] y) => (x[0] * ((a[0] * y[0]) + (a[1] * y[1]))) + (x[1] * ((a[2] * y[0]) + (a[3] * y[1])));
}
