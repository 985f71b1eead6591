using Reverie.Models.Local;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Planning.Control.Local;

namespace Reverie.Tests.Planning.Control.Local;

public class KlConstrainedStepTests
{
    private const int Horizon = 10;

    [Theory]
    [InlineData(1e-3)]
    [InlineData(0.1)]
    [InlineData(10.0)]
    public void A_step_stays_in_its_neighbourhood_and_comes_close_to_its_edge(double limit)
    {
        var (dynamics, stages, terminal) = Problem();
        var (old, policy) = (new TimeVaryingPolicy(2, 1, Horizon), new TimeVaryingPolicy(2, 1, Horizon));
        var step = new KlConstrainedStep(2, 1, Horizon);
        Assert.True(step.TryRun(dynamics, stages, terminal, old, limit, policy));
        Assert.InRange(step.Divergence, 0.5 * limit, limit);
        Assert.True(step.Dual > 0.0);
        Assert.Equal(step.Divergence, Divergence(dynamics, policy, old), 0.05 * limit);
    }

    [Fact]
    public void Without_a_limit_it_is_the_regulator()
    {
        var (dynamics, stages, terminal) = Problem();
        var (old, policy) = (new TimeVaryingPolicy(2, 1, Horizon), new TimeVaryingPolicy(2, 1, Horizon));
        var step = new KlConstrainedStep(2, 1, Horizon) { Temperature = 0.5 };
        Assert.True(step.TryRun(dynamics, stages, terminal, old, 1e12, policy));
        Assert.Equal(0.0, step.Dual);
        var regulator = new FiniteHorizonRegulator(2, 1, Horizon);
        regulator.Solve(stages, terminal);
        for (int t = 0; t < Horizon; t++)
        {
            Assert.Equal(regulator.Gain(t).ToArray(), policy.Gain(t).ToArray());
            Assert.Equal(regulator.Feedforward(t).ToArray(), policy.Feedforward(t).ToArray());
        }

        // Σ = τ Quu⁻¹; at the last step Quu = R + Bᵀ P B = 0.5 + 0.005² + 0.1².
        Assert.Equal(0.5 / (0.5 + (0.005 * 0.005) + 0.01), policy.Variance(Horizon - 1)[0], 10);
    }

    [Fact]
    public void The_divergence_of_means_leaves_covariances_aside()
    {
        // δ = 1 − 3 = −2 at x = 0 with Σ = 4, Σ' = 1: ½ δ²/Σ = ½; with the covariances, ½ (1 + ¼ − 1 + log 4).
        var (old, policy, dynamics) = (new TimeVaryingPolicy(1, 1, 1), new TimeVaryingPolicy(1, 1, 1), new LocalDynamics(1, 1, 1));
        (old.Feedforward(0)[0], policy.Feedforward(0)[0]) = (3.0, 1.0);
        old.SetCovariance(0, [4.0]);
        var trajectory = new GaussianTrajectory(1, 1, 1);
        trajectory.Run(dynamics, policy, [0.0]);
        Assert.Equal(0.5, trajectory.Divergence(policy, old, meansAlone: true), 12);
        Assert.Equal(0.5 * (1.0 + 0.25 - 1.0 + Math.Log(4.0)), trajectory.Divergence(policy, old), 12);

        // Gains count by where states spread: Δ = 2, S = 9 add ½ Δ² S / Σ.
        policy.Gain(0)[0] = 2.0;
        dynamics.StartCovariance[0] = 9.0;
        trajectory.Run(dynamics, policy, [0.0]);
        Assert.Equal(0.5 + (0.5 * 4.0 * 9.0 / 4.0), trajectory.Divergence(policy, old, meansAlone: true), 12);
    }

    [Fact]
    public void With_noise_by_the_cost_alone_the_covariance_is_that_of_the_cost()
    {
        var (dynamics, stages, terminal) = Problem();
        var (old, policy) = (new TimeVaryingPolicy(2, 1, Horizon), new TimeVaryingPolicy(2, 1, Horizon));
        var step = new KlConstrainedStep(2, 1, Horizon) { Temperature = 0.25, FromActionCost = true };
        Assert.True(step.TryRun(dynamics, stages, terminal, old, 0.1, policy));
        Assert.InRange(step.Divergence, 0.05, 0.1);
        for (int t = 0; t < Horizon; t++)
        {
            // τ R⁻¹ = 0.25 / 0.5.
            Assert.Equal(0.5, policy.Variance(t)[0], 12);
        }
    }

    [Fact]
    public void The_density_is_the_normal_one()
    {
        var policy = new TimeVaryingPolicy(2, 1, 1);
        (policy.Gain(0)[0], policy.Feedforward(0)[0]) = (2.0, 1.0);
        policy.SetCovariance(0, [4.0]);

        // Mean 1 − 2·3 = −5, deviation 2, at −1: two deviations.
        Assert.Equal(-2.0 - Math.Log(2.0 * Math.Sqrt(2.0 * Math.PI)), policy.LogDensity(0, [3.0, 0.0], [-1.0]), 12);
        Assert.Throws<ArgumentException>(() => policy.SetCovariance(0, [-1.0]));
    }

    /// <summary>The divergence as the mean of log p − log p_old over drawn trajectories.</summary>
    private static double Divergence(LocalDynamics dynamics, TimeVaryingPolicy policy, TimeVaryingPolicy old)
    {
        const int Draws = 40_000;
        var random = new RandomStream(RandomKey.FromSeed(5));
        double[] x = new double[2], next = new double[2], u = new double[1];
        double sum = 0.0;
        for (int i = 0; i < Draws; i++)
        {
            dynamics.StartMean.CopyTo(x, 0);
            for (int t = 0; t < Horizon; t++)
            {
                policy.Sample(t, x, u, random);
                sum += policy.LogDensity(t, x, u) - old.LogDensity(t, x, u);
                dynamics.Predict(t, x, u, next);
                (x, next) = (next, x);
            }
        }

        return sum / Draws;
    }

    private static (LocalDynamics Dynamics, LinearQuadraticStage[] Stages, QuadraticCost Terminal) Problem()
    {
        var dynamics = new LocalDynamics(2, 1, Horizon);
        (dynamics.StartMean[0], dynamics.StartMean[1]) = (1.0, 0.0);
        double[] A = [1.0, 0.1, 0.0, 1.0], B = [0.005, 0.1];
        var stages = new LinearQuadraticStage[Horizon];
        for (int t = 0; t < Horizon; t++)
        {
            A.CopyTo(dynamics.StateJacobian(t));
            B.CopyTo(dynamics.ActionJacobian(t));
            var stage = stages[t] = new LinearQuadraticStage(2, 1);
            A.CopyTo(stage.StateJacobian, 0);
            B.CopyTo(stage.ActionJacobian, 0);
            (stage.StateCost[0], stage.StateCost[3], stage.ActionCost[0], stage.ActionSlope[0]) = (10.0, 1.0, 0.5, -1.0);
        }

        var terminal = new QuadraticCost(2);
        (terminal.Hessian[0], terminal.Hessian[3]) = (1.0, 1.0);
        return (dynamics, stages, terminal);
    }
}
