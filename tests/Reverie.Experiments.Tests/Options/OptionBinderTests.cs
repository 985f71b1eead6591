using System.ComponentModel.DataAnnotations;

namespace Reverie.Experiments.Tests.Options;

public sealed class OptionBinderTests
{
    private static readonly OptionTarget World = new("world", "toy-world", new ToyWorldOptions());
    private static readonly OptionTarget Agent = new("agent", "toy-agent", new ToyAgentOptions());

    [Fact]
    public void Sets_values_of_every_type_in_nested_records_whatever_their_case()
    {
        object[] options = OptionBinder.Bind(
            [World, Agent],
            ["Gravity=-3.5e1", "model.hiddenlayers=4", "model.inner.deep=-7", "colour=DARKBLUE", "weights=1,2.5, -3", "flag=true", "seed=9000000000", "note=a=b", "limit=5", "rate=0.5"]);

        Assert.Equal(new ToyWorldOptions { Gravity = -35 }, options[0]);
        var agent = Assert.IsType<ToyAgentOptions>(options[1]);
        Assert.Equal((4, -7, ToyColour.DarkBlue), (agent.Model.HiddenLayers, agent.Model.Inner.Deep, agent.Colour));
        Assert.Equal([1, 2.5, -3], agent.Weights);
        Assert.Equal((true, 9000000000L, "a=b", 5, 0.5f), (agent.Flag, agent.Seed, agent.Note, agent.Limit, agent.Rate));
    }

    [Fact]
    public void Leaves_the_defaults_untouched()
    {
        var defaults = new ToyAgentOptions();
        OptionBinder.Bind([new OptionTarget("agent", "toy-agent", defaults)], ["model.inner.deep=3", "discount=0.5"]);
        Assert.Equal((0, 0.9), (defaults.Model.Inner.Deep, defaults.Discount));
    }

    [Fact]
    public void A_later_assignment_wins()
    {
        object[] options = OptionBinder.Bind([Agent], ["limit=5", "limit=none"]);
        Assert.Null(((ToyAgentOptions)options[0]).Limit);
    }

