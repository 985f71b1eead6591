using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Tests.Worlds;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Optimised trajectories: exact where the problem is linear-quadratic, connected, within limits and constraints, the same every time.</summary>
public class IterativeLqrTests
{
    [Theory]
    [InlineData(1.0, false)]
    [InlineData(0.95, false)]
    [InlineData(1.0, true)]
    [InlineData(0.95, true)]
    public void A_linear_quadratic_problem_takes_one_iteration(double discount, bool withGaps)
    {
        var options = EveryWorld.Wide with { MaxAction = 1e9, Noise = [], MaxSteps = 20, Q = Identity(12, 1.0), R = Identity(3, 0.2) };
        var world = new LinearWorld(options);
        var solver = OptimalControlProblems.Solver(world, new IlqrOptions { InitialDamping = 0.0, Discount = discount });
        double[] start = OptimalControlProblems.Start(world);
        var guess = new Trajectory(12, 3, 20);
        var random = new RandomStream(RandomKey.FromSeed(3));
        for (int i = 0; i < guess.States.Length; i++)
        {
            guess.States[i] = random.NextDouble(-2.0, 2.0);
        }

        var solution = withGaps ? solver.Run(start, guess) : solver.Run(start, new double[60]);
        Assert.Equal((1, 0.0, TrajectoryStop.Gradient), (solution.Iterations, solution.Gap, solution.Stop));

        // The reward is −(xᵀQx + uᵀRu), without halves, and there is no final one.
        var stage = Problems.Stage(12, 3, options.A, options.B, Identity(12, 2.0), Identity(3, 0.4));
        var regulator = new FiniteHorizonRegulator(12, 3, 20);
        regulator.Solve(stage, Problems.Terminal(12, 0.0), discount);
        Assert.Equal(regulator.Value(0, start), solution.Cost, 1e-10 * solution.Cost);
        var (x, u, gain) = (start, new double[3], new double[36]);
        for (int t = 0; t < 20; t++)
        {
            regulator.Act(t, x, u);
            Assert.InRange(Problems.Distance(solver.Trajectory.Action(t), u), 0.0, 1e-9);
            solver.CopyGain(t, gain);
            Assert.InRange(Problems.Distance([.. gain.Select(k => -k)], regulator.Gain(t)), 0.0, 1e-9);
            x = [.. solver.Trajectory.State(t + 1)];
        }
    }

    [Fact]
    public void States_that_do_not_fit_together_come_to_the_same_optimum()
    {
        Check(new PendulumAltro(new()), [Math.PI, 0.0], 1.09082492, new IlqrOptions());
        Check(new PendulumAltro(new()), [Math.PI, 0.0], 1.09082492, new DdpOptions());
        Check(new Unicycle(new()), null, 0.0387016567, new IlqrOptions());

        static void Check<TDynamics>(TDynamics world, double[]? goal, double cost, IlqrOptions options)
            where TDynamics : struct, IDynamics
        {
            var solver = OptimalControlProblems.Solver(world, options);
            double[] start = OptimalControlProblems.Start(world);
            var guess = new Trajectory(start.Length, world.Spec.Actions.Size, solver.Horizon);
            OptimalControlProblems.Controls(world, solver.Horizon).CopyTo(guess.Actions, 0);
            for (int t = 0; t <= solver.Horizon; t++)
            {
                for (int i = 0; i < start.Length; i++)
                {
                    guess.State(t)[i] = start[i] + (((goal?[i] ?? start[i] + 0.3) - start[i]) * t / solver.Horizon);
                }
            }

            var solution = solver.Run(start, guess);
            Assert.Equal(0.0, solution.Gap);
            Assert.InRange(solution.Cost, cost * (1 - 1e-6), cost * (1 + 1e-6));
            AssertConnected(world, solver.Trajectory);
        }
    }

