using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class StateDictionaryTests
{
    [Fact]
    public void Get_ReturnsWhatWasSet()
    {
        var state = new StateDictionary();
        state.Set("a", [1L, long.MinValue]);
        state.Set("b", [1.5, double.NaN]);
        state.Set("c", [1.5f, float.NegativeZero]);
        state.Set("d", "bytes"u8);
        state.Set("e", ReadOnlySpan<double>.Empty);
        Assert.Equal([1L, long.MinValue], state.GetInt64("a", 2).ToArray());
        Assert.Equal([1.5, double.NaN], state.GetDouble("b").ToArray());
        Assert.Equal([1.5f, float.NegativeZero], state.GetSingle("c", 2).ToArray());
        Assert.True(state.GetBytes("d", 5).SequenceEqual("bytes"u8));
        Assert.True(state.GetDouble("e", 0).IsEmpty);
        Assert.Equal([2], state.Shape("a"));
    }

    [Fact]
    public void Set_CopiesAndReplaces()
    {
        var state = new StateDictionary();
        double[] values = [1, 2];
        state.Set("x", values);
        values[0] = 9;
        Assert.Equal(1, state.GetDouble("x")[0]);
        state.Set("x", [7L]);
        Assert.Equal(7, state.GetInt64("x", 1)[0]);
        Assert.Single(state.Names);
    }

    [Fact]
    public void Names_AreInOrdinalOrder()
    {
        var state = new StateDictionary();
        foreach (string name in new[] { "b", "a/z", "B", "a" })
        {
            state.Set(name, [0L]);
        }

        Assert.Equal(["B", "a", "a/z", "b"], state.Names);
        Assert.True(state.Contains("a/z"));
        Assert.False(state.Contains("A/z"));
    }

    [Fact]
    public void Get_Missing_NamesTheEntry() => Assert.Equal(
        "the saved state has no entry 'agent/weights'",
        Assert.Throws<StateException>(() => new StateDictionary().GetDouble("agent/weights")).Message);

    [Fact]
    public void Get_OfAnotherType_NamesBothTypes()
    {
        var state = new StateDictionary();
        state.Set("x", [1.0]);
        Assert.Equal("the saved state's entry 'x' holds Double, not Int64", Assert.Throws<StateException>(() => state.GetInt64("x")).Message);
        Assert.Throws<StateException>(() => state.GetSingle("x"));
        Assert.Throws<StateException>(() => state.GetBytes("x"));
    }

    [Fact]
    public void Get_OfAnotherLength_NamesBothLengths()
    {
        var state = new StateDictionary();
        state.Set("x", [1.0, 2.0, 3.0]);
        Assert.Equal("the saved state's entry 'x' has 3 numbers, not 4", Assert.Throws<StateException>(() => state.GetDouble("x", 4)).Message);
    }

    [Fact]
    public void Shape_MustHoldTheNumbers()
    {
        var state = new StateDictionary();
        state.Set("m", [1f, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([2, 3], state.Shape("m"));
        Assert.Contains("[2, 2] of 'm'", Assert.Throws<ArgumentException>("shape", () => state.Set("m", [1f, 2, 3], [2, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("shape", () => state.Set("m", [1f], [-1, -1]));
        Assert.Throws<ArgumentException>("shape", () => state.Set("m", [1f], [65536, 65536, 65536, 65536, 1]));
        Assert.Throws<StateException>(() => state.Shape("n"));
    }
}
