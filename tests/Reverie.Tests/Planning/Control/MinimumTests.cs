using Reverie.Models;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>What counts as solved is a minimum: maxima and saddles are left, and costs without a minimum refused.</summary>
public class MinimumTests
{
    public static TheoryData<bool> Methods => [false, true];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Of_many_useless_actions_all_leave_their_maximum(bool second)
    {
        var toy = new Toy(Oddity.TwoWells);
        var solver = OptimalControlProblems.Solver(toy, Options(second));
        var solution = solver.Run(toy);
        Assert.True(solution.IsSolved, $"{solution}");
        Assert.Equal(0.0, solution.Cost, 1e-9);
        Assert.All(solver.Trajectory.Actions, u => Assert.Equal(1.0, Math.Abs(u), 1e-4));
        Assert.Equal(solution.Iterations + 1, solver.Costs.Length);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void An_indefinite_cost_ends_at_limits_and_never_at_a_maximum_between_them(bool second)
    {
        foreach (double start in new[] { 0.0, 0.7 })
        {
            var toy = new Toy(Oddity.Indefinite, limit: 2.0, start: start);
            var solver = OptimalControlProblems.Solver(toy, Options(second));
            var solution = solver.Run(toy);
            Assert.True(solution.IsSolved && solution.Cost < -1.0, $"{solution}");
            AssertMinimum(toy, solver.Trajectory);
        }

        var world = new LinearWorld(new() { R = [-1.0], StartDeviation = 0.0, MaxSteps = 20 });
        var other = OptimalControlProblems.Solver(world, Options(second));
        var found = other.Run(world);
        Assert.True(found.IsSolved && found.HeldSteps > 0 && found.Cost < -1000.0, $"{found}");
        AssertMinimum(world, other.Trajectory);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Rest_that_states_would_rather_leave_is_no_solution(bool second)
    {
        var world = new LinearWorld(new() { Q = [-1.0, 0.0, 0.0, -1.0], StartDeviation = 0.0, MaxSteps = 30 });
        var solver = OptimalControlProblems.Solver(world, Options(second));
        var solution = solver.Run(world);
        Assert.True(solution.IsSolved && solution.Cost < -1000.0, $"{solution}");
        Assert.Equal(0, solution.HeldSteps);
        AssertMinimum(world, solver.Trajectory);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Without_limits_an_indefinite_cost_has_no_minimum(bool second)
    {
        var toy = new Toy(Oddity.Indefinite, limit: 1e9);
        var solution = OptimalControlProblems.Solver(toy, Options(second)).Run(toy);
        Assert.Equal((TrajectoryStop.Unbounded, false), (solution.Stop, solution.IsSolved));
        Assert.InRange(solution.Step, 0, 11);

        // As wide limits are none to a cost that has a minimum.
        toy = new Toy(Oddity.None, limit: 1e9);
        solution = OptimalControlProblems.Solver(toy, Options(second)).Run(toy);
        Assert.Equal((true, -1, 0), (solution.IsSolved, solution.Step, solution.HeldSteps));
    }

    /// <summary>Where curvature is said to be negative and no change finds that it is, the model's second derivatives of the dynamics decide: with them it is no minimum, without them they may be the reason.</summary>
    [Fact]
    public void Curvature_that_rollouts_do_not_confirm_counts_where_it_is_exact()
    {
        foreach (bool isExact in new[] { true, false })
        {
            var solution = new IterativeLqr(new Bent(new AnalyticModel<Toy>(new Toy(Oddity.None)), isExact), new IlqrOptions { Horizon = 12, Discount = 1.0, CostTolerance = 1e-13 }).Run([1.0], new double[12]);
            Assert.Equal((!isExact, isExact ? 11 : -1), (solution.IsSolved, solution.Step));
            Assert.True(!isExact || solution.Stop == TrajectoryStop.NotMinimum, $"{solution}");
        }
    }

    [Fact]
    public void What_is_left_of_iterations_bounds_the_way_out()
    {
        var toy = new Toy(Oddity.TwoWells);
        var solver = OptimalControlProblems.Solver(toy, new IlqrOptions { MaxIterations = 1 });
        var solution = solver.Run(toy);
        Assert.Equal((TrajectoryStop.Iterations, 1), (solution.Stop, solution.Iterations));
        Assert.Equal(2, solver.Costs.Length);
        solution = solver.Solve([1.0], new double[12], new CancellationToken(true));
        Assert.Equal((TrajectoryStop.Cancelled, false), (solution.Stop, solution.IsSolved));
    }

    private static IlqrOptions Options(bool second) => second ? new DdpOptions() : new IlqrOptions();

    /// <summary>No change of one action alone decreases the cost.</summary>
    private static void AssertMinimum<TDynamics>(TDynamics world, Trajectory trajectory)
        where TDynamics : struct, IDynamics
    {
        var model = new AnalyticModel<TDynamics>(world);
        double least = Cost(trajectory.Actions);
        for (int i = 0; i < trajectory.Actions.Length; i++)
        {
            foreach (double change in new[] { -0.01, -1e-3, 1e-3, 0.01 })
            {
                double[] actions = [.. trajectory.Actions];
                actions[i] = Math.Clamp(actions[i] + change, model.Actions.Low[0], model.Actions.High[0]);
                Assert.True(Cost(actions) >= least - (1e-9 * Math.Abs(least)), $"action {i}, {trajectory.Actions[i]}, changed by {change}: {Cost(actions)} < {least}");
            }
        }

        double Cost(double[] actions)
        {
            double cost = 0.0;
            double[] x = [.. trajectory.State(0)], next = new double[x.Length];
            foreach (double u in actions)
            {
                cost -= model.Predict(x, [u], next);
                next.CopyTo(x, 0);
            }

            return cost - model.FinalReward(x);
        }
    }

    /// <summary>A model whose cost's Hessian, where all second derivatives are asked for or none is known, has −10 for that of the action.</summary>
    private sealed class Bent(ILinearizer model, bool isExact) : ILinearizer
    {
        public int StateSize => model.StateSize;

        public ActionSpace Actions => model.Actions;

        public bool HasFinalReward => true;

        public bool HasDynamicsCurvature => isExact;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

        public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result) => model.Linearize(state, action, result);

        public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian) => model.QuadratizeReward(state, action, hessian);

        public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next) => model.Predict(state, action, next);

        public double FinalReward(ReadOnlySpan<double> state) => model.FinalReward(state);

        public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian) => model.QuadratizeFinalReward(state, gradient, hessian);

        public void Expand(Trajectory trajectory, TrajectoryExpansion expansion)
        {
            model.Expand(trajectory, expansion);
            for (int t = 0; t < expansion.Horizon && expansion.HasDynamicsCurvature == isExact; t++)
            {
                expansion.CostHessians[((((t * 2) + 1) * expansion.Stride) + 1)] = -10.0;
            }
        }
    }
}
