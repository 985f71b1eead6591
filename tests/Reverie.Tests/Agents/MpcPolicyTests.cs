using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Tests.Agents;

public class MpcPolicyTests
{
    [Fact]
    public void It_plans_from_the_state_that_the_observation_shows()
    {
        var planner = new Recorder();
        var policy = new MpcPolicy(new AnalyticModel<Pendulum>(new Pendulum(new())), planner, new RandomStream(RandomKey.FromSeed(1)));
        var action = new double[1];
        policy.Act([Math.Cos(2.5), Math.Sin(2.5), -3.0], action);
        Assert.Equal(2.5, planner.States[0][0], 1e-12);
        Assert.Equal(-3.0, planner.States[0][1]);
        Assert.Equal(0.75, action[0]);
        Assert.Equal(42.0, policy.ExpectedReturn);
    }

    [Fact]
    public void Every_decision_has_a_key_of_its_own_and_a_restored_policy_the_next_one()
    {
        var (planner, other) = (new Recorder(), new Recorder());
        var model = new AnalyticModel<Pendulum>(new Pendulum(new()));
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(1)));
        var action = new double[1];
        policy.Act([1.0, 0.0, 0.0], action);
        policy.Act([1.0, 0.0, 0.0], action);
        var saved = new StateDictionary();
        policy.Save(saved, "policy");
        policy.Act([1.0, 0.0, 0.0], action);
        Assert.Equal(3, planner.Keys.Distinct().Count());

        var restored = new MpcPolicy(model, other, new RandomStream(RandomKey.FromSeed(99)));
        restored.Load(saved, "policy");
        restored.Act([1.0, 0.0, 0.0], action);
        Assert.Equal(planner.Keys[2], other.Keys[0]);
        Assert.Equal(["load"], other.Calls);
        restored.Reset();
        Assert.Equal(["load", "reset"], other.Calls);
    }

    private sealed class Recorder : IPlanner
    {
        public List<double[]> States { get; } = [];

        public List<RandomKey> Keys { get; } = [];

        public List<string> Calls { get; } = [];

        public void Reset() => Calls.Add("reset");

        public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
        {
            States.Add(state.ToArray());
            Keys.Add(key);
            action[0] = 0.75;
            return 42.0;
        }

        public void Save(StateDictionary state, string prefix)
        {
        }

        public void Load(StateDictionary state, string prefix) => Calls.Add("load");
    }
}
