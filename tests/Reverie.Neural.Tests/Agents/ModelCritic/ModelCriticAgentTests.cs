using Reverie.Agents;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Tests.Agents;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents.ModelCritic;

public sealed class ModelCriticAgentTests : AgentConformance
{
    internal static ModelCriticOptions Tiny => new()
    {
        Model = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 1, HiddenSize = 12, MaxSteps = 20, StepsPerRound = 10 },
        Horizon = 3,
        Rollouts = 2,
        States = 8,
        UpdatesPerStep = 2,
        HiddenSize = 8,
        RandomSteps = 15,
        RetrainEvery = 12,
    };

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => new ModelCriticAgent(spec, Ensembles.Task("pendulum"), Tiny, key, workers);

    [Fact]
    public void A_state_of_other_sizes_is_refused()
    {
        using var workers = new Workers(1);
        var spec = Ensembles.Spec("pendulum");
        using var agent = new ModelCriticAgent(spec, Ensembles.Task("pendulum"), Tiny, RandomKey.FromSeed(1), workers);
        using var wider = new ModelCriticAgent(spec, Ensembles.Task("pendulum"), Tiny with { HiddenSize = 9 }, RandomKey.FromSeed(1), workers);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        Assert.Throws<StateException>(() => wider.Load(saved, "a"));
    }
}

public sealed class ModelCriticNumberedActionsTests : AgentConformance
{
    /// <inheritdoc/>
    protected override WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "cartpole");

    /// <inheritdoc/>
    protected override object WorldOptions => new CartPoleOptions { MaxSteps = 20 };

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ModelCriticAgent(spec, Ensembles.Task("cartpole"), ModelCriticAgentTests.Tiny with { Critic = CriticKind.TemporalDifference, ValueSteps = 2 }, key, workers);
}
