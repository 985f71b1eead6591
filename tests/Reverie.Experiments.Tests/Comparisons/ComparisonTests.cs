using Reverie.Experiments.Comparisons;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Comparisons;

public sealed class ComparisonTests : IDisposable
{
    private static readonly ComparisonRequest Small = Comparison.Request(["random", "q-learning", "keen: q-learning epsilon=0.5"], ["chain", "short: river-swim maxSteps=40"]) with
    {
        Marks = new Dictionary<string, double> { ["chain"] = 15.0, ["short"] = 150.0 },
        Options = ["world.maxSteps=20"],
    };

    private const double Never = double.PositiveInfinity;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Results_do_not_depend_on_how_many_run_at_a_time()
    {
        Assert.Empty(Comparison.Run(folder.In("one"), Small, threads: 1));
        Assert.Empty(Comparison.Run(folder.In("two"), Small, threads: 2));
        AssertSame("one", "two");
        Assert.All(["comparison.json", "comparison.md", "comparison.png", "comparison.svg", "runs/keen-short-seed3/result.json"], name => Assert.True(File.Exists(Path.Combine(folder.In("two"), name))));
    }

    [Fact]
    public void It_may_be_extended_and_comes_to_the_same_bytes_as_asked_at_once()
    {
        Comparison.Run(folder.In("once"), Small, threads: 2);
        Comparison.Run(folder.In("grown"), Small with { Agents = [.. Small.Agents.Take(2)], Seeds = 1, Marks = new Dictionary<string, double>() }, threads: 2);
        Comparison.Run(folder.In("grown"), Small, threads: 2);
        AssertSame("once", "grown");
    }

