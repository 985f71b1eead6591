using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Regulators made from worlds' models.</summary>
public class LqrTests
{
    private static readonly LinearWorldOptions Wide = new() { MaxAction = 1e6 };

    [Fact]
    public void A_linear_world_expands_to_itself_wherever_the_point()
    {
        var options = new LinearWorldOptions { StateSize = 2, ActionSize = 2, A = [1, 2, 3, 4], B = [5, 6, 7, 8], Q = [2, 0.5, 0.5, 1], R = [3, 0.25, 0.25, 4] };
        var stage = new LinearQuadraticStage(2, 2);
        new LinearQuadraticExpansion(new AnalyticModel<LinearWorld>(new LinearWorld(options))).Expand([1, -2], [0.5, 3], stage);
        Near(options.A, stage.StateJacobian);
        Near(options.B, stage.ActionJacobian);
        Near([.. options.Q.Select(v => 2 * v)], stage.StateCost);
        Near([.. options.R.Select(v => 2 * v)], stage.ActionCost);
        Near([0, 0, 0, 0], stage.CrossCost);
        Near([0, 0, 0, 0, 0, 0, 0], [.. stage.Offset, .. stage.StateSlope, .. stage.ActionSlope, stage.Constant]);
    }

    /// <summary>x' = x + u, ℓ = ½ u² and at the end 50 x²: of one step, u minimises ½ u² + 50 (x + u)², u = −100 x / 101.</summary>
    [Fact]
    public void A_planner_counts_what_the_end_is_worth()
    {
        var model = new LinearQuadraticModel(Problems.Scalar(1.0, 1.0, 0.0, 1.0), Problems.Terminal(1, 100.0), ActionSpace.Symmetric(1, 1e6));
        var planner = new LqrPlanner(model, new LqrOptions { Horizon = 1, Discount = 1.0 });
        var action = new double[1];
        double expected = planner.Plan([2.0], action, default);
        Assert.Equal(-200.0 / 101.0, action[0], 12);
        Assert.Equal(-200.0 / 101.0, expected, 12);
    }

    [Fact]
    public void An_expansion_touches_the_model_at_its_point()
    {
        var model = new AnalyticModel<Pendulum>(new Pendulum(new PendulumOptions()));
        double[] x = [0.4, -0.7], u = [0.9];
        var (stage, first, next) = (new LinearQuadraticStage(2, 1), new Linearization(2, 1), new double[2]);
        new LinearQuadraticExpansion(model).Expand(x, u, stage);
        model.Linearize(x, u, first);
        stage.Step(x, u, next);
        Near(first.Next, next);
        Assert.Equal(-first.Reward, stage.Cost(x, u), 12);
        const double H = 1e-5;
        for (int i = 0; i < 3; i++)
        {
            double Along(double h) => stage.Cost([x[0] + (i == 0 ? h : 0), x[1] + (i == 1 ? h : 0)], [u[0] + (i == 2 ? h : 0)]);
            Assert.Equal(i < 2 ? -first.RewardState[i] : -first.RewardAction[0], (Along(H) - Along(-H)) / (2 * H), 6);
        }
    }

    [Fact]
    public void The_policy_of_the_linear_world_earns_its_value()
    {
        var world = new ContinuousWorld<LinearWorld>(new LinearWorld(Wide with { MaxSteps = 2000 }), RandomKey.FromSeed(3));
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(Wide));
        var policy = LqrPolicy.Around(model, [0, 0], [0]);
        var stage = new LinearQuadraticStage(2, 1);
        new LinearQuadraticExpansion(model).Expand([0, 0], [0], stage);
        var (x, u, sum) = (new double[2], new double[1], 0.0);
        world.Reset(x);
        double value = new InfiniteHorizonRegulator(stage).Value.At(x);
        policy.Reset();
        for (bool done = false; !done;)
        {
            policy.Act(x, u);
            var result = world.Step(u, x);
            sum += result.Reward;
            done = result.Done;
        }

