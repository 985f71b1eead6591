using System.Runtime.CompilerServices;

namespace Reverie.Numerics;

/// <summary>Zeros that never move, 64-byte aligned; the pointer is good for as long as this lives.</summary>
internal sealed unsafe class AlignedDoubles
{
    /// <summary>The most that there can be.</summary>
    public static readonly int MaxCount = Array.MaxLength - 8;

    private readonly double[] owned;

    /// <summary>Room for <paramref name="count"/> numbers.</summary>
    public AlignedDoubles(int count)
    {
        owned = GC.AllocateArray<double>(count + 8, pinned: true);
        Pointer = (double*)(((nint)Unsafe.AsPointer(ref owned[0]) + 63) & ~(nint)63);
        Count = count;
    }

    /// <summary>The first of them.</summary>
    public double* Pointer { get; }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>All of them.</summary>
    public Span<double> Span => new(Pointer, Count);
}
