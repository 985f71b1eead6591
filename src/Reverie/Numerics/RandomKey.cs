using System.Text;

namespace Reverie.Numerics;

/// <summary>
/// Names a source of randomness. Keys are split by name or number; what is drawn under one key tells nothing of another, so that
/// adding a consumer changes no other stream.
/// </summary>
/// <param name="Value">The 64 bits of the key.</param>
public readonly record struct RandomKey(ulong Value)
{
    /// <summary>The key of a run's seed.</summary>
    public static RandomKey FromSeed(long seed) => new RandomKey(0x5265766572696521ul).Split((ulong)seed);

    /// <summary>The key for the consumer <paramref name="name"/>.</summary>
    public RandomKey Split(string name)
    {
        // FNV-1a over UTF-8 in 64 bits; the block cipher below does the mixing.
        ulong hash = 14695981039346656037ul;
        Span<byte> utf8 = stackalloc byte[256];
        int length = Encoding.UTF8.GetBytes(name, utf8);
        foreach (byte b in utf8[..length])
        {
            hash = (hash ^ b) * 1099511628211ul;
        }

        return Mix(hash, 0x6E616D65);
    }

    /// <summary>The key for the consumer number <paramref name="index"/>.</summary>
    public RandomKey Split(ulong index) => Mix(index, 0x696E6478);

    /// <summary>The key for a negative or positive number.</summary>
    public RandomKey Split(int index) => Split((ulong)(uint)index);

    private RandomKey Mix(ulong value, uint domain)
    {
        var (x0, x1, _, _) = Philox.Block(((uint)value, (uint)(value >> 32), domain, 0xFFFFFFFF), Value);
        return new RandomKey(((ulong)x1 << 32) | x0);
    }
}
