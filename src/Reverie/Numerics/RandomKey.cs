namespace Reverie.Numerics;

/// <summary>
/// Names a source of randomness. Keys are split by name or number; what is drawn under one key tells nothing of another, so that
/// adding a consumer changes no other stream.
/// </summary>
/// <param name="Value">The 64 bits of the key.</param>
public readonly record struct RandomKey(ulong Value)
{
    private const uint NameDomain = 0x6E616D65, IndexDomain = 0x696E6478, PositionDomain = 0x6E657874;

    /// <summary>The key of a run's seed.</summary>
    public static RandomKey FromSeed(long seed) => new RandomKey(0x5265766572696521ul).Split((ulong)seed);

    /// <summary>The key for the consumer <paramref name="name"/>; names are told apart by every character, of any number.</summary>
    public RandomKey Split(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        // FNV-1a (Fowler, Noll, Vo) in 64 bits over the UTF-16 code units, low byte first; the block cipher below does the mixing.
        const ulong Prime = 1099511628211;
        ulong hash = 14695981039346656037;
        foreach (char c in name)
        {
            hash = (hash ^ (byte)c) * Prime;
            hash = (hash ^ (byte)(c >> 8)) * Prime;
        }

        return Mix(hash, NameDomain);
    }

    /// <summary>The key for the consumer number <paramref name="index"/>.</summary>
    public RandomKey Split(ulong index) => Mix(index, IndexDomain);

    /// <summary>The key for the consumer number <paramref name="index"/>; a negative number counts as its two's complement, index + 2⁶⁴.</summary>
    public RandomKey Split(long index) => Split((ulong)index);

    /// <summary>The key for what a stream hands out at <paramref name="position"/>: apart from all split by name or number.</summary>
    internal RandomKey SplitAt(ulong position) => Mix(position, PositionDomain);

    private RandomKey Mix(ulong value, uint domain)
    {
        var (x0, x1, _, _) = Philox.Block(((uint)value, (uint)(value >> 32), domain, 0xFFFFFFFF), Value);
        return new RandomKey(((ulong)x1 << 32) | x0);
    }
}
