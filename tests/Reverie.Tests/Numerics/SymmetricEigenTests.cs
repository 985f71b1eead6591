using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices.</summary>
public class SymmetricEigenTests
{
    [Fact]
    public void By_hand()
    {
        double[] s = [2.0, 1.0, 1.0, 2.0], v = new double[4];
        SymmetricEigen.Decompose(s, v, 2);
        Assert.Equal([1.0, 3.0], new[] { s[0], s[3] }.Order().Select(x => Math.Round(x, 14)));
        int least = s[0] < s[3] ? 0 : 1;
        Assert.Equal(0.0, v[least] + v[2 + least], 1e-15);
        Assert.Equal(1.0, (v[least] * v[least]) + (v[2 + least] * v[2 + least]), 1e-15);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(7, 3)]
    [InlineData(16, 4)]
    public void Vectors_and_values_make_the_matrix_again(int n, int seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        double[] s = new double[n * n], v = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                s[(i * n) + j] = s[(j * n) + i] = i == n - 1 && n > 2 ? 0.0 : random.NextDouble(-1.0, 1.0);
            }
        }

        double[] values = [.. s];
        SymmetricEigen.Decompose(values, v, n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double again = 0.0, product = 0.0;
                for (int k = 0; k < n; k++)
                {
                    again += v[(i * n) + k] * values[(k * n) + k] * v[(j * n) + k];
                    product += v[(k * n) + i] * v[(k * n) + j];
                }

                Assert.Equal(s[(i * n) + j], again, 1e-13);
                Assert.Equal(i == j ? 1.0 : 0.0, product, 1e-13);
            }
        }
    }
}
