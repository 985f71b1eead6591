namespace Reverie.Experiments.Studies;

/// <summary>Spectra of small dense matrices, row-major.</summary>
internal static class SmallMatrices
{
    private const int Sweeps = 60;

    /// <summary>Eigenvalues of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan 2013, section 8.5), in no order; NaN where the matrix is not finite.</summary>
    /// <param name="matrix">A, <c>[n, n]</c>, symmetric.</param>
    /// <param name="n">Rows.</param>
    public static double[] Eigenvalues(ReadOnlySpan<double> matrix, int n)
    {
        double[] a = matrix.ToArray();
        if (Array.Exists(a, x => !double.IsFinite(x)))
        {
            return [.. Enumerable.Repeat(double.NaN, n)];
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            double off = 0.0;
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    if (a[(p * n) + q] != 0.0)
                    {
                        off = Math.Max(off, Math.Abs(a[(p * n) + q]) / Math.Max(1e-300, Math.Sqrt(Math.Abs(a[(p * n) + p] * a[(q * n) + q]))));
                        Rotate(a, n, p, q);
                    }
                }
            }

            if (off < 1e-15)
            {
                break;
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => a[(i * n) + i])];
    }

    /// <summary>The largest singular value, √λ of AᵀA.</summary>
    public static double Norm(ReadOnlySpan<double> a, int n)
    {
        // Scaled, so that squares neither overflow nor vanish.
        double scale = 0.0;
        foreach (double x in a)
        {
            scale = Math.Max(scale, Math.Abs(x));
        }

        if (scale == 0.0 || !double.IsFinite(scale))
        {
            return scale;
        }

        var square = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < n; k++)
                {
                    square[(i * n) + j] += a[(k * n) + i] / scale * (a[(k * n) + j] / scale);
                }
            }
        }

        return scale * Math.Sqrt(Math.Max(0.0, Eigenvalues(square, n).Max()));
    }

    /// <summary>C = A B.</summary>
    public static double[] Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int n)
    {
        var c = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < n; k++)
            {
                for (int j = 0; j < n; j++)
                {
                    c[(i * n) + j] += a[(i * n) + k] * b[(k * n) + j];
                }
            }
        }

        return c;
    }

    /// <summary>A⁻¹ by Gauss and Jordan's elimination with row pivots; null where A is singular.</summary>
    public static double[]? Inverse(ReadOnlySpan<double> matrix, int n)
    {
        double[] a = matrix.ToArray();
        var inverse = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            inverse[(i * n) + i] = 1.0;
        }

        for (int k = 0; k < n; k++)
        {
            int pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(a[(i * n) + k]));
            double diagonal = a[(pivot * n) + k];
            if (diagonal == 0.0 || !double.IsFinite(diagonal))
            {
                return null;
            }

            for (int j = 0; j < n; j++)
            {
                (a[(k * n) + j], a[(pivot * n) + j]) = (a[(pivot * n) + j] / diagonal, pivot == k ? a[(k * n) + j] / diagonal : a[(k * n) + j]);
                (inverse[(k * n) + j], inverse[(pivot * n) + j]) = (inverse[(pivot * n) + j] / diagonal, pivot == k ? inverse[(k * n) + j] / diagonal : inverse[(k * n) + j]);
            }

            for (int i = 0; i < n; i++)
            {
                double factor = a[(i * n) + k];
                for (int j = 0; j < n && i != k && factor != 0.0; j++)
                {
                    a[(i * n) + j] -= factor * a[(k * n) + j];
                    inverse[(i * n) + j] -= factor * inverse[(k * n) + j];
                }
            }
        }

        return inverse;
    }

    // A ← Jᵀ A J with the rotation that makes A[p, q] vanish.
    private static void Rotate(double[] a, int n, int p, int q)
    {
        double theta = (a[(q * n) + q] - a[(p * n) + p]) / (2.0 * a[(p * n) + q]);
        double t = (theta >= 0 ? 1.0 : -1.0) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1.0));
        double c = 1.0 / Math.Sqrt((t * t) + 1.0), s = t * c;
        for (int k = 0; k < n; k++)
        {
            var (kp, kq) = (a[(k * n) + p], a[(k * n) + q]);
            (a[(k * n) + p], a[(k * n) + q]) = ((c * kp) - (s * kq), (s * kp) + (c * kq));
        }

        for (int k = 0; k < n; k++)
        {
            var (pk, qk) = (a[(p * n) + k], a[(q * n) + k]);
            (a[(p * n) + k], a[(q * n) + k]) = ((c * pk) - (s * qk), (s * pk) + (c * qk));
        }

        a[(p * n) + q] = a[(q * n) + p] = 0.0;
    }
}
