using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Neural.Networks;

/// <summary>One member's weights in double precision: outputs and their exact Jacobians at several points in one pass through the layers.</summary>
/// <remarks>
/// A point takes 1 + C rows, its value and C tangents, which all pass the same matrix: z = W h + b, ∂z = W ∂h; then h ← φ(z), ∂h ← φ'(z) ∂z.
/// </remarks>
internal sealed unsafe class DifferentiableNetwork
{
    private readonly int[] sizes;
    private readonly int[] strides;
    private readonly AlignedDoubles[] weights;
    private readonly AlignedDoubles[] biases;

    /// <summary>Allocates for layer widths from input to output.</summary>
    public DifferentiableNetwork(IReadOnlyList<int> sizes)
    {
        this.sizes = [.. sizes];
        strides = [.. sizes.Select(DoubleKernel.Padded)];
        weights = [.. Enumerable.Range(0, sizes.Count - 1).Select(l => new AlignedDoubles(sizes[l] * strides[l + 1]))];
        biases = [.. Enumerable.Range(0, sizes.Count - 1).Select(l => new AlignedDoubles(strides[l + 1]))];
    }

    /// <summary>Distance between rows of inputs.</summary>
    public int InputStride => strides[0];

    /// <summary>Distance between rows of outputs.</summary>
    public int OutputStride => strides[^1];

    /// <summary>The widest row, of which a scratch buffer needs as many as there are rows.</summary>
    public int Width => strides.Max();

    /// <summary>Takes over a network's weights, of outputs to spare only the first.</summary>
    public void CopyFrom(PackedNetwork network)
    {
        for (int l = 0; l < weights.Length; l++)
        {
            for (int o = 0; o < sizes[l + 1]; o++)
            {
                for (int i = 0; i < sizes[l]; i++)
                {
                    weights[l].Span[(i * strides[l + 1]) + o] = network.Weight(l, i, o);
                }

                biases[l].Span[o] = network.Bias(l, o);
            }
        }
    }

    /// <summary>Runs points and their tangents through all layers.</summary>
    /// <param name="x">Inputs, row-major <c>[points·(1 + tangents), InputStride]</c>: a point's value, then its tangents.</param>
    /// <param name="points">Points.</param>
    /// <param name="tangents">C, tangents of each.</param>
    /// <param name="first">Scratch, <c>[points·(1 + tangents), Width]</c>.</param>
    /// <param name="second">Scratch of the same size.</param>
    /// <returns>The outputs, row-major <c>[points·(1 + tangents), OutputStride]</c>, in one of the two scratch buffers.</returns>
    public double* Forward(double* x, int points, int tangents, double* first, double* second)
    {
        double* source = x;
        double* target = first;
        double* spare = second;
        for (int l = 0; l < weights.Length; l++)
        {
            DoubleKernel.Multiply(source, strides[l], weights[l].Pointer, target, points * (1 + tangents), strides[l + 1], sizes[l]);
            for (int p = 0; p < points; p++)
            {
                double* row = target + (p * (1 + tangents) * strides[l + 1]);
                if (l < weights.Length - 1)
                {
                    Activate(row, biases[l].Pointer, strides[l + 1], tangents);
                }
                else
                {
                    Shift(row, biases[l].Pointer, strides[l + 1]);
                }
            }

            source = target;
            target = spare;
            spare = source;
        }

        return source;
    }

    // φ(z) = z σ(z), φ'(z) = σ(z) (1 + z (1 − σ(z))).
    private static void Activate(double* row, double* bias, int stride, int tangents)
    {
        for (int o = 0; o < stride; o += DoubleLanes.Count)
        {
            var z = Vector512.Load(row + o) + Vector512.Load(bias + o);
            var sigma = Vector512<double>.One / (Vector512<double>.One + DoubleLanes.Exp(new DoubleLanes(-z)).Value);
            (z * sigma).Store(row + o);
            var slope = sigma * (Vector512<double>.One + (z * (Vector512<double>.One - sigma)));
            for (int c = 1; c <= tangents; c++)
            {
                double* tangent = row + (c * stride) + o;
                (slope * Vector512.Load(tangent)).Store(tangent);
            }
        }
    }

    private static void Shift(double* row, double* bias, int stride)
    {
        for (int o = 0; o < stride; o += DoubleLanes.Count)
        {
            (Vector512.Load(row + o) + Vector512.Load(bias + o)).Store(row + o);
        }
    }
}
