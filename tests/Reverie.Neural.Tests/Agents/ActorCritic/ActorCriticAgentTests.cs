using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Numerics;
using Reverie.Tests.Agents;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents.ActorCritic;

public sealed class ActorCriticAgentTests : AgentConformance
{
    private static ActorCriticOptions Tiny => new() { BatchSteps = 16, MinibatchSize = 6, Epochs = 2, HiddenSize = 8 };

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => new ActorCriticAgent(spec, Tiny, key, workers);

    [Fact]
    public void A_state_of_other_sizes_is_refused()
    {
        using var workers = new Workers(1);
        var spec = Models.Ensembles.Spec("pendulum");
        using var agent = new ActorCriticAgent(spec, Tiny, RandomKey.FromSeed(1), workers);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        using var wider = new ActorCriticAgent(spec, Tiny with { HiddenSize = 9 }, RandomKey.FromSeed(1), workers);
        using var longer = new ActorCriticAgent(spec, Tiny with { BatchSteps = 17 }, RandomKey.FromSeed(1), workers);
        Assert.Throws<StateException>(() => wider.Load(saved, "a"));
        Assert.Throws<StateException>(() => longer.Load(saved, "a"));
        Assert.Throws<ArgumentException>(() => new ActorCriticAgent(spec, Tiny with { MinibatchSize = 17 }, RandomKey.FromSeed(1), workers));
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.95)]
    [InlineData(1.05)]
    [InlineData(1.3)]
    public void The_surrogates_slope_is_that_of_the_clipped_objective(double ratio)
    {
        foreach (double advantage in (double[])[2.0, -2.0])
        {
            double Objective(double logRatio) => Math.Min(Math.Exp(logRatio) * advantage, Math.Clamp(Math.Exp(logRatio), 0.8, 1.2) * advantage);
            double at = Math.Log(ratio), slope = (Objective(at + 1e-6) - Objective(at - 1e-6)) / 2e-6;
            Assert.Equal(slope, ActorCriticAgent.SurrogateSlope(ratio, advantage, 0.2), 1e-6);
        }
    }

    [Fact]
    public void Clipping_keeps_the_policy_near_the_one_that_acted()
    {
        // One batch, gone through many times.
        var options = new ActorCriticOptions { BatchSteps = 64, MinibatchSize = 64, Epochs = 200, PolicyLearningRate = 1e-2, HiddenLayers = 1, HiddenSize = 8, EntropyBonus = 0.0 };
        double near = Bandit(options with { Clip = 0.02 }, 64, 1.0).Told["policy/divergence"], far = Bandit(options with { Clip = 1.0 }, 64, 1.0).Told["policy/divergence"];
        Assert.True(far > 0.05, $"far: {far}");
        Assert.InRange(near, 0.0, 0.2 * far);
    }

    [Fact]
    public void The_entropy_bonus_spreads_the_policy()
    {
        // Where nothing matters, the bonus alone moves the policy.
        var options = new ActorCriticOptions { BatchSteps = 64, MinibatchSize = 32, Epochs = 4, PolicyLearningRate = 1e-2, HiddenLayers = 1, HiddenSize = 8 };
        double with = Bandit(options with { EntropyBonus = 0.5 }, 1280, 0.0).Told["policy/entropy"], without = Bandit(options with { EntropyBonus = 0.0 }, 1280, 0.0).Told["policy/entropy"];
        Assert.True(with > without + 0.3, $"with {with}, without {without}");
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.0)]
    public void It_learns_which_control_pays(double clip)
    {
        // The best is u = 0.5. With −1 for the advantage's sign the mean goes to the box's edge, 2.
        var options = new ActorCriticOptions { BatchSteps = 64, MinibatchSize = 32, Epochs = 4, Clip = clip, PolicyLearningRate = clip > 0 ? 3e-3 : 2e-2, HiddenLayers = 1, HiddenSize = 8, EntropyBonus = 0.0 };
        double action = Bandit(options, 6400, 1.0).Action;
        Assert.Equal(0.5, action, 0.1);
    }

    [Fact]
    public void It_balances_a_pole()
    {
        // A random policy keeps the pole up for some 20 steps.
        using var workers = new Workers(1);
        var world = new ContinuousWorld<CartPole>(new CartPole(new() { MaxSteps = 200 }), RandomKey.FromSeed(1));
        using var agent = new ActorCriticAgent(world.Spec, new ActorCriticOptions { BatchSteps = 512 }, RandomKey.FromSeed(1).Split("agent"), workers);
        var (observation, next, action) = (new double[4], new double[4], new double[1]);
        List<int> lengths = [];
        while (world.Steps < 15_000)
        {
            world.Reset(observation);
            StepResult result;
            int length = 0;
            do
            {
                agent.Act(observation, action);
                result = world.Step(action, next);
                agent.Observe(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
                next.CopyTo(observation, 0);
                length++;
            }
            while (!result.Done);
            lengths.Add(length);
        }

        TestContext.Current.SendDiagnosticMessage($"last lengths {string.Join(' ', lengths.TakeLast(10))}");
        Assert.InRange(lengths.TakeLast(10).Average(), 150, 200);
    }

    /// <summary>Lives in one state with reward −weight (u − 0.5)²; the policy's action in the end, and what was last told.</summary>
    private static (double Action, Dictionary<string, double> Told) Bandit(ActorCriticOptions options, int steps, double weight)
    {
        using var workers = new Workers(1);
        var spec = new WorldSpec("bandit", [new("nothing")], ActionSpace.Symmetric(1, 2.0), 1, 0.0);
        var told = new Dictionary<string, double>();
        using var agent = new ActorCriticAgent(spec, options, RandomKey.FromSeed(1), workers, (name, value) => told[name] = value);
        var action = new double[1];
        for (int i = 0; i < steps; i++)
        {
            agent.Act([1.0], action);
            agent.Observe(new Transition { Observation = [1.0], Action = action, Reward = -weight * (action[0] - 0.5) * (action[0] - 0.5), NextObservation = [1.0], Terminated = true, Truncated = false });
        }

        agent.Policy(new RandomStream(default)).Act([1.0], action);
        return (action[0], told);
    }
}

public sealed class ActorCriticNumberedActionsTests : AgentConformance
{
    /// <inheritdoc/>
    protected override WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "cartpole");

    /// <inheritdoc/>
    protected override object WorldOptions => new CartPoleOptions { MaxSteps = 20 };

    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new ActorCriticAgent(spec, new ActorCriticOptions { BatchSteps = 16, MinibatchSize = 6, Epochs = 2, HiddenSize = 8 }, key, workers);
}
