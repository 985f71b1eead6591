namespace Reverie.Tests.Planning.Control;

/// <summary>Dense textbook formulas to compare with.</summary>
internal static class LinearAlgebra
{
    /// <summary>The solution of A X = B, A <c>[n, n]</c> and B <c>[n, k]</c> row-major, by elimination with pivots.</summary>
    public static double[] Solve(double[] matrix, double[] right)
    {
        int n = (int)Math.Round(Math.Sqrt(matrix.Length));
        int k = n == 0 ? 0 : right.Length / n;
        var (a, b) = ((double[])matrix.Clone(), (double[])right.Clone());
        for (int c = 0; c < n; c++)
        {
            int pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(a[(r * n) + c]));
            for (int j = 0; j < n; j++)
            {
                (a[(c * n) + j], a[(pivot * n) + j]) = (a[(pivot * n) + j], a[(c * n) + j]);
            }

            for (int j = 0; j < k; j++)
            {
                (b[(c * k) + j], b[(pivot * k) + j]) = (b[(pivot * k) + j], b[(c * k) + j]);
            }

            for (int r = 0; r < n; r++)
            {
                double factor = r == c ? 0.0 : a[(r * n) + c] / a[(c * n) + c];
                for (int j = 0; j < n && factor != 0.0; j++)
                {
                    a[(r * n) + j] -= factor * a[(c * n) + j];
                }

                for (int j = 0; j < k; j++)
                {
                    b[(r * k) + j] -= factor * b[(c * k) + j];
                }
            }
        }

        for (int i = 0; i < n * k; i++)
        {
            b[i] /= a[(i / k * n) + (i / k)];
        }

        return b;
    }

    /// <summary>A B, A <c>[n, k]</c> and B <c>[k, m]</c>.</summary>
    public static double[] Times(double[] a, double[] b, int n, int k, int m) =>
        [.. Enumerable.Range(0, n * m).Select(i => Enumerable.Range(0, k).Sum(j => a[(i / m * k) + j] * b[(j * m) + (i % m)]))];

    /// <summary>Aᵀ, A <c>[n, m]</c>.</summary>
    public static double[] Transpose(double[] a, int n, int m) => [.. Enumerable.Range(0, n * m).Select(i => a[(i % n * m) + (i / n)])];
}
