using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reverie.Numerics;

/// <summary>
/// Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw 2011): a keyed bijection of 128-bit counters, so that any
/// block of a stream can be computed by itself.
/// </summary>
public static class Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Words that <see cref="TryBlocks"/> writes.</summary>
    internal const int WordsAtOnce = 64;

    /// <summary>The four words of the block at a counter.</summary>
    /// <param name="counter">The 128-bit counter, least significant word first.</param>
    /// <param name="key">The 64-bit key, least significant word first.</param>
    public static (uint X0, uint X1, uint X2, uint X3) Block((uint C0, uint C1, uint C2, uint C3) counter, ulong key)
    {
        var (c0, c1, c2, c3) = counter;
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)M0 * c0;
            ulong p1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Sixteen blocks at once, one a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<uint> X0, Vector512<uint> X1, Vector512<uint> X2, Vector512<uint> X3) Block(
        Vector512<uint> c0, Vector512<uint> c1, Vector512<uint> c2, Vector512<uint> c3, ulong key)
    {
        var k0 = Vector512.Create((uint)key);
        var k1 = Vector512.Create((uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            var (high0, low0) = Multiply(c0, M0);
            var (high1, low1) = Multiply(c2, M1);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0);
            k0 += Vector512.Create(W0);
            k1 += Vector512.Create(W1);
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// The words of the sixteen blocks from number <paramref name="index"/> on, in order, if this machine has the instructions for it and the numbers'
    /// lower halves do not wrap around.
    /// </summary>
    internal static bool TryBlocks(ulong index, ulong key, Span<uint> words)
    {
        if (!Avx512F.IsSupported || (uint)index > uint.MaxValue - 16)
        {
            return false;
        }

        // Element 4k + j works on block 4j + k: interleaving words within 128 bits then leaves four consecutive blocks side by side.
        var order = Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var (x0, x1, x2, x3) = Block(order + Vector512.Create((uint)index), Vector512.Create((uint)(index >> 32)), default, default, key);
        var (low01, high01) = (Avx512F.UnpackLow(x0, x1).AsUInt64(), Avx512F.UnpackHigh(x0, x1).AsUInt64());
        var (low23, high23) = (Avx512F.UnpackLow(x2, x3).AsUInt64(), Avx512F.UnpackHigh(x2, x3).AsUInt64());
        Avx512F.UnpackLow(low01, low23).AsUInt32().CopyTo(words);
        Avx512F.UnpackHigh(low01, low23).AsUInt32().CopyTo(words[16..]);
        Avx512F.UnpackLow(high01, high23).AsUInt32().CopyTo(words[32..]);
        Avx512F.UnpackHigh(high01, high23).AsUInt32().CopyTo(words[48..]);
        return true;
    }

    /// <summary>The high and low words of the 64-bit products of every lane with <paramref name="factor"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> High, Vector512<uint> Low) Multiply(Vector512<uint> x, uint factor)
    {
        // Even and odd lanes widen to 64 bits in place: the product of 32-bit halves is exact.
        var mask = Vector512.Create(0xFFFFFFFFul);
        var even = MultiplyEven(x, factor);
        var odd = MultiplyEven(Vector512.ShiftRightLogical(x.AsUInt64(), 32).AsUInt32(), factor);
        var high = Vector512.ShiftRightLogical(even, 32) | (odd & ~mask);
        var low = (even & mask) | Vector512.ShiftLeft(odd, 32);
        return (high.AsUInt32(), low.AsUInt32());
    }

    /// <summary>The 64-bit products of the even lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyEven(Vector512<uint> x, uint factor) => Avx512F.IsSupported
        ? Avx512F.Multiply(x, Vector512.Create(factor))
        : (x.AsUInt64() & Vector512.Create(0xFFFFFFFFul)) * Vector512.Create((ulong)factor);
}
