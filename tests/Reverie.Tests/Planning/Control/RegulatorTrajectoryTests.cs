using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

public sealed class RegulatorTrajectoryTests
{
    private static readonly double[] Start = [2.0, -1.0];

    /// <summary>
    /// x' = x + u, cost ½ (x² + u²), at the end 5 x²: over one step u = −10/11 x is best and costs (½ + 5/11) x².
    /// </summary>
    [Fact]
    public void One_step_by_hand_with_a_cost_at_the_end()
    {
        var solver = new RegulatorTrajectory(new AnalyticModel<Integrator>(new Integrator(limit: 100.0)), new LqrOptions { Horizon = 1, Discount = 1.0 });
        var solution = solver.Solve([3.0]);
        Assert.Equal((TrajectoryStop.Exact, 1), (solution.Stop, solution.Iterations));
        Assert.Equal(9.0 * (0.5 + (5.0 / 11.0)), solution.Cost, 1e-12);
        Assert.Equal(-30.0 / 11.0, solver.Trajectory.Actions[0], 1e-12);
        Assert.Equal(3.0 / 11.0, solver.Trajectory.States[1], 1e-12);
        var gain = new double[1];
        solver.CopyGain(0, gain);
        Assert.Equal(-10.0 / 11.0, gain[0], 1e-12);
    }

    /// <summary>A limit of 1 leaves u = −1, x' = 2: ½ (9 + 1) + 5 · 4.</summary>
    [Fact]
    public void Where_a_limit_binds_it_says_so()
    {
        var solver = new RegulatorTrajectory(new AnalyticModel<Integrator>(new Integrator(limit: 1.0)), new LqrOptions { Horizon = 1, Discount = 1.0 });
        var solution = solver.Solve([3.0]);
        Assert.Equal((TrajectoryStop.ExpandedPolicy, false), (solution.Stop, solution.IsSolved));
        Assert.Equal(25.0, solution.Cost, 1e-12);
    }

    [Fact]
    public void It_agrees_with_the_iterative_solver_on_a_linear_world()
    {
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(new LinearWorldOptions { MaxAction = 1000.0 }));
        var exact = new RegulatorTrajectory(model, new LqrOptions { Horizon = 40, Discount = 0.97 }).Solve(Start);
        var iterated = new IterativeLqr(model, new IlqrOptions { Horizon = 40, Discount = 0.97 }).Solve(Start, new double[40 * model.Actions.Size], TestContext.Current.CancellationToken);
        Assert.Equal(TrajectoryStop.Exact, exact.Stop);
        Assert.Equal(iterated.Cost, exact.Cost, 1e-9 * exact.Cost);
    }

    /// <summary>No limit binds; what tells is that the expansion differs from place to place.</summary>
    [Fact]
    public void It_does_not_take_a_pendulum_for_linear()
    {
        var model = new AnalyticModel<PendulumAltro>(new PendulumAltro(new PendulumAltroOptions { ControlLimit = 1000.0 }));
        Assert.Equal(TrajectoryStop.ExpandedPolicy, new RegulatorTrajectory(model, new LqrOptions { Horizon = 20, Discount = 1.0 }).Solve([0.0, 0.0]).Stop);
    }

    [Fact]
    public void The_solver_tells_every_iteration()
    {
        var told = new List<(int, double)>();
        var solver = new IterativeLqr(new AnalyticModel<PendulumAltro>(new PendulumAltro(new PendulumAltroOptions())), new IlqrOptions { Horizon = 50, Discount = 1.0 })
        {
            Progress = (iteration, cost) => told.Add((iteration, cost)),
        };
        solver.Solve([0.0, 0.0], new double[50], TestContext.Current.CancellationToken);
        Assert.True(told.Count > 3);
        Assert.Equal([.. solver.Costs.ToArray().Select((cost, i) => (i, cost)).Skip(1)], told);
    }

    [Fact]
    public void A_start_that_is_not_finite_is_refused()
    {
        var regulator = new RegulatorTrajectory(new AnalyticModel<Integrator>(new Integrator(1.0)), new LqrOptions { Horizon = 2, Discount = 1.0 });
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => regulator.Solve([double.NaN])).Message, StringComparison.Ordinal);
    }

    private readonly struct Integrator(double limit) : IDynamics
    {
        public WorldSpec Spec { get; } = new("integrator", [new("x")], ActionSpace.Symmetric(1, limit), 1, 0.0);

        public int StateSize => 1;

        public int NoiseSize => 0;

        public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
            where T : unmanaged, IScalar<T> => next[0] = state[0] + action[0];

        public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => ((state[0] * state[0]) + (action[0] * action[0])) * -0.5;

        public T FinalReward<T>(ReadOnlySpan<T> state)
            where T : unmanaged, IScalar<T> => state[0] * state[0] * -5.0;

        public T Terminated<T>(ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => 0.0;

        public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
            where T : unmanaged, IScalar<T> => state.CopyTo(observation);

        public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
            where T : unmanaged, IScalar<T> => observation.CopyTo(state);

        public void Start(RandomStream random, Span<double> state) => state[0] = 3.0;
    }
}
