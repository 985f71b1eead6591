using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Neural.Networks;

/// <summary>
/// The matrix product of training, C = A B or C = Aᵀ B, on row-major matrices as they lie in memory: nothing is packed, because
/// the batches of training are too small to repay it.
/// </summary>
/// <remarks>
/// A register block of 8 rows × 48 columns needs 24 accumulators + 3 vectors of B + 1 number of A = 28 of the 32 vector registers.
/// Rows are sums in the order of k, whatever the block: results do not depend on how rows are shared among threads.
/// </remarks>
internal static unsafe class RowMajorKernel
{
    private const int V = 16;

    /// <summary>Rows of a register block.</summary>
    public const int RowBlock = 8;

    /// <summary>C[r, c] = Σₖ A(r, k) B[k, c], for r &lt; rows, c &lt; columns, k &lt; depth.</summary>
    /// <param name="a">A(r, k) stands at a[r·rowStride + k·depthStride]; swap the two strides for Aᵀ.</param>
    /// <param name="rowStride">Distance between rows of A.</param>
    /// <param name="depthStride">Distance between columns of A.</param>
    /// <param name="b">B, row-major.</param>
    /// <param name="bStride">Distance between rows of B.</param>
    /// <param name="c">Receives C, row-major.</param>
    /// <param name="cStride">Distance between rows of C.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="depth">Terms of each sum.</param>
    public static void Multiply(float* a, nint rowStride, nint depthStride, float* b, nint bStride, float* c, nint cStride, int rows, int columns, int depth)
    {
        int row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row + RowBlock <= rows; row += RowBlock)
            {
                Rows8(a + (row * rowStride), rowStride, depthStride, b, bStride, c + (row * cStride), cStride, columns, depth);
            }
        }

        for (; row < rows; row++)
        {
            Row(a + (row * rowStride), depthStride, b, bStride, c + (row * cStride), columns, depth);
        }
    }

    private static void Rows8(float* a, nint rowStride, nint depthStride, float* b, nint bStride, float* c, nint cStride, int columns, int depth)
    {
        int column = 0;
        for (; column + (3 * V) <= columns; column += 3 * V)
        {
            Block8x48(a, rowStride, depthStride, b + column, bStride, c + column, cStride, depth);
        }

        for (; column + V <= columns; column += V)
        {
            Block8x16(a, rowStride, depthStride, b + column, bStride, c + column, cStride, depth);
        }

        for (; column + 8 <= columns; column += 8)
        {
            Block8x8(a, rowStride, depthStride, b + column, bStride, c + column, cStride, depth);
        }

        if (column < columns)
        {
            for (int r = 0; r < RowBlock; r++)
            {
                Scalar(a + (r * rowStride), depthStride, b + column, bStride, c + (r * cStride) + column, columns - column, depth);
            }
        }
    }

    private static void Block8x48(float* a, nint rs, nint ks, float* b, nint bStride, float* c, nint cStride, int depth)
    {
        Vector512<float> c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32, c40, c41, c42, c50, c51, c52, c60, c61, c62, c70, c71, c72;
        c00 = c01 = c02 = c10 = c11 = c12 = c20 = c21 = c22 = c30 = c31 = c32 = Vector512<float>.Zero;
        c40 = c41 = c42 = c50 = c51 = c52 = c60 = c61 = c62 = c70 = c71 = c72 = Vector512<float>.Zero;
        nint rs2 = 2 * rs, rs3 = 3 * rs;
        float* low = a;
        float* high = a + (4 * rs);
        for (int k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + V);
            var b2 = Vector512.Load(b + (2 * V));
            var x = Vector512.Create(*low);
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(x, b2, c02);
            x = Vector512.Create(low[rs]);
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(x, b2, c12);
            x = Vector512.Create(low[rs2]);
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(x, b2, c22);
            x = Vector512.Create(low[rs3]);
            c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(x, b2, c32);
            x = Vector512.Create(*high);
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(x, b2, c42);
            x = Vector512.Create(high[rs]);
            c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(x, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(x, b2, c52);
            x = Vector512.Create(high[rs2]);
            c60 = Vector512.FusedMultiplyAdd(x, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(x, b1, c61);
            c62 = Vector512.FusedMultiplyAdd(x, b2, c62);
            x = Vector512.Create(high[rs3]);
            c70 = Vector512.FusedMultiplyAdd(x, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(x, b1, c71);
            c72 = Vector512.FusedMultiplyAdd(x, b2, c72);
            low += ks;
            high += ks;
            b += bStride;
        }

        Store3(c00, c01, c02, c);
        Store3(c10, c11, c12, c + cStride);
        Store3(c20, c21, c22, c + (2 * cStride));
        Store3(c30, c31, c32, c + (3 * cStride));
        Store3(c40, c41, c42, c + (4 * cStride));
        Store3(c50, c51, c52, c + (5 * cStride));
        Store3(c60, c61, c62, c + (6 * cStride));
        Store3(c70, c71, c72, c + (7 * cStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store3(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, float* c)
    {
        v0.Store(c);
        v1.Store(c + V);
        v2.Store(c + (2 * V));
    }

    private static void Block8x16(float* a, nint rs, nint ks, float* b, nint bStride, float* c, nint cStride, int depth)
    {
        Vector512<float> c0, c1, c2, c3, c4, c5, c6, c7;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = Vector512<float>.Zero;
        for (int k = 0; k < depth; k++)
        {
            var row = Vector512.Load(b);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), row, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[rs]), row, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * rs]), row, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3 * rs]), row, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4 * rs]), row, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5 * rs]), row, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6 * rs]), row, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7 * rs]), row, c7);
            a += ks;
            b += bStride;
        }

        c0.Store(c);
        c1.Store(c + cStride);
        c2.Store(c + (2 * cStride));
        c3.Store(c + (3 * cStride));
        c4.Store(c + (4 * cStride));
        c5.Store(c + (5 * cStride));
        c6.Store(c + (6 * cStride));
        c7.Store(c + (7 * cStride));
    }

    private static void Block8x8(float* a, nint rs, nint ks, float* b, nint bStride, float* c, nint cStride, int depth)
    {
        Vector256<float> c0, c1, c2, c3, c4, c5, c6, c7;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = Vector256<float>.Zero;
        for (int k = 0; k < depth; k++)
        {
            var row = Vector256.Load(b);
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a[0]), row, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(a[rs]), row, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(a[2 * rs]), row, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(a[3 * rs]), row, c3);
            c4 = Vector256.FusedMultiplyAdd(Vector256.Create(a[4 * rs]), row, c4);
            c5 = Vector256.FusedMultiplyAdd(Vector256.Create(a[5 * rs]), row, c5);
            c6 = Vector256.FusedMultiplyAdd(Vector256.Create(a[6 * rs]), row, c6);
            c7 = Vector256.FusedMultiplyAdd(Vector256.Create(a[7 * rs]), row, c7);
            a += ks;
            b += bStride;
        }

        c0.Store(c);
        c1.Store(c + cStride);
        c2.Store(c + (2 * cStride));
        c3.Store(c + (3 * cStride));
        c4.Store(c + (4 * cStride));
        c5.Store(c + (5 * cStride));
        c6.Store(c + (6 * cStride));
        c7.Store(c + (7 * cStride));
    }

    /// <summary>One row: the leftover of a row block, and every row where there are no 512-bit vectors.</summary>
    private static void Row(float* a, nint ks, float* b, nint bStride, float* c, int columns, int depth)
    {
        int column = 0;
        for (; column + (2 * 8) <= columns; column += 2 * 8)
        {
            Vector256<float> c0, c1;
            c0 = c1 = Vector256<float>.Zero;
            for (int k = 0; k < depth; k++)
            {
                var x = Vector256.Create(a[k * ks]);
                float* row = b + (k * bStride) + column;
                c0 = Vector256.FusedMultiplyAdd(x, Vector256.Load(row), c0);
                c1 = Vector256.FusedMultiplyAdd(x, Vector256.Load(row + 8), c1);
            }

            c0.Store(c + column);
            c1.Store(c + column + 8);
        }

        Scalar(a, ks, b + column, bStride, c + column, columns - column, depth);
    }

    private static void Scalar(float* a, nint ks, float* b, nint bStride, float* c, int columns, int depth)
    {
        for (int column = 0; column < columns; column++)
        {
            float sum = 0f;
            for (int k = 0; k < depth; k++)
            {
                sum = MathF.FusedMultiplyAdd(a[k * ks], b[(k * bStride) + column], sum);
            }

            c[column] = sum;
        }
    }
}
