using Reverie.Models;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Why an optimiser of trajectories stops, and what it says then.</summary>
public class TrajectoryStopTests
{
    [Fact]
    public void Nothing_left_to_change_is_a_solution()
    {
        var toy = new Toy(Oddity.None);
        var solution = OptimalControlProblems.Solver(toy, new IlqrOptions { CostTolerance = 0.0 }).Run(toy);
        Assert.Equal((TrajectoryStop.Gradient, true), (solution.Stop, solution.IsSolved));
        Assert.InRange(solution.Gradient, 0.0, 1e-7);

        var world = new PendulumAltro(new());
        solution = OptimalControlProblems.Solver(world).Run(world);
        Assert.Equal((TrajectoryStop.CostChange, true), (solution.Stop, solution.IsSolved));
    }

    [Fact]
    public void Iterations_time_and_patience_end()
    {
        var world = new CartPoleAltro(new());
        var solver = OptimalControlProblems.Solver(world, new IlqrOptions { MaxIterations = 3 });
        var solution = solver.Run(world);
        Assert.Equal((TrajectoryStop.Iterations, 3, false), (solution.Stop, solution.Iterations, solution.IsSolved));
        Assert.Equal(4, solver.Costs.Length);
        Assert.Equal(solution.Cost, solver.Costs[^1]);
        AssertFalling(solver.Costs);

        solver = OptimalControlProblems.Solver(world, new IlqrOptions { Deadline = 20.0 }, new TickingClock(1.0));
        solution = solver.Run(world);
        Assert.Equal((TrajectoryStop.Deadline, false), (solution.Stop, solution.IsSolved));
        Assert.InRange(solution.Iterations, 3, 20);
        Assert.True(solution.Cost < solver.Costs[0]);

        // Cancelled before it begins: the start's own trajectory, and no feedback left from before.
        solution = solver.Solve(OptimalControlProblems.Start(world), OptimalControlProblems.Controls(world, solver.Horizon), new CancellationToken(true));
        Assert.Equal((TrajectoryStop.Cancelled, 0, false), (solution.Stop, solution.Iterations, solution.IsSolved));
        Assert.Equal(493.72696, solution.Cost, 5);
        Assert.All(solver.Trajectory.Actions, u => Assert.Equal(world.Spec.InitialAction, u));
        var gain = new double[4];
        solver.CopyGain(0, gain);
        Assert.Equal(new double[4], gain);
    }

    [Fact]
    public void A_start_that_leaves_the_finite_numbers_has_diverged()
    {
        var toy = new Toy(Oddity.Explodes, start: 3.0);
        var solver = OptimalControlProblems.Solver(toy);
        var solution = solver.Run(toy);
        Assert.Equal((TrajectoryStop.Diverged, 0, false), (solution.Stop, solution.Iterations, solution.IsSolved));
        Assert.Equal(double.NaN, solution.Cost);
        Assert.Equal([double.NaN], solver.Costs.ToArray());

        // States that are given instead of rolled out help: it becomes a trajectory.
        solution = solver.Run([3.0], new Trajectory(1, 1, solver.Horizon));
        Assert.True(double.IsFinite(solution.Cost), $"{solution}");
    }

    [Fact]
    public void Slopes_that_are_not_finite_are_told_from_no_progress()
    {
        var kinked = new Toy(Oddity.Kinked, start: 0.0);
        var solver = OptimalControlProblems.Solver(kinked);
        Assert.Equal(TrajectoryStop.NotDifferentiable, solver.Run(kinked).Stop);
        var action = new double[1];
        for (int t = 0; t < solver.Horizon; t++)
        {
            solver.Act(t, [0.1], action);
            Assert.Equal(0.0, action[0]);
        }

        var sharp = new Toy(Oddity.Sharp, start: 0.0);
        Assert.Equal(TrajectoryStop.NotDifferentiable, OptimalControlProblems.Solver(sharp).Run(sharp).Stop);
    }

    [Fact]
    public void Slopes_that_are_wrong_make_no_progress_and_never_a_solution()
    {
        foreach (bool ofStates in new[] { false, true })
        {
            var model = new Liar(new AnalyticModel<Toy>(new Toy(Oddity.None)));
            var solver = new IterativeLqr(model, new IlqrOptions { Horizon = 12, Discount = 1.0, Damping = ofStates ? Damping.States : Damping.Actions });
            double before = 0.5 * 13;
            var solution = solver.Run([1.0], new double[12]);
            Assert.Equal((TrajectoryStop.NoProgress, false), (solution.Stop, solution.IsSolved));
            Assert.Equal(before, solution.Cost, 1e-12);
        }
    }

    [Fact]
    public void Where_farther_is_better_the_limits_are_the_solution()
    {
        var toy = new Toy(Oddity.Rewarded, 2.0);
        var solver = OptimalControlProblems.Solver(toy);
        var solution = solver.Run(toy);
        Assert.True(solution.IsSolved, $"{solution}");

        // All the way out, and at the end, which alone costs, back.
        Assert.Equal([2.0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, -2], solver.Trajectory.Actions);
    }

