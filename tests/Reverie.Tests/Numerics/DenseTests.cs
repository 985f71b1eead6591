using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>Small dense linear algebra.</summary>
public class DenseTests
{
    [Fact]
    public void Products_by_hand()
    {
        double[] a = [1, 2, 3, 4, 5, 6], b = [1, 0, 2, 1, 0, 3], c = new double[4];
        Dense.Multiply(a, b, c, 2, 3, 2);
        Assert.Equal([5, 11, 14, 23], c);
        Dense.MultiplyTranspose(a, b, c, 2, 3, 2);
        Assert.Equal([7, 10, 16, 22], c);
        Dense.TransposeMultiply(a, b, c, 2, 3, 2);
        Assert.Equal([7, 18, 10, 22], c);
        Assert.Equal(19.0, Dense.Form([1, 2], [1, 1, 2, 3], [1, 2]));
    }

    [Fact]
    public void Solutions_solve() => Gen.Int[1, 8].SelectMany(n => Gen.Double[-1.0, 1.0].Array[n * (n + 2)]).Sample(
        z =>
        {
            int n = (int)Math.Sqrt(z.Length);
            n = n * (n + 2) == z.Length ? n : n - 1;
            var (S, a, b) = (new double[n * n], z[..(n * n)], z[(n * n)..]);
            Dense.MultiplyTranspose(a, a, S, n, n, n);
            for (int i = 0; i < n; i++)
            {
                S[(i * n) + i] += 0.1;
            }

            var (factor, x) = ((double[])S.Clone(), (double[])b.Clone());
            Assert.True(Dense.Cholesky(factor, n));
            Dense.CholeskySolve(factor, x, n, 2);
            Check(S, x);

            // Not symmetric, and rows that must be exchanged: a zero in front.
            S[0] = 0.0;
            S[n - 1] += 2.0;
            var (lu, pivots) = ((double[])S.Clone(), new int[n]);
            b.CopyTo(x, 0);
            if (Dense.Lu(lu, pivots, n) && Enumerable.Range(0, n).All(i => Math.Abs(lu[(i * n) + i]) > 1e-3))
            {
                Dense.LuSolve(lu, pivots, x, n, 2);
                Check(S, x);
            }

            void Check(double[] matrix, double[] solution)
            {
                var product = new double[2 * n];
                Dense.Multiply(matrix, solution, product, n, n, 2);
                Assert.Equal(b, product, (p, q) => Math.Abs(p - q) <= 1e-8);
            }
        },
        iter: 500);

    [Theory]
    [InlineData(1.0, 2.0, 1.0)]
    [InlineData(1.0, 1.0, 1.0)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(-1.0, 0.0, 1.0)]
    [InlineData(double.NaN, 0.0, 1.0)]
    [InlineData(1.0, 0.0, double.PositiveInfinity)]
    public void What_is_not_positive_definite_has_no_factor(double a, double b, double c)
    {
        Assert.False(Dense.Cholesky([a, b, b, c], 2));
        Assert.True(Dense.Cholesky([2.0, 1.0, 1.0, 2.0], 2));
    }

    [Fact]
    public void A_singular_matrix_has_no_factors() => Assert.False(Dense.Lu([1, 2, 2, 4], new int[2], 2));
}
