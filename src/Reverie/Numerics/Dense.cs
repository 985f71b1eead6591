namespace Reverie.Numerics;

/// <summary>
/// Linear algebra of small dense matrices, row-major in spans of doubles. Nothing is allocated and no shape is checked: callers check at
/// their public edge. A result overlaps no argument unless a method works in place.
/// </summary>
internal static class Dense
{
    /// <summary>C = A B.</summary>
    /// <param name="a">A, <c>[rows, inner]</c>.</param>
    /// <param name="b">B, <c>[inner, columns]</c>.</param>
    /// <param name="c">Receives C, <c>[rows, columns]</c>.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inner">Columns of A.</param>
    /// <param name="columns">Columns of B.</param>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        c[..(rows * columns)].Clear();
        AddProduct(1.0, a, b, c, rows, inner, columns);
    }

    /// <summary>C += α A B, shapes as in <see cref="Multiply"/>.</summary>
    public static void AddProduct(double alpha, ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            var row = c.Slice(i * columns, columns);
            for (int k = 0; k < inner; k++)
            {
                AddScaled(alpha * a[(i * inner) + k], b.Slice(k * columns, columns), row);
            }
        }
    }

    /// <summary>C = Aᵀ B.</summary>
    /// <param name="a">A, <c>[inner, rows]</c>.</param>
    /// <param name="b">B, <c>[inner, columns]</c>.</param>
    /// <param name="c">Receives C, <c>[rows, columns]</c>.</param>
    /// <param name="rows">Columns of A.</param>
    /// <param name="inner">Rows of A.</param>
    /// <param name="columns">Columns of B.</param>
    public static void TransposeMultiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        c[..(rows * columns)].Clear();
        AddTransposeProduct(1.0, a, b, c, rows, inner, columns);
    }

    /// <summary>C += α Aᵀ B, shapes as in <see cref="TransposeMultiply"/>.</summary>
    public static void AddTransposeProduct(double alpha, ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        for (int k = 0; k < inner; k++)
        {
            for (int i = 0; i < rows; i++)
            {
                AddScaled(alpha * a[(k * rows) + i], b.Slice(k * columns, columns), c.Slice(i * columns, columns));
            }
        }
    }

    /// <summary>C = A Bᵀ.</summary>
    /// <param name="a">A, <c>[rows, inner]</c>.</param>
    /// <param name="b">B, <c>[columns, inner]</c>.</param>
    /// <param name="c">Receives C, <c>[rows, columns]</c>.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inner">Columns of both.</param>
    /// <param name="columns">Rows of B.</param>
    public static void MultiplyTranspose(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[(i * columns) + j] = Dot(a.Slice(i * inner, inner), b.Slice(j * inner, inner));
            }
        }
    }

    /// <summary>Aᵀ.</summary>
    /// <param name="a">A, <c>[rows, columns]</c>.</param>
    /// <param name="result">Receives Aᵀ, <c>[columns, rows]</c>.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A.</param>
    public static void Transpose(ReadOnlySpan<double> a, Span<double> result, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[(j * rows) + i] = a[(i * columns) + j];
            }
        }
    }

    /// <summary>y += α x.</summary>
    public static void AddScaled(double alpha, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] += alpha * x[i];
        }
    }

    /// <summary>xᵀ y.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0.0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>xᵀ A y, for A <c>[x.Length, y.Length]</c>.</summary>
    public static double Form(ReadOnlySpan<double> x, ReadOnlySpan<double> a, ReadOnlySpan<double> y)
    {
        double sum = 0.0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += x[i] * Dot(a.Slice(i * y.Length, y.Length), y);
        }

        return sum;
    }

    /// <summary>The root of the sum of squares: a vector's length, a matrix' Frobenius norm.</summary>
    public static double Norm(ReadOnlySpan<double> x) => Math.Sqrt(Dot(x, x));

    /// <summary>A = I, <c>[n, n]</c>.</summary>
    public static void Identity(Span<double> a, int n)
    {
        a[..(n * n)].Clear();
        for (int i = 0; i < n; i++)
        {
            a[(i * n) + i] = 1.0;
        }
    }

    /// <summary>A = ½ (A + Aᵀ) in place, <c>[n, n]</c>.</summary>
    public static void Symmetrize(Span<double> a, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                a[(i * n) + j] = a[(j * n) + i] = 0.5 * (a[(i * n) + j] + a[(j * n) + i]);
            }
        }
    }

    /// <summary>S = L Lᵀ in place: the lower triangle receives L, the upper one is neither read nor written.</summary>
    /// <returns>Whether S is positive definite; where it is not, its content is lost.</returns>
    public static bool Cholesky(Span<double> s, int n)
    {
        for (int j = 0; j < n; j++)
        {
            var rowJ = s.Slice(j * n, j);
            double scale = Math.Abs(s[(j * n) + j]);
            double pivot = s[(j * n) + j] - Dot(rowJ, rowJ);

            // A pivot that rounding may have made is none: a singular matrix is refused too.
            if (!(pivot > n * 1e-16 * scale) || !double.IsFinite(pivot))
            {
                return false;
            }

            double root = s[(j * n) + j] = Math.Sqrt(pivot);
            for (int i = j + 1; i < n; i++)
            {
                s[(i * n) + j] = (s[(i * n) + j] - Dot(s.Slice(i * n, j), rowJ)) / root;
            }
        }

        return true;
    }

    /// <summary>B = S⁻¹ B in place, S = L Lᵀ as <see cref="Cholesky"/> left it: two triangular solves.</summary>
    /// <param name="l">L, <c>[n, n]</c>.</param>
    /// <param name="b">B, <c>[n, columns]</c>.</param>
    /// <param name="n">Rows.</param>
    /// <param name="columns">Columns of B.</param>
    public static void CholeskySolve(ReadOnlySpan<double> l, Span<double> b, int n, int columns)
    {
        SolveLower(l, b, n, columns);
        for (int i = n - 1; i >= 0; i--)
        {
            var row = b.Slice(i * columns, columns);
            for (int k = i + 1; k < n; k++)
            {
                AddScaled(-l[(k * n) + i], b.Slice(k * columns, columns), row);
            }

            Scale(1.0 / l[(i * n) + i], row);
        }
    }

    /// <summary>B = L⁻¹ B in place, L the lower triangle of <paramref name="l"/>.</summary>
    public static void SolveLower(ReadOnlySpan<double> l, Span<double> b, int n, int columns)
    {
        for (int i = 0; i < n; i++)
        {
            var row = b.Slice(i * columns, columns);
            for (int k = 0; k < i; k++)
            {
                AddScaled(-l[(i * n) + k], b.Slice(k * columns, columns), row);
            }

            Scale(1.0 / l[(i * n) + i], row);
        }
    }

    /// <summary>A = L U with rows exchanged, in place: unit L below the diagonal, U from it on.</summary>
    /// <param name="a">A, <c>[n, n]</c>.</param>
    /// <param name="pivots">Receives the row that each step exchanged its own with, <c>[n]</c>.</param>
    /// <param name="n">Rows.</param>
    /// <returns>Whether A is regular.</returns>
    public static bool Lu(Span<double> a, Span<int> pivots, int n)
    {
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
            {
                pivot = Math.Abs(a[(i * n) + k]) > Math.Abs(a[(pivot * n) + k]) ? i : pivot;
            }

            pivots[k] = pivot;
            Exchange(a, k, pivot, n);
            double diagonal = a[(k * n) + k];
            if (diagonal == 0.0 || !double.IsFinite(diagonal))
            {
                return false;
            }

            var rest = a.Slice((k * n) + k + 1, n - k - 1);
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[(i * n) + k] /= diagonal;
                AddScaled(-factor, rest, a.Slice((i * n) + k + 1, n - k - 1));
            }
        }

        return true;
    }

    /// <summary>B = A⁻¹ B in place, A as <see cref="Lu"/> left it; B is <c>[n, columns]</c>.</summary>
    public static void LuSolve(ReadOnlySpan<double> lu, ReadOnlySpan<int> pivots, Span<double> b, int n, int columns)
    {
        for (int k = 0; k < n; k++)
        {
            Exchange(b, k, pivots[k], columns);
        }

        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
            {
                AddScaled(-lu[(i * n) + k], b.Slice(k * columns, columns), b.Slice(i * columns, columns));
            }
        }

        for (int i = n - 1; i >= 0; i--)
        {
            var row = b.Slice(i * columns, columns);
            for (int k = i + 1; k < n; k++)
            {
                AddScaled(-lu[(i * n) + k], b.Slice(k * columns, columns), row);
            }

            Scale(1.0 / lu[(i * n) + i], row);
        }
    }

    /// <summary>x = α x in place.</summary>
    public static void Scale(double alpha, Span<double> x)
    {
        foreach (ref double value in x)
        {
            value *= alpha;
        }
    }

    /// <summary>y = −x.</summary>
    public static void Negate(ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = -x[i];
        }
    }

    private static void Exchange(Span<double> a, int i, int j, int columns)
    {
        for (int c = 0; i != j && c < columns; c++)
        {
            (a[(i * columns) + c], a[(j * columns) + c]) = (a[(j * columns) + c], a[(i * columns) + c]);
        }
    }
}