    [Fact]
    public void Constraints_that_nothing_keeps_are_infeasible()
    {
        var toy = new Toy(Oddity.Impossible);
        var solution = OptimalControlProblems.Solver(toy).Run(toy);
        Assert.Equal((TrajectoryStop.Infeasible, false), (solution.Stop, solution.IsSolved));
        Assert.InRange(solution.Violation, 1.0, 1.1);

        // The cost is the model's, without what multipliers add.
        Assert.InRange(solution.Cost, 0.0, 10.0);
    }

    /// <summary>Five rounds of multipliers in a row that do not bring the violation below nine tenths of what it was, however slowly the penalty grows; and not where each round helps a little.</summary>
    [Fact]
    public void Rounds_in_vain_are_counted()
    {
        var toy = new Toy(Oddity.Impossible);
        var solver = OptimalControlProblems.Solver(toy, new IlqrOptions { PenaltyFactor = 1.0 });
        var solution = solver.Run(toy);
        Assert.Equal((TrajectoryStop.Infeasible, false), (solution.Stop, solution.IsSolved));
        Assert.InRange(solution.Iterations, 6, 200);

        // A small weight that hardly grows: the violation shrinks by a few per cent a round, but by more than a tenth in five.
        toy = new Toy(Oddity.Bounded, start: 3.0);
        solution = OptimalControlProblems.Solver(toy, new IlqrOptions { PenaltyFactor = 1.05, InitialPenalty = 0.05 }).Run(toy);
        Assert.True(solution.IsSolved && solution.Violation <= 1e-6, $"{solution}");
    }

    [Fact]
    public void Wrong_questions_are_refused()
    {
        var toy = new Toy(Oddity.None);
        var model = new AnalyticModel<Toy>(toy);
        Assert.Contains("Horizon is 0", Assert.ThrowsAny<ArgumentException>(() => new IterativeLqr(model, new IlqrOptions { Discount = 1.0 })).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new IterativeLqr(model, new IlqrOptions { Horizon = 3 }));
        Assert.ThrowsAny<ArgumentException>(() => new IterativeLqr(model, new IlqrOptions { Horizon = 3, Discount = 1.0, DampingFactor = 1.0 }));
        Assert.Contains("3 numbered actions", Assert.Throws<ArgumentException>(() => OptimalControlProblems.Solver(new Acrobot(new()))).Message, StringComparison.Ordinal);
        Assert.Contains("no second derivatives", Assert.Throws<ArgumentException>(() => new IterativeLqr(new Liar(model), new DdpOptions { Horizon = 3, Discount = 1.0 })).Message, StringComparison.Ordinal);
        Assert.Contains("residuals", Assert.Throws<ArgumentException>(() => OptimalControlProblems.Solver(toy, new IlqrOptions { CostCurvature = CostCurvature.GaussNewton })).Message, StringComparison.Ordinal);

        var solver = OptimalControlProblems.Solver(toy);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => solver.Run([double.NaN], new double[12])).Message, StringComparison.Ordinal);
        Assert.Contains("start", Assert.Throws<ArgumentException>(() => solver.Run([1.0, 2.0], new double[12])).Message, StringComparison.Ordinal);
        Assert.Contains("actions", Assert.Throws<ArgumentException>(() => solver.Run([1.0], new double[11])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => solver.Run([1.0], [.. Enumerable.Repeat(double.PositiveInfinity, 12)]));
        Assert.Throws<ArgumentException>(() => solver.Run([1.0], new Trajectory(1, 1, 11)));
        Assert.Throws<ArgumentException>(() => solver.Run([1.0], new Trajectory(2, 1, 12)));
        var broken = new Trajectory(1, 1, 12);
        broken.States[5] = double.NaN;
        Assert.Throws<ArgumentException>(() => solver.Run([1.0], broken));
        Assert.Throws<ArgumentOutOfRangeException>(() => solver.Act(12, [1.0], new double[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => solver.ActionHessian(-1));
        Assert.Throws<ArgumentException>(() => solver.CopyGain(0, new double[2]));
        Assert.ThrowsAny<ArgumentException>(() => ActionSpace.Box([1.0], [0.0]));
    }

    private static void AssertFalling(ReadOnlySpan<double> costs)
    {
        for (int i = 1; i < costs.Length; i++)
        {
            Assert.True(costs[i] <= costs[i - 1]);
        }
    }

    /// <summary>A model whose slopes of the reward have the wrong sign.</summary>
    private sealed class Liar(ILinearizer model) : ILinearizer
    {
        public int StateSize => model.StateSize;

        public ActionSpace Actions => model.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

        public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
        {
            model.Linearize(state, action, result);
            result.RewardState[0] = -result.RewardState[0];
            result.RewardAction[0] = -result.RewardAction[0];
        }

        public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian) => model.QuadratizeReward(state, action, hessian);

        public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next) => model.Predict(state, action, next);

        public double FinalReward(ReadOnlySpan<double> state) => model.FinalReward(state);

        public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian)
        {
            model.QuadratizeFinalReward(state, gradient, hessian);
            gradient[0] = -gradient[0];
        }
    }
}
