using CsCheck;
using Reverie.Planning.Control;

namespace Reverie.Tests.Planning.Control;

/// <summary>Linear-quadratic problems for tests.</summary>
internal static class Problems
{
    /// <summary>x' = [1 0.1; 0 1] x + [0.005; 0.1] u, Q = I, R = 1.</summary>
    public static LinearQuadraticStage DoubleIntegrator() => Stage(2, 1, [1, 0.1, 0, 1], [0.005, 0.1], [1, 0, 0, 1], [1]);

    /// <summary>One state, one action, without affine terms.</summary>
    public static LinearQuadraticStage Scalar(double a, double b, double q, double r) => Stage(1, 1, [a], [b], [q], [r]);

    public static LinearQuadraticStage Stage(int n, int m, double[] a, double[] b, double[] q, double[] r)
    {
        var stage = new LinearQuadraticStage(n, m);
        a.CopyTo(stage.StateJacobian, 0);
        b.CopyTo(stage.ActionJacobian, 0);
        q.CopyTo(stage.StateCost, 0);
        r.CopyTo(stage.ActionCost, 0);
        return stage;
    }

    /// <summary>Random problems of full costs [Q N; Nᵀ R] = Z Zᵀ + 0.1 I and a pair that some feedback F stabilises: A = S + B F, ‖S‖ ≤ 0.95.</summary>
    public static Gen<LinearQuadraticStage> Random { get; } = Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3]).SelectMany((n, m) => Sized(n, m));

    /// <summary>As many random problems of the same sizes.</summary>
    public static Gen<LinearQuadraticStage[]> Steps(int count) => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3]).SelectMany((n, m) => Sized(n, m).Array[count]);

    private static Gen<LinearQuadraticStage> Sized(int n, int m) =>
        from s in Gen.Double[-1.0, 1.0].Array[n * n]
        from b in Gen.Double[-1.5, 1.5].Array[n * m]
        from f in Gen.Double[-1.5, 1.5].Array[m * n]
        from z in Gen.Double[-1.0, 1.0].Array[(n + m) * (n + m)]
        from slopes in Gen.Double[-1.0, 1.0].Array[(2 * n) + m + 1]
        select Full(n, m, Stabilisable(n, m, s, b, f), b, z, slopes);

    public static QuadraticCost Terminal(int n, double weight)
    {
        var cost = new QuadraticCost(n);
        for (int i = 0; i < n; i++)
        {
            cost.Hessian[(i * n) + i] = weight;
        }

        return cost;
    }

    /// <summary>√(Σ (x − y)²) / (1 + √Σ y²).</summary>
    public static double Distance(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < y.Length; i++)
        {
            difference += (x[i] - y[i]) * (x[i] - y[i]);
            norm += y[i] * y[i];
        }

        return x.Length == y.Length ? Math.Sqrt(difference) / (1.0 + Math.Sqrt(norm)) : double.NaN;
    }

    private static double[] Stabilisable(int n, int m, double[] s, double[] b, double[] f)
    {
        double norm = Math.Max(1.0, Math.Sqrt(s.Sum(x => x * x)) / 0.95);
        return [.. Enumerable.Range(0, n * n).Select(i => (s[i] / norm) + Enumerable.Range(0, m).Sum(k => b[(i / n * m) + k] * f[(k * n) + (i % n)]))];
    }

    private static LinearQuadraticStage Full(int n, int m, double[] a, double[] b, double[] z, double[] slopes)
    {
        int w = n + m;
        var stage = Stage(n, m, a, b, new double[n * n], new double[m * m]);
        for (int i = 0; i < w; i++)
        {
            for (int j = 0; j < w; j++)
            {
                double h = i == j ? 0.1 : 0.0;
                for (int k = 0; k < w; k++)
                {
                    h += z[(i * w) + k] * z[(j * w) + k];
                }

                if (i < n && j < n)
                {
                    stage.StateCost[(i * n) + j] = h;
                }
                else if (i < n)
                {
                    stage.CrossCost[(i * m) + j - n] = h;
                }
                else if (j >= n)
                {
                    stage.ActionCost[((i - n) * m) + j - n] = h;
                }
            }
        }

        slopes.AsSpan(0, n).CopyTo(stage.Offset);
        slopes.AsSpan(n, n).CopyTo(stage.StateSlope);
        slopes.AsSpan(2 * n, m).CopyTo(stage.ActionSlope);
        stage.Constant = slopes[^1];
        return stage;
    }
}