    [Fact]
    public void States_near_the_optimum_that_do_not_fit_together_come_back_to_it()
    {
        var world = new CartPoleAltro(new());
        var solver = OptimalControlProblems.Solver(world, new DdpOptions());
        double cost = solver.Run(world).Cost;
        var random = new RandomStream(RandomKey.FromSeed(6));
        var guess = new Trajectory(4, 1, solver.Horizon);
        guess.CopyFrom(solver.Trajectory);
        for (int i = 0; i < guess.States.Length; i++)
        {
            guess.States[i] += random.NextDouble(-0.02, 0.02);
        }

        foreach (IlqrOptions options in new[] { new IlqrOptions(), new DdpOptions() })
        {
            solver = OptimalControlProblems.Solver(world, options);
            var solution = solver.Run(OptimalControlProblems.Start(world), guess);
            Assert.True(solution.IsSolved && solution.Gap == 0.0, $"{solution}");
            Assert.InRange(solution.Cost, cost * (1 - 1e-6), cost * (1 + 1e-6));
            AssertConnected(world, solver.Trajectory);
        }
    }

    [Fact]
    public void Differential_dynamic_programming_comes_to_the_same_trajectory()
    {
        var world = new PendulumAltro(new());
        var (first, second) = (OptimalControlProblems.Solver(world, new IlqrOptions { CostTolerance = 0.0 }), OptimalControlProblems.Solver(world, new DdpOptions { CostTolerance = 0.0 }));
        var (ilqr, ddp) = (first.Run(world), second.Run(world));
        Assert.InRange(Problems.Distance(first.Trajectory.Actions, second.Trajectory.Actions), 0.0, 1e-5);
    }

    [Fact]
    public void The_gap_is_flown_through_and_a_plan_without_constraints_is_not()
    {
        var world = new QuadrotorGap(new());
        foreach (IlqrOptions options in new[] { new IlqrOptions(), new IlqrOptions { CostCurvature = CostCurvature.GaussNewton }, new DdpOptions() })
        {
            var solver = OptimalControlProblems.Solver(world, options);
            var solution = solver.Run(world);
            Assert.True(solution.IsSolved, $"{solution}");
            Assert.InRange(solution.Violation, 0.0, 1e-6);
            AssertConnected(world, solver.Trajectory);
            Assert.All(solver.Trajectory.Actions, u => Assert.InRange(u, 0.0, 5.0));
            Assert.Equal(solution.Violation, Violation(world, solver.Trajectory), 1e-12);
        }

        var free = new QuadrotorGap(new() { GapSize = 50.0 });
        var without = OptimalControlProblems.Solver(free);
        without.Run(free);
        Assert.InRange(Violation(world, without.Trajectory), 0.1, 10.0);
    }

    [Fact]
    public void Multipliers_are_not_negative_and_complementary()
    {
        // From 3 the toy would go to 0; x ≥ 1/2 holds it. In the steady state u = 0: λ is the slope of the cost there, 1/2.
        var toy = new Toy(Oddity.Bounded, start: 3.0);
        var solver = OptimalControlProblems.Solver(toy);
        var solution = solver.Run(toy);
        Assert.True(solution.IsSolved && solution.Violation <= 1e-6, $"{solution}");
        var multipliers = solver.Multipliers;
        for (int t = 1; t <= 12; t++)
        {
            double c = 0.5 - solver.Trajectory.State(t)[0], lambda = multipliers[t];
            Assert.True(lambda >= 0.0);
            Assert.InRange(Math.Abs(lambda * c), 0.0, 1e-6);
        }

        Assert.Equal(0.5, multipliers[6], 1e-3);
    }

