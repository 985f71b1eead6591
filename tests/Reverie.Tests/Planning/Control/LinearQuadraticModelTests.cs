using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

public sealed class LinearQuadraticModelTests
{
    private const int N = 3, M = 2, Horizon = 20;

    [Fact]
    public void Ilqr_solves_it_in_one_step_as_the_regulator_does()
    {
        var (stage, final) = Problem();
        var model = new LinearQuadraticModel(stage, final, ActionSpace.Symmetric(M, 100.0));
        var solver = new IterativeLqr(model, new IlqrOptions { Horizon = Horizon, Discount = 1.0, InitialDamping = 0.0 });
        double[] start = [1.0, -0.5, 0.3];
        var solution = solver.Solve(start, new double[Horizon * M], TestContext.Current.CancellationToken);

        var regulator = new FiniteHorizonRegulator(N, M, Horizon);
        regulator.Solve(stage, final);
        Assert.True(solution.IsSolved);
        Assert.InRange(solution.Iterations, 1, 2);
        Assert.Equal(regulator.Value(0, start), solution.Cost, 1e-10);
        var gain = new double[M * N];
        solver.CopyGain(3, gain);
        for (int i = 0; i < gain.Length; i++)
        {
            Assert.Equal(-regulator.Gain(3)[i], gain[i], 1e-10);
        }
    }

    [Fact]
    public void Solving_it_allocates_nothing_in_the_steady_state()
    {
        var (stage, final) = Problem();
        var solver = new IterativeLqr(new LinearQuadraticModel(stage, final, ActionSpace.Symmetric(M, 0.2)), new IlqrOptions { Horizon = Horizon, Discount = 1.0 });
        double[] start = [1.0, -0.5, 0.3], actions = new double[Horizon * M];
        Assert.Equal(0, Allocations.InSteadyState(() => solver.Solve(start, actions)));
    }

    [Fact]
    public void A_start_where_the_slope_is_zero_but_the_cost_bends_downwards_is_left()
    {
        // ℓ = −½ u² within ±1: u = 0 is the worst there is. Single actions are tried at the last such step alone: one of three goes to its limit, and more is not promised.
        var stage = new LinearQuadraticStage(1, 1);
        (stage.StateJacobian[0], stage.ActionCost[0]) = (1.0, -1.0);
        var solver = new IterativeLqr(new LinearQuadraticModel(stage, new QuadraticCost(1), ActionSpace.Symmetric(1, 1.0)), new IlqrOptions { Horizon = 3, Discount = 1.0 });
        var solution = solver.Solve([0.0], new double[3]);
        Assert.True(solution.Cost <= -0.5 + 1e-9, $"{solution}");
        Assert.Equal(1.0, solver.Trajectory.Actions.Max(Math.Abs), 1e-9);
    }

    [Fact]
    public void Derivatives_are_those_of_differences()
    {
        var (stage, final) = Problem();
        var model = new LinearQuadraticModel(stage, final, ActionSpace.Symmetric(M, 100.0));
        double[] x = [0.4, 0.1, -0.7], u = [0.3, -0.2], next = new double[N];
        var first = new Linearization(N, M);
        model.Linearize(x, u, first);
        for (int i = 0; i < N; i++)
        {
            double[] right = [.. x], left = [.. x];
            right[i] += 1e-5;
            left[i] -= 1e-5;
            Assert.Equal((model.Predict(right, u, next) - model.Predict(left, u, next)) / 2e-5, first.RewardState[i], 1e-8);
        }

        for (int i = 0; i < M; i++)
        {
            double[] right = [.. u], left = [.. u];
            right[i] += 1e-5;
            left[i] -= 1e-5;
            Assert.Equal((model.Predict(x, right, next) - model.Predict(x, left, next)) / 2e-5, first.RewardAction[i], 1e-8);
        }
    }

    [Fact]
    public void Sizes_that_do_not_agree_are_refused()
    {
        var (stage, final) = Problem();
        Assert.Throws<ArgumentException>(() => new LinearQuadraticModel(stage, new QuadraticCost(N + 1), ActionSpace.Symmetric(M, 1.0)));
        Assert.Throws<ArgumentException>(() => new LinearQuadraticModel(stage, final, ActionSpace.Symmetric(M + 1, 1.0)));
        Assert.Throws<ArgumentException>(() => new LinearQuadraticModel(new LinearQuadraticStage(N, 1), final, ActionSpace.Discrete(3)));
    }

    /// <summary>Random dynamics, and a cost with cross and affine terms.</summary>
    private static (LinearQuadraticStage Stage, QuadraticCost Final) Problem()
    {
        var random = new RandomStream(RandomKey.FromSeed(7));
        var stage = new LinearQuadraticStage(N, M);
        var final = new QuadraticCost(N);
        Fill(stage.StateJacobian, 0.4);
        Fill(stage.ActionJacobian, 0.5);
        Fill(stage.Offset, 0.1);
        Fill(stage.CrossCost, 0.1);
        Fill(stage.StateSlope, 0.2);
        Fill(stage.ActionSlope, 0.2);
        Fill(final.Slope, 0.2);
        for (int i = 0; i < N; i++)
        {
            stage.StateCost[(i * N) + i] = 1.0 + i;
            final.Hessian[(i * N) + i] = 2.0;
        }

        for (int i = 0; i < M; i++)
        {
            stage.ActionCost[(i * M) + i] = 0.5 + i;
        }

        (stage.Constant, final.Constant) = (0.3, 0.2);
        return (stage, final);

        void Fill(double[] values, double scale)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = scale * random.NextNormal();
            }
        }
    }
}