    [Fact]
    public void A_run_that_fails_is_told_and_the_others_go_on()
    {
        Comparison.Run(folder.In("it"), Small with { Seeds = 1 }, threads: 2);
        string run = Path.Combine(folder.In("it"), "runs/q-learning-chain-seed1");
        File.Delete(Path.Combine(run, "result.json"));
        File.WriteAllText(Path.Combine(run, "checkpoint.safetensors"), "torn");
        var failure = Assert.Single(Comparison.Run(folder.In("it"), Small with { Seeds = 2 }, threads: 2));
        Assert.Equal("q-learning on chain, seed 1", failure.Cell.ToString());
        Assert.Contains("checkpoint.safetensors", failure.Message, StringComparison.Ordinal);
        string table = File.ReadAllText(Path.Combine(folder.In("it"), "comparison.md"));
        Assert.Contains("| chain | q-learning | 1 |", table, StringComparison.Ordinal);
        Assert.Contains("| chain | random | 2 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void What_asks_for_something_else_is_refused_with_what_differs()
    {
        Comparison.Run(folder.In("it"), Small with { Seeds = 1 }, threads: 2);
        var before = TemporaryFolder.Contents(folder.In("it"));
        string path = folder.In("it");
        Refused($"{path} holds a comparison in which, of random on chain, seed 1, steps is 400, not 500 as is asked now: choose another directory with --out", Small with { Steps = 500 });
        Refused(
            $"{path} holds a comparison in which, of keen on chain, seed 1, agentOptions.epsilon is 0.5, not 0.25 as is asked now: choose another directory with --out",
            Small with { Agents = [.. Small.Agents.Take(2), Contender.Parse("agent", "keen: q-learning epsilon=0.25")] });
        Refused(
            $"{path} holds a comparison with random on chain, seed 1, which this one lacks: it may have more agents, worlds and seeds, not fewer; else choose another directory with --out",
            Small with { Agents = [.. Small.Agents.Skip(1)] });
        File.WriteAllText(folder.In("precious"), "");
        Assert.Contains("is not empty and holds no comparison", Assert.Throws<RequestException>(() => ComparisonDirectory.Open(folder.Path, ComparisonPlan.Of(Small))).Message, StringComparison.Ordinal);
        Assert.Equal(before, TemporaryFolder.Contents(path));

        void Refused(string message, ComparisonRequest request) =>
            Assert.Equal(message, Assert.Throws<RequestException>(() => ComparisonDirectory.Open(path, ComparisonPlan.Of(request))).Message);
    }

    [Fact]
    public void Numbers_by_hand()
    {
        var request = Comparison.Request(["random", "q-learning"], ["a: chain", "b: chain"], seeds: 3) with
        {
            Marks = new Dictionary<string, double> { ["a"] = 20.0, ["b"] = 6.0 },
            Floors = new Dictionary<string, double> { ["b"] = 2.0 },
        };
        var result = ComparisonResult.Of(request,
        [
            Run("random", "a", 1, 9, Never), Run("random", "a", 2, 10, Never), Run("random", "a", 3, 11, Never),
            Run("random", "b", 1, 4, Never), Run("random", "b", 2, 4, Never), Run("random", "b", 3, 4, Never),
            Run("q-learning", "a", 1, 10, 300, 1), Run("q-learning", "a", 2, 20, 100, 2, 5), Run("q-learning", "a", 3, 30, Never, 6),
            Run("q-learning", "b", 1, 6, 100), Run("q-learning", "b", 2, 6, 200), Run("q-learning", "b", 3, 6, 300),
        ]);

        // The floor of a is what random comes to; b's is given.
        Assert.Equal((10.0, 2.0), (result.Floors["a"], result.Floors["b"]));
        var pair = result.Pairs.Single(p => p is { Agent: "q-learning", World: "a" });
        Assert.Equal((3, 20.0, 10.0, 30.0), (pair.Runs, pair.FinalReturn.Value, pair.FinalReturn.Low, pair.FinalReturn.High));
        Assert.Equal((300.0, 200.0), (pair.StepsToMark!.Value.Value, pair.StepsToMark.Value.Low));
        Assert.Equal(double.PositiveInfinity, pair.StepsToMark.Value.High);
        Assert.Equal([new CurvePoint(100, new Estimate(3, 1, 6))], pair.Curve);

        // Scores of q-learning: 0, 1, 2 in a and 1, 1, 1 in b; sorted 0 1 1 1 1 2, without the ends 1. The gap is 1 of 6.
        var learner = result.Agents.Single(a => a.Agent == "q-learning");
        Assert.Equal((1.0, 1.0 / 6.0), (learner.Score.Value, learner.OptimalityGap.Value));

        // Scores of random: −0.1, 0, 0.1 in a and 0.5 in b; of the six those without the ends are 0, 0.1, 0.5, 0.5.
        Assert.Equal(0.275, result.Agents.Single(a => a.Agent == "random").Score.Value, 1e-12);
        string table = ComparisonReport.Markdown(result);
        Assert.Contains("| a | q-learning | 3 | 20.0 [10.0, 30.0] | 300 (200 to never) |\n", table, StringComparison.Ordinal);
        Assert.Contains("| a | random | 3 | 10.0 [9.0, 11.0] | never |\n", table, StringComparison.Ordinal);
        Assert.Contains("(a 10 to 20, b 2 to 6)", table, StringComparison.Ordinal);
    }

    private static ComparedRun Run(string agent, string world, long seed, double final, double steps, params double[] evaluations) =>
        new(agent, world, seed, final, steps, [.. evaluations.Select((r, i) => new EvaluationPoint(100 * (i + 1), r))], 1.0, "run");

    private void AssertSame(string expected, string actual)
    {
        var (a, b) = (Contents(expected), Contents(actual));
        Assert.Equal(a.Keys, b.Keys);
        Assert.Equal([], a.Keys.Where(name => a[name] != b[name]));
    }

    private SortedDictionary<string, string> Contents(string name) => new(
        TemporaryFolder.Contents(folder.In(name)).Where(f => !f.Key.EndsWith("timing.jsonl", StringComparison.Ordinal) && !f.Key.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary());
}
