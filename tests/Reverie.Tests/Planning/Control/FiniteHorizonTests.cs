using CsCheck;
using Reverie.Planning.Control;

namespace Reverie.Tests.Planning.Control;

/// <summary>The regulator over finitely many steps.</summary>
public class FiniteHorizonTests
{
    [Fact]
    public void Two_steps_by_hand()
    {
        // a = b = q = r = 1, terminal 1: P₂ = 1, P₁ = 2 − 1/2 = 3/2, P₀ = 5/2 − (3/2)²/(5/2) = 8/5; K₁ = 1/2, K₀ = 3/5.
        var regulator = new FiniteHorizonRegulator(1, 1, 2);
        regulator.Solve(Problems.Scalar(1, 1, 1, 1), Problems.Terminal(1, 1));
        Assert.Equal([1.6, 1.5, 1.0], Enumerable.Range(0, 3).Select(t => regulator.ValueHessian(t)[0]), (x, y) => Math.Abs(x - y) <= 1e-15);
        Assert.Equal([0.6, 0.5], Enumerable.Range(0, 2).Select(t => regulator.Gain(t)[0]), (x, y) => Math.Abs(x - y) <= 1e-15);
    }

    [Fact]
    public void The_double_integrator_over_fifty_steps()
    {
        var regulator = new FiniteHorizonRegulator(2, 1, 50);
        var (stage, terminal) = (Problems.DoubleIntegrator(), Problems.Terminal(2, 1));
        regulator.Solve(stage, terminal);
        Assert.Equal(8.911929517, regulator.Value(0, [1, 0]), 9);
        Assert.Equal(regulator.Value(0, [1, 0]), Simulate(regulator, [stage], terminal, [1, 0], 1.0), 12);
    }

    [Fact]
    public void Long_horizons_come_to_the_infinite_one() => Gen.Select(Problems.Random, Gen.Double[0.6, 0.95]).Sample(
        (stage, discount) =>
        {
            int n = stage.StateSize;
            var (finite, infinite) = (new FiniteHorizonRegulator(n, stage.ActionSize, 3000), new InfiniteHorizonRegulator(stage, discount));
            if (infinite.Riccati.SpectralRadius > 0.99)
            {
                return;
            }

            finite.Solve(stage, new QuadraticCost(n), discount);
            Assert.InRange(Problems.Distance(finite.ValueHessian(0), infinite.Value.Hessian), 0, 1e-9);
            Assert.InRange(Problems.Distance(finite.ValueSlope(0), infinite.Value.Slope), 0, 1e-9);
            Assert.InRange(Problems.Distance(finite.Gain(0), infinite.Riccati.Gain), 0, 1e-9);
            Assert.InRange(Problems.Distance(finite.Feedforward(0), infinite.Feedforward), 0, 1e-9);
            Assert.InRange(Problems.Distance([finite.Value(0, new double[n])], [infinite.Value.Constant]), 0, 1e-9);
        },
        iter: 50);

    [Fact]
    public void Without_a_discount_the_horizon_costs_the_average_a_step()
    {
        var stage = Problems.DoubleIntegrator();
        stage.Offset[1] = 0.3;
        stage.StateSlope[0] = 0.2;
        stage.ActionSlope[0] = -0.1;
        var (one, two) = (new FiniteHorizonRegulator(2, 1, 1000), new FiniteHorizonRegulator(2, 1, 1001));
        one.Solve(stage, Problems.Terminal(2, 1));
        two.Solve(stage, Problems.Terminal(2, 1));
        double average = new InfiniteHorizonRegulator(stage).AverageCost;
        Assert.Equal(average, two.Value(0, [1, 2]) - one.Value(0, [1, 2]), 9);
        Assert.NotInRange(average, -0.01, 0.01);
    }

    [Fact]
    public void The_value_is_the_simulated_cost_and_no_stacked_plan_costs_less()
    {
        // Time-varying, with all terms: the cost as one quadratic of all actions, ½ zᵀHz + gᵀz + f, is least where H z = −g.
        Gen.Select(Problems.Steps(4), Gen.Double[-2.0, 2.0].Array[5], Gen.Double[0.5, 1.0]).Sample(
            (stages, start, discount) =>
            {
                int n = stages[0].StateSize, m = stages[0].ActionSize, steps = stages.Length;
                var (regulator, terminal, x) = (new FiniteHorizonRegulator(n, m, steps), Problems.Terminal(n, 0.7), start[..n]);
                (terminal.Slope[0], terminal.Constant) = (0.4, 0.1);
                regulator.Solve(stages, terminal, discount);
                double value = regulator.Value(0, x);
                Assert.Equal(value, Simulate(regulator, stages, terminal, x, discount), 1e-9 * (1 + Math.Abs(value)));

                // The stacked problem, by evaluating the quadratic at 0, eᵢ and eᵢ + eⱼ.
                int w = m * steps;
                double Cost(params int[] ones)
                {
                    var z = new double[w];
                    foreach (int i in ones)
                    {
                        z[i] += 1.0;
                    }

                    return Total(stages, terminal, x, z, discount);
                }

                double f = Cost();
                double[] single = [.. Enumerable.Range(0, w).Select(i => Cost(i))];
                var (H, g) = (new double[w * w], new double[w]);
                for (int i = 0; i < w; i++)
                {
                    for (int j = 0; j < w; j++)
                    {
                        H[(i * w) + j] = Cost(i, j) - single[i] - single[j] + f;
                    }

                    g[i] = single[i] - f - (0.5 * H[(i * w) + i]);
                }

                double[] best = Gauss(H, [.. g.Select(v => -v)]);
                double scale = 1e-7 * (1 + Math.Abs(value) + Math.Abs(f));
                Assert.Equal(Total(stages, terminal, x, best, discount), value, scale);
                var u = new double[m];
                regulator.Act(0, x, u);
                Assert.InRange(Problems.Distance(u, best.AsSpan(0, m)), 0, 1e-5);
            },
            iter: 100);
    }

