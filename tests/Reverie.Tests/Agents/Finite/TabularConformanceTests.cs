using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Agents.Finite;

/// <summary>What every agent owes, for agents in tables: a river whose episodes are cut after twenty steps.</summary>
public abstract class TabularConformance : AgentConformance
{
    public sealed record NoOptions;

    protected override WorldEntry World { get; } = WorldEntry.Finite<NoOptions>("river", "", _ => SmallWorlds.RiverSwim(20));

    protected override object WorldOptions => new NoOptions();

    protected override void Show(int t, Span<double> observation) => observation[0] = t % 6;

    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => Create(spec, key);

    protected abstract ITabularAgent Create(WorldSpec spec, RandomKey key);

    [Fact]
    public void A_world_that_is_not_finite_is_refused_by_name()
    {
        var pendulum = WorldCatalog.Entries.Single(e => e.Name == "pendulum");
        var error = Assert.Throws<ArgumentException>(() => Create(pendulum.Describe(pendulum.DefaultOptions), default));
        Assert.Contains("'pendulum'", error.Message, StringComparison.Ordinal);
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_and_values_need_room_for_all_states_and_no_other_number_is_a_state()
    {
        var agent = Create(SmallWorlds.Spec(6, 2), RandomKey.FromSeed(1));
        Assert.Throws<ArgumentException>(() => agent.GreedyPolicy(new int[5]));
        Assert.Throws<ArgumentException>(() => agent.Values(new double[7]));
        Assert.Throws<ArgumentException>(() => agent.Ask(6));
        Assert.Throws<ArgumentException>(() => agent.Act([0.5], new double[1]));
        Assert.Throws<ArgumentException>(() => agent.Tell(0, 2, 0, 0));
        Assert.Throws<ArgumentException>(() => agent.Tell(0, 0, double.NaN, 0));
        Assert.Throws<ArgumentException>(() => agent.Tell(0, 0, 0, -1));
    }

    [Fact]
    public void Learning_allocates_nothing_but_what_grows()
    {
        var agent = Create(SmallWorlds.Spec(6, 2), RandomKey.FromSeed(1));
        double[] observation = [0], action = [0], next = [0];
        for (int t = 0; t < 3000; t++)
        {
            Step(t);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int t = 3000; t < 4000; t++)
        {
            Step(t);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllowedBytes);

        void Step(int t)
        {
            (observation[0], next[0]) = (t * 7 % 6, (t + 1) * 7 % 6);
            agent.Act(observation, action);
            agent.Observe(new() { Observation = observation, Action = action, Reward = t % 2, NextObservation = next, Terminated = false, Truncated = false });
        }
    }

    /// <summary>Bytes that a thousand steps may allocate.</summary>
    protected virtual long AllowedBytes => 0;
}

public sealed class QLearningConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new QLearningAgent(spec, new(), key);
}

public sealed class DynaQConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new DynaQAgent(spec, new(), key);
}

public sealed class DynaQPlusConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new DynaQPlusAgent(spec, new(), key);
}

public sealed class DynaConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new DynaAgent(spec, new(), key);
}

public sealed class DynaPsConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new DynaPsAgent(spec, new() { PlanningSteps = 2, Epsilon = 0.5 }, key);
}

public sealed class PosteriorSamplingConformance : TabularConformance
{
    // A sample is a process of its own.
    protected override long AllowedBytes => 200_000;

    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new PosteriorSamplingAgent(spec, new(), key);
}

public sealed class ModelRlConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new ModelRlAgent(spec, new() { Steps = 3, ReplayCapacity = 31 }, key);
}

public sealed class E3Conformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new E3Agent(spec, new() { K = 3 }, key);
}

public sealed class E3FiniteHorizonConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) =>
        new E3Agent(spec, new() { K = 3, Form = E3Form.FiniteHorizon, Horizon = 7, Terminate = false, StatesUnknown = true }, key);
}

public sealed class RMaxConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new RMaxAgent(spec, new() { K = 3 }, key);
}

public sealed class RMaxByStateConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new RMaxAgent(spec, new() { K = 3, ByState = true, StatesUnknown = true }, key);
}

public sealed class MbieEbConformance : TabularConformance
{
    protected override ITabularAgent Create(WorldSpec spec, RandomKey key) => new MbieEbAgent(spec, new(), key);
}
