using Reverie.Numerics;

namespace Reverie.Models;

/// <summary>
/// A feature-major batch, <c>[feature][lane]</c>: component <c>f</c> of item <c>i</c> stands at <c>Data[f·Stride + i]</c>.
/// The layout suits lanes and matrix products alike.
/// </summary>
/// <remarks>The stride is a multiple of <see cref="Lanes.Count"/>: whole lanes may be read and written past <see cref="Count"/>.</remarks>
public readonly ref struct Batch
{
    /// <summary>A view of <paramref name="data"/>.</summary>
    /// <exception cref="ArgumentException">The stride is not a multiple of the lane count, or the data is too short.</exception>
    public Batch(Span<float> data, int features, int count, int stride)
    {
        if (stride % Lanes.Count != 0 || count > stride || data.Length < features * stride)
        {
            throw new ArgumentException($"A batch of {features} × {count} with stride {stride} does not fit {data.Length} numbers, or the stride is no multiple of {Lanes.Count}.", nameof(data));
        }

        Data = data;
        Features = features;
        Count = count;
        Stride = stride;
    }

    /// <summary>The numbers, <c>[Features][Stride]</c>.</summary>
    public Span<float> Data { get; }

    /// <summary>Components of an item.</summary>
    public int Features { get; }

    /// <summary>Items.</summary>
    public int Count { get; }

    /// <summary>Distance between features.</summary>
    public int Stride { get; }

    /// <summary>One component of all items, <c>[Stride]</c>, with what pads the last lanes.</summary>
    public Span<float> Feature(int index) => Data.Slice(index * Stride, Stride);

    /// <summary>The smallest multiple of the lane count that holds <paramref name="count"/> items.</summary>
    public static int StrideOf(int count) => (count + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>Allocates a batch; for set-up, not for loops.</summary>
    public static Batch Allocate(int features, int count) =>
        new(new float[features * StrideOf(count)], features, count, StrideOf(count));
}