    [Theory]
    [InlineData("gravty=1", "unknown option 'gravty' of toy-world and toy-agent; did you mean 'gravity'?")]
    [InlineData("hiddenLayers=1", "unknown option 'hiddenLayers' of toy-world and toy-agent; did you mean 'model.hiddenLayers'?")]
    [InlineData("discount=0", "option 'discount' is ambiguous: write 'world.discount' or 'agent.discount'")]
    [InlineData("agent.discount=1.5", "option 'discount' of toy-agent is 1.5; allowed: above 0, at most 1")]
    [InlineData("agent.discount=0", "option 'discount' of toy-agent is 0; allowed: above 0, at most 1")]
    [InlineData("agent.discount=NaN", "option 'discount' of toy-agent takes number; given 'NaN'")]
    [InlineData("model.hiddenLayers=9", "option 'model.hiddenLayers' of toy-agent is 9; allowed: 1 to 8")]
    [InlineData("model.hiddenLayers=2.5", "option 'model.hiddenLayers' of toy-agent takes integer; given '2.5'")]
    [InlineData("model.hiddenLayers=99999999999", "option 'model.hiddenLayers' of toy-agent takes integer; given '99999999999'")]
    [InlineData("colour=drakBlue", "option 'colour' of toy-agent takes red|darkBlue; given 'drakBlue'; did you mean 'darkBlue'?")]
    [InlineData("colour=1", "option 'colour' of toy-agent takes red|darkBlue; given '1'")]
    [InlineData("colour=darkblu", "option 'colour' of toy-agent takes red|darkBlue; given 'darkblu'; did you mean 'darkBlue'?")]
    [InlineData("flag=yes", "option 'flag' of toy-agent takes true|false; given 'yes'")]
    [InlineData("weights=1,x", "option 'weights' of toy-agent takes number; given 'x'")]
    [InlineData("weights=1,-11", "option 'weights' of toy-agent is -11; allowed: at least -10")]
    [InlineData("gravity", "--set takes name=value; given 'gravity'")]
    [InlineData("=3", "--set takes name=value; given '=3'")]
    [InlineData("limit=13", "options of toy-agent: limit must not be 13")]
    public void Refuses_with_one_clear_line(string assignment, string message)
    {
        var e = Assert.Throws<RequestException>(() => OptionBinder.Bind([World, Agent], [assignment]));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Describes_every_option_with_default_range_and_meaning()
    {
        var described = OptionBinder.Describe(new ToyAgentOptions()).ToDictionary(o => o.Name);
        Assert.Equal(10, described.Count);
        Assert.Equal(("integer", "2", "1 to 8"), (described["model.hiddenLayers"].Type, described["model.hiddenLayers"].Default, described["model.hiddenLayers"].Range));
        Assert.Equal(("number", "0.9", "above 0, at most 1"), (described["discount"].Type, described["discount"].Default, described["discount"].Range));
        Assert.Equal(("integer|none", "none", ""), (described["limit"].Type, described["limit"].Default, described["limit"].Range));
        Assert.Equal(("number,…", "0,1", "at least -10"), (described["weights"].Type, described["weights"].Default, described["weights"].Range));
        Assert.Equal("red|darkBlue", described["colour"].Type);
    }

    [Fact]
    public void Reads_meanings_from_the_librarys_documentation()
    {
        Assert.Contains(OptionBinder.Describe(new Reverie.Planning.CrossEntropyOptions()), o => o.Name == "population" && o.Summary.StartsWith("Candidate plans", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_keeps_every_value()
    {
        object options = OptionBinder.Bind([Agent], ["model.inner.deep=3", "colour=darkBlue", "weights=0.1,1e-300", "limit=2", "discount=0.30000000000000004"])[0];
        var back = (ToyAgentOptions)OptionBinder.FromJson(Agent, OptionBinder.ToJson(options));
        var given = (ToyAgentOptions)options;
        Assert.Equal(given.Weights, back.Weights);
        Assert.Equal(given, back with { Weights = given.Weights });
    }

    [Fact]
    public void Json_with_an_unknown_or_impossible_option_is_refused()
    {
        var unknown = System.Text.Json.JsonDocument.Parse("""{"gravity":1,"gone":2}""").RootElement;
        Assert.Contains("toy-world", Assert.Throws<RunException>(() => OptionBinder.FromJson(World, unknown)).Message, StringComparison.Ordinal);
        var impossible = System.Text.Json.JsonDocument.Parse("""{"discount":7}""").RootElement;
        Assert.Contains("allowed", Assert.Throws<RunException>(() => OptionBinder.FromJson(Agent, impossible)).Message, StringComparison.Ordinal);
    }
}

public enum ToyColour
{
    Red,
    DarkBlue,
}

public sealed record ToyWorldOptions
{
    public double Gravity { get; init; } = 9.8;

    [Range(0.0, 1.0)]
    public double Discount { get; init; } = 1;
}

public sealed record ToyAgentOptions
{
    public ToyModelOptions Model { get; init; } = new();

    public ToyColour Colour { get; init; }

    [Range(-10.0, double.MaxValue)]
    public double[] Weights { get; init; } = [0, 1];

    public bool Flag { get; init; }

    public long Seed { get; init; } = 1;

    public string Note { get; init; } = "";

    public int? Limit { get; init; }

    public float Rate { get; init; } = 1;

    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.9;

    public void Validate()
    {
        if (Limit == 13)
        {
            throw new ArgumentException("limit must not be 13");
        }
    }
}

public abstract record ToyModelBase
{
    [Range(1, 8)]
    public int HiddenLayers { get; init; } = 2;
}

public sealed record ToyModelOptions : ToyModelBase
{
    public ToyInnerOptions Inner { get; init; } = new();
}

public sealed record ToyInnerOptions
{
    public int Deep { get; init; }
}
