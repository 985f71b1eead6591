using Reverie.Agents;
using Reverie.Neural.Agents;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using TorchSharp;

namespace Reverie.Neural.Tests.Agents;

/// <summary>Agents must not leave tensors behind: over ten thousand steps their number stays as it is.</summary>
[Collection(nameof(TensorCountTests))]
[CollectionDefinition(nameof(TensorCountTests), DisableParallelization = true)]
public sealed class TensorCountTests
{
    private const int Steps = 10_000;

    public static TheoryData<string> Agents => ["sac", "dqn", "mbpo", "mve", "dyna"];

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
