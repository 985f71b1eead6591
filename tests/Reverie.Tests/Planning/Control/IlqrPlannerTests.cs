using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Trajectory optimisation as a planner.</summary>
public class IlqrPlannerTests
{
    private static readonly CartPoleAltro World = new(new() { InitialControl = 0.01 });

    [Fact]
    public void A_planner_that_is_reset_has_forgotten_its_plan()
    {
        var options = new DdpOptions { Horizon = 60 };
        var (planner, solver) = (Planner(options), OptimalControlProblems.Solver(World, options));
        double[] state = [0.1, 0.3, 0.0, 0.1], action = [0.0];
        planner.Plan(new double[4], action, default);
        planner.Plan(state, action, default);
        var warm = planner.Solution;
        planner.Reset();
        planner.Plan(state, action, default);
        Assert.NotEqual(warm, planner.Solution);
        Assert.Equal(solver.Run(state, OptimalControlProblems.Controls(World, 60)), planner.Solution);
        Assert.Equal(solver.Trajectory.Actions[0], action[0]);
    }

    [Fact]
    public void Between_plans_the_feedback_of_the_last_one_acts()
    {
        var options = new IlqrOptions { Horizon = 40, ReplanEvery = 3 };
        var planner = Planner(options);
        var solver = OptimalControlProblems.Solver(World, options);
        double[] state = [0.05, 3.1, 0.0, 0.02];
        var (action, wanted) = (new double[1], new double[1]);
        double expected = planner.Plan(state, action, default);
        var solution = solver.Run(state, OptimalControlProblems.Controls(World, 40));
        Assert.Equal(-solution.Cost, expected);
        Assert.Equal(solver.Trajectory.Actions[0], action[0]);
        for (int t = 1; t < 3; t++)
        {
            state = [.. solver.Trajectory.State(t).ToArray().Select(v => v + (0.002 * t))];
            Assert.Equal(expected, planner.Plan(state, action, default));
            solver.Act(t, state, wanted);
            Assert.Equal(wanted, action);
            Assert.NotEqual(solver.Trajectory.Actions[t], action[0]);
            Assert.Equal(solution, planner.Solution);
        }

        // The fourth decision plans anew, from the fourth action on and the last one repeated.
        double[] moved = [.. solver.Trajectory.Actions[3..], .. Enumerable.Repeat(solver.Trajectory.Actions[^1], 3)];
        planner.Plan(state, action, default);
        Assert.NotEqual(solution, planner.Solution);
        Assert.Equal(solver.Run(state, moved), planner.Solution);
    }

    [Fact]
    public void A_saved_planner_goes_on_as_the_one_that_was_saved()
    {
        var options = new IlqrOptions { Horizon = 20, ReplanEvery = 3, MaxIterations = 5 };
        var (planner, restored) = (Planner(options), Planner(options));
        var world = new ContinuousWorld<CartPoleAltro>(World, RandomKey.FromSeed(1));
        var (observation, action, other) = (new double[4], new double[1], new double[1]);
        world.Reset(observation);
        for (int t = 0; t < 14; t++)
        {
            double expected = planner.Plan(world.State, action, default);
            if (t >= 5)
            {
                Assert.Equal(expected, restored.Plan(world.State, other, default));
                Assert.Equal(action, other);
            }

            if (t == 4)
            {
                var saved = new StateDictionary();
                planner.Save(saved, "planner");
                restored.Load(saved, "planner");
            }

            world.Step([action[0] + 0.05], observation);
        }
    }

