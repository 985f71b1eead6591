using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// Random numbers for sixteen lanes at once under a <see cref="RandomKey"/>. Lane i of draw d depends on the key, i and d only.
/// A mutable struct: pass it by reference.
/// </summary>
public struct LaneStream
{
    private readonly ulong key;
    private readonly uint domain;
    private uint draw;
    private Vector512<float> spare;
    private bool hasSpare;

    /// <summary>Starts the stream number <paramref name="index"/> under a key, e.g. one per group of sixteen items.</summary>
    public LaneStream(RandomKey key, uint index = 0) => (this.key, domain) = (key.Value, index);

    /// <summary>Sixteen uniform numbers in [0, 1), multiples of 2⁻²⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes NextUniform()
    {
        var (x0, _, _, _) = NextBlock();
        return new(ToUniform(x0));
    }

    /// <summary>Sixteen standard normal numbers (Box and Muller 1958, both of each pair used).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes NextNormal()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return new(spare);
        }

        var (x0, x1, _, _) = NextBlock();

        // 1 − u lies in (0, 1], where the logarithm is finite.
        var radius = Vector512.Sqrt(Vector512.Create(-2f) * Vector512.Log(Vector512<float>.One - ToUniform(x0)));
        var (sin, cos) = LaneMath.SinCos(ToUniform(x1) * Vector512.Create(6.2831853071795862f));
        spare = radius * sin;
        hasSpare = true;
        return new(radius * cos);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ToUniform(Vector512<uint> bits) =>
        Vector512.ConvertToSingle(Vector512.ShiftRightLogical(bits, 8).AsInt32()) * Vector512.Create(1f / (1 << 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector512<uint> X0, Vector512<uint> X1, Vector512<uint> X2, Vector512<uint> X3) NextBlock() => Philox.Block(
        Vector512<uint>.Indices, Vector512.Create(draw++), Vector512.Create(domain), Vector512.Create(0x4C616E65u), key);
}