        Assert.Equal(-value, sum, 9);
        Assert.InRange(value, 0.1, 100.0);
    }

    [Fact]
    public void The_pendulum_stays_upright()
    {
        var dynamics = new Pendulum(new PendulumOptions());
        var policy = LqrPolicy.Around(new AnalyticModel<Pendulum>(dynamics), [0, 0], [0]);
        var (x, next, u, o) = (new Real[] { 0.2, 0.1 }, new Real[2], new double[1], new Real[dynamics.Spec.ObservationSize]);
        for (int t = 0; t < 200; t++)
        {
            dynamics.Observe<Real>(x, o);
            policy.Act([.. o.Select(v => (double)v)], u);
            dynamics.Step<Real>(x, [u[0]], [], next);
            (x, next) = (next, x);
        }

        Assert.InRange(Math.Abs((double)x[0]) + Math.Abs((double)x[1]), 0, 1e-4);
    }

    [Fact]
    public void No_planner_beats_lqr_on_the_linear_world_and_it_is_found_by_name()
    {
        var spec = new LinearWorld(Wide).Spec;
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(Wide));
        Assert.True(PlannerCatalog.TryFind("lqr", out var entry));
        Assert.Equal(typeof(ILinearizer), entry.Power);
        var planner = entry.Create(entry.DefaultOptions with { Horizon = 10 }, model, spec);
        var u = new double[1];
        double promised = planner.Plan([1.0, -0.5], u, RandomKey.FromSeed(1));

        // The same first action with the best rest, and neighbours of it: worth less.
        var rest = entry.Create(entry.DefaultOptions with { Horizon = 9 }, model, spec);
        double Worth(double action)
        {
            var step = new Linearization(2, 1);
            model.Linearize([1.0, -0.5], [action], step);
            return step.Reward + rest.Plan(step.Next, new double[1], RandomKey.FromSeed(1));
        }

        Assert.Equal(promised, Worth(u[0]), 10);
        Assert.True(Worth(u[0] + 0.1) < promised - 1e-4 && Worth(u[0] - 0.1) < promised - 1e-4);
    }

    [Fact]
    public void Actions_are_limited_and_cost_no_memory()
    {
        var options = new LinearWorldOptions { MaxAction = 0.25 };
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(options));
        var (planner, policy, u) = (new LqrPlanner(model, new LqrOptions { Horizon = 20, Discount = 1.0 }), LqrPolicy.Around(model, [0, 0], [0]), new double[1]);
        long before = 0;
        for (int i = 0; i < 40; i++)
        {
            before = i == 30 ? GC.GetAllocatedBytesForCurrentThread() : before;
            planner.Plan([5, 5], u, default);
            policy.Act([5, 5], u);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        planner.Plan([5, 5], u, default);
        Assert.Equal(-0.25, u[0]);
        policy.Act([-5, -5], u);
        Assert.Equal(0.25, u[0]);
    }

    [Fact]
    public void Models_and_options_that_do_not_fit_are_refused()
    {
        var linear = new AnalyticModel<LinearWorld>(new LinearWorld(Wide));
        var numbered = new AnalyticModel<CartPole>(new CartPole(new CartPoleOptions()));
        var options = new LqrOptions { Horizon = 5, Discount = 1.0 };
        Assert.Contains("2 numbered actions", Assert.Throws<ArgumentException>(() => new LqrPlanner(numbered, options)).Message, StringComparison.Ordinal);
        Assert.Contains("Point is [1]; 2 finite numbers", Assert.Throws<ArgumentException>(() => new LqrPlanner(linear, options with { Point = [1] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LqrPlanner(linear, options with { Discount = 0.0 }));
        var stuck = new AnalyticModel<LinearWorld>(new LinearWorld(Wide with { A = [2, 0, 0, 0.5], B = [0, 1] }));
        Assert.Contains("not stabilisable", Assert.Throws<ArgumentException>(() => LqrPolicy.Around(stuck, [0, 0], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("the model has 4 and numbered actions", Assert.Throws<ArgumentException>(() => new LqrPolicy(numbered, new FiniteHorizonRegulator(4, 1, 5))).Message, StringComparison.Ordinal);
    }

    private static void Near(double[] wanted, double[] given) => Assert.Equal(wanted, given, (x, y) => Math.Abs(x - y) <= 1e-12);
}
