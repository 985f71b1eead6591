using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class RandomStreamTests
{
    private const int Count = 200_000;

    [Fact]
    public void NextUInt32_HandsOutTheWordsOfConsecutiveBlocks()
    {
        var key = RandomKey.FromSeed(3);
        var random = new RandomStream(key);
        for (uint block = 0; block < 5; block++)
        {
            var (x0, x1, x2, x3) = Philox.Block((block, 0, 0, 0), key.Value);
            Assert.Equal([x0, x1, x2, x3], new[] { random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32() });
        }
    }

    [Fact]
    public void NextDouble_IsUniform()
    {
        var random = New(1);
        double[] x = [.. Enumerable.Range(0, Count).Select(_ => random.NextDouble())];
        Assert.All(x, v => Assert.InRange(v, 0, Math.BitDecrement(1.0)));
        var (mean, variance, skewness, kurtosis) = Statistics.Moments(x);
        Assert.Equal(0.5, mean, 0.003);
        Assert.Equal(1.0 / 12, variance, 0.001);
        Assert.Equal(0, skewness, 0.02);
        Assert.Equal(-1.2, kurtosis, 0.02);
        Assert.InRange(Statistics.Kolmogorov(x, v => v), 0, 2.23);
        Assert.InRange(Math.Abs(Statistics.Correlation(x[..^1], x[1..])), 0, 4 / Math.Sqrt(Count));
    }

    [Fact]
    public void NextDouble_InABox_Scales()
    {
        var (a, b) = (New(2), New(2));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(-3 + (7 * a.NextDouble()), b.NextDouble(-3, 4));
        }
    }

    [Fact]
    public void NextNormal_IsNormalIntoItsTails()
    {
        var random = New(4);
        double[] x = [.. Enumerable.Range(0, Count).Select(_ => random.NextNormal())];
        var (mean, variance, skewness, kurtosis) = Statistics.Moments(x);
        Assert.Equal(0, mean, 0.01);
        Assert.Equal(1, variance, 0.015);
        Assert.Equal(0, skewness, 0.025);
        Assert.Equal(0, kurtosis, 0.05);
        Assert.InRange(Statistics.Kolmogorov(x, Statistics.NormalDistribution), 0, 2.23);

        // Beyond ±3: 540 expected of 200,000, standard deviation 23; beyond ±4: 12.7.
        Assert.InRange(x.Count(v => Math.Abs(v) > 3), 540 - 93, 540 + 93);
        Assert.InRange(x.Count(v => Math.Abs(v) > 4), 2, 28);
    }

    [Fact]
    public void SplitStreams_AreIndependent()
    {
        var root = New(5);
        RandomStream[] streams = [root.Split("world"), root.Split("agent"), root.Split("world").Split("agent"), new(root.Key.Split(0)), new(root.Key.Split(1)), new(root.NextKey()), root];
        double[][] draws = [.. streams.Select(s => Enumerable.Range(0, Count / 4).Select(_ => s.NextNormal()).ToArray())];
        for (int i = 0; i < draws.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.InRange(Math.Abs(Statistics.Correlation(draws[i], draws[j])), 0, 4 / Math.Sqrt(Count / 4));
            }
        }
    }

    [Fact]
    public void Split_LeavesTheStreamWhereItWas()
    {
        var (a, b) = (New(6), New(6));
        _ = a.Split("child").NextUInt32();
        Assert.Equal(b.NextUInt32(), a.NextUInt32());
    }

    [Fact]
    public void NextKey_NeverRepeats()
    {
        var random = New(7);
        var keys = new HashSet<RandomKey>();
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(keys.Add(random.NextKey()));
            Assert.True(keys.Add(random.Key.Split(i)));
            Assert.Equal((ulong)i + 1, random.Position);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(1000)]
    public void NextInt32_IsEquallyLikely(int count)
    {
        var random = New(8);
        var counts = new int[count];
        for (int i = 0; i < Count; i++)
        {
            counts[random.NextInt32(count)]++;
        }

        if (count > 1)
        {
            Assert.InRange(Statistics.ChiSquareDeviation(counts), -4, 4.5);
        }
    }

    [Fact]
    public void NextInt32_LargeCount_HasNoModuloBias()
    {
        // Of 3·2²⁹ values a biased method would draw every third one twice as often.
        const int Large = 3 << 29;
        var random = New(9);
        var byRemainder = new int[3];
        var byThird = new int[3];
        for (int i = 0; i < Count; i++)
        {
            int value = random.NextInt32(Large);
            Assert.InRange(value, 0, Large - 1);
            byRemainder[value % 3]++;
            byThird[value >> 29]++;
        }

        Assert.InRange(Statistics.ChiSquareDeviation(byRemainder), -4, 4.5);
        Assert.InRange(Statistics.ChiSquareDeviation(byThird), -4, 4.5);
        Assert.True(random.Position > Count, "of 2³² words a quarter must be rejected");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NextInt32_CountNotPositive_IsRefused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(count), () => New(1).NextInt32(count));

    [Fact]
    public void Shuffle_EveryOrderIsEquallyLikely()
    {
        var random = New(10);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 24_000; i++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            counts[new string(items)] = counts.GetValueOrDefault(new string(items)) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.InRange(Statistics.ChiSquareDeviation([.. counts.Values]), -4, 4.5);
    }

    [Fact]
    public void SaveAndLoad_MidBlock_GoOnWithTheSameBits() => Gen.Select(Gen.Long, Gen.Int[0, 40]).Sample((seed, drawn) =>
    {
        var original = New(seed);
        for (int i = 0; i < drawn; i++)
        {
            original.NextUInt32();
        }

        var state = new StateDictionary();
        original.Save(state, "stream");
        var restored = New(seed + 1);
        restored.NextUInt32();
        restored.Load(state, "stream");
        Assert.Equal((original.Key, original.Position), (restored.Key, restored.Position));
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(original.NextUInt32(), restored.NextUInt32());
            Assert.Equal(original.NextKey(), restored.NextKey());
        }
    });

    [Fact]
    public void Load_MissingOrTorn_IsRefusedByName()
    {
        var state = new StateDictionary();
        Assert.Contains("'agent/random'", Assert.Throws<StateException>(() => New(1).Load(state, "agent/random")).Message, StringComparison.Ordinal);
        state.Set("agent/random", [1L]);
        Assert.Contains("'agent/random'", Assert.Throws<StateException>(() => New(1).Load(state, "agent/random")).Message, StringComparison.Ordinal);
    }

    private static RandomStream New(long seed) => new(RandomKey.FromSeed(seed));

    [Theory]
    [InlineData(0, 200)]
    [InlineData(3, 64)]
    [InlineData(5, 70)]
    [InlineData((1L << 34) - 100, 300)]
    [InlineData(4L << 40, 130)]
    public void Filling_gives_the_same_words_as_drawing_one_by_one(long position, int count)
    {
        var saved = new StateDictionary();
        saved.Set("r", [77, position]);
        var (filling, drawing) = (new RandomStream(default), new RandomStream(default));
        filling.Load(saved, "r");
        drawing.Load(saved, "r");
        var words = new uint[count];
        filling.Fill(words);
        Assert.All(words, word => Assert.Equal(drawing.NextUInt32(), word));
        Assert.Equal(drawing.Position, filling.Position);
        Assert.Equal(drawing.NextUInt32(), filling.NextUInt32());
    }
}
