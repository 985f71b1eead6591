using Reverie.Agents.Finite;
using Reverie.Numerics;

namespace Reverie.Tests.Agents.Finite;

/// <summary>A few updates of each agent, worked out by hand.</summary>
public sealed class GoldenTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(1);

    [Fact]
    public void Q_learning_moves_towards_its_targets()
    {
        var agent = new QLearningAgent(SmallWorlds.Spec(2, 2), new() { Alpha = 0.5 }, Key);
        agent.Tell(0, 0, 1, 1);
        agent.Tell(1, 1, 2, 0, terminated: true);
        Assert.Equal([0.5, 0, 0, 1], agent.ActionValues.ToArray());

        // 0.5 + 0.5 (1 + 0.9·1 − 0.5); where time runs out the task would have gone on.
        agent.Tell(0, 0, 1, 1, truncated: true);
        Assert.Equal(1.2, agent.ActionValues[0], 1e-15);
    }

    [Fact]
    public void Dyna_Q_learns_from_a_step_and_then_from_what_it_last_saw()
    {
        var agent = new DynaQAgent(SmallWorlds.Spec(2, 2), new() { Alpha = 0.5, PlanningSteps = 1 }, Key);
        agent.Tell(0, 0, 1, 1, terminated: true);
        Assert.Equal(0.75, agent.ActionValues[0]);
        agent.Tell(0, 0, 3, 1, terminated: true);
        Assert.Equal(2.4375, agent.ActionValues[0]);
    }

    [Fact]
    public void Dyna_Q_draws_states_alike_and_then_their_actions()
    {
        // Of two states one has one action tried, the other both: half of all updates fall on the first.
        var agent = new DynaQAgent(SmallWorlds.Spec(2, 2), new() { Alpha = 1e-9, PlanningSteps = 30_001 }, Key);
        agent.Tell(0, 0, 0, 0, terminated: true);
        agent.Tell(1, 0, 0, 0, terminated: true);
        agent.Tell(1, 1, 1, 0, terminated: true);
        double second = agent.ActionValues[3];
        agent.Tell(0, 0, 1, 0, terminated: true);
        Assert.Equal(15_000, agent.ActionValues[0] * 1e9, 350.0);
        Assert.Equal(7_500, second * 1e9, 250.0);
    }

    [Fact]
    public void Dyna_Q_plus_pays_for_what_was_long_not_tried_and_thinks_of_what_never_was()
    {
        var agent = new DynaQPlusAgent(SmallWorlds.Spec(1, 2, 0.5), new() { Alpha = 1, Kappa = 1, PlanningSteps = 300 }, Key);
        agent.Tell(0, 0, 1, 0, terminated: true);

        // Just tried: 1 + √0. Never tried: it stays, Q = 0 + √1 + ½ Q.
        Assert.Equal(1, agent.ActionValues[0], 1e-12);
        Assert.Equal(2, agent.ActionValues[1], 1e-12);
        agent.Tell(0, 1, 0, 0, terminated: true);
        agent.Tell(0, 1, 0, 0, terminated: true);
        agent.Tell(0, 1, 0, 0, terminated: true);
        agent.Tell(0, 1, 0, 0, terminated: true);
        Assert.Equal(1 + 2, agent.ActionValues[0], 1e-12);
        Assert.Equal(0, agent.ActionValues[1], 1e-12);
    }

    [Fact]
    public void Dyna_backs_up_over_all_that_was_seen()
    {
        var agent = new DynaAgent(SmallWorlds.Spec(2, 2), new() { PlanningSteps = 0 }, Key);
        agent.Tell(0, 0, 1, 1);
        agent.Tell(0, 0, 3, 1);
        agent.Tell(1, 1, 4, 0, terminated: true);
        Assert.Equal([2, 0, 0, 4], agent.ActionValues.ToArray());

        // 2 + 0.9 (⅔·4 + ⅓·2).
        agent.Tell(0, 0, 2, 0);
        Assert.Equal(5, agent.ActionValues[0], 1e-12);
    }

    [Fact]
    public void Dyna_backs_up_pairs_that_it_remembers()
    {
        var agent = new DynaAgent(SmallWorlds.Spec(3, 2), new() { PlanningSteps = 50 }, Key);
        agent.Tell(0, 0, 0, 1);
        agent.Tell(1, 0, 0, 2);
        agent.Tell(2, 1, 1, 0, terminated: true);
        Assert.Equal([0.81, 0, 0.9, 0, 0, 1], agent.ActionValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(10, 3, 0.81)]
    [InlineData(2, 2, 0.0)]
    public void Prioritized_sweeping_goes_backwards_from_what_is_new_and_counts(int planningSteps, long backups, double first)
    {
        List<double> reported = [];
        var agent = new DynaPsAgent(SmallWorlds.Spec(4, 2), new() { PlanningSteps = planningSteps }, Key, (_, value) => reported.Add(value));
        agent.Tell(0, 0, 0, 1);
        agent.Tell(1, 0, 0, 2);
        agent.Tell(2, 0, 1, 3, terminated: true);
        Assert.Equal((1.0, 0.9, first, backups), (agent.ActionValues[4], agent.ActionValues[2], Math.Round(agent.ActionValues[0], 12), agent.Backups));
        Assert.Equal([backups], reported);

        // What was left undone is done later.
        agent.Tell(3, 1, 0, 3, truncated: true);
        Assert.Equal((0.81, 3), (Math.Round(agent.ActionValues[0], 12), agent.Backups));
    }

    [Fact]
    public void Model_rl_learns_from_imagined_steps_only_as_far_as_its_model_goes()
    {
        var options = new ModelRlOptions { Alpha = 0.5, Epsilon = 0, PlanningSteps = 1, Steps = 2, InitialValue = -1 };
        var agent = new ModelRlAgent(SmallWorlds.Spec(2, 2), options with { PlanningSteps = 0 }, Key);
        agent.Tell(0, 0, 1, 1);
        Assert.Equal([-1, -1, -1, -1], agent.ActionValues.ToArray());

        // Rollouts start in state 0 alone; where the action just tried is chosen its Q falls by half of the way to −1.9.
        agent = new ModelRlAgent(SmallWorlds.Spec(2, 2), options with { PlanningSteps = 60, Alpha = 1 }, Key);
        agent.Tell(0, 0, -1, 1);
        Assert.Equal([-1.9, -1, -1, -1], agent.ActionValues.ToArray());

        // The second step of a rollout learns too.
        agent = new ModelRlAgent(SmallWorlds.Spec(2, 2), options with { PlanningSteps = 0, InitialValue = 0 }, Key);
        agent.Tell(1, 0, 1, 0, terminated: true);
        var saved = new StateDictionary();
        agent.Save(saved, "a");
        saved.Set("a/remembered", [0L]);
        saved.Set("a/replay", Array.Empty<long>());
        saved.Set("a/q", [0.0, -9, 0, -9]);
        agent = new ModelRlAgent(SmallWorlds.Spec(2, 2), options with { InitialValue = 0 }, Key);
        agent.Load(saved, "a");
        agent.Tell(0, 0, 0, 1);
        Assert.Equal([0, -9, 0.5, -9], agent.ActionValues.ToArray());
    }

    [Fact]
    public void Agents_report_at_the_end_of_an_episode_how_much_they_have_tried()
    {
        List<(string, double)> reported = [];
        void Report(string name, double value) => reported.Add((name, value));
        ITabularAgent[] agents =
        [
            new DynaAgent(SmallWorlds.Spec(3, 2), new(), Key, Report),
            new DynaQAgent(SmallWorlds.Spec(3, 2), new(), Key, Report),
            new DynaQPlusAgent(SmallWorlds.Spec(3, 2), new(), Key, Report),
            new ModelRlAgent(SmallWorlds.Spec(3, 2), new(), Key, Report),
        ];
        foreach (var agent in agents)
        {
            agent.Tell(0, 1, 0, 1);
            agent.Tell(1, 0, 0, 0);
            var saved = new StateDictionary();
            agent.Save(saved, "a");
            agent.Load(saved, "a");
            agent.Tell(0, 1, 0, 2, truncated: true);
            agent.Tell(2, 0, 1, 0, terminated: true);
        }

        Assert.Equal([("dyna/tried", 2), ("dyna/tried", 3), ("dyna-q/tried", 2), ("dyna-q/tried", 3), ("dyna-q+/tried", 2), ("dyna-q+/tried", 3), ("model-rl/tried", 2), ("model-rl/tried", 3)], reported);
    }

    [Fact]
    public void A_damaged_memory_is_refused()
    {
        foreach (var (entry, damaged) in ((string, long[])[])[("places", [0, 4, 2, -1, -1, -1]), ("next", [3, 0, 0, 0, 0, 0]), ("tried", [0, 1, 0])])
        {
            var agent = new DynaQAgent(SmallWorlds.Spec(3, 2), new(), Key);
            agent.Tell(0, 0, 0, 1);
            agent.Tell(1, 0, 0, 0);
            var saved = new StateDictionary();
            agent.Save(saved, "a");
            agent.Load(saved, "a");
            saved.Set($"a/model/{entry}", damaged);
            Assert.Throws<StateException>(() => agent.Load(saved, "a"));
        }

        foreach (var (entry, damaged) in ((string, long[])[])[("predecessors/rows", [-1, 2]), ("predecessors/following", [0, -1]), ("predecessors/first", [0, 5, -1]), ("queue/rows", [6]), ("queue/rows", [-1])])
        {
            var agent = new DynaPsAgent(SmallWorlds.Spec(3, 2), new() { PlanningSteps = 0 }, Key);
            agent.Tell(0, 0, 0, 1);
            agent.Tell(1, 0, 1, 0);
            var saved = new StateDictionary();
            agent.Save(saved, "a");
            agent.Load(saved, "a");
            saved.Set($"a/sweeping/{entry}", damaged);
            Assert.Throws<StateException>(() => agent.Load(saved, "a"));
        }
    }

    [Fact]
    public void R_max_believes_the_best_of_what_it_does_not_know_and_plans_when_it_knows_more()
    {
        List<(string, double)> reported = [];
        var agent = new RMaxAgent(SmallWorlds.Spec(2, 2), new() { K = 2 }, Key, (name, value) => reported.Add((name, Math.Round(value, 9))));
        agent.Tell(0, 0, 0, 1);
        Assert.Equal([10.0, 10, 10, 10], agent.ActionValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Empty(reported);
        agent.Tell(0, 0, 0, 1);
        Assert.Equal([9.0, 10, 10, 10], agent.ActionValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal([("r-max/known", 1), ("r-max/value", 10)], reported);

        // What is known is not learned again.
        agent.Tell(0, 0, 1, 0);
        Assert.Equal((2, 0.0), (agent.Model.Visits(0), agent.Model.Reward(0)));
    }

    [Fact]
    public void R_max_by_state_knows_a_state_when_it_knows_all_its_actions()
    {
        var agent = new RMaxAgent(SmallWorlds.Spec(2, 2), new() { K = 1, ByState = true }, Key);
        agent.Tell(0, 0, 0, 1);
        Assert.Equal((0, 10.0), (agent.KnownRows, Math.Round(agent.ActionValues[0], 9)));
        agent.Tell(0, 1, 1, 0);
        Assert.Equal((2, 9.0, 10.0), (agent.KnownRows, Math.Round(agent.ActionValues[0], 9), Math.Round(agent.ActionValues[1], 2)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_max_asks_for_more_tries_when_it_has_seen_more_states_than_it_assumed(bool byState)
    {
        var options = new RMaxOptions { K = 0, Epsilon = 0.9, StatesUnknown = true, ByState = byState };
        var agent = new RMaxAgent(SmallWorlds.Spec(4, 2), options, Key);
        long Tries(int states) => PacBounds.RMaxTries(states, 2, 0.9, 0.05, PacBounds.Horizon(0.9, 0.9), 1);
        Assert.Equal(Tries(1), agent.K);
        for (long t = 0; t < agent.K; t++)
        {
            agent.Tell(0, 0, 0, 0);
            agent.Tell(0, 1, 0, 0);
        }

        Assert.Equal((2, 0.0), (agent.KnownRows, Math.Round(agent.ActionValues[0], 2)));
        agent.Tell(1, 0, 0, 0);
        Assert.Equal((Tries(2), 0, 10.0), (agent.K, agent.KnownRows, Math.Round(agent.ActionValues[0], 9)));
        agent.Tell(2, 0, 0, 0);
        agent.Tell(3, 0, 0, 0);
        Assert.Equal(Tries(4), agent.K);
    }

    [Fact]
    public void Below_zero_the_best_is_to_end_after_one_reward()
    {
        var agent = new RMaxAgent(SmallWorlds.Spec(2, 2, 0.9, -5, -1), new() { K = 2 }, Key);
        Assert.Equal([-1.0, -1, -1, -1], agent.ActionValues.ToArray());
    }

    [Fact]
    public void Mbie_eb_adds_a_bonus_that_wanes()
    {
        var agent = new MbieEbAgent(SmallWorlds.Spec(1, 2), new() { Precision = 1e-9 }, Key);
        for (int t = 0; t < 4; t++)
        {
            agent.Tell(0, 0, 0.5, 0);
        }

        // 0.5 + 0.9·10 + 0.4/√4, as long as the other action is worth 10.
        Assert.Equal([9.7, 10], agent.ActionValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        agent.Tell(0, 1, 0, 0);
        Assert.Equal([7, 0.4 + (0.9 * 7)], agent.ActionValues.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Optimism_needs_a_discount_and_a_greatest_reward()
    {
        var (undiscounted, unbounded) = (SmallWorlds.Spec(2, 2, 1.0), SmallWorlds.Spec(2, 2, maxReward: double.PositiveInfinity));
        Assert.Contains("discount", Assert.Throws<ArgumentException>(() => new RMaxAgent(undiscounted, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Contains("discount", Assert.Throws<ArgumentException>(() => new MbieEbAgent(undiscounted, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Contains("discount", Assert.Throws<ArgumentException>(() => new E3Agent(undiscounted, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Contains("maxReward", Assert.Throws<ArgumentException>(() => new RMaxAgent(unbounded, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Contains("maxReward", Assert.Throws<ArgumentException>(() => new MbieEbAgent(unbounded, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Contains("maxReward", Assert.Throws<ArgumentException>(() => new E3Agent(unbounded, new(), Key)).Message, StringComparison.Ordinal);
        Assert.Equal(30, new RMaxAgent(unbounded, new() { MaxReward = 3 }, Key).ActionValues[0], 1e-9);
        Assert.Equal(5, new E3Agent(undiscounted, new() { Form = E3Form.FiniteHorizon, Horizon = 5 }, Key).Horizon);
    }

    [Fact]
    public void Tries_that_proofs_ask_for_are_those_worked_out_by_hand()
    {
        // ln 10 / 0.05 = 46.05.
        Assert.Equal(47, PacBounds.Horizon(0.95, 0.1));

        // ½·12⁴·ln 240 = 10,368·5.480639.
        Assert.Equal(56_824, PacBounds.E3Tries(2, 2, 0.5, 0.1, 3, 1));

        // 48³ + 1; and −6 ln³(0.01/24) + 1 = 6·7.783224³, rounded up, + 1, above 4.44³.
        Assert.Equal(110_593, PacBounds.RMaxTries(2, 2, 0.5, 0.1, 3, 1));
        Assert.Equal(2830, PacBounds.RMaxTries(1, 2, 0.9, 0.01, 1, 1));
        Assert.Equal(long.MaxValue, PacBounds.E3Tries(1_000_000, 4, 1e-3, 0.1, 1000, 1));
    }
}
