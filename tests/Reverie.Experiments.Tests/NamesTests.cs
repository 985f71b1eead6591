namespace Reverie.Experiments.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("pendulm", "pendulum", 1)]
    public void Distance_counts_edits(string a, string b, int edits)
    {
        Assert.Equal(edits, Names.Distance(a, b));
        Assert.Equal(edits, Names.Distance(b, a));
    }

    [Fact]
    public void Nearest_ignores_case_and_may_be_absent()
    {
        Assert.Equal("cartpole", Names.Nearest("CARTPOL", ["pendulum", "cartpole", "acrobot"]));
        Assert.Null(Names.Nearest("x", []));
        Assert.Equal("", Names.Suggestion("x", []));
        Assert.Equal("; did you mean 'cartpole'?", Names.Suggestion("cratpol", ["pendulum", "cartpole"]));
        Assert.Equal("; there are pendulum, cartpole", Names.Suggestion("foo", ["pendulum", "cartpole"]));
        Assert.Equal("; did you mean '12'?", Names.Suggestion("foo", Enumerable.Range(12, 31).Select(i => $"{i}")));
    }
}
