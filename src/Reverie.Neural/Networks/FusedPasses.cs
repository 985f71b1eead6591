using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Neural.Networks;

/// <summary>
/// The forward and backward pass of an <see cref="EnsembleNetwork"/> on the CPU, in managed code on the very parameters and
/// gradients of its tensors: the same numbers as libtorch's up to rounding, in about half the time for the small batches of
/// dynamics models, and the same bits for any number of threads.
/// </summary>
/// <remarks>
/// Work is shared by member and block of rows, then, for the weight gradients, by member, layer and block of weights; every sum is
/// taken in one fixed order.
/// </remarks>
internal sealed unsafe class FusedPasses
{
    private const int RowsPerItem = 32;
    private const int WeightRowsPerItem = 40;

    private readonly EnsembleNetwork network;
    private readonly Workers workers;
    private readonly int[] sizes;
    private readonly int layers;
    private readonly float[][] activations;
    private readonly float[][] slopes;
    private readonly float[][] errors;
    private readonly float[][] transposed;
    private readonly float* parameters;
    private readonly float* gradients;
    private readonly long[] weightOffset;
    private readonly long[] biasOffset;
    private readonly int batch;
    private readonly ForwardJob forward;
    private readonly TransposeJob transpose;
    private readonly BackwardJob backward;
    private readonly WeightJob weight;

    /// <summary>Passes over minibatches of <paramref name="batch"/> rows a member.</summary>
    public FusedPasses(EnsembleNetwork network, int batch, Workers workers)
    {
        (this.network, this.batch, this.workers) = (network, batch, workers);
        sizes = [.. network.Sizes];
        layers = sizes.Length - 1;
        float[] Rows(int width) => GC.AllocateArray<float>(network.Members * batch * width, pinned: true);
        activations = [.. sizes.Select(Rows)];
        slopes = [.. sizes.Select(Rows)];
        errors = [.. sizes.Select(Rows)];
        transposed = [.. Enumerable.Range(0, layers).Select(l => GC.AllocateArray<float>(network.Members * sizes[l] * sizes[l + 1], pinned: true))];
        parameters = network.Parameters.Pointer();
        gradients = network.Gradient.Pointer();
        weightOffset = new long[layers];
        biasOffset = new long[layers];
        long offset = 0;
        for (int l = 0; l < layers; l++)
        {
            weightOffset[l] = offset;
            offset += (long)network.Members * sizes[l] * sizes[l + 1];
        }

        for (int l = 0; l < layers; l++)
        {
            biasOffset[l] = offset;
            offset += (long)network.Members * sizes[l + 1];
        }

        forward = new ForwardJob(this);
        transpose = new TransposeJob(this);
        backward = new BackwardJob(this);
        weight = new WeightJob(this);
    }

    /// <summary>The inputs, <c>[E, B, in]</c>: fill before <see cref="Forward"/>.</summary>
    public float[] Inputs => activations[0];

    /// <summary>The outputs, <c>[E, B, out]</c>.</summary>
    public float[] Outputs => activations[layers];

    /// <summary>∂L/∂outputs, <c>[E, B, out]</c>: fill before <see cref="Backward"/>.</summary>
    public float[] OutputErrors => errors[layers];

    /// <summary>∂L/∂inputs, <c>[E, B, in]</c>, after a <see cref="Backward"/> that was asked for them.</summary>
    public float[] InputErrors => errors[0];

    /// <summary>Rows of each member, B.</summary>
    public int Batch => batch;

    private int RowItems => (batch + RowsPerItem - 1) / RowsPerItem;

    /// <summary>Outputs from inputs: hₗ = φ(hₗ₋₁ Wₗ + bₗ).</summary>
    public void Forward() => workers.Run(forward, network.Members * RowItems);

