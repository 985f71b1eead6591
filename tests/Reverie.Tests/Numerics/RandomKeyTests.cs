using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class RandomKeyTests
{
    private static readonly RandomKey Root = RandomKey.FromSeed(1);

    [Fact]
    public void Split_ByName_TellsLongNamesApart()
    {
        string longName = new('a', 1000);
        string[] names = ["", "a", "b", "ab", "ba", "world", "wörld", "世界", longName, longName + "b", "\u6161", "\u0161"];
        Assert.Equal(names.Distinct().Count(), names.Select(name => Root.Split(name)).Distinct().Count());
        Assert.Equal(Root.Split(longName), Root.Split(new string('a', 1000)));
    }

    [Fact]
    public void Split_NullName_IsRefused() => Assert.Throws<ArgumentNullException>("name", () => Root.Split(null!));

    [Fact]
    public void Split_ByNumber_NegativeIsTwosComplement()
    {
        Assert.Equal(Root.Split(ulong.MaxValue), Root.Split(-1));
        Assert.Equal(Root.Split(7ul), Root.Split(7));
        Assert.NotEqual(Root.Split(4294967295L), Root.Split(-1));
    }

    [Fact]
    public void Split_ManyWays_NeverCollides()
    {
        // 200,000 keys of 64 bits: a collision by chance has probability 1e-9.
        var keys = new HashSet<RandomKey>();
        int count = 0;
        for (int i = 0; i < 50_000; i++)
        {
            var child = Root.Split(i);
            RandomKey[] made = [child, Root.Split($"name {i}"), child.Split(0), RandomKey.FromSeed(i + 2)];
            count += made.Length;
            keys.UnionWith(made);
        }

        Assert.Equal(count, keys.Count);
    }

    [Fact]
    public void Split_OneBitOfTheIndex_FlipsHalfTheKey()
    {
        double flipped = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            flipped += ulong.PopCount(Root.Split(0ul).Value ^ Root.Split(1ul << bit).Value);
        }

        // Half of 64 bits, with a standard deviation of 4 a key and 0.5 in the mean of 64 keys.
        Assert.InRange(flipped / 64, 32 - 2.5, 32 + 2.5);
    }
}
