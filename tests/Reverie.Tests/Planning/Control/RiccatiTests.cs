using CsCheck;
using Reverie.Planning.Control;

namespace Reverie.Tests.Planning.Control;

/// <summary>The Riccati equation of the infinite horizon.</summary>
public class RiccatiTests
{
    [Fact]
    public void All_ones_yield_the_golden_ratio()
    {
        var solution = RiccatiEquation.Solve(1, 1, [1], [1], [1], [1]);
        double golden = (1 + Math.Sqrt(5)) / 2;
        Assert.Equal(golden, solution.Hessian[0], 14);
        Assert.Equal(golden / (1 + golden), solution.Gain[0], 14);
    }

    [Fact]
    public void The_double_integrator()
    {
        var regulator = new InfiniteHorizonRegulator(Problems.DoubleIntegrator());
        Assert.Equal([17.834931, 10.012492, 10.012492, 17.856586], regulator.Value.Hessian, (x, y) => Math.Abs(x - y) <= 1e-6);
        Assert.Equal([0.917075, 1.635596], regulator.Riccati.Gain, (x, y) => Math.Abs(x - y) <= 1e-6);
    }

    [Theory]
    [InlineData(3, 1, 2, 0.5, 1)]
    [InlineData(3, 1, 2, 0.5, 0.9)]
    [InlineData(-1.1, 0.2, 1, 4, 1)]
    [InlineData(1, 1, 1e-6, 1, 1)]
    [InlineData(1e4, 1, 1, 1e-4, 1)]
    public void Scalars_solve_their_quadratic_equation(double a, double b, double q, double r, double discount)
    {
        // b²P² + (r − a²r − b²q) P − q r = 0 with a and b times √γ.
        double aa = discount * a * a, bb = discount * b * b, half = 0.5 * (r - (aa * r) - (bb * q));
        double root = Math.Sqrt((half * half) + (bb * q * r));
        double wanted = half > 0 ? q * r / (half + root) : (root - half) / bb;
        Assert.Equal(1.0, RiccatiEquation.Solve(1, 1, [a], [b], [q], [r], default, discount).Hessian[0] / wanted, 12);
    }