    [Fact]
    public void A_step_without_a_least_cost_is_named()
    {
        var (good, bad) = (Problems.Scalar(1, 1, 1, 1), Problems.Scalar(1, 1, 1, -5));
        var regulator = new FiniteHorizonRegulator(1, 1, 3);
        LinearQuadraticStage[] stages = [good, bad, good];
        Assert.Contains("R + γ BᵀPB is not positive definite at step 1 of 3", Assert.Throws<ArgumentException>(() => regulator.Solve(stages, Problems.Terminal(1, 1))).Message, StringComparison.Ordinal);
        Assert.False(regulator.TrySolve(stages, Problems.Terminal(1, 1), out int failed));
        Assert.Equal((1, 1.5), (failed, regulator.ValueHessian(2)[0]));
        Assert.True(regulator.TrySolve([good], Problems.Terminal(1, 1), out failed));
        Assert.Equal(-1, failed);
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        var regulator = new FiniteHorizonRegulator(1, 1, 3);
        Assert.Contains("has 2 steps; 3, or one for all", Assert.Throws<ArgumentException>(() => regulator.Solve([Problems.Scalar(1, 1, 1, 1), Problems.Scalar(1, 1, 1, 1)], Problems.Terminal(1, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("2 states and 1 actions; 1 and 1", Assert.Throws<ArgumentException>(() => regulator.Solve(Problems.DoubleIntegrator(), Problems.Terminal(1, 1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => regulator.Solve(Problems.Scalar(1, 1, 1, 1), Problems.Terminal(2, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => regulator.Solve(Problems.Scalar(1, 1, 1, 1), Problems.Terminal(1, 1), 0.0));
        Assert.Contains("at least 0 and at most 2", Assert.Throws<ArgumentOutOfRangeException>(() => regulator.Act(3, [0], new double[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Solving_again_allocates_nothing()
    {
        var (regulator, stage, terminal, u) = (new FiniteHorizonRegulator(2, 1, 50), Problems.DoubleIntegrator(), Problems.Terminal(2, 1), new double[1]);
        long before = 0;
        for (int i = 0; i < 40; i++)
        {
            before = i == 30 ? GC.GetAllocatedBytesForCurrentThread() : before;
            regulator.Solve(stage, terminal);
            regulator.Act(0, [1.0, 0.0], u);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static double Simulate(FiniteHorizonRegulator regulator, LinearQuadraticStage[] stages, QuadraticCost terminal, double[] start, double discount)
    {
        var (x, next, u, cost, weight) = ((double[])start.Clone(), new double[start.Length], new double[stages[0].ActionSize], 0.0, 1.0);
        for (int t = 0; t < regulator.Horizon; t++, weight *= discount)
        {
            var stage = stages[Math.Min(t, stages.Length - 1)];
            regulator.Act(t, x, u);
            cost += weight * stage.Cost(x, u);
            stage.Step(x, u, next);
            (x, next) = (next, x);
        }

        return cost + (weight * terminal.At(x));
    }

    private static double Total(LinearQuadraticStage[] stages, QuadraticCost terminal, double[] start, double[] actions, double discount)
    {
        int m = stages[0].ActionSize;
        var (x, next, cost, weight) = ((double[])start.Clone(), new double[start.Length], 0.0, 1.0);
        for (int t = 0; t < stages.Length; t++, weight *= discount)
        {
            cost += weight * stages[t].Cost(x, actions.AsSpan(t * m, m));
            stages[t].Step(x, actions.AsSpan(t * m, m), next);
            (x, next) = (next, x);
        }

        return cost + (weight * terminal.At(x));
    }

    /// <summary>Solves H z = b by elimination: H is positive definite and needs no exchange of rows.</summary>
    private static double[] Gauss(double[] H, double[] b)
    {
        int n = b.Length;
        for (int k = 0; k < n; k++)
        {
            for (int i = k + 1; i < n; i++)
            {
                double factor = H[(i * n) + k] / H[(k * n) + k];
                for (int j = k; j < n; j++)
                {
                    H[(i * n) + j] -= factor * H[(k * n) + j];
                }

                b[i] -= factor * b[k];
            }
        }

        for (int i = n - 1; i >= 0; i--)
        {
            b[i] = (b[i] - Enumerable.Range(i + 1, n - i - 1).Sum(j => H[(i * n) + j] * b[j])) / H[(i * n) + i];
        }

        return b;
    }
}
