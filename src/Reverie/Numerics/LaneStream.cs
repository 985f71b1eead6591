using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// Random numbers for sixteen lanes at once under a <see cref="RandomKey"/>. What lane i draws n-th depends on the key, the stream's
/// index, i and n only. A mutable struct: pass it by reference.
/// </summary>
public struct LaneStream
{
    /// <summary>The last word of this stream's counters; <see cref="RandomStream"/> and <see cref="RandomKey"/> have others.</summary>
    internal const uint Domain = 0x4C616E65;

    private readonly ulong key;
    private readonly uint index;
    private uint block;
    private int left;
    private Vector512<uint> x1, x2, x3;
    private Vector512<float> spare;
    private bool hasSpare;

    /// <summary>Starts the stream number <paramref name="index"/> under a key, e.g. one per group of sixteen items.</summary>
    public LaneStream(RandomKey key, uint index = 0) => (this.key, this.index) = (key.Value, index);

    /// <summary>Sixteen uniform numbers in [0, 1), multiples of 2⁻²⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes NextUniform() =>
        new(Vector512.ConvertToSingle(Vector512.ShiftRightLogical(NextWord(), 8).AsInt32()) * Vector512.Create(1f / (1 << 24)));

    /// <summary>Sixteen standard normal numbers, none beyond ±6.77 (Box and Muller 1958, both of each pair used).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes NextNormal()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return new(spare);
        }

        // u = (word + ½)·2⁻³² lies in [2⁻³³, 1]: the logarithm is finite and small u, the tails, are finely spaced.
        var u = Vector512.FusedMultiplyAdd(
            Vector512.ConvertToSingle(NextWord()), Vector512.Create(1f / (1L << 32)), Vector512.Create(0.5f / (1L << 32)));
        var radius = Vector512.Sqrt(Vector512.Create(-2f) * LaneMath.Log(u));

        // The angle in (−π, π] from the word as a signed number.
        var (sin, cos) = LaneMath.SinCos(Vector512.ConvertToSingle(NextWord().AsInt32()) * Vector512.Create(3.14159265f / (1L << 31)));
        spare = radius * sin;
        hasSpare = true;
        return new(radius * cos);
    }

    /// <summary>The next random word of every lane: the four words of a block in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<uint> NextWord()
    {
        switch (left--)
        {
            case 3:
                return x1;
            case 2:
                return x2;
            case 1:
                return x3;
            default:
                (var x0, x1, x2, x3) = Philox.Block(
                    Vector512<uint>.Indices, Vector512.Create(block++), Vector512.Create(index), Vector512.Create(Domain), key);
                left = 3;
                return x0;
        }
    }
}