    [Fact]
    public void Random_problems_are_solved_and_stabilised() => Gen.Select(Problems.Random, Gen.Double[0.5, 1.0]).Sample(
        (stage, discount) =>
        {
            int n = stage.StateSize;
            var solution = new InfiniteHorizonRegulator(stage, discount).Riccati;
            double residual = Residual(stage, discount, solution.Hessian);
            Assert.True(residual <= 1e-11, $"residual {residual}");
            Assert.InRange(solution.SpectralRadius, 0.0, 0.99999999);

            // The closed loop shrinks of itself: 2000 steps from every unit vector leave less than they found, however slow.
            for (int i = 0; i < n; i++)
            {
                var x = new double[n];
                x[i] = 1.0;
                double tail = Quadratic(solution.Hessian, x);
                Assert.True(tail >= -1e-10, $"xᵀPx = {tail}");
                for (int t = 0; t < 2000; t++)
                {
                    x = [.. Enumerable.Range(0, n).Select(r => Math.Sqrt(discount) * Enumerable.Range(0, n).Sum(c => solution.ClosedLoop[(r * n) + c] * x[c]))];
                }

                Assert.InRange(Math.Sqrt(x.Sum(v => v * v)), 0.0, 1.0);
            }

            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    Assert.Equal(solution.Hessian[(i * n) + j], solution.Hessian[(j * n) + i]);
                }
            }
        },
        iter: 500);

    [Fact]
    public void Random_solutions_are_positive_semidefinite() => Gen.Select(Problems.Random, Gen.Double[-1.0, 1.0].Array[5]).Sample(
        (stage, x) =>
        {
            var P = new InfiniteHorizonRegulator(stage).Riccati.Hessian;
            Assert.True(Quadratic(P, x.AsSpan(0, stage.StateSize)) >= -1e-10);
        },
        iter: 500);

    [Fact]
    public void A_policy_costs_what_Steins_equation_says()
    {
        // P = MᵀPM + Q − NK − KᵀNᵀ + KᵀRK for M = A − BK: the optimal policy's cost is the Riccati equation's solution.
        Problems.Random.Sample(
            stage =>
            {
                int n = stage.StateSize, m = stage.ActionSize;
                var solution = new InfiniteHorizonRegulator(stage).Riccati;
                var (closed, cost) = (new double[n * n], new double[n * n]);
                for (int i = 0; i < n; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        closed[(i * n) + j] = solution.ClosedLoop[(j * n) + i];
                        cost[(i * n) + j] = stage.StateCost[(i * n) + j];
                        for (int k = 0; k < m; k++)
                        {
                            cost[(i * n) + j] -= (stage.CrossCost[(i * m) + k] * solution.Gain[(k * n) + j]) + (solution.Gain[(k * n) + i] * stage.CrossCost[(j * m) + k]);
                            for (int l = 0; l < m; l++)
                            {
                                cost[(i * n) + j] += solution.Gain[(k * n) + i] * stage.ActionCost[(k * m) + l] * solution.Gain[(l * n) + j];
                            }
                        }
                    }
                }

                double distance = Problems.Distance(SteinEquation.Solve(n, closed, cost), solution.Hessian);
                Assert.True(distance <= 1e-9, $"distance {distance}");
            },
            iter: 200);
    }

    [Theory]
    [InlineData(2.0, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(2.0, 0.3)]
    public void A_pair_that_cannot_be_stabilised_is_refused(double a, double discount)
    {
        var refused = Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(1, 1, [a], [0], [1], [1], default, discount));
        Assert.Contains("not stabilisable: B does not reach a mode of A", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hidden_mode_is_refused_and_a_discounted_one_is_not()
    {
        // The first state grows by 1.1 whatever is done; rotated, so that no zero shows it.
        double[] a = [0.95, 0.15, 0.15, 0.95], b = [1, -1];
        Assert.Contains("not stabilisable", Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(2, 1, a, b, [1, 0, 0, 1], [1])).Message, StringComparison.Ordinal);
        var solution = RiccatiEquation.Solve(2, 1, a, b, [1, 0, 0, 1], [1], default, 0.8);
        Assert.Equal(Math.Sqrt(0.8) * 1.1, solution.SpectralRadius, 10);
    }

    [Theory]
    [InlineData(2.0, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(-1.0, 1.0)]
    public void A_mode_that_costs_nothing_is_refused(double a, double b)
    {
        var refused = Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(1, 1, [a], [b], [0], [1]));
        Assert.Contains("though the pair (A, B) is stabilisable", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Contains("R is not positive definite", Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(1, 1, [1], [1], [1], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("A holds NaN", Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(1, 1, [double.NaN], [1], [1], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("'b' has 2 numbers; 1 are wanted", Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(1, 1, [1], [1, 2], [1], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("Q is not symmetric: it holds 2 in row 1, column 0, and 0 across", Assert.Throws<ArgumentException>(() => RiccatiEquation.Solve(2, 1, [1, 0, 0, 1], [1, 1], [1, 0, 2, 1], [1])).Message, StringComparison.Ordinal);
        var stage = Problems.Scalar(1, 1, 1, 1);
        stage.ActionSlope[0] = double.PositiveInfinity;
        Assert.Contains("r holds Infinity", Assert.Throws<ArgumentException>(() => new InfiniteHorizonRegulator(stage)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => RiccatiEquation.Solve(1, 1, [1], [1], [1], [1], default, 1.5));
    }

    [Fact]
    public void Spectral_radii()
    {
        Assert.Equal(0.0, SteinEquation.SpectralRadius(2, [0, 1, 0, 0]));
        Assert.Equal(0.5, SteinEquation.SpectralRadius(2, [0.5, 1000, 0, 0.5]), 9);
        Assert.Equal(Math.Sqrt(5), SteinEquation.SpectralRadius(2, [1, -2, 2, 1]), 12);
        Assert.Contains("spectral radius 1", Assert.Throws<ArgumentException>(() => SteinEquation.Solve(1, [1], [1])).Message, StringComparison.Ordinal);
        Assert.Equal(4.0 / 3.0, SteinEquation.Solve(1, [0.5], [1])[0], 14);
    }

    private static double Quadratic(double[] p, ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += x[i / x.Length] * p[i] * x[i % x.Length];
        }

        return sum;
    }

    /// <summary>What one step of a finite horizon changes in P.</summary>
    private static double Residual(LinearQuadraticStage stage, double discount, double[] p)
    {
        var (finite, terminal) = (new FiniteHorizonRegulator(stage.StateSize, stage.ActionSize, 1), new QuadraticCost(stage.StateSize));
        p.CopyTo(terminal.Hessian, 0);
        finite.Solve(stage, terminal, discount);
        return Problems.Distance(finite.ValueHessian(0), p);
    }
}
