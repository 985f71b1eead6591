using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Planning.Finite;
using Reverie.Tests.Planning.Finite;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Planning;

public class UctTests
{
    private readonly double[] action = new double[1];

    [Fact]
    public void It_decides_and_values_as_backward_induction_does_where_outcomes_are_random()
    {
        // A short horizon, so that the tree holds nearly all there is: action 1 is a gamble that pays on average, action 0 a small sure reward.
        var builder = new FiniteMdpBuilder(4, 2);
        for (int s = 0; s < 4; s++)
        {
            builder.Add(s, 0, s, 1.0, 0.3);
            builder.Add(s, 1, (s + 1) % 4, 0.5, s == 2 ? 4.0 : 0.5);
            builder.Add(s, 1, 0, 0.5, -0.2);
        }

        var mdp = builder.Build(null, 0.9);
        var exact = new BackwardInduction(new() { Horizon = 4 }).Solve(mdp, null, TestContext.Current.CancellationToken);
        var planner = new Uct(new FiniteModel(mdp), new() { Horizon = 4, Population = 20_000, Discount = 0.9 });
        for (int s = 0; s < 4; s++)
        {
            double value = planner.Plan([s], action, RandomKey.FromSeed(s));
            Assert.Equal(exact.Policy[s], action[0]);
            Assert.Equal(exact.Values[s], value, 0.1);
        }
    }

    [Fact]
    public void Two_simulations_by_hand()
    {
        // Both actions end the task: each is tried once, and the better one is taken.
        var builder = new FiniteMdpBuilder(1, 2);
        builder.Add(0, 0, 0, 1.0, 1.0, terminated: true);
        builder.Add(0, 1, 0, 1.0, 2.0, terminated: true);
        var planner = new Uct(new FiniteModel(builder.Build(null, 1.0)), new() { Horizon = 10, Population = 2, Discount = 1.0 });
        Assert.Equal(2.0, planner.Plan([0], action, RandomKey.FromSeed(1)));
        Assert.Equal(1.0, action[0]);
    }

    [Fact]
    public void Rewards_after_the_first_are_discounted()
    {
        var builder = new FiniteMdpBuilder(2, 2);
        for (int a = 0; a < 2; a++)
        {
            builder.Add(0, a, 1, 1.0, 1.0);
            builder.Add(1, a, 0, 1.0, 10.0, terminated: true);
        }

        var planner = new Uct(new FiniteModel(builder.Build(null, 0.5)), new() { Horizon = 10, Population = 50, Discount = 0.5 });
        Assert.Equal(6.0, planner.Plan([0], action, RandomKey.FromSeed(1)), 1e-9);
    }

    [Fact]
    public void The_same_key_gives_the_same_decision_whatever_was_decided_before()
    {
        var model = new FiniteModel(Processes.RiverSwim());
        var options = new UctOptions { Horizon = 10, Population = 200, Discount = 0.95 };
        var (used, fresh) = (new Uct(model, options), new Uct(model, options));
        used.Plan([3], action, RandomKey.FromSeed(1));
        double value = used.Plan([2], action, RandomKey.FromSeed(2)), chosen = action[0];
        Assert.Equal(value, fresh.Plan([2], action, RandomKey.FromSeed(2)));
        Assert.Equal(chosen, action[0]);
        Assert.NotEqual(value, fresh.Plan([2], action, RandomKey.FromSeed(3)));
    }

    [Fact]
    public void The_catalogue_makes_it_for_models_that_simulate_and_says_which_do_not()
    {
        Assert.True(PlannerCatalog.TryFind("uct", out var entry));
        var world = new WorldSpec("any", [new("state")], ActionSpace.Discrete(2), 100, 0.0) { Discount = 0.9, PlanningHorizon = 7 };
        var planner = entry.Create(entry.DefaultOptions, new FiniteModel(Processes.RiverSwim()), world);
        Assert.IsType<Uct>(planner);
        var filled = (UctOptions)entry.DefaultOptions.For(world);
        Assert.Equal((0.9, 7), (filled.Discount, filled.Horizon));
        var refused = Assert.Throws<ArgumentException>(() => entry.Create(entry.DefaultOptions, new Landscape(ActionSpace.Discrete(2), (_, _) => 0.0), world));
        Assert.Contains("ISimulator", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Continuous_actions_are_refused() =>
        Assert.Throws<ArgumentException>(() => new Uct(new AnalyticModel<Pendulum>(new Pendulum(new PendulumOptions()), 1.0, null), new() { Horizon = 5, Discount = 1.0 }));

    [Fact]
    public void Once_the_tree_has_grown_only_the_model_allocates()
    {
        var model = new Still();
        var planner = new Uct(model, new() { Horizon = 8, Population = 500, Discount = 1.0 });
        Assert.Equal(0, Allocations.InSteadyState(() => planner.Plan([0], action, RandomKey.FromSeed(1)), runs: 3));
    }

    /// <summary>A model in which nothing happens.</summary>
    private sealed class Still : ISimulator
    {
        public int StateSize => 1;

        public ActionSpace Actions { get; } = ActionSpace.Discrete(3);

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

        public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
        {
            next.Data[0] = states.Data[0];
            (rewards[0], terminated[0]) = (actions.Data[0], 0f);
        }
    }
}
