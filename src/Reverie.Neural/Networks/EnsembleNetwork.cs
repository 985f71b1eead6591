using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Networks;

/// <summary>
/// E multilayer perceptrons of one shape, computed together: every layer is one batched matrix product over the members,
/// h ← φ(h W + b) with h <c>[E, B, in]</c>, W <c>[E, in, out]</c>, b <c>[E, 1, out]</c>.
/// </summary>
/// <remarks>
/// All parameters are views of one flat tensor, weights first, and all gradients of another: an optimiser step is a few passes over
/// two arrays, and saving is one copy.
/// </remarks>
public sealed class EnsembleNetwork : IDisposable
{
    private readonly Tensor[] weights;
    private readonly Tensor[] biases;
    private readonly Tensor gradient;

    /// <summary>Makes a network and draws its weights.</summary>
    /// <param name="members">Members, E.</param>
    /// <param name="sizes">Layer widths from input to output, at least two.</param>
    /// <param name="extra">Further parameters, per member, kept with the biases.</param>
    /// <param name="random">Draws the weights: truncated normal with deviation 1/(2√in), as in the PETS authors' code (Chua et al. 2018).</param>
    /// <param name="device">Where to compute.</param>
    public EnsembleNetwork(int members, IReadOnlyList<int> sizes, int extra, RandomStream random, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizes.Count, 2);
        Members = members;
        Sizes = [.. sizes];
        int layers = sizes.Count - 1;
        long weightCount = members * Enumerable.Range(0, layers).Sum(l => (long)sizes[l] * sizes[l + 1]);
        int biasCount = members * (sizes.Skip(1).Sum() + extra);
        if (weightCount + biasCount > Array.MaxLength)
        {
            throw new ArgumentException($"The networks would have {weightCount + biasCount:#,0} parameters; at most {Array.MaxLength:#,0} are possible.", nameof(sizes));
        }

        WeightCount = (int)weightCount;
        var initial = new float[WeightCount + biasCount];
        int filled = 0;
        for (int l = 0; l < layers; l++)
        {
            double deviation = 0.5 / Math.Sqrt(sizes[l]);
            int end = filled + (members * sizes[l] * sizes[l + 1]);
            for (; filled < end; filled++)
            {
                initial[filled] = (float)(deviation * TruncatedNormal(random));
            }
        }

        using var scope = NewDisposeScope();
        Parameters = tensor(initial, device: device).MoveToOuterDisposeScope();
        Parameters.DetachFromDisposeScope();
        gradient = zeros_like(Parameters).DetachFromDisposeScope();
        long offset = 0;
        weights = [.. Enumerable.Range(0, layers).Select(l => Leaf(ref offset, members, sizes[l], sizes[l + 1]))];
        biases = [.. Enumerable.Range(0, layers).Select(l => Leaf(ref offset, members, 1, sizes[l + 1]))];
        Extra = extra > 0 ? Leaf(ref offset, members, 1, extra) : null;
    }

    /// <summary>Members, E.</summary>
    public int Members { get; }

    /// <summary>Layer widths from input to output.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>How many of the flat parameters are weights; the rest are biases and extras.</summary>
    public int WeightCount { get; }

    /// <summary>All parameters, <c>[P]</c>.</summary>
    public Tensor Parameters { get; }

    /// <summary>All gradients, <c>[P]</c>; <see cref="Tensor.backward(IList{Tensor}, bool, bool, IList{Tensor})"/> adds to them.</summary>
    public Tensor Gradient => gradient;

    /// <summary>Further parameters, <c>[E, 1, extra]</c>.</summary>
    public Tensor? Extra { get; }

    /// <summary>The outputs.</summary>
    /// <param name="inputs"><c>[E, B, in]</c>.</param>
    /// <returns><c>[E, B, out]</c>, linear in the last layer, SiLU in the others.</returns>
    public Tensor Forward(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var h = inputs;
        for (int l = 0; l < weights.Length; l++)
        {
            h = bmm(h, weights[l]).add_(biases[l]);
            if (l < weights.Length - 1)
            {
                h = nn.functional.silu(h);
            }
        }

        return h.MoveToOuterDisposeScope();
    }

    /// <summary>The weights of one layer, <c>[E, in, out]</c>.</summary>
    public Tensor Weights(int layer) => weights[layer];

    /// <summary>The biases of one layer, <c>[E, 1, out]</c>.</summary>
    public Tensor Biases(int layer) => biases[layer];

    /// <summary>θ ← θ + τ (θ' − θ): moves the parameters towards another network's of the same shape; τ = 1 copies them.</summary>
    /// <param name="other">θ'.</param>
    /// <param name="rate">τ, in [0, 1].</param>
    internal void MoveTowards(EnsembleNetwork other, double rate)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        if (rate >= 1.0)
        {
            Parameters.copy_(other.Parameters);
            return;
        }

        Parameters.lerp_(other.Parameters, rate);
    }

    /// <summary>Where a member's further parameters lie, on the CPU.</summary>
    internal unsafe float* ExtraParameters(int member) => Parameters.Pointer() + ExtraOffset(member);

    /// <summary>Where the gradient of a member's further parameters lies, on the CPU.</summary>
    internal unsafe float* ExtraGradient(int member) => gradient.Pointer() + ExtraOffset(member);

    private long ExtraOffset(int member) => WeightCount + ((long)Members * Sizes.Skip(1).Sum()) + ((long)member * (Extra?.shape[2] ?? 0));

    /// <summary>Every parameter tensor, each with the members first.</summary>
    public IEnumerable<Tensor> Leaves() => Extra is { } extra ? weights.Concat(biases).Append(extra) : weights.Concat(biases);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var leaf in Leaves())
        {
            leaf.Dispose();
        }

        Parameters.Dispose();
        gradient.Dispose();
    }

    private static double TruncatedNormal(RandomStream random)
    {
        double z;
        do
        {
            z = random.NextNormal();
        }
        while (Math.Abs(z) > 2.0);
        return z;
    }

    private Tensor Leaf(ref long offset, params long[] shape)
    {
        long count = 1;
        foreach (long size in shape)
        {
            count *= size;
        }

        var leaf = Parameters.narrow(0, offset, count).view(shape).detach().DetachFromDisposeScope();
        leaf.requires_grad = true;
        leaf.grad = gradient.narrow(0, offset, count).view(shape);
        offset += count;
        return leaf;
    }
}
