using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Agents;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Tests.Agents;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

public sealed class SacAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => OffPolicyAgent.Sac(spec, Tiny, key, workers);

    internal static SacOptions Tiny => new() { RandomSteps = 10, Sac = new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 12, BatchSize = 9 } };

    [Fact]
    public void Numbered_actions_are_refused()
    {
        using var workers = new Workers(1);
        var message = Assert.Throws<ArgumentException>(() => OffPolicyAgent.Sac(Ensembles.Spec("cartpole"), Tiny, RandomKey.FromSeed(1), workers)).Message;
        Assert.Contains("DQN", message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_steers_a_point_to_the_goal()
    {
        // x' = x + u, reward −x'²: the best action is −x. A random policy earns about −9 a step, standing still −1.3.
        using var workers = new Workers(1);
        var options = new SacOptions
        {
            RandomSteps = 200,
            Sac = new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 32, BatchSize = 64, Discount = 0.9, InitialTemperature = 0.02 },
        };
        using var agent = OffPolicyAgent.Sac(Line.Spec, options, RandomKey.FromSeed(1), workers);
        var line = new Line(2);
        line.Live(agent, 1200);
        double reward = Line.Evaluate(agent.Policy(new RandomStream(default)));
        TestContext.Current.SendDiagnosticMessage($"{reward}");
        Assert.InRange(reward, -0.15, 0.0);
    }
}

public sealed class DqnAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "cartpole");

    /// <inheritdoc/>
    protected override object WorldOptions => new CartPoleOptions { MaxSteps = 20 };

    /// <inheritdoc/>
    protected override void Show(int t, Span<double> observation) => observation[0] = 0.1 * Math.Cos(t);

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => OffPolicyAgent.Dqn(spec, Tiny, key, workers);

    internal static DqnOptions Tiny => new() { RandomSteps = 10, ReturnSteps = 2, Dqn = new DeepQOptions { HiddenLayers = 1, HiddenSize = 12, BatchSize = 9, ExplorationSteps = 30 } };

    [Fact]
    public void Controls_are_refused()
    {
        using var workers = new Workers(1);
        var message = Assert.Throws<ArgumentException>(() => OffPolicyAgent.Dqn(Ensembles.Spec("pendulum"), Tiny, RandomKey.FromSeed(1), workers)).Message;
        Assert.Contains("SAC", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_that_is_none_of_the_choices_is_refused()
    {
        using var workers = new Workers(1);
        using var agent = OffPolicyAgent.Dqn(Ensembles.Spec("cartpole"), Tiny, RandomKey.FromSeed(1), workers);
        Assert.Contains("Action 2", Assert.Throws<ArgumentException>(() => agent.Observe(new Transition
        {
            Observation = new double[4],
            Action = new[] { 2.0 },
            Reward = 0,
            NextObservation = new double[4],
            Terminated = false,
            Truncated = false,
        })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_balances_a_pole_longer_than_chance()
    {
        // A random policy keeps the pole up for some 22 of 200 steps.
        using var workers = new Workers(1);
        var world = new ContinuousWorld<CartPole>(new CartPole(new() { MaxSteps = 200 }), RandomKey.FromSeed(1));
        using var agent = OffPolicyAgent.Dqn(world.Spec, new DqnOptions { ReturnSteps = 3, Dqn = new DeepQOptions { BatchSize = 64, ExplorationSteps = 2000 } }, RandomKey.FromSeed(2), workers);
        Loop.Live(world, agent, 6000);
        double mean = Enumerable.Range(0, 5).Average(_ => Loop.Episode(world, agent.Policy(new RandomStream(default))));
        TestContext.Current.SendDiagnosticMessage($"{mean}");
        Assert.InRange(mean, 100, 200);
    }
}

/// <summary>x' = x + u within [−3, 3], reward −x'²; episodes of ten steps from x ~ U(−2, 2).</summary>
internal sealed class Line(long seed)
{
    public static readonly WorldSpec Spec = new("line", [new("x")], ActionSpace.Symmetric(1, 2.0), 10, 0.0);

    private readonly RandomStream random = new(RandomKey.FromSeed(seed));

    public void Live(IAgent agent, int steps)
    {
        var action = new double[1];
        double x = 0;
        for (int t = 0; t < steps; t++)
        {
            x = t % 10 == 0 ? random.NextDouble(-2, 2) : x;
            agent.Act([x], action);
            double next = Math.Clamp(x + action[0], -3, 3);
            agent.Observe(new Transition { Observation = [x], Action = action, Reward = -next * next, NextObservation = [next], Terminated = false, Truncated = t % 10 == 9 });
            x = next;
        }
    }

    /// <summary>The mean reward of one step from states between −1.9 and 1.9.</summary>
    public static double Evaluate(IPolicy policy)
    {
        var action = new double[1];
        double sum = 0;
        for (int i = 0; i < 20; i++)
        {
            double x = -1.9 + (0.2 * i);
            policy.Act([x], action);
            sum -= Math.Pow(Math.Clamp(x + action[0], -3, 3), 2);
        }

        return sum / 20;
    }
}

/// <summary>The loop between a world and an agent.</summary>
internal static class Loop
{
    public static void Live(IWorld world, IAgent agent, int steps)
    {
        var (observation, next, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
        bool running = false;
        for (int t = 0; t < steps; t++)
        {
            if (!running)
            {
                world.Reset(observation);
            }

            agent.Act(observation, action);
            var result = world.Step(action, next);
            agent.Observe(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
            next.CopyTo(observation, 0);
            running = !result.Done;
        }
    }

    public static double Episode(IWorld world, IPolicy policy)
    {
        var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
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
