using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

/// <summary>PETS from logged trajectories alone.</summary>
public sealed class PetsOfflineTests : IDisposable
{
    private const int Steps = 300;

    private readonly Workers workers = new(2);
    private readonly ContinuousWorld<CartPoleContinuous> world = new(new CartPoleContinuous(new() { MaxSteps = 100 }), RandomKey.FromSeed(1));

    public void Dispose() => workers.Dispose();

    [Fact]
    public void It_balances_a_pole_after_random_trials_of_another()
    {
        // A random policy keeps the pole up for some 20 of 100 steps.
        using var agent = Agent(1);
        agent.Remember(Log());
        long logged = world.Steps;
        for (int training = 1; training <= 2 && agent.Improve(); training++)
        {
        }

        Assert.Equal(logged, world.Steps);
        double mean = Enumerable.Range(0, 3).Average(i => Evaluate(agent.Policy(new RandomStream(RandomKey.FromSeed(9).Split(i)))));
        TestContext.Current.SendDiagnosticMessage($"{mean}");
        Assert.InRange(mean, 70, 100);
    }

    [Fact]
    public void Saved_between_two_trainings_it_goes_on_bit_for_bit()
    {
        using var agent = Agent(1);
        using var restored = Agent(2);
        agent.Remember(Log());
        agent.Improve();
        restored.Load(Saved(agent), "a");
        Assert.Equal(agent.Improve(), restored.Improve());
        var (observation, one, two) = (new double[4], new double[1], new double[1]);
        agent.Act(observation, one);
        restored.Act(observation, two);
        Assert.Equal(one, two);
    }

    [Fact]
    public void What_it_cannot_learn_from_is_refused()
    {
        using var agent = Agent(1);
        Assert.Throws<InvalidOperationException>(() => agent.Improve());
        Assert.Contains("0 transitions; it must have 1 to 400", Assert.Throws<ArgumentException>(() => agent.Remember(new TrajectoryLog("", 4, 1))).Message, StringComparison.Ordinal);
        agent.Remember(Log());
        Assert.Contains("300 transitions; it must have 1 to 100: replayCapacity is 400", Assert.Throws<ArgumentException>(() => agent.Remember(Log())).Message, StringComparison.Ordinal);
        var other = new TrajectoryLog("", 3, 1);
        other.Add(new Transition { Observation = [0, 0, 0], Action = [0], Reward = 0, NextObservation = [0, 0, 0], Terminated = false, Truncated = false });
        Assert.Throws<ArgumentException>(() => agent.Remember(other));
    }

    private static StateDictionary Saved(PetsAgent agent)
    {
        var state = new StateDictionary();
        agent.Save(state, "a");
        return state;
    }

    private PetsAgent Agent(long seed)
    {
        var options = new PetsOptions
        {
            Model = new DynamicsOptions { Members = 3, Elites = 3, HiddenLayers = 2, HiddenSize = 48, Particles = 3, MaxSteps = 600, Stochastic = false },
            Icem = new ImprovedCrossEntropyOptions { Horizon = 20, Population = 64, Elites = 8, Iterations = 2 },
            ReplayCapacity = 400,
        };
        return new PetsAgent(world.Spec, Ensembles.Task("cartpole-continuous"), options, RandomKey.FromSeed(seed).Split("agent"), workers);
    }

    private TrajectoryLog Log()
    {
        var random = new RandomAgent(world.Spec, RandomKey.FromSeed(3));
        var log = new TrajectoryLog(world.Spec.Name, 4, 1);
        var (observation, next, action) = (new double[4], new double[4], new double[1]);
        for (int i = 0; i < Steps; i++)
        {
            if (log.NextStep == 0)
            {
                world.Reset(observation);
            }

            random.Act(observation, action);
            var result = world.Step(action, next);
            log.Add(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
            (observation, next) = (next, observation);
        }

        return log;
    }

    private double Evaluate(IPolicy policy)
    {
        var (observation, action) = (new double[4], new double[1]);
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
