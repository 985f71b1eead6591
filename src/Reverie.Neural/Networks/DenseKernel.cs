using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Neural.Networks;

/// <summary>
/// One dense layer, y = φ(W x + b), for a tile of <see cref="TileWidth"/> items held feature-major, <c>[feature][64]</c>.
/// Matrix product, bias and activation are one pass, and a whole stack of layers stays in cache for its tile.
/// </summary>
/// <remarks>
/// A register block of 6 outputs × 4 vectors of 16 items needs 24 accumulators + 4 inputs + 1 weight = 29 of the 32 vector registers;
/// each loaded input serves 6 multiply-adds and each broadcast weight 4, so that the loop is bound by arithmetic, not loads.
/// Weights are packed in the order in which the loop reads them: <c>[outputs / 6][inputs][6]</c>, the last block padded with zeros.
/// </remarks>
internal static unsafe class DenseKernel
{
    /// <summary>Items in a tile.</summary>
    public const int TileWidth = 64;

    /// <summary>Outputs in a register block.</summary>
    public const int Block = 6;

    private const int V = 16;

    /// <summary><paramref name="count"/> rounded up to whole register blocks.</summary>
    public static int Padded(int count) => (count + Block - 1) / Block * Block;

    /// <summary>Computes a layer for one tile.</summary>
    /// <param name="x">Inputs, <c>[inputs][64]</c>, 64-byte aligned.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="weights">Packed weights.</param>
    /// <param name="bias">Biases, <c>[Padded(outputs)]</c>.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="y">Receives outputs, <c>[Padded(outputs)][64]</c>, 64-byte aligned.</param>
    /// <param name="silu">Whether to apply x·σ(x); else the layer is linear.</param>
    public static void Layer(float* x, int inputs, float* weights, float* bias, int outputs, float* y, bool silu)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Layer512(x, inputs, weights, bias, outputs, y, silu);
        }
        else
        {
            LayerPortable(x, inputs, weights, bias, outputs, y, silu);
        }
    }

    /// <summary>The plain formula, for machines without 512-bit vectors and as the reference for tests.</summary>
    internal static void LayerPortable(float* x, int inputs, float* weights, float* bias, int outputs, float* y, bool silu)
    {
        int width = System.Numerics.Vector<float>.Count;
        for (int o = 0; o < Padded(outputs); o++)
        {
            float* w = weights + ((o / Block) * inputs * Block) + (o % Block);
            for (int i = 0; i < TileWidth; i += width)
            {
                var sum = new System.Numerics.Vector<float>(bias[o]);
                for (int k = 0; k < inputs; k++)
                {
                    sum += System.Numerics.Vector.Load(x + (k * TileWidth) + i) * w[k * Block];
                }

                System.Numerics.Vector.Store(sum, y + (o * TileWidth) + i);
            }

            if (silu)
            {
                for (int i = 0; i < TileWidth; i++)
                {
                    float value = y[(o * TileWidth) + i];
                    y[(o * TileWidth) + i] = value / (1f + MathF.Exp(-value));
                }
            }
        }
    }

    private static void Layer512(float* x, int inputs, float* weights, float* bias, int outputs, float* y, bool silu)
    {
        for (int o = 0; o < outputs; o += Block)
        {
            Vector512<float> a00, a01, a02, a03, a10, a11, a12, a13, a20, a21, a22, a23, a30, a31, a32, a33, a40, a41, a42, a43, a50, a51, a52, a53;
            a00 = a01 = a02 = a03 = Vector512.Create(bias[o]);
            a10 = a11 = a12 = a13 = Vector512.Create(bias[o + 1]);
            a20 = a21 = a22 = a23 = Vector512.Create(bias[o + 2]);
            a30 = a31 = a32 = a33 = Vector512.Create(bias[o + 3]);
            a40 = a41 = a42 = a43 = Vector512.Create(bias[o + 4]);
            a50 = a51 = a52 = a53 = Vector512.Create(bias[o + 5]);
            float* w = weights + (o * inputs);
            float* end = w + (inputs * Block);
            for (float* p = x; w < end; p += TileWidth, w += Block)
            {
                var x0 = Vector512.Load(p);
                var x1 = Vector512.Load(p + V);
                var x2 = Vector512.Load(p + (2 * V));
                var x3 = Vector512.Load(p + (3 * V));
                var b = Vector512.Create(w[0]);
                a00 = Vector512.FusedMultiplyAdd(b, x0, a00);
                a01 = Vector512.FusedMultiplyAdd(b, x1, a01);
                a02 = Vector512.FusedMultiplyAdd(b, x2, a02);
                a03 = Vector512.FusedMultiplyAdd(b, x3, a03);
                b = Vector512.Create(w[1]);
                a10 = Vector512.FusedMultiplyAdd(b, x0, a10);
                a11 = Vector512.FusedMultiplyAdd(b, x1, a11);
                a12 = Vector512.FusedMultiplyAdd(b, x2, a12);
                a13 = Vector512.FusedMultiplyAdd(b, x3, a13);
                b = Vector512.Create(w[2]);
                a20 = Vector512.FusedMultiplyAdd(b, x0, a20);
                a21 = Vector512.FusedMultiplyAdd(b, x1, a21);
                a22 = Vector512.FusedMultiplyAdd(b, x2, a22);
                a23 = Vector512.FusedMultiplyAdd(b, x3, a23);
                b = Vector512.Create(w[3]);
                a30 = Vector512.FusedMultiplyAdd(b, x0, a30);
                a31 = Vector512.FusedMultiplyAdd(b, x1, a31);
                a32 = Vector512.FusedMultiplyAdd(b, x2, a32);
                a33 = Vector512.FusedMultiplyAdd(b, x3, a33);
                b = Vector512.Create(w[4]);
                a40 = Vector512.FusedMultiplyAdd(b, x0, a40);
                a41 = Vector512.FusedMultiplyAdd(b, x1, a41);
                a42 = Vector512.FusedMultiplyAdd(b, x2, a42);
                a43 = Vector512.FusedMultiplyAdd(b, x3, a43);
                b = Vector512.Create(w[5]);
                a50 = Vector512.FusedMultiplyAdd(b, x0, a50);
                a51 = Vector512.FusedMultiplyAdd(b, x1, a51);
                a52 = Vector512.FusedMultiplyAdd(b, x2, a52);
                a53 = Vector512.FusedMultiplyAdd(b, x3, a53);
            }

            float* row = y + (o * TileWidth);
            Finish(a00, a01, a02, a03, row, silu);
            Finish(a10, a11, a12, a13, row + TileWidth, silu);
            Finish(a20, a21, a22, a23, row + (2 * TileWidth), silu);
            Finish(a30, a31, a32, a33, row + (3 * TileWidth), silu);
            Finish(a40, a41, a42, a43, row + (4 * TileWidth), silu);
            Finish(a50, a51, a52, a53, row + (5 * TileWidth), silu);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector512<float> a0, Vector512<float> a1, Vector512<float> a2, Vector512<float> a3, float* row, bool silu)
    {
        if (silu)
        {
            a0 = Silu(a0);
            a1 = Silu(a1);
            a2 = Silu(a2);
            a3 = Silu(a3);
        }

        a0.Store(row);
        a1.Store(row + V);
        a2.Store(row + (2 * V));
        a3.Store(row + (3 * V));
    }

    /// <summary>x·σ(x) = x / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Silu(Vector512<float> x)
    {
        // e⁻ˣ = 2ᵗ, t = −x·log₂e; 2ᵗ = 2ⁿ·2ᶠ with n = round(t), and a degree-5 minimax polynomial for 2ᶠ on [−½, ½] (relative error 2·10⁻⁷).
        // t is limited to ±126, where x·σ(x) has long reached x or 0 in single precision.
        var t = x * Vector512.Create(-1.44269504088896341f);
        t = Vector512.MinNative(Vector512.Create(126f), Vector512.MaxNative(Vector512.Create(-126f), t));
        var magic = Vector512.Create(12582912f);
        var shifted = t + magic;
        var f = t - (shifted - magic);
        var p = Vector512.FusedMultiplyAdd(f, Vector512.Create(1.339887440266574e-3f), Vector512.Create(9.618437357674640e-3f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(5.550332471162809e-2f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(2.402264791363012e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(6.931472028550421e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512<float>.One);
        var e = (p.AsInt32() + Vector512.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();
        return x / (Vector512<float>.One + e);
    }
}
