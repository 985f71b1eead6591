using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Models;

/// <summary>What models do with blocks of sixteen items of a feature-major batch.</summary>
internal static unsafe class LaneBlocks
{
    /// <summary>Reads a block, <c>[feature][16]</c> with <paramref name="stride"/> between features.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(float* source, int stride, Span<Lanes> block)
    {
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = new Lanes(Vector512.Load(source + (i * stride)));
        }
    }

    /// <summary>Writes a block, <c>[feature][16]</c> with <paramref name="stride"/> between features.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ReadOnlySpan<Lanes> block, float* destination, int stride)
    {
        for (int i = 0; i < block.Length; i++)
        {
            block[i].Value.Store(destination + (i * stride));
        }
    }

    /// <summary>Writes sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes value, float* destination) => value.Value.Store(destination);

    /// <summary>Draws a block's disturbances: they depend on the key and the block only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Draw(RandomKey key, int block, Span<Lanes> noise)
    {
        if (noise.Length > 0)
        {
            DrawSome(key, block, noise);
        }
    }

    /// <summary>
    /// Adds weight·reward where the item is alive, then buries what terminated. A state that is not finite spoils the return of
    /// an item that is alive: the sum takes 0·Σxᵢ, which is NaN then and 0 otherwise.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Collect(Lanes reward, Lanes terminated, ReadOnlySpan<Lanes> next, double weight, ref Lanes total, ref Lanes alive)
    {
        var sum = next[0].Value;
        for (int i = 1; i < next.Length; i++)
        {
            sum += next[i].Value;
        }

        Lanes earned = (reward * weight) + (new Lanes(sum) * 0.0);
        total = Lanes.SelectLess(0.0, alive, total + earned, total);
        alive *= 1.0 - terminated;
    }

    /// <summary>Writes returns, −∞ for those that are not finite.</summary>
    public static void StoreReturns(Lanes total, Span<float> returns)
    {
        for (int i = 0; i < returns.Length; i++)
        {
            float value = total.Value.GetElement(i);
            returns[i] = float.IsFinite(value) ? value : float.NegativeInfinity;
        }
    }

    private static void DrawSome(RandomKey key, int block, Span<Lanes> noise)
    {
        var stream = new LaneStream(key, (uint)block);
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = stream.NextNormal();
        }
    }
}
