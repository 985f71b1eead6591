using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// The matrix product of derivatives, C = A B in double precision on row-major matrices: a row of A is a point, or a tangent at one, so that values and Jacobians of
/// several points pass a layer together.
/// </summary>
/// <remarks>
/// A register block of 6 rows × 32 columns needs 24 accumulators + 4 vectors of B + 1 number of A = 29 of the 32 vector registers.
/// Rows are sums in the order of k, whatever the block: a point's result does not depend on those beside it.
/// </remarks>
internal static unsafe class DoubleKernel
{
    private const int V = 8, RowBlock = 6;

    /// <summary><paramref name="count"/> rounded up to whole vectors.</summary>
    public static int Padded(int count) => (count + V - 1) / V * V;

    /// <summary>C[r, c] = Σₖ A[r, k] B[k, c], for r &lt; rows, c &lt; columns, k &lt; depth.</summary>
    /// <param name="a">A[r, k] stands at a[r·aStride + k·aDepth]; swap the two strides for Aᵀ.</param>
    /// <param name="aStride">Distance between rows of A.</param>
    /// <param name="b">B, row-major <c>[depth, columns]</c>.</param>
    /// <param name="c">Receives C, row-major <c>[rows, columns]</c>.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C, whole vectors of 8.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="aDepth">Distance between columns of A.</param>
    public static void Multiply(double* a, nint aStride, double* b, double* c, int rows, int columns, int depth, nint aDepth = 1)
    {
        int row = 0;
        for (; row + RowBlock <= rows; row += RowBlock)
        {
            int column = 0;
            for (; column + (4 * V) <= columns; column += 4 * V)
            {
                Block6x32(a + (row * aStride), aStride, b + column, c + (row * columns) + column, columns, depth, aDepth);
            }

            for (; column < columns; column += V)
            {
                Block6x8(a + (row * aStride), aStride, b + column, c + (row * columns) + column, columns, depth, aDepth);
            }
        }

        for (; row < rows; row++)
        {
            Row(a + (row * aStride), b, c + (row * columns), columns, depth, aDepth);
        }
    }

    private static void Block6x32(double* a, nint stride, double* b, double* c, nint columns, int depth, nint aDepth)
    {
        Vector512<double> c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33, c40, c41, c42, c43, c50, c51, c52, c53;
        c00 = c01 = c02 = c03 = c10 = c11 = c12 = c13 = c20 = c21 = c22 = c23 = Vector512<double>.Zero;
        c30 = c31 = c32 = c33 = c40 = c41 = c42 = c43 = c50 = c51 = c52 = c53 = Vector512<double>.Zero;
        double* low = a;
        double* high = a + (3 * stride);
        for (int k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + V);
            var b2 = Vector512.Load(b + (2 * V));
            var b3 = Vector512.Load(b + (3 * V));
            var x = Vector512.Create(low[0]);
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(x, b2, c02);
            c03 = Vector512.FusedMultiplyAdd(x, b3, c03);
            x = Vector512.Create(low[stride]);
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(x, b2, c12);
            c13 = Vector512.FusedMultiplyAdd(x, b3, c13);
            x = Vector512.Create(low[2 * stride]);
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(x, b2, c22);
            c23 = Vector512.FusedMultiplyAdd(x, b3, c23);
            x = Vector512.Create(high[0]);
            c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(x, b2, c32);
            c33 = Vector512.FusedMultiplyAdd(x, b3, c33);
            x = Vector512.Create(high[stride]);
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(x, b2, c42);
            c43 = Vector512.FusedMultiplyAdd(x, b3, c43);
            x = Vector512.Create(high[2 * stride]);
            c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(x, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(x, b2, c52);
            c53 = Vector512.FusedMultiplyAdd(x, b3, c53);
            low += aDepth;
            high += aDepth;
            b += columns;
        }

        Store4(c00, c01, c02, c03, c);
        Store4(c10, c11, c12, c13, c + columns);
        Store4(c20, c21, c22, c23, c + (2 * columns));
        Store4(c30, c31, c32, c33, c + (3 * columns));
        Store4(c40, c41, c42, c43, c + (4 * columns));
        Store4(c50, c51, c52, c53, c + (5 * columns));
    }

    private static void Block6x8(double* a, nint stride, double* b, double* c, nint columns, int depth, nint aDepth)
    {
        Vector512<double> c0, c1, c2, c3, c4, c5;
        c0 = c1 = c2 = c3 = c4 = c5 = Vector512<double>.Zero;
        for (int k = 0; k < depth; k++)
        {
            var row = Vector512.Load(b);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), row, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[stride]), row, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * stride]), row, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3 * stride]), row, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4 * stride]), row, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5 * stride]), row, c5);
            a += aDepth;
            b += columns;
        }

        c0.Store(c);
        c1.Store(c + columns);
        c2.Store(c + (2 * columns));
        c3.Store(c + (3 * columns));
        c4.Store(c + (4 * columns));
        c5.Store(c + (5 * columns));
    }

    /// <summary>One row: the leftover of a row block, and a step alone.</summary>
    private static void Row(double* a, double* b, double* c, nint columns, int depth, nint aDepth)
    {
        nint column = 0;
        for (; column + (4 * V) <= columns; column += 4 * V)
        {
            Vector512<double> c0, c1, c2, c3;
            c0 = c1 = c2 = c3 = Vector512<double>.Zero;
            double* row = b + column;
            for (int k = 0; k < depth; k++, row += columns)
            {
                var x = Vector512.Create(a[k * aDepth]);
                c0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row), c0);
                c1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + V), c1);
                c2 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + (2 * V)), c2);
                c3 = Vector512.FusedMultiplyAdd(x, Vector512.Load(row + (3 * V)), c3);
            }

            Store4(c0, c1, c2, c3, c + column);
        }

        for (; column < columns; column += V)
        {
            var sum = Vector512<double>.Zero;
            for (int k = 0; k < depth; k++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(a[k * aDepth]), Vector512.Load(b + (k * columns) + column), sum);
            }

            sum.Store(c + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(Vector512<double> v0, Vector512<double> v1, Vector512<double> v2, Vector512<double> v3, double* c)
    {
        v0.Store(c);
        v1.Store(c + V);
        v2.Store(c + (2 * V));
        v3.Store(c + (3 * V));
    }
}
