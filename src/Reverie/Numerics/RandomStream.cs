namespace Reverie.Numerics;

/// <summary>A sequence of random numbers under a <see cref="RandomKey"/>. Its whole state is the key and a position.</summary>
/// <param name="key">The key.</param>
public sealed class RandomStream(RandomKey key)
{
    private ulong blockIndex = ulong.MaxValue;
    private (uint X0, uint X1, uint X2, uint X3) block;

    /// <summary>The key.</summary>
    public RandomKey Key { get; private set; } = key;

    /// <summary>32-bit words drawn so far; a key counts as one.</summary>
    public ulong Position { get; private set; }

    /// <summary>A new stream for the consumer <paramref name="name"/>; this stream is not advanced.</summary>
    public RandomStream Split(string name) => new(Key.Split(name));

    /// <summary>A key never handed out before: for one decision or one batch of lanes. Advances the stream by one word.</summary>
    public RandomKey NextKey() => Key.SplitAt(Position++);

    /// <summary>The next 32 bits.</summary>
    public uint NextUInt32()
    {
        ulong index = Position >> 2;
        if (index != blockIndex)
        {
            block = Philox.Block(((uint)index, (uint)(index >> 32), 0, 0), Key.Value);
            blockIndex = index;
        }

        return (Position++ & 3) switch
        {
            0 => block.X0,
            1 => block.X1,
            2 => block.X2,
            _ => block.X3,
        };
    }

    /// <summary>The next words, as <see cref="NextUInt32"/> would give them one by one, in less time.</summary>
    public void Fill(Span<uint> words)
    {
        int i = 0;
        for (; i < words.Length && (Position & 3) != 0; i++)
        {
            words[i] = NextUInt32();
        }

        Span<uint> several = stackalloc uint[Philox.WordsAtOnce];
        while (i < words.Length && Philox.TryBlocks(Position >> 2, Key.Value, several))
        {
            int count = Math.Min(words.Length - i, several.Length);
            several[..count].CopyTo(words[i..]);
            Position += (ulong)count;
            i += count;
        }

        for (; i < words.Length; i++)
        {
            words[i] = NextUInt32();
        }
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble()
    {
        ulong bits = ((ulong)NextUInt32() << 32) | NextUInt32();
        return (bits >> 11) * (1.0 / (1ul << 53));
    }

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>), both finite; rounding may give <paramref name="high"/> itself.</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform in 0 … <paramref name="count"/> − 1, without bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive.</exception>
    public int NextInt32(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        uint n = (uint)count;
        ulong product = (ulong)NextUInt32() * n;
        if ((uint)product < n)
        {
            uint threshold = (0u - n) % n;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * n;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal, none beyond ±8.58 (Box and Muller 1958; one of each pair, so that the state is a position alone).</summary>
    public double NextNormal()
    {
        // 1 − u lies in (0, 1], where the logarithm is finite.
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>A random order of the items (Fisher and Yates 1938).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Writes key and position under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix) => state.Set(prefix, [(long)Key.Value, (long)Position]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetInt64(prefix, 2);
        (Key, Position, blockIndex) = (new RandomKey((ulong)saved[0]), (ulong)saved[1], ulong.MaxValue);
    }
}
