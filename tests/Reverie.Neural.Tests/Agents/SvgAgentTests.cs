using Reverie.Agents;
using Reverie.Agents.Gradients;
using Reverie.Experience;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Tests.Agents;
using Reverie.Worlds;
using TorchSharp;

namespace Reverie.Neural.Tests.Agents;

public sealed class SvgAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new SvgAgent(spec, Ensembles.Task("pendulum"), Tiny(), key, workers);

    [Theory]
    [InlineData(PolicyNoise.Shared, true)]
    [InlineData(PolicyNoise.StateDependent, false)]
    public void Stochastic_policies_and_the_full_horizon_continue_bit_for_bit(PolicyNoise noise, bool learnValue)
    {
        using var workers = new Workers(1);
        var options = Tiny() with { Policy = new NeuralPolicyOptions { HiddenSize = 8, Noise = noise }, LearnValue = learnValue };
        using var agent = new SvgAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(1), workers);
        using var restored = new SvgAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(2), workers);
        Live(agent, 0, 30);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        restored.Load(saved, "a");
        Assert.Equal(Live(agent, 30, 45), Live(restored, 30, 45));
    }

    [Fact]
    public void A_state_of_another_size_is_refused()
    {
        using var workers = new Workers(1);
        using var agent = new SvgAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), Tiny(), RandomKey.FromSeed(1), workers);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        foreach (var other in (SvgOptions[])[Tiny() with { Policy = new NeuralPolicyOptions { HiddenSize = 9 } }, Tiny() with { Policy = new NeuralPolicyOptions { HiddenSize = 8, Noise = PolicyNoise.Shared } }])
        {
            using var wider = new SvgAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), other, RandomKey.FromSeed(1), workers);
            Assert.Contains("a/learner/policy", Assert.Throws<StateException>(() => wider.Load(saved, "a")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Living_leaks_no_tensors()
    {
        using var workers = new Workers(1);
        using var agent = new SvgAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), Tiny(), RandomKey.FromSeed(1), workers);
        Live(agent, 0, 40);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Live(agent, 40, 80);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Discrete_actions_are_refused()
    {
        using var workers = new Workers(1);
        var message = Assert.Throws<ArgumentException>(() => new SvgAgent(Ensembles.Spec("cartpole"), Ensembles.Task("cartpole"), Tiny(), default, workers)).Message;
        Assert.Contains("2 numbered actions", message, StringComparison.Ordinal);
        Assert.Contains("cartpole", message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_learns_to_regulate_a_double_integrator()
    {
        // The linear-quadratic regulator's mean return of 50 steps from these starts is about −23, that of no control −100 and more.
        var world = new ContinuousWorld<LinearWorld>(new LinearWorld(new() { MaxSteps = 50, MaxAction = 3.0 }), RandomKey.FromSeed(1));
        using var workers = new Workers(2);
        var options = Tiny() with
        {
            Model = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 1, HiddenSize = 32, Stochastic = false, MaxSteps = 500 },
            Policy = new NeuralPolicyOptions { HiddenSize = 24 },
            Horizon = 12,
            Starts = 24,
            RandomSteps = 150,
            PolicyLearningRate = 3e-3,
            ValueLearningRate = 3e-3,
        };
        using var agent = new SvgAgent(world.Spec, new Reverie.Models.KnownTask<LinearWorld>(new LinearWorld(new() { MaxAction = 3.0 })), options, RandomKey.FromSeed(1), workers);
        var (observation, next, action) = (new double[2], new double[2], new double[1]);
        for (int episode = 0; episode < 10; episode++)
        {
            world.Reset(observation);
            for (bool done = false; !done;)
            {
                agent.Act(observation, action);
                var result = world.Step(action, next);
                agent.Observe(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
                next.CopyTo(observation, 0);
                done = result.Done;
            }
        }

        var policy = agent.Policy(new RandomStream(default));
        double learned = Return(policy.Act), idle = Return((_, u) => u.Clear());
        TestContext.Current.SendDiagnosticMessage($"learned {learned:F1}, idle {idle:F1}");
        Assert.InRange(learned, 0.35 * idle, 0.0);

        double Return(Act act)
        {
            var stage = new ContinuousWorld<LinearWorld>(new LinearWorld(new() { MaxSteps = 50, MaxAction = 3.0 }), RandomKey.FromSeed(9));
            double sum = 0.0;
            for (int episode = 0; episode < 10; episode++)
            {
                stage.Reset(observation);
                for (bool done = false; !done;)
                {
                    act(observation, action);
                    var result = stage.Step(action, observation);
                    sum += result.Reward;
                    done = result.Done;
                }
            }

            return sum / 10;
        }
    }

    private delegate void Act(ReadOnlySpan<double> observation, Span<double> action);

    private static SvgOptions Tiny() => new()
    {
        Model = new DynamicsOptions { Members = 3, Elites = 2, HiddenLayers = 1, HiddenSize = 12, MaxSteps = 30, StepsPerRound = 10 },
        Policy = new NeuralPolicyOptions { HiddenSize = 8 },
        Horizon = 4,
        Starts = 6,
        RandomSteps = 15,
        RetrainEvery = 12,
        UpdatesPerStep = 2,
    };

    private static List<double> Live(SvgAgent agent, int first, int last)
    {
        List<double> done = [];
        var action = new double[1];
        for (int i = first; i < last; i++)
        {
            double[] observation = [Math.Cos(i), Math.Sin(i), 0.1 * i];
            agent.Act(observation, action);
            done.Add(action[0]);
            agent.Observe(new Transition { Observation = observation, Action = action, Reward = Math.Cos(i), NextObservation = [Math.Cos(i + 1), Math.Sin(i + 1), 0.1 * (i + 1)], Terminated = false, Truncated = i % 20 == 19 });
        }

        return done;
    }
}
