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

    /// <summary>
    /// Outputs and their Jacobian for one input, by the chain rule through the layers: J ← diag(φ'(z)) Wᵀ J.
    /// </summary>
    /// <param name="x">Input, <c>[in]</c>.</param>
    /// <param name="seed">∂x/∂v, row-major <c>[in, columns]</c>.</param>
    /// <param name="columns">Variables v.</param>
    /// <returns>y <c>[out]</c> and ∂y/∂v, row-major <c>[out, columns]</c>.</returns>
    public (double[] Output, double[] Jacobian) Linearize(ReadOnlySpan<double> x, ReadOnlySpan<double> seed, int columns)
    {
        double[] h = x.ToArray();
        double[] jacobian = seed.ToArray();
        for (int l = 0; l < weights.Length; l++)
        {
            int inputs = sizes[l], outputs = sizes[l + 1];
            var z = new double[outputs];
            var dz = new double[outputs * columns];
            for (int o = 0; o < outputs; o++)
            {
                double sum = biases[l][o];
                for (int i = 0; i < inputs; i++)
                {
                    double w = weights[l][Index(inputs, i, o)];
                    sum += w * h[i];
                    for (int c = 0; c < columns; c++)
                    {
                        dz[(o * columns) + c] += w * jacobian[(i * columns) + c];
                    }
                }

                z[o] = sum;
                if (l < weights.Length - 1)
                {
                    // φ(z) = z σ(z), φ'(z) = σ(z) (1 + z (1 − σ(z))).
                    double sigma = 1.0 / (1.0 + Math.Exp(-sum));
                    double slope = sigma * (1.0 + (sum * (1.0 - sigma)));
                    z[o] = sum * sigma;
                    for (int c = 0; c < columns; c++)
                    {
                        dz[(o * columns) + c] *= slope;
                    }
                }
            }

            (h, jacobian) = (z, dz);
        }

        return (h, jacobian);
    }

    private static int Index(int inputs, int i, int o) => (o / DenseKernel.Block * inputs * DenseKernel.Block) + (i * DenseKernel.Block) + (o % DenseKernel.Block);

    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref pinned[0]);
}