    [Fact]
    public void The_maximum_entropy_policy_has_the_covariance_that_it_states()
    {
        const double Temperature = 0.3;
        var world = new Unicycle(new());
        var solver = OptimalControlProblems.Solver(world, new IlqrOptions { Temperature = Temperature });
        solver.Run(world);
        const int Step = 10, Count = 40_000;
        var random = new RandomStream(RandomKey.FromSeed(2));
        double[] state = [.. solver.Trajectory.State(Step)], mean = new double[2], sum = new double[2], square = new double[4], action = new double[2];
        state[0] += 0.01;
        solver.Act(Step, state, mean);
        for (int k = 0; k < Count; k++)
        {
            solver.Sample(Step, state, random, action);
            double a = action[0] - mean[0], b = action[1] - mean[1];
            (sum[0], sum[1]) = (sum[0] + a, sum[1] + b);
            (square[0], square[1], square[3]) = (square[0] + (a * a), square[1] + (a * b), square[3] + (b * b));
        }

        square[2] = square[1];
        double[] wanted = LinearAlgebra.Solve([.. solver.ActionHessian(Step)], [Temperature, 0.0, 0.0, Temperature]);
        double scale = Math.Max(wanted[0], wanted[3]);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(wanted[i], square[i] / Count, 0.03 * scale));
        Assert.All(sum, s => Assert.Equal(0.0, s / Count, 0.03 * Math.Sqrt(scale)));
    }

    [Fact]
    public void The_same_question_has_the_same_answer_also_after_another()
    {
        var world = new CartPoleAltro(new() { ControlLimit = 3.0, InitialControl = 0.01 });
        var (solver, other) = (OptimalControlProblems.Solver(world, new DdpOptions()), OptimalControlProblems.Solver(world, new DdpOptions()));
        var first = solver.Run(world);
        double[] actions = [.. solver.Trajectory.Actions];
        solver.Run([0.5, 1.0, -0.2, 0.3], new double[solver.Horizon]);
        solver.Run([0.5, 1.0, -0.2, 0.3], new Trajectory(4, 1, solver.Horizon));
        var again = solver.Run(world);
        var fresh = other.Run(world);
        Assert.Equal((first, first), (again, fresh));
        Assert.Equal(actions, solver.Trajectory.Actions);
        Assert.Equal(actions, other.Trajectory.Actions);

        var gap = new QuadrotorGap(new() { MaxSteps = 60 });
        var flights = OptimalControlProblems.Solver(gap);
        first = flights.Run(gap);
        flights.Run([-1.0, 0.3, 0.0, 0.0, 0.0, 0.0], OptimalControlProblems.Controls(gap, 60));
        Assert.Equal(first, flights.Run(gap));
    }

    [Fact]
    public void Solving_allocates_nothing()
    {
        Check(new PendulumAltro(new()), new IlqrOptions());
        Check(new CarParking(new() { MaxSteps = 20 }), new DdpOptions());
        Check(new Unicycle(new()), new IlqrOptions { CostCurvature = CostCurvature.GaussNewton, Damping = Damping.States });
        Check(new Toy(Oddity.Bounded), new IlqrOptions());
        Check(new Pendulum(new()), new IlqrOptions { Horizon = 20 });

        static void Check<TDynamics>(TDynamics world, IlqrOptions options)
            where TDynamics : struct, IDynamics
        {
            var solver = OptimalControlProblems.Solver(world, options);
            var (start, controls) = (OptimalControlProblems.Start(world), OptimalControlProblems.Controls(world, solver.Horizon));
            var guess = new Trajectory(start.Length, world.Spec.Actions.Size, solver.Horizon);
            Assert.Equal(0, Allocations.InSteadyState(() => solver.Run(start, controls), 3));
            Assert.Equal(0, Allocations.InSteadyState(() => solver.Run(start, guess), 3));
        }
    }

    private static double[] Identity(int n, double value) => [.. Enumerable.Range(0, n * n).Select(i => i / n == i % n ? value : 0.0)];

    private static void AssertConnected<TDynamics>(TDynamics world, Trajectory trajectory)
        where TDynamics : struct, IDynamics
    {
        var model = new AnalyticModel<TDynamics>(world);
        var next = new double[world.StateSize];
        for (int t = 0; t < trajectory.Horizon; t++)
        {
            model.Predict(trajectory.State(t), trajectory.Action(t), next);
            Assert.Equal(next, trajectory.State(t + 1).ToArray());
        }
    }

    private static double Violation(QuadrotorGap world, Trajectory trajectory)
    {
        var model = new AnalyticModel<QuadrotorGap>(world);
        var (worst, values) = (0.0, new double[6]);
        for (int t = 1; t <= trajectory.Horizon; t++)
        {
            model.Constrain(trajectory.State(t), values);
            worst = Math.Max(worst, values.Max());
        }

        return worst;
    }
}
