using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Tests.Agents;

/// <summary>Model-based learning from logged trajectories alone.</summary>
public sealed class ModelBasedOfflineTests : IDisposable
{
    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Fact]
    public void It_learns_to_steer_from_random_steps_of_another()
    {
        // A random policy has about −3 a step, standing still −1.3.
        using var agent = Agent(1, penalty: 0.1);
        agent.Remember(Log(100));
        for (int i = 0; i < 60; i++)
        {
            Assert.True(agent.Improve());
        }

        double reward = Line.Evaluate(agent.Policy(new RandomStream(default)));
        TestContext.Current.SendDiagnosticMessage($"{reward}");
        Assert.InRange(reward, -0.3, 0.0);
    }

    [Fact]
    public void Saved_between_two_improvements_it_goes_on_bit_for_bit()
    {
        using var agent = Agent(1, penalty: 0.1);
        using var restored = Agent(2, penalty: 0.1);
        agent.Remember(Log(60));
        agent.Improve();
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        restored.Load(saved, "a");
        agent.Improve();
        restored.Improve();
        var (one, two) = (new double[1], new double[1]);
        agent.Act([0.7], one);
        restored.Act([0.7], two);
        Assert.Equal(one, two);
    }

    [Fact]
    public void What_it_cannot_learn_from_is_refused()
    {
        using var agent = Agent(1, penalty: 0);
        Assert.Throws<InvalidOperationException>(() => agent.Improve());
        Assert.Contains("0 transitions; it must have 1 to 400", Assert.Throws<ArgumentException>(() => agent.Remember(new TrajectoryLog("", 1, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("500 transitions; it must have 1 to 400", Assert.Throws<ArgumentException>(() => agent.Remember(Log(500))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imagined_rewards_are_lowered_by_the_uncertainty()
    {
        const double Penalty = 0.7;
        using var ensemble = Ensembles.Random("pendulum", new DynamicsOptions { Members = 3, Elites = 3 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum"), workers);
        using var learner = new SoftActorCritic(3, 1, new SoftActorCriticOptions { HiddenSize = 8, BatchSize = 16 }, RandomKey.FromSeed(1), workers);
        var replay = Ensembles.Experience("pendulum", 50, 0.0);
        var (free, cautious) = (Imagine(0.0), Imagine(Penalty));
        var state = Batch.Allocate(3, 1);
        var action = Batch.Allocate(1, 1);
        var unsure = new float[16];
        for (int b = 0; b < free.Size; b++)
        {
            for (int d = 0; d < 3; d++)
            {
                state.Feature(d)[0] = free.Features[(3 * b) + d];
            }

            action.Feature(0)[0] = 2f * free.Actions[b];
            model.Uncertainty(state, action, unsure);
            Assert.True(unsure[0] > 0.01);
            Assert.Equal(free.Rewards[b] - (Penalty * unsure[0]), cautious.Rewards[b], 1e-3);
        }

        LearnerBatch Imagine(double penalty)
        {
            var buffer = new ImaginedBuffer(100, 3, 1);
            new BranchedRollouts(model, learner, new ValueBounds(learner), ensemble.Embedding, buffer, 40, penalty).Run(replay, 1, new RandomStream(RandomKey.FromSeed(4)));
            var batch = new LearnerBatch(30, 3, 1);
            buffer.Fill(batch, 0, 30, new RandomStream(RandomKey.FromSeed(5)));
            return batch;
        }
    }

    private static TrajectoryLog Log(int steps)
    {
        var random = new RandomStream(RandomKey.FromSeed(7));
        var log = new TrajectoryLog("line", 1, 1);
        double x = 0;
        for (int t = 0; t < steps; t++)
        {
            x = t % 10 == 0 ? random.NextDouble(-2, 2) : x;
            double u = random.NextDouble(-2, 2), next = Math.Clamp(x + u, -3, 3);
            log.Add(new Transition { Observation = [x], Action = [u], Reward = -next * next, NextObservation = [next], Terminated = false, Truncated = t % 10 == 9 });
            x = next;
        }

        return log;
    }

    private ModelBasedAgent Agent(long seed, double penalty)
    {
        var options = new ModelBasedOptions
        {
            Model = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 1, HiddenSize = 32, MaxSteps = 2000, Stochastic = false, LearnReward = true, LearnTermination = true },
            Sac = new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 32, BatchSize = 64, Discount = 0.9, InitialTemperature = 0.02 },
            Horizon = 2,
            Rollouts = 128,
            RolloutsEvery = 1,
            UpdatesPerStep = 40,
            ReplayCapacity = 400,
            Penalty = penalty,
        };
        return new ModelBasedAgent(Line.Spec, null, options, RandomKey.FromSeed(seed), workers);
    }
}
