using Reverie.Agents;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Tests.Agents;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

public sealed class MbpoAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ModelBasedAgent(spec, Ensembles.Task("pendulum"), Tiny with { Horizon = 2, LastHorizon = 4, HorizonGrowsTo = 40 }, key, workers);

    internal static ModelBasedOptions Tiny => new()
    {
        Model = new DynamicsOptions { Members = 3, Elites = 2, HiddenLayers = 1, HiddenSize = 12, MaxSteps = 30, StepsPerRound = 10 },
        Sac = SacAgentTests.Tiny.Sac,
        Dqn = DqnAgentTests.Tiny.Dqn,
        RandomSteps = 15,
        RetrainEvery = 12,
        Rollouts = 70,
        RolloutsEvery = 3,
        ImaginedCapacity = 200,
        UpdatesPerStep = 2,
    };

    [Fact]
    public void Reward_and_termination_must_be_known_or_learned()
    {
        using var workers = new Workers(1);
        Assert.Throws<ArgumentException>(() => new ModelBasedAgent(Ensembles.Spec("pendulum"), null, Tiny, RandomKey.FromSeed(1), workers));
        using var agent = new ModelBasedAgent(Ensembles.Spec("pendulum"), null, Tiny with { Model = Tiny.Model with { LearnReward = true, LearnTermination = true } }, RandomKey.FromSeed(1), workers);
    }

    [Fact]
    public void A_penalty_without_rollouts_is_refused()
    {
        using var workers = new Workers(1);
        var options = Tiny with { Use = ModelUse.ValueExpansion, Penalty = 0.5 };
        Assert.Contains("0.5", Assert.Throws<ArgumentException>(() => new ModelBasedAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(1), workers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_horizon_that_grows_backwards_in_time_is_refused()
    {
        using var workers = new Workers(1);
        var options = Tiny with { HorizonGrowsFrom = 10, HorizonGrowsTo = 5 };
        Assert.Contains("10", Assert.Throws<ArgumentException>(() => new ModelBasedAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(1), workers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_by_members_that_do_not_keep_to_themselves_are_refused()
    {
        using var workers = new Workers(1);
        var options = Tiny with { Use = ModelUse.WeightedExpansion, Model = Tiny.Model with { Propagation = Propagation.Mean } };
        Assert.Contains("propagation", Assert.Throws<ArgumentException>(() => new ModelBasedAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(1), workers)).Message, StringComparison.Ordinal);
        using var agent = new ModelBasedAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options with { Use = ModelUse.ValueExpansion }, RandomKey.FromSeed(1), workers);
    }

    [Theory]
    [InlineData(ModelUse.Rollouts)]
    [InlineData(ModelUse.ValueExpansion)]
    [InlineData(ModelUse.WeightedExpansion)]
    public void It_steers_a_point_to_the_goal_after_a_hundred_steps(ModelUse use)
    {
        // A random policy has about −3 a step, standing still −1.3; dynamics, reward and termination are learned.
        using var workers = new Workers(1);
        var options = new ModelBasedOptions
        {
            Use = use,
            Model = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 1, HiddenSize = 32, MaxSteps = 300, Stochastic = false, LearnReward = true, LearnTermination = true },
            Sac = new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 32, BatchSize = 64, Discount = 0.9, InitialTemperature = 0.02 },
            Horizon = 2,
            Rollouts = 128,
            RolloutsEvery = 1,
            RandomSteps = 40,
            RetrainEvery = 20,
            UpdatesPerStep = 40,
        };
        using var agent = new ModelBasedAgent(Line.Spec, null, options, RandomKey.FromSeed(2), workers);
        var line = new Line(3);
        line.Live(agent, 100);
        double reward = Line.Evaluate(agent.Policy(new RandomStream(default)));
        TestContext.Current.SendDiagnosticMessage($"{use}: {reward}");
        Assert.InRange(reward, -0.3, 0.0);
    }
}

public sealed class MveAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ModelBasedAgent(spec, Ensembles.Task("pendulum"), MbpoAgentTests.Tiny with { Use = ModelUse.ValueExpansion, Horizon = 2 }, key, workers);
}

public sealed class SteveAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ModelBasedAgent(spec, Ensembles.Task("pendulum"), MbpoAgentTests.Tiny with { Use = ModelUse.WeightedExpansion, Horizon = 2 }, key, workers);
}

public sealed class DynaNetworkAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "cartpole");

    /// <inheritdoc/>
    protected override object WorldOptions => new CartPoleOptions { MaxSteps = 20 };

    /// <inheritdoc/>
    protected override void Show(int t, Span<double> observation) => observation[0] = 0.1 * Math.Cos(t);

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ModelBasedAgent(spec, Ensembles.Task("cartpole"), MbpoAgentTests.Tiny with { Horizon = 1, Penalty = 0.1 }, key, workers);

    [Fact]
    public void Actions_that_are_none_of_the_choices_are_refused()
    {
        using var workers = new Workers(1);
        using var agent = new ModelBasedAgent(Ensembles.Spec("cartpole"), Ensembles.Task("cartpole"), MbpoAgentTests.Tiny, RandomKey.FromSeed(1), workers);
        Transition Third() => new() { Observation = new double[4], Action = new[] { 2.0 }, Reward = 0, NextObservation = new double[4], Terminated = false, Truncated = false };
        var log = new TrajectoryLog("", 4, 1);
        log.Add(Third());
        Assert.Contains("Action 2", Assert.Throws<ArgumentException>(() => agent.Observe(Third())).Message, StringComparison.Ordinal);
        Assert.Contains("Action 2", Assert.Throws<ArgumentException>(() => agent.Remember(log)).Message, StringComparison.Ordinal);
        Assert.Equal(0, agent.Replay.Count);
    }
}

public sealed class UncertaintyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_the_formula(bool stochastic)
    {
        var options = new DynamicsOptions { Members = 4, Elites = 3, Stochastic = stochastic };
        using var ensemble = Ensembles.Random("pendulum", options);
        using var workers = new Workers(1);
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum"), workers);
        const int Count = 100;
        var random = new RandomStream(RandomKey.FromSeed(3));
        double[][] observations = [.. Enumerable.Range(0, Count).Select(_ => new[] { random.NextDouble(-1, 1), random.NextDouble(-1, 1), random.NextDouble(-3, 3) })];
        double[][] actions = [.. Enumerable.Range(0, Count).Select(_ => new[] { random.NextDouble(-2, 2) })];
        var x = Batch.Allocate(3, Count);
        var u = Batch.Allocate(1, Count);
        for (int i = 0; i < Count; i++)
        {
            for (int d = 0; d < 3; d++)
            {
                x.Feature(d)[i] = (float)observations[i][d];
            }

            u.Feature(0)[i] = (float)actions[i][0];
        }

        var result = new float[Batch.StrideOf(Count)];
        model.Uncertainty(x, u, result);
        var (mean, logVariance, _) = Ensembles.Predict(ensemble, observations, actions);
        for (int i = 0; i < Count; i++)
        {
            double wanted = ensemble.Elites.Max(e => Math.Sqrt(Enumerable.Range(0, 3).Sum(k =>
            {
                double average = ensemble.Elites.Average(other => mean[other][i][k]);
                double variance = stochastic ? Math.Exp(logVariance[e][i][k]) : 0.0;
                return (variance + Math.Pow(mean[e][i][k] - average, 2)) / Math.Pow(ensemble.TargetNormalizer.Deviation[k], 2);
            })));
            Assert.Equal(wanted, result[i], 1e-3 * wanted);
        }
    }
}
