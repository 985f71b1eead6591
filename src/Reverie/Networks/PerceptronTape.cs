using Reverie.Numerics;

namespace Reverie.Networks;

/// <summary>What a <see cref="Perceptron"/> remembers of its passes, row by row. Allocated once and filled many times.</summary>
public sealed unsafe class PerceptronTape
{
    private readonly Perceptron network;

    /// <summary>Room for rows.</summary>
    /// <param name="network">Whose passes.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one row, or more than .NET's arrays hold.</exception>
    public PerceptronTape(Perceptron network, int rows)
    {
        var strides = network.Strides.ToArray();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * strides.Max(), AlignedDoubles.MaxCount, nameof(rows));
        (this.network, Rows) = (network, rows);
        Activations = [.. strides.Select(s => new AlignedDoubles(rows * s))];
        Errors = [.. strides.Select(s => new AlignedDoubles(rows * s))];
        Slopes = [.. strides.Skip(1).SkipLast(1).Select(s => new AlignedDoubles(rows * s))];
        Product = new AlignedDoubles(Enumerable.Range(0, strides.Length - 1).Max(l => network.Sizes[l] * strides[l + 1]));
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>h of every layer, the inputs first, <c>[rows, stride]</c>.</summary>
    internal AlignedDoubles[] Activations { get; }

    /// <summary>φ' of every hidden layer, <c>[rows, stride]</c>.</summary>
    internal AlignedDoubles[] Slopes { get; }

    /// <summary>δ of every layer, the inputs first, <c>[rows, stride]</c>.</summary>
    internal AlignedDoubles[] Errors { get; }

    /// <summary>Scratch for one layer's weight gradient.</summary>
    internal AlignedDoubles Product { get; }

    /// <summary>A row's inputs, <c>[in]</c>: fill before the forward pass.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<double> Input(int row) => Row(Activations, 0, row);

    /// <summary>A row's outputs, <c>[out]</c>.</summary>
    /// <inheritdoc cref="Input"/>
    public ReadOnlySpan<double> Output(int row) => Row(Activations, Activations.Length - 1, row);

    /// <summary>∂L/∂outputs of a row, <c>[out]</c>: fill before the backward pass.</summary>
    /// <inheritdoc cref="Input"/>
    public Span<double> OutputError(int row) => Row(Errors, Errors.Length - 1, row);

    /// <summary>∂L/∂inputs of a row, <c>[in]</c>.</summary>
    /// <inheritdoc cref="Input"/>
    public ReadOnlySpan<double> InputError(int row) => Row(Errors, 0, row);

    /// <summary>Refuses another network and rows that there are not.</summary>
    internal void Require(Perceptron user, int first, int count)
    {
        if (!ReferenceEquals(user, network))
        {
            throw new ArgumentException("The tape belongs to another network.", nameof(user));
        }

        if (first < 0 || count < 0 || first + count > Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(first), first, $"The tape has {Rows} rows; rows {first} to {first + count - 1} are not all among them.");
        }
    }

    private Span<double> Row(AlignedDoubles[] layers, int layer, int row) => (uint)row < (uint)Rows
        ? new Span<double>(layers[layer].Pointer + ((nint)row * network.Strides[layer]), network.Sizes[layer])
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"The tape has {Rows} rows.");
}
