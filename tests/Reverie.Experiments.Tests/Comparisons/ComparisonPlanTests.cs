using Reverie.Experiments.Comparisons;

namespace Reverie.Experiments.Tests.Comparisons;

public sealed class ComparisonPlanTests
{
    [Theory]
    [InlineData("pets", "pets", "pets", "")]
    [InlineData("pets  icem.horizon=5 model.members=3", "pets,icem.horizon=5,model.members=3", "pets", "icem.horizon=5|model.members=3")]
    [InlineData("short: pets icem.horizon=5", "short", "pets", "icem.horizon=5")]
    [InlineData("wide_1: local-models hidden=1,2,3", "wide_1", "local-models", "hidden=1,2,3")]
    public void A_contender_is_a_name_with_options_and_perhaps_a_label(string text, string label, string name, string options)
    {
        var contender = Contender.Parse("agent", text);
        Assert.Equal((label, name, options), (contender.Label, contender.Name, string.Join('|', contender.Options)));
    }

    [Theory]
    [InlineData("", "--agent takes [label:] name [option=value …]; given ''")]
    [InlineData("label:", "--agent takes [label:] name [option=value …]; given 'label:'")]
    [InlineData("horizon=5", "--agent takes [label:] name [option=value …]; given 'horizon=5'")]
    [InlineData("pets horizon", "--agent takes [label:] name [option=value …]; 'horizon' in 'pets horizon' is no option=value")]
    [InlineData("../up: pets", "the label '../up' names files: letters, digits and . , = + _ - are allowed, a letter or digit first, at most 100")]
    [InlineData("pets file=a/b", "'pets file=a/b' needs a label of its own, as in '--agent \"label: pets file=a/b\"': letters, digits and . , = + _ - are allowed")]
    public void What_is_no_contender_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<RequestException>(() => Contender.Parse("agent", text)).Message);

    [Fact]
    public void Seeds_come_in_turn_and_own_options_after_those_of_all()
    {
        var plan = ComparisonPlan.Of(Comparison.Request(["random", "keen: q-learning epsilon=0.5", "q-learning"], ["river-swim", "chain"], seeds: 2) with { Options = ["epsilon=0.25", "maxSteps=30"] });
        Assert.Equal(
            ["random-river-swim-seed1", "random-chain-seed1", "keen-river-swim-seed1", "keen-chain-seed1", "q-learning-river-swim-seed1", "q-learning-chain-seed1"],
            plan.Cells.Take(6).Select(c => c.Name));
        Assert.Equal([1, 2], plan.Cells.Select(c => c.Seed).Distinct());
        Assert.Equal([0.5, 0.25], plan.Cells.Where(c => c.World == "chain" && c.Seed == 2 && c.Agent != "random").Select(c => c.Request.AgentOptions.GetProperty("epsilon").GetDouble()));
        Assert.All(plan.Cells, c => Assert.Equal((30, 1), (c.Request.WorldOptions.GetProperty("maxSteps").GetInt32(), c.Request.Threads)));
        plan.Try();
    }

    [Fact]
    public void What_is_mistyped_or_impossible_is_refused_before_anything_runs()
    {
        Refused("unknown agent 'rando'; did you mean 'random'?", Comparison.Request(["rando"], ["chain"]));
        Refused("unknown world 'chian'; did you mean 'chain'?", Comparison.Request(["random"], ["chian"]));
        Refused("none of the agents and worlds has an option 'epsilom'; did you mean 'epsilon'?", Comparison.Request(["random", "q-learning"], ["chain"]) with { Options = ["epsilom=0.25"] });
        Refused("unknown option 'epsilom' of q-learning; did you mean 'epsilon'?", Comparison.Request(["q-learning epsilom=0.5"], ["chain"]));
        Refused("option 'epsilon' of q-learning is 2; allowed: 0 to 1", Comparison.Request(["random", "q-learning"], ["chain"]) with { Options = ["epsilon=2"] });
        Refused("there are two agents called 'random': give labels that tell them apart, as in '--agent \"label: random …\"'", Comparison.Request(["random", "random"], ["chain"]));
        Refused("a comparison needs at least one world: give --worlds, or --world for one with options", Comparison.Request(["random"], []));
        Refused("two runs would be called 'a-b-c-seed1': give agents and worlds labels that tell them apart", Comparison.Request(["a: random", "a-b: random"], ["c: chain", "b-c: chain"]));
        Refused("there is a mark or a floor of 'chian', which is none of the worlds; did you mean 'chain'?", Comparison.Request(["random"], ["chain"]) with { Marks = new Dictionary<string, double> { ["chian"] = 1 } });
        Refused(
            "the mark of 'chain' is 1; it must be above the floor, 2",
            Comparison.Request(["random"], ["chain"]) with { Marks = new Dictionary<string, double> { ["chain"] = 1 }, Floors = new Dictionary<string, double> { ["chain"] = 2 } });
        Refused("pets on chain: pets learns continuous dynamics; world 'chain' is finite.", Comparison.Request(["random", "pets"], ["chain"]));
    }

    [Fact]
    public void The_time_left_is_priced_by_runs_alike()
    {
        var plan = ComparisonPlan.Of(Comparison.Request(["random", "q-learning"], ["chain"], seeds: 2));
        var pace = new ComparisonPace(plan, threads: 1);
        Assert.Null(pace.SecondsLeft());

        // A quarter took 10 s: the first wants 30 s more, each of the others 40 s.
        pace.Set(plan.Cells[0], Status(step: 100, seconds: 10));
        Assert.Equal(150.0, pace.SecondsLeft()!.Value, 1e-9);
        pace.Set(plan.Cells[0], Status(step: 400, seconds: 40));
        pace.End(plan.Cells[0]);

        // Half of the other agent's took 4 s: 4 s of it are left, 8 s of its second, 40 s of the first agent's second.
        pace.Set(plan.Cells[1], Status(step: 200, seconds: 4));
        Assert.Equal(52.0, pace.SecondsLeft()!.Value, 1e-9);
    }

    private static RunStatus Status(long step, double seconds) => new(step, 1, 0, 0, null, 0, seconds, null);

    private static void Refused(string message, ComparisonRequest request) =>
        Assert.Equal(message, Assert.Throws<RequestException>(() => ComparisonPlan.Of(request).Try()).Message);
}
