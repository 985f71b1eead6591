using System.Runtime.CompilerServices;

namespace Reverie.Neural.Networks;

/// <summary>
/// One member's weights in the order in which <see cref="DenseKernel"/> reads them, with the normalisation of inputs and outputs
/// folded in: it maps raw inputs to raw outputs.
/// </summary>
internal sealed unsafe class PackedNetwork
{
    private readonly int[] sizes;
    private readonly float[][] weights;
    private readonly float[][] biases;

    /// <summary>Allocates for layer widths from input to output.</summary>
    public PackedNetwork(IReadOnlyList<int> sizes)
    {
        this.sizes = [.. sizes];
        int layers = sizes.Count - 1;
        weights = [.. Enumerable.Range(0, layers).Select(l => GC.AllocateArray<float>(sizes[l] * DenseKernel.Padded(sizes[l + 1]), pinned: true))];
        biases = [.. Enumerable.Range(0, layers).Select(l => GC.AllocateArray<float>(DenseKernel.Padded(sizes[l + 1]), pinned: true))];
    }

    /// <summary>The widest layer, rounded up to register blocks: rows that a scratch tile needs.</summary>
    public int Rows => sizes.Max(DenseKernel.Padded);

    /// <summary>
    /// Takes over one layer's weights, after an affine change of its inputs and outputs:
    /// y = s·(W (x − m)/d + b) + c becomes W' = s W / d, b' = s (b − W m / d) + c.
    /// </summary>
    /// <param name="layer">Layer.</param>
    /// <param name="w">W, <c>[in, out]</c>.</param>
    /// <param name="b">b, <c>[out]</c>.</param>
    /// <param name="mean">m, <c>[in]</c>, or empty.</param>
    /// <param name="deviation">d, <c>[in]</c>, or empty.</param>
    /// <param name="scale">s, <c>[out]</c>, or empty.</param>
    /// <param name="shift">c, <c>[out]</c>, or empty.</param>
    public void Set(int layer, ReadOnlySpan<float> w, ReadOnlySpan<float> b, ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        int inputs = sizes[layer], outputs = sizes[layer + 1];
        for (int o = 0; o < outputs; o++)
        {
            double s = scale.IsEmpty ? 1.0 : scale[o];
            double bias = b[o];
            for (int i = 0; i < inputs; i++)
            {
                double weight = w[(i * outputs) + o];
                if (!mean.IsEmpty)
                {
                    weight /= deviation[i];
                    bias -= weight * mean[i];
                }

                weights[layer][Index(inputs, i, o)] = (float)(s * weight);
            }

            biases[layer][o] = (float)((s * bias) + (shift.IsEmpty ? 0.0 : shift[o]));
        }
    }

    /// <summary>Runs a tile of 64 items through all layers.</summary>
    /// <param name="x">Inputs, <c>[in][64]</c>, 64-byte aligned.</param>
    /// <param name="first">Scratch and, after an odd number of layers, the result: <c>[Rows][64]</c>.</param>
    /// <param name="second">Scratch and, after an even number of layers, the result.</param>
    /// <returns>The outputs, <c>[out][64]</c>: one of the two scratch tiles.</returns>
    public float* Forward(float* x, float* first, float* second)
    {
        float* source = x;
        float* target = first;
        float* spare = second;
        for (int l = 0; l < weights.Length; l++)
        {
            DenseKernel.Layer(source, sizes[l], Pointer(weights[l]), Pointer(biases[l]), sizes[l + 1], target, silu: l < weights.Length - 1);
            source = target;
            target = spare;
            spare = source;
        }

        return source;
    }

    /// <summary>The weight from an input to an output of a layer.</summary>
    public float Weight(int layer, int input, int output) => weights[layer][Index(sizes[layer], input, output)];

    /// <summary>The bias of an output of a layer.</summary>
    public float Bias(int layer, int output) => biases[layer][output];

    private static int Index(int inputs, int i, int o) => (o / DenseKernel.Block * inputs * DenseKernel.Block) + (i * DenseKernel.Block) + (o % DenseKernel.Block);

    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref pinned[0]);
}
