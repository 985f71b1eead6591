using CsCheck;
using Reverie.Planning.Control;

namespace Reverie.Tests.Planning.Control;

/// <summary>Small quadratic programs within limits, against every combination of limits.</summary>
public unsafe class BoxQuadraticProgramTests
{
    [Fact]
    public void Two_components_by_hand()
    {
        // H = [2 1; 1 2], q = (−4, 0): free (8/3, −4/3); limited to ±1 each, δ₁ = 1 and then δ₂ = −1/2 inside.
        var (delta, free) = Solve([2, 1, 1, 2], [-4, 0], [0, 0], [-1, -1], [1, 1], [0, 0]);
        Assert.Equal([1.0, -0.5], delta, (a, b) => Math.Abs(a - b) <= 1e-15);
        Assert.Equal([false, true], free);
    }

    [Fact]
    public void The_least_of_all_combinations_of_limits_is_found() => (
        from m in Gen.Int[1, 4]
        from z in Gen.Double[-1.0, 1.0].Array[m * m]
        from q in Gen.Double[-3.0, 3.0].Array[m]
        from u in Gen.Double[0.0, 1.0].Array[m]
        from start in Gen.Double[-2.0, 2.0].Array[m]
        from ridge in Gen.Double[1e-3, 1.0]
        select (m, z, q, u, start, ridge)).Sample(
        p =>
        {
            int m = p.m;
            var H = new double[m * m];
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < m; j++)
                {
                    H[(i * m) + j] = Enumerable.Range(0, m).Sum(k => p.z[(i * m) + k] * p.z[(j * m) + k]) + (i == j ? p.ridge : 0.0);
                }
            }

            // u lies anywhere within [−0.5, 0.7], at times on a limit.
            double[] low = [.. Enumerable.Repeat(-0.5, m)], high = [.. Enumerable.Repeat(0.7, m)];
            double[] u = [.. p.u.Select(share => Math.Clamp(-0.7 + (1.6 * share), -0.5, 0.7))];
            var (delta, free) = Solve(H, p.q, u, low, high, [.. p.start]);
            double[] best = Enumerate(H, p.q, u, low, high);
            for (int i = 0; i < m; i++)
            {
                Assert.InRange(u[i] + delta[i], low[i] - 1e-15, high[i] + 1e-15);
                Assert.Equal(best[i], delta[i], 1e-7);
                if (!free[i])
                {
                    Assert.True(Math.Abs(u[i] + delta[i] - low[i]) < 1e-12 || Math.Abs(u[i] + delta[i] - high[i]) < 1e-12);
                }
            }
        },
        iter: 5000);

    [Fact]
    public void Seventy_components_keep_their_limits()
    {
        const int M = 70;
        var (H, q) = (new double[M * M], new double[M]);
        for (int i = 0; i < M; i++)
        {
            (H[(i * M) + i], q[i]) = (2.0, i % 2 == 0 ? -10.0 : -0.2);
        }

        var (delta, free) = Solve(H, q, new double[M], [.. Enumerable.Repeat(-1.0, M)], [.. Enumerable.Repeat(1.0, M)], new double[M]);
        for (int i = 0; i < M; i++)
        {
            Assert.Equal(i % 2 == 0 ? 1.0 : 0.1, delta[i], 1e-14);
            Assert.Equal(i % 2 == 1, free[i]);
        }
    }

    private static (double[] Delta, bool[] Free) Solve(double[] H, double[] q, double[] u, double[] low, double[] high, double[] start)
    {
        var box = new BoxQuadraticProgram(q.Length);
        fixed (double* h = H, g = q, at = u, lo = low, hi = high, delta = start)
        {
            bool[] free = box.Solve(h, q.Length, g, at, lo, hi, delta).ToArray();
            return (start, free);
        }
    }

    /// <summary>Each component at its lower limit, at its upper or free: of what is feasible the least.</summary>
    private static double[] Enumerate(double[] H, double[] q, double[] u, double[] low, double[] high)
    {
        int m = q.Length;
        var (best, least) = (new double[m], double.PositiveInfinity);
        for (int code = 0; code < (int)Math.Pow(3, m); code++)
        {
            int[] state = [.. Enumerable.Range(0, m).Select(i => code / (int)Math.Pow(3, i) % 3)];
            double[] delta = [.. Enumerable.Range(0, m).Select(i => state[i] == 0 ? low[i] - u[i] : state[i] == 1 ? high[i] - u[i] : 0.0)];
            int[] open = [.. Enumerable.Range(0, m).Where(i => state[i] == 2)];
            var (a, b) = (new double[open.Length * open.Length], new double[open.Length]);
            for (int i = 0; i < open.Length; i++)
            {
                b[i] = -q[open[i]] - Enumerable.Range(0, m).Sum(j => H[(open[i] * m) + j] * delta[j]);
                for (int j = 0; j < open.Length; j++)
                {
                    a[(i * open.Length) + j] = H[(open[i] * m) + open[j]];
                }
            }

            double[] solved = LinearAlgebra.Solve(a, b);
            for (int i = 0; i < open.Length; i++)
            {
                delta[open[i]] = solved[i];
            }

            if (Enumerable.Range(0, m).All(i => u[i] + delta[i] >= low[i] - 1e-12 && u[i] + delta[i] <= high[i] + 1e-12))
            {
                double cost = Enumerable.Range(0, m).Sum(i => delta[i] * (q[i] + (0.5 * Enumerable.Range(0, m).Sum(j => H[(i * m) + j] * delta[j]))));
                (best, least) = cost < least ? (delta, cost) : (best, least);
            }
        }

        return best;
    }
}
