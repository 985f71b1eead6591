using CsCheck;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;

namespace Reverie.Tests.Planning.Control;

/// <summary>The backward pass of iLQR against the regulator and dense formulas.</summary>
public class BackwardPassTests
{
    private const int Steps = 5;

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 8 }, { 2, 1, 8 }, { 4, 2, 8 }, { 6, 2, 8 }, { 5, 3, 8 }, { 1, 6, 8 }, { 6, 6, 16 }, { 3, 6, 16 }, { 9, 4, 16 }, { 12, 4, 16 }, { 14, 5, 32 }, { 27, 5, 32 }, { 40, 3, 64 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Linear_quadratic_problems_are_solved_as_by_the_regulator(int n, int m, int stride)
    {
        foreach (double discount in new[] { 1.0, 0.9 })
        {
            // Around the trajectory that stays at 0, of which the dynamics' offsets are the gaps.
            var (stages, terminal) = Problem(n, m, 7);
            var regulator = new FiniteHorizonRegulator(n, m, Steps);
            regulator.Solve(stages, terminal, discount);
            var pass = BackwardPass.Create(n, m, Steps, stride);
            double[] gaps = [.. stages.SelectMany(stage => stage.Offset)];
            Assert.True(Run(pass, Expansion(stages, terminal, stride), gaps, 1e9, 0.0, Damping.Actions, discount));
            for (int t = 0; t < Steps; t++)
            {
                for (int a = 0; a < m; a++)
                {
                    Assert.Equal(regulator.Feedforward(t)[a], pass.Feedforwards[(t * m) + a], 1e-9);
                    for (int i = 0; i < n; i++)
                    {
                        Assert.Equal(-regulator.Gain(t)[(a * n) + i], pass.Gains[(((t * m) + a) * stride) + i], 1e-9);
                    }
                }
            }

            Assert.InRange(Problems.Distance(pass.ValueSlope, regulator.ValueSlope(0)), 0.0, 1e-10);
        }
    }

    [Fact]
    public void Without_gaps_the_promise_is_what_the_best_step_gains()
    {
        // Offsets 0: from 0 the whole gain of the regulator is slope + bend, and the step is a Newton step, slope = −2 bend.
        var (stages, terminal) = Problem(3, 2, 11);
        foreach (var stage in stages)
        {
            Array.Clear(stage.Offset);
        }

        var regulator = new FiniteHorizonRegulator(3, 2, Steps);
        regulator.Solve(stages, terminal, 0.9);
        var pass = BackwardPass.Create(3, 2, Steps, 8);
        Assert.True(Run(pass, Expansion(stages, terminal, 8), [], 1e9, 0.0, Damping.Actions, 0.9));
        double atRest = stages.Select((stage, t) => Math.Pow(0.9, t) * stage.Constant).Sum() + (Math.Pow(0.9, Steps) * terminal.Constant);
        Assert.Equal(regulator.Value(0, new double[3]) - atRest, pass.Slope + pass.Bend, 1e-12);
        Assert.Equal(-2.0 * pass.Bend, pass.Slope, 1e-12);
    }

    [Theory]
    [InlineData(3, 1, Damping.Actions)]
    [InlineData(3, 1, Damping.States)]
    [InlineData(3, 1, Damping.Relative)]
    [InlineData(4, 3, Damping.Actions)]
    [InlineData(4, 3, Damping.States)]
    [InlineData(7, 5, Damping.States)]
    [InlineData(7, 5, Damping.Relative)]
    public void Damping_is_added_to_the_actions_or_to_the_states(int n, int m, Damping kind)
    {
        const double Mu = 0.7;
        var (stages, terminal) = Problem(n, m, 5);
        stages = [stages[0]];
        var stage = stages[0];
        int stride = n + m > 8 ? 16 : 8;
        var pass = BackwardPass.Create(n, m, 1, stride);
        Assert.True(Run(pass, Expansion(stages, terminal, stride), [], 1e9, Mu, kind, 1.0));

        // One step: K = −(Quu + μ I)⁻¹ Qux, or with V' + μ I in the place of V'; v = qx + KᵀQuu k + Kᵀqu + Qxu k with the undamped ones.
        double[] A = stage.StateJacobian, B = stage.ActionJacobian, V = terminal.Hessian, At = LinearAlgebra.Transpose(A, n, n), Bt = LinearAlgebra.Transpose(B, n, m);
        double[] Form(double[] left, double[] right, int rows, int columns) => LinearAlgebra.Times(left, LinearAlgebra.Times(V, right, n, n, columns), rows, n, columns);
        double[] Quu = Sum(stage.ActionCost, Form(Bt, B, m, m)), Qux = Sum(LinearAlgebra.Transpose(stage.CrossCost, n, m), Form(Bt, A, m, n));
        double[] qx = Sum(stage.StateSlope, LinearAlgebra.Times(At, terminal.Slope, n, n, 1)), qu = Sum(stage.ActionSlope, LinearAlgebra.Times(Bt, terminal.Slope, m, n, 1));
        double[] damped = (double[])Quu.Clone(), cross = (double[])Qux.Clone();
        if (kind == Damping.States)
        {
            damped = Sum(damped, [.. LinearAlgebra.Times(Bt, B, m, n, m).Select(x => Mu * x)]);
            cross = Sum(cross, [.. LinearAlgebra.Times(Bt, A, m, n, n).Select(x => Mu * x)]);
        }
        else
        {
            for (int a = 0; a < m; a++)
            {
                damped[(a * m) + a] += kind == Damping.Relative ? Mu * Math.Abs(Quu[(a * m) + a]) : Mu;
            }
        }

        double[] K = [.. LinearAlgebra.Solve(damped, cross).Select(x => -x)], k = [.. LinearAlgebra.Solve(damped, qu).Select(x => -x)];
        double[] Kt = LinearAlgebra.Transpose(K, m, n), h = Sum(LinearAlgebra.Times(Quu, k, m, m, 1), qu);
        double[] v = Sum(Sum(qx, LinearAlgebra.Times(Kt, h, n, m, 1)), LinearAlgebra.Times(LinearAlgebra.Transpose(Qux, m, n), k, n, m, 1));
        for (int a = 0; a < m; a++)
        {
            Assert.Equal(k[a], pass.Feedforwards[a], 1e-11);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(K[(a * n) + i], pass.Gains[(a * stride) + i], 1e-11);
            }
        }

        Assert.InRange(Problems.Distance(pass.ValueSlope, v), 0.0, 1e-12);
        Assert.InRange(Problems.Distance(pass.ActionHessians, Quu), 0.0, 1e-12);
    }

    [Fact]
    public void Within_limits_the_step_is_the_least_and_clamped_actions_do_not_answer()
    {
        var bound = 0;
        for (int seed = 0; seed < 50; seed++)
        {
            const int N = 4, M = 3;
            var (stages, terminal) = Problem(N, M, 100 + seed);
            stages = [stages[0]];
            var pass = BackwardPass.Create(N, M, 1, 8);
            const double Limit = 0.15;
            Assert.True(Run(pass, Expansion(stages, terminal, 8), [], Limit, 0.0, Damping.Actions, 1.0));

            // The conditions of a minimum: the slope is 0 where free, and pushes against the limit where not.
            double[] B = stages[0].ActionJacobian, Bt = LinearAlgebra.Transpose(B, N, M);
            double[] qu = Sum(stages[0].ActionSlope, LinearAlgebra.Times(Bt, terminal.Slope, M, N, 1));
            double[] slope = Sum(qu, LinearAlgebra.Times(pass.ActionHessians, pass.Feedforwards, M, M, 1));
            for (int a = 0; a < M; a++)
            {
                double k = pass.Feedforwards[a];
                bool isFree = pass.Gains.AsSpan(a * 8, N).ToArray().Any(x => x != 0.0);
                bound += isFree ? 0 : 1;
                Assert.InRange(k, -Limit - 1e-15, Limit + 1e-15);
                Assert.True(isFree ? Math.Abs(slope[a]) < 1e-9 : (k > 0.0 && slope[a] < 0.0) || (k < 0.0 && slope[a] > 0.0), $"component {a}: step {k}, slope {slope[a]}");
            }
        }

        Assert.InRange(bound, 20, 140);
    }

    [Fact]
    public void Where_there_is_no_minimum_the_step_is_named_and_damping_helps()
    {
        LinearQuadraticStage[] stages = [Problems.Scalar(1, 1, 1, 1), Problems.Scalar(1, 1, 1, -5), Problems.Scalar(1, 1, 1, 1)];
        var expansion = Expansion(stages, Problems.Terminal(1, 1), 8);
        var pass = BackwardPass.Create(1, 1, 3, 8);
        Assert.False(pass.TryRun(expansion, new Trajectory(1, 1, 3), [], [-1e9], [1e9], 0.0, Damping.Actions, 1.0));
        Assert.Equal(1, pass.FailedStep);
        Assert.True(pass.TryRun(expansion, new Trajectory(1, 1, 3), [], [-1e9], [1e9], 10.0, Damping.Actions, 1.0));
        Assert.Equal(-1, pass.FailedStep);
    }

    [Fact]
    public void More_components_than_rows_hold_are_refused() =>
        Assert.Contains("at most 256", Assert.Throws<ArgumentException>(() => BackwardPass.Create(300, 1, 2, 512)).Message, StringComparison.Ordinal);

    private static double[] Sum(double[] x, double[] y) => [.. x.Zip(y).Select(pair => pair.First + pair.Second)];

    private static bool Run(BackwardPass pass, TrajectoryExpansion expansion, double[] gaps, double limit, double damping, Damping kind, double discount)
    {
        int m = expansion.ActionSize;
        double[] high = [.. Enumerable.Repeat(limit, m)], low = [.. high.Select(x => -x)];
        return pass.TryRun(expansion, new Trajectory(expansion.StateSize, m, expansion.Horizon), gaps, low, high, damping, kind, discount);
    }

    private static (LinearQuadraticStage[] Stages, QuadraticCost Terminal) Problem(int n, int m, long seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        double[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble(-size, size))];
        double[] Square(int size)
        {
            double[] z = Numbers(size * size, 1.0 / Math.Sqrt(size));
            return [.. Enumerable.Range(0, size * size).Select(e => Enumerable.Range(0, size).Sum(k => z[(e / size * size) + k] * z[(e % size * size) + k]) + (e / size == e % size ? 0.3 : 0.0))];
        }

        var stages = new LinearQuadraticStage[Steps];
        for (int t = 0; t < Steps; t++)
        {
            double[] full = Square(n + m);
            double At(int i, int j) => full[(i * (n + m)) + j];
            var stage = stages[t] = Problems.Stage(
                n, m, Numbers(n * n, 1.0 / Math.Sqrt(n)), Numbers(n * m, 1.0),
                [.. Enumerable.Range(0, n * n).Select(e => At(e / n, e % n))], [.. Enumerable.Range(0, m * m).Select(e => At(n + (e / m), n + (e % m)))]);
            for (int e = 0; e < n * m; e++)
            {
                stage.CrossCost[e] = At(e / m, n + (e % m));
            }

            Numbers(n, 1.0).CopyTo(stage.Offset, 0);
            Numbers(n, 1.0).CopyTo(stage.StateSlope, 0);
            Numbers(m, 1.0).CopyTo(stage.ActionSlope, 0);
            stage.Constant = random.NextDouble();
        }

        var terminal = new QuadraticCost(n);
        Square(n).CopyTo(terminal.Hessian, 0);
        Numbers(n, 1.0).CopyTo(terminal.Slope, 0);
        terminal.Constant = random.NextDouble();
        return (stages, terminal);
    }

    private static TrajectoryExpansion Expansion(LinearQuadraticStage[] stages, QuadraticCost terminal, int stride)
    {
        int n = stages[0].StateSize, m = stages[0].ActionSize, w = n + m, steps = stages.Length;
        var expansion = new TrajectoryExpansion(n, m, steps);
        Assert.Equal(stride, expansion.Stride);
        for (int t = 0; t < steps; t++)
        {
            var stage = stages[t];
            for (int i = 0; i < n; i++)
            {
                stage.StateJacobian.AsSpan(i * n, n).CopyTo(expansion.Jacobians.AsSpan(((t * n) + i) * stride));
                stage.ActionJacobian.AsSpan(i * m, m).CopyTo(expansion.Jacobians.AsSpan((((t * n) + i) * stride) + n));
            }

            stage.StateSlope.CopyTo(expansion.CostGradients.AsSpan(t * stride));
            stage.ActionSlope.CopyTo(expansion.CostGradients.AsSpan((t * stride) + n));
            for (int i = 0; i < w; i++)
            {
                for (int j = 0; j < w; j++)
                {
                    expansion.CostHessians[(((t * w) + i) * stride) + j] = (i < n, j < n) switch
                    {
                        (true, true) => stage.StateCost[(i * n) + j],
                        (true, false) => stage.CrossCost[(i * m) + j - n],
                        (false, true) => stage.CrossCost[(j * m) + i - n],
                        _ => stage.ActionCost[((i - n) * m) + j - n],
                    };
                }
            }
        }

        terminal.Slope.CopyTo(expansion.CostGradients.AsSpan(steps * stride));
        for (int i = 0; i < n; i++)
        {
            terminal.Hessian.AsSpan(i * n, n).CopyTo(expansion.FinalHessian.AsSpan(i * stride));
        }

        return expansion;
    }
}