    [Fact]
    public void Out_of_time_it_acts_by_the_best_plan_so_far()
    {
        var planner = Planner(new IlqrOptions { Horizon = 50, Deadline = 12.0 }, new TickingClock(1.0));
        var patient = Planner(new IlqrOptions { Horizon = 50 });
        double[] state = [0.0, 0.0, 0.0, 0.0];
        var (action, other) = (new double[1], new double[1]);
        double hurried = planner.Plan(state, action, default);
        double best = patient.Plan(state, other, default);
        Assert.Equal(TrajectoryStop.Deadline, planner.Solution.Stop);
        Assert.True(planner.Solution.Iterations is > 0 and < 12 && hurried < best, $"{planner.Solution}");

        // The next decisions go on from there and come closer.
        var model = new AnalyticModel<CartPoleAltro>(World);
        var next = new double[4];
        for (int k = 0; k < 30; k++)
        {
            planner.Plan(state, action, default);
            model.Predict(state, action, next);
            next.CopyTo(state, 0);
        }

        Assert.True(-planner.Solution.Cost > hurried, $"{planner.Solution}");
    }

    [Fact]
    public void Without_any_way_from_here_it_says_so()
    {
        var toy = new Toy(Oddity.Explodes, start: 3.0);
        var planner = new IlqrPlanner(new AnalyticModel<Toy>(toy), new IlqrOptions { Horizon = 12, Discount = 1.0 });
        var action = new double[1];
        Assert.Contains("leaves the finite numbers", Assert.Throws<InvalidOperationException>(() => planner.Plan([3.0], action, default)).Message, StringComparison.Ordinal);
        planner.Plan([0.2], action, default);
        Assert.True(double.IsFinite(action[0]) && planner.Solution.IsSolved);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => planner.Plan([double.NaN], action, default)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => planner.Plan([0.2], new double[2], default));
        Assert.Contains("ReplanEvery is 13", Assert.Throws<ArgumentException>(() => new IlqrPlanner(new AnalyticModel<Toy>(toy), new IlqrOptions { Horizon = 12, Discount = 1.0, ReplanEvery = 13 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_from_random_actions_find_the_way_out_of_rest()
    {
        var world = new CartPoleSwingUp(new());
        var options = (IlqrOptions)new IlqrOptions().For(world.Spec);
        var model = new AnalyticModel<CartPoleSwingUp>(world);
        double[] state = Stuck(model, options), action = [0.0];
        double Expected(int restarts) => new IlqrPlanner(model, options with { Restarts = restarts }).Plan(state, action, RandomKey.FromSeed(1));
        double still = Expected(0), moved = Expected(1), best = Expected(8);
        Assert.True(best >= moved && moved > still + 0.1, $"{still} {moved} {best}");
        Assert.Equal(best, Expected(8));
    }

    /// <summary>A state near rest from which a plan that starts from rest gets to a worse end than one from random actions: the reward is flat there.</summary>
    private static double[] Stuck(AnalyticModel<CartPoleSwingUp> model, IlqrOptions options)
    {
        var (alone, both) = (new IlqrPlanner(model, options with { Restarts = 0, Deadline = 0.0 }), new IlqrPlanner(model, options with { Restarts = 1, Deadline = 0.0 }));
        var random = new RandomStream(RandomKey.FromSeed(3));
        double[] state = new double[4], action = [0.0];
        for (int draw = 0; draw < 100; draw++)
        {
            new CartPoleSwingUp(new()).Start(random, state);
            alone.Reset();
            both.Reset();
            if (both.Plan(state, action, RandomKey.FromSeed(1)) > alone.Plan(state, action, RandomKey.FromSeed(1)) + 0.1)
            {
                return state;
            }
        }

        throw new InvalidOperationException("There is no such state.");
    }

    [Fact]
    public void A_plan_from_random_actions_serves_where_the_first_one_leaves_the_finite_numbers()
    {
        var model = new AnalyticModel<Toy>(new Toy(Oddity.Explodes, limit: 0.15));
        var options = new IlqrOptions { Horizon = 12, Discount = 1.0, Restarts = 8 };
        var action = new double[1];
        Assert.Throws<InvalidOperationException>(() => new IlqrPlanner(model, options with { Restarts = 0 }, initialAction: 0.15).Plan([0.2], action, RandomKey.FromSeed(1)));
        var planner = new IlqrPlanner(model, options, initialAction: 0.15);
        planner.Plan([0.2], action, RandomKey.FromSeed(1));
        Assert.True(planner.Solution.IsSolved, $"{planner.Solution}");
    }

    [Fact]
    public void A_plan_from_random_actions_that_begins_too_late_ends_at_once()
    {
        var world = new CartPoleSwingUp(new());
        var options = (IlqrOptions)new IlqrOptions { Deadline = 100.0, Restarts = 0 }.For(world.Spec);
        var model = new AnalyticModel<CartPoleSwingUp>(world);
        double[] state = Stuck(model, options), action = [0.0];
        var clock = new LateClock(long.MaxValue);
        double still = new IlqrPlanner(model, options, time: clock).Plan(state, action, RandomKey.FromSeed(1));
        double moved = new IlqrPlanner(model, options with { Restarts = 1 }, time: new LateClock(long.MaxValue)).Plan(state, action, RandomKey.FromSeed(1));
        Assert.True(moved > still + 0.1, $"{still} {moved}");

        // One more look finds it in time; the next one, at what is left, is too late.
        double late = new IlqrPlanner(model, options with { Restarts = 1 }, time: new LateClock(clock.Looks + 1)).Plan(state, action, RandomKey.FromSeed(1));
        Assert.Equal(still, late);
    }

    [Theory]
    [InlineData(1.0, 0.0, 2.0, 0.0, true)]
    [InlineData(2.0, 0.0, 1.0, 0.0, false)]
    [InlineData(1.0, 0.0, 1.0, 0.0, false)]
    [InlineData(9.0, 1e-7, 1.0, 0.2, true)]
    [InlineData(1.0, 0.2, 9.0, 0.0, false)]
    [InlineData(9.0, 0.1, 1.0, 0.2, true)]
    [InlineData(1.0, 2e-7, 2.0, 1e-7, true)]
    public void Constraints_count_before_costs(double cost, double violation, double bestCost, double bestViolation, bool isBetter)
    {
        var (other, best) = (new TrajectorySolution(cost, 3, TrajectoryStop.CostChange, 0.0, violation, 0.0), new TrajectorySolution(bestCost, 3, TrajectoryStop.CostChange, 0.0, bestViolation, 0.0));
        Assert.Equal(isBetter, IlqrPlanner.IsBetter(other, best, 1e-6));
        var none = new TrajectorySolution(double.NaN, 0, TrajectoryStop.Diverged, double.NaN, double.NaN, 0.0);
        Assert.Equal((true, false), (IlqrPlanner.IsBetter(other, none, 1e-6), IlqrPlanner.IsBetter(none, best, 1e-6)));
    }

    [Fact]
    public void Decisions_with_restarts_allocate_nothing()
    {
        var world = new CartPoleSwingUp(new());
        var planner = new IlqrPlanner(new AnalyticModel<CartPoleSwingUp>(world), (IlqrOptions)new IlqrOptions { MaxIterations = 5, Restarts = 2 }.For(world.Spec));
        double[] state = [0.1, 0.2, 0.3, 0.4], action = [0.0];
        Assert.Equal(0, Allocations.InSteadyState(() => planner.Plan(state, action, RandomKey.FromSeed(1)), 10));
    }

    [Fact]
    public void Decisions_allocate_nothing()
    {
        var planner = Planner(new IlqrOptions { Horizon = 20, ReplanEvery = 2, MaxIterations = 3 });
        double[] state = [0.1, 0.2, 0.3, 0.4];
        var action = new double[1];
        Assert.Equal(0, Allocations.InSteadyState(() => planner.Plan(state, action, default), 10));
    }

    private static IlqrPlanner Planner(IlqrOptions options, TimeProvider? time = null) =>
        new(new AnalyticModel<CartPoleAltro>(World), (IlqrOptions)(options with { Restarts = 0, Damping = Damping.Actions }).For(World.Spec), World.Spec.InitialAction, time);
}
