using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Tests.Agents;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

public sealed class PetsAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new PetsAgent(spec, Ensembles.Task("pendulum"), Tiny(PlannerKind.Icem), key, workers);

    [Theory]
    [InlineData(PlannerKind.Cem)]
    [InlineData(PlannerKind.Mppi)]
    [InlineData(PlannerKind.RandomShooting)]
    public void Every_planner_continues_bit_for_bit(PlannerKind planner)
    {
        using var workers = new Workers(1);
        var spec = Ensembles.Spec("pendulum");
        using var agent = new PetsAgent(spec, Ensembles.Task("pendulum"), Tiny(planner), RandomKey.FromSeed(1), workers);
        using var restored = new PetsAgent(spec, Ensembles.Task("pendulum"), Tiny(planner), RandomKey.FromSeed(2), workers);
        Live(agent, 0, 30);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        restored.Load(saved, "a");
        Assert.Equal(Live(agent, 30, 40), Live(restored, 30, 40));
    }

    [Fact]
    public void It_acts_at_random_at_first_and_trains_when_due()
    {
        using var workers = new Workers(1);
        List<int> trained = [];
        int step = 0;
        var options = Tiny(PlannerKind.Icem) with { RandomSteps = 10, RetrainEvery = 8 };
        using var agent = new PetsAgent(Ensembles.Spec("pendulum"), Ensembles.Task("pendulum"), options, RandomKey.FromSeed(1), workers, (name, _) =>
        {
            if (name == "model/gradientSteps")
            {
                trained.Add(step);
            }
        });
        var action = new double[1];
        for (step = 1; step <= 30; step++)
        {
            agent.Act([1.0, 0.0, 0.0], action);
            agent.Observe(new Transition { Observation = [1.0, 0.0, step], Action = action, Reward = 0, NextObservation = [1.0, 0.0, 0.0], Terminated = false, Truncated = step == 21 });
        }

        // After the random steps, every eight steps, and at the end of the episode.
        Assert.Equal([10, 18, 21, 29], trained);
        Assert.Equal(30, agent.Replay.Count);
    }

    [Fact]
    public void It_balances_a_pole_after_two_short_trials()
    {
        // A random policy keeps the pole up for some 20 of 100 steps.
        using var workers = new Workers(2);
        var world = new ContinuousWorld<CartPoleContinuous>(new CartPoleContinuous(new() { MaxSteps = 100 }), RandomKey.FromSeed(1));
        var options = new PetsOptions
        {
            Model = new DynamicsOptions { Members = 3, Elites = 3, HiddenLayers = 2, HiddenSize = 48, Particles = 3, MaxSteps = 600, Stochastic = false },
            Icem = new ImprovedCrossEntropyOptions { Horizon = 20, Population = 64, Elites = 8, Iterations = 2 },
            RandomSteps = 60,
            RetrainEvery = 50,
        };
        using var agent = new PetsAgent(world.Spec, Ensembles.Task("cartpole-continuous"), options, RandomKey.FromSeed(1).Split("agent"), workers);
        var (observation, next, action) = (new double[4], new double[4], new double[1]);
        int episodes = 0;
        while (world.Steps < 60 || episodes < 2)
        {
            world.Reset(observation);
            StepResult result;
            do
            {
                agent.Act(observation, action);
                result = world.Step(action, next);
                agent.Observe(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
                next.CopyTo(observation, 0);
            }
            while (!result.Done);
            episodes += world.Steps > 60 ? 1 : 0;
        }

        long lived = world.Steps;
        Assert.InRange(lived, 60, 300);
        double mean = Enumerable.Range(0, 3).Average(_ => Evaluate(agent.Policy(new RandomStream(RandomKey.FromSeed(9)))));
        TestContext.Current.SendDiagnosticMessage($"{lived} steps, then {mean}");
        Assert.InRange(mean, 80, 100);

        double Evaluate(IPolicy policy)
        {
            policy.Reset();
            world.Reset(observation);
            double sum = 0;
            StepResult result;
            do
            {
                policy.Act(observation, action);
                result = world.Step(action, observation);
                sum += result.Reward;
            }
            while (!result.Done);
            return sum;
        }
    }

    private static PetsOptions Tiny(PlannerKind planner) => new()
    {
        Planner = planner,
        Model = new DynamicsOptions { Members = 3, Elites = 2, HiddenLayers = 1, HiddenSize = 12, Particles = 2, MaxSteps = 30, StepsPerRound = 10 },
        Cem = new CrossEntropyOptions { Horizon = 4, Population = 30, Iterations = 2 },
        Icem = new ImprovedCrossEntropyOptions { Horizon = 4, Population = 30, Elites = 5, Iterations = 2 },
        Mppi = new PathIntegralOptions { Horizon = 4, Population = 30, Iterations = 2 },
        RandomShooting = new RandomShootingOptions { Horizon = 4, Population = 60 },
        RandomSteps = 15,
        RetrainEvery = 12,
    };

    private static List<double> Live(PetsAgent agent, int first, int last)
    {
        List<double> done = [];
        var action = new double[1];
        for (int i = first; i < last; i++)
        {
            double[] observation = [Math.Cos(i), Math.Sin(i), 0.1 * i];
            agent.Act(observation, action);
            done.Add(action[0]);
            agent.Observe(new Transition { Observation = observation, Action = action, Reward = 0, NextObservation = [Math.Cos(i + 1), Math.Sin(i + 1), 0.1 * (i + 1)], Terminated = false, Truncated = false });
        }

        return done;
    }
}
