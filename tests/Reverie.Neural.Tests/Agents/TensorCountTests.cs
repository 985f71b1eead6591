using Reverie.Agents;
using Reverie.Agents.Gradients;
using Reverie.Neural.Agents;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Neural.Tests.Agents.ModelCritic;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Planning;
using TorchSharp;

namespace Reverie.Neural.Tests.Agents;

/// <summary>Agents must not leave tensors behind: over ten thousand steps their number stays as it is.</summary>
[Collection(nameof(TensorCountTests))]
[CollectionDefinition(nameof(TensorCountTests), DisableParallelization = true)]
public sealed class TensorCountTests
{
    private const int Steps = 10_000;

    public static TheoryData<string> Agents => ["sac", "dqn", "mbpo", "mve", "steve", "dyna", "svg", "actor-critic", "model-critic", "pets"];

    [Theory]
    [MemberData(nameof(Agents))]
    public void The_number_of_tensors_stays_flat_over_ten_thousand_steps(string name)
    {
        using var workers = new Workers(1);
        string world = name is "dqn" or "dyna" ? "cartpole" : "pendulum";
        var (spec, task, key) = (Ensembles.Spec(world), Ensembles.Task(world), RandomKey.FromSeed(1));

        // Trained every 100 steps for a few gradient steps: what is watched is what is left behind, not what is learned.
        var options = MbpoAgentTests.Tiny with { RetrainEvery = 100, RolloutsEvery = 50, UpdatesPerStep = 1, Model = MbpoAgentTests.Tiny.Model with { MaxSteps = 4, StepsPerRound = 2 }, ReplayCapacity = 300 };
        IAgent agent = name switch
        {
            "sac" => OffPolicyAgent.Sac(spec, SacAgentTests.Tiny, key, workers),
            "dqn" => OffPolicyAgent.Dqn(spec, DqnAgentTests.Tiny, key, workers),
            "mve" => new ModelBasedAgent(spec, task, options with { Use = ModelUse.ValueExpansion }, key, workers),
            "steve" => new ModelBasedAgent(spec, task, options with { Use = ModelUse.WeightedExpansion }, key, workers),
            "svg" => new SvgAgent(spec, task, new SvgOptions { Model = options.Model, Policy = new NeuralPolicyOptions { HiddenSize = 4 }, Horizon = 2, Starts = 2, RandomSteps = 15, RetrainEvery = 100, UpdatesPerStep = 1, ReplayCapacity = 300 }, key, workers),
            "actor-critic" => new ActorCriticAgent(spec, new ActorCriticOptions { BatchSteps = 16, MinibatchSize = 6, Epochs = 1, HiddenSize = 4 }, key, workers),
            "model-critic" => new ModelCriticAgent(spec, task, ModelCriticAgentTests.Tiny with { Model = options.Model, UpdatesPerStep = 1, RetrainEvery = 100, ReplayCapacity = 300 }, key, workers),
            "pets" => new PetsAgent(spec, task, new PetsOptions { Model = options.Model, RandomSteps = 15, RetrainEvery = 100, ReplayCapacity = 300, Icem = new ImprovedCrossEntropyOptions { Horizon = 2, Population = 8, Elites = 2, Iterations = 1 } }, key, workers),
            _ => new ModelBasedAgent(spec, task, options, key, workers),
        };
        using var owned = (IDisposable)agent;
        var real = Reverie.Worlds.WorldCatalog.Entries.Single(e => e.Name == world);
        var stage = real.CreateWorld(real.DefaultOptions, key);
        Loop.Live(stage, agent, 500);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Loop.Live(stage, agent, Steps);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