    /// <summary>
    /// Writes the gradient into the network's: δₗ₋₁ = (δₗ Wₗᵀ) ⊙ φ'(zₗ₋₁), ∂L/∂Wₗ = hₗ₋₁ᵀ δₗ, ∂L/∂bₗ = Σ δₗ.
    /// </summary>
    /// <param name="parameters">Whether the gradient to the parameters is wanted.</param>
    /// <param name="inputs">Whether <see cref="InputErrors"/>, δ₀ = δ₁ W₁ᵀ, are wanted.</param>
    public void Backward(bool parameters = true, bool inputs = false)
    {
        backward.LastLayer = inputs ? 0 : 1;
        workers.Run(transpose, network.Members * layers);
        workers.Run(backward, network.Members * RowItems);
        if (parameters)
        {
            workers.Run(weight, weight.Items);
        }
    }

    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref pinned[0]);

    private float* Weights(int layer, int member) => parameters + weightOffset[layer] + ((long)member * sizes[layer] * sizes[layer + 1]);

    private (int Member, int First, int Count) RowItem(int index)
    {
        int first = index % RowItems * RowsPerItem;
        return (index / RowItems, first, Math.Min(RowsPerItem, batch - first));
    }

    private sealed class ForwardJob(FusedPasses p) : IParallelJob
    {
        public void Run(int index)
        {
            var (member, first, count) = p.RowItem(index);
            for (int l = 0; l < p.layers; l++)
            {
                int n = p.sizes[l], m = p.sizes[l + 1];
                long row = ((long)member * p.batch) + first;
                float* h = Pointer(p.activations[l]) + (row * n);
                float* y = Pointer(p.activations[l + 1]) + (row * m);
                RowMajorKernel.Multiply(h, n, 1, p.Weights(l, member), m, y, m, count, m, n);
                float* bias = p.parameters + p.biasOffset[l] + ((long)member * m);
                bool hidden = l < p.layers - 1;
                float* slope = Pointer(p.slopes[l + 1]) + (row * m);
                for (int r = 0; r < count; r++, y += m, slope += m)
                {
                    Activation.Apply(y, bias, slope, m, hidden);
                }
            }
        }
    }

    private sealed class TransposeJob(FusedPasses p) : IParallelJob
    {
        public void Run(int index)
        {
            int member = index / p.layers, l = index % p.layers;
            int n = p.sizes[l], m = p.sizes[l + 1];
            float* w = p.Weights(l, member);
            float* t = Pointer(p.transposed[l]) + ((long)member * n * m);
            for (int i = 0; i < n; i += 8)
            {
                for (int o = 0; o < m; o++)
                {
                    for (int j = i; j < Math.Min(i + 8, n); j++)
                    {
                        t[(o * n) + j] = w[(j * m) + o];
                    }
                }
            }
        }
    }

    private sealed class BackwardJob(FusedPasses p) : IParallelJob
    {
        /// <summary>The lowest layer whose errors are wanted: 0 for the inputs'.</summary>
        public int LastLayer { get; set; } = 1;

        public void Run(int index)
        {
            var (member, first, count) = p.RowItem(index);
            for (int l = p.layers - 1; l >= LastLayer; l--)
            {
                int n = p.sizes[l], m = p.sizes[l + 1];
                long row = ((long)member * p.batch) + first;
                float* delta = Pointer(p.errors[l + 1]) + (row * m);
                float* below = Pointer(p.errors[l]) + (row * n);
                RowMajorKernel.Multiply(delta, m, 1, Pointer(p.transposed[l]) + ((long)member * n * m), n, below, n, count, n, m);
                if (l > 0)
                {
                    Activation.MultiplyBy(below, Pointer(p.slopes[l]) + (row * n), count * n);
                }
            }
        }
    }

    private sealed class WeightJob(FusedPasses p) : IParallelJob
    {
        private readonly (int Layer, int First)[] blocks = [.. Enumerable.Range(0, p.layers).SelectMany(
            l => Enumerable.Range(0, (p.sizes[l] + WeightRowsPerItem - 1) / WeightRowsPerItem).Select(b => (l, b * WeightRowsPerItem)))];

        public int Items => blocks.Length * p.network.Members;

        public void Run(int index)
        {
            int member = index / blocks.Length;
            var (l, first) = blocks[index % blocks.Length];
            int n = p.sizes[l], m = p.sizes[l + 1];
            int count = Math.Min(WeightRowsPerItem, n - first);
            float* h = Pointer(p.activations[l]) + ((long)member * p.batch * n) + first;
            float* delta = Pointer(p.errors[l + 1]) + ((long)member * p.batch * m);
            float* target = p.gradients + p.weightOffset[l] + ((((long)member * n) + first) * m);
            RowMajorKernel.Multiply(h, 1, n, delta, m, target, m, count, m, p.batch);
            if (first == 0)
            {
                float* bias = p.gradients + p.biasOffset[l] + ((long)member * m);
                new Span<float>(bias, m).Clear();
                for (int r = 0; r < p.batch; r++)
                {
                    Activation.AddTo(bias, delta + ((long)r * m), m);
                }
            }
        }
    }
}
