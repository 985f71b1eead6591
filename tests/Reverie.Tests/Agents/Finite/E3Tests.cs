using Reverie.Agents.Finite;
using Reverie.Numerics;

namespace Reverie.Tests.Agents.Finite;

public sealed class E3Tests
{
    [Theory]
    [InlineData(2, 0.0, 1.0)]
    [InlineData(1, 0.0, 0.0)]
    [InlineData(2, -1.0, 1.0)]
    public void Its_models_collapse_what_is_not_known(int horizon, double minReward, double escape)
    {
        var agent = Three(new() { K = 1, Horizon = horizon, Precision = 1e-12 }, minReward);
        Assert.Equal([0, 1], agent.Known.ToArray());

        // In M̂ state 0 pays ½ for ever, 1 by γ = ½; state 1 pays 0.2 and leads there; all else pays the least reward for ever.
        Assert.Equal([1, 0.7, 2 * minReward], Values(agent), (a, b) => Math.Abs(a - b) < 1e-9);

        // In M̂' only what is unknown pays, (r_max − least) for ever: 2 for rewards from 0 to 1.
        double range = 1 - minReward;
        Assert.Equal([0.5 * range, 1 * range, 2 * range], agent.ExplorationValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal([escape, 1, 1], agent.Escape.ToArray());
        var policy = new int[3];
        agent.GreedyPolicy(policy);
        Assert.Equal([0, 0, 0], policy);
    }

    [Fact]
    public void With_a_finite_horizon_returns_are_sums_and_plans_depend_on_the_steps_left()
    {
        var agent = Three(new() { K = 1, Horizon = 3, Form = E3Form.FiniteHorizon });

        // U_3 = 3·½ in state 0, 0.2 + 2·½ in state 1. Exploring, two steps lead out of 0 and leave 2 to be spent there, one leads out of 1.
        Assert.Equal([1.5, 1.2, 0], Values(agent), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([2.0, 3], agent.ExplorationValues[..2].ToArray());
        Assert.Equal([1.0, 1, 1], agent.Escape.ToArray());
    }

    [Fact]
    public void It_explores_where_it_can_escape_in_time_and_ends_where_it_cannot()
    {
        List<(string, double)> reported = [];
        var agent = Three(new() { K = 1, Horizon = 1 }, 0, (name, value) => reported.Add((name, Math.Round(value, 6))));
        Assert.Equal([("e3/known", 1), ("e3/tries", 1), ("e3/known", 2), ("e3/tries", 1)], reported);
        Assert.Equal(1, agent.Ask(1));
        Assert.Equal((E3Mode.Explore, false), (agent.Mode, agent.Finished));
        agent.Tell(1, 1, 0, 2, truncated: true);
        Assert.Equal(0, agent.Ask(0));
        Assert.Equal((E3Mode.Exploit, true), (agent.Mode, agent.Finished));
        Assert.Contains(("e3/escape", 0.0), reported);
        Assert.Equal([1, 2], reported.Where(r => r.Item1 == "e3/mode").Select(r => r.Item2));

        // It has ended: the way out is no longer taken.
        agent.Tell(0, 0, 0.5, 0, truncated: true);
        Assert.Equal(0, agent.Ask(1));

        // And it stays so where it is restored.
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        var restored = new E3Agent(SmallWorlds.Spec(3, 2, 0.5), new() { K = 1, Horizon = 1 }, RandomKey.FromSeed(9));
        restored.Load(saved, "a");
        restored.Tell(1, 0, 0.2, 1, truncated: true);
        Assert.Equal((0, true), (restored.Ask(1), restored.Finished));

        agent = Three(new() { K = 1, Horizon = 1, Terminate = false });
        agent.Ask(0);
        agent.Tell(0, 0, 0.5, 0);
        Assert.Equal(1, agent.Ask(1));
    }

    [Fact]
    public void A_plan_is_followed_for_its_steps_even_where_another_would_now_be_chosen()
    {
        // From state 0 there is no escape within one step, but within two there is from 1.
        var agent = Three(new() { K = 1, Horizon = 2, Terminate = false, Epsilon = 0.999 });
        Assert.Equal(1, agent.Ask(0));
        agent.Tell(0, 1, 0, 0);
        Assert.Equal((1, E3Mode.Explore), (agent.Ask(0), agent.Mode));

        // Half of all tries of action 1 now stay: at the plan's end escape is no longer sure, but the plan is not asked again before.
        agent.Tell(0, 1, 0, 0);
        agent.Ask(0);
        Assert.Equal(E3Mode.Explore, agent.Mode);
    }

    [Fact]
    public void It_wanders_in_balance_until_a_state_is_known()
    {
        var agent = new E3Agent(SmallWorlds.Spec(1, 3), new() { K = 4 }, RandomKey.FromSeed(2));
        for (int t = 0; t < 12; t++)
        {
            Assert.Equal(0, agent.Known.Length);
            agent.Tell(0, agent.Ask(0), 0, 0);
            var tries = Enumerable.Range(0, 3).Select(a => agent.Model.Visits(a)).ToArray();
            Assert.InRange(tries.Max() - tries.Min(), 0, 1);
        }

        Assert.Equal(1, agent.Known.Length);
    }

    [Fact]
    public void An_unknown_number_of_states_doubles_and_asks_for_more_tries()
    {
        var agent = new E3Agent(SmallWorlds.Spec(8, 2), new() { K = 0, StatesUnknown = true, Epsilon = 0.9, Horizon = 1 }, RandomKey.FromSeed(2));
        List<long> tries = [];
        for (int s = 0; s < 5; s++)
        {
            agent.Tell(s, 0, 0, 0);
            tries.Add(agent.K);
        }

        Assert.Equal(new[] { 1, 2, 4, 4, 8 }.Select(s => PacBounds.E3Tries(s, 2, 0.9, 0.05, 1, 1)), tries);
        Assert.Equal(PacBounds.E3Tries(8, 2, 0.9, 0.05, 1, 1), new E3Agent(SmallWorlds.Spec(8, 2), new() { K = 0, Epsilon = 0.9, Horizon = 1 }, default).K);
    }

    [Fact]
    public void States_whose_tries_no_longer_suffice_are_unknown_again()
    {
        var agent = new E3Agent(SmallWorlds.Spec(2, 2), new() { K = 0, StatesUnknown = true, Epsilon = 0.9, Horizon = 1 }, RandomKey.FromSeed(2));
        for (long t = 2 * agent.K; t > 0; t--)
        {
            agent.Tell(0, agent.Ask(0), 0, 0);
        }

        Assert.Equal([0], agent.Known.ToArray());
        agent.Tell(1, 0, 0, 0);
        Assert.Empty(agent.Known.ToArray());
    }

    /// <summary>State 0 can pay ½ and stay or go to 1; from there 0.2 and back to 0, or on to 2, of which nothing is known.</summary>
    private static E3Agent Three(E3Options options, double minReward = 0, MetricSink? metrics = null)
    {
        var agent = new E3Agent(SmallWorlds.Spec(3, 2, 0.5, minReward), options, RandomKey.FromSeed(1), metrics);
        agent.Tell(0, 0, 0.5, 0);
        agent.Tell(0, 1, 0, 1);
        agent.Tell(1, 0, 0.2, 0);
        agent.Tell(1, 1, 0, 2);
        return agent;
    }

    private static double[] Values(E3Agent agent)
    {
        var values = new double[3];
        agent.Values(values);
        return values;
    }

    [Fact]
    public void Tables_too_large_are_refused_before_they_are_made()
    {
        var plans = Assert.Throws<ArgumentException>(() => new E3Agent(SmallWorlds.Spec(5000, 2), new() { Form = E3Form.FiniteHorizon, Horizon = 1_000_000 }, default));
        Assert.Contains("horizon", plans.Message, StringComparison.Ordinal);
        Assert.Contains("pairs", Assert.Throws<ArgumentException>(() => new QLearningAgent(SmallWorlds.Spec(1 << 30, 4), new(), default)).Message, StringComparison.Ordinal);
        Assert.Contains("InitialValue", Assert.Throws<ArgumentException>(() => new QLearningAgent(SmallWorlds.Spec(2, 2), new() { InitialValue = double.NaN }, default)).Message, StringComparison.Ordinal);
    }
}
