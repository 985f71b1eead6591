using System.Text.Json;
using Reverie.Experiments.Tests.Runs;
using Reverie.Numerics;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>The command <c>compare</c>: what scripts depend on, and that it goes on after a kill to the same bytes.</summary>
public sealed class CompareCommandTests : IDisposable
{
    private static readonly string[] Small =
    [
        "compare", "--agents", "random,q-learning", "--agent", "keen: dyna-q epsilon=0.5", "--worlds", "chain,river-swim", "--set", "maxSteps=40",
        "--seeds", "4", "--steps", "3000", "--evaluate-episodes", "2", "--mark", "chain=30", "--mark", "river-swim=100000",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("compare", "compare needs agents and worlds: give --agents or --agent, and --worlds or --world")]
    [InlineData("compare --agents random --worlds chain", "compare needs --steps or --episodes, for all agents")]
    [InlineData("compare --agents random --worlds chain --episodes 3", "--evaluate-every is needed with --episodes: the steps after which policies are compared")]
    [InlineData("compare --agents random, --worlds chain --steps 3", "--agents takes names with commas between; given 'random,'. One with options goes to --agent")]
    [InlineData("compare --out lakes", "lakes holds no comparison to go on with, and a new one needs agents and worlds: give --agents or --agent, and --worlds or --world")]
    [InlineData("compare --agents random --worlds chain --steps random=3", "compare needs --steps or --episodes, for all agents")]
    [InlineData("compare --agents random --worlds chain --steps 0", "--steps takes a number of at least 1, or agent=steps; given '0'")]
    [InlineData("compare --agents random --worlds chain --steps 3 --steps random=5.5", "--steps takes a number of at least 1, or agent=steps; given 'random=5.5'")]
    [InlineData("compare --agents random --worlds chain --steps 3 --steps random=5 --steps random=6", "--steps is given twice for 'random'")]
    [InlineData("compare --agents random --worlds chain --steps 3 --steps randon=5", "there are steps of 'randon', which is none of the agents; did you mean 'random'?")]
    [InlineData("compare --agents random --worlds chain --steps 3 --mark chain", "--mark takes world=return; given 'chain'")]
    public void A_wrong_request_is_one_line_and_2_and_leaves_nothing(string arguments, string message)
    {
        Assert.Equal((2, "", "error: " + message), CommandProcess.Run(folder.Path, arguments.Split(' ')));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Killed_at_random_moments_it_comes_to_the_same_bytes()
    {
        Assert.Equal(0, CommandProcess.Run(folder.Path, [.. Small, "--threads", "1", "--out", "whole"]).Code);
        var random = new RandomStream(RandomKey.FromSeed(4));
        string[] next = [.. Small, "--threads", "2", "--out", "cut"];
        for (int kill = 1; kill <= 3; kill++)
        {
            using var command = new CommandProcess(folder.Path, next);
            command.WaitForLines("", 1 + random.NextInt32(6));
            Thread.Sleep(random.NextInt32(40));
            Assert.False(command.HasExited, "the comparison ended before it could be killed: make it longer");
            command.Kill();
            Assert.False(File.Exists(Path.Combine(folder.In("cut"), "comparison.md")));
            next = ["compare", "--out", "cut", "--threads", "2"];
        }

        var (code, output, _) = CommandProcess.Run(folder.Path, next);
        Assert.Equal(0, code);
        Assert.EndsWith($"comparison: {folder.In("cut")}", output.TrimEnd(), StringComparison.Ordinal);
        var (a, b) = (Contents("whole"), Contents("cut"));
        Assert.Equal(a.Keys, b.Keys);
        Assert.Equal([], a.Keys.Where(name => a[name] != b[name]));
    }

    [Fact]
    public void Interrupted_it_saves_exits_130_and_says_how_to_go_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var command = new CommandProcess(folder.Path, [.. Small.Select(word => word == "4" ? "200" : word), "--threads", "2", "--json"]);
        command.WaitForLines("", 3);
        command.Interrupt();
        var (code, output, error) = command.Finish();
        Assert.Equal((130, ""), (code, output));
        Assert.EndsWith($"interrupted; saved. Go on with: reverie compare --out {folder.In("comparison")}", error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.In("comparison/comparison.json")));
        Assert.False(File.Exists(folder.In("comparison/comparison.md")));
    }

    [Fact]
    public void It_gives_one_document_with_every_seed()
    {
        string[] two = ["compare", "--agents", "random,q-learning", "--worlds", "chain", "--seeds", "2", "--steps", "100", "--set", "maxSteps=20", "--mark", "chain=5", "--json"];
        var (code, output, _) = CommandProcess.Run(folder.Path, two);
        Assert.Equal(0, code);
        var document = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["directory", "files", "comparison"], document.EnumerateObject().Select(p => p.Name));
        var comparison = document.GetProperty("comparison");
        Assert.Equal(["request", "resamples", "level", "floors", "pairs", "agents", "runs"], comparison.EnumerateObject().Select(p => p.Name));
        var run = comparison.GetProperty("runs")[3];
        Assert.Equal(["agent", "world", "seed", "finalReturn", "stepsToMark", "evaluations", "wallSeconds", "runDirectory"], run.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("q-learning", 2, 20), (run.GetProperty("agent").GetString(), run.GetProperty("seed").GetInt32(), run.GetProperty("evaluations").GetArrayLength()));
        Assert.Equal(["value", "low", "high"], comparison.GetProperty("pairs")[0].GetProperty("finalReturn").EnumerateObject().Select(p => p.Name));

        // Every run is one that the other commands take, and comes to what it would alone.
        string path = run.GetProperty("runDirectory").GetString()!;
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", path).Code);
        Assert.Equal(0, CommandProcess.Run(folder.Path, "learn", "q-learning", "chain", "--seed", "2", "--steps", "100", "--set", "maxSteps=20", "--evaluate-every", "5", "--threads", "1", "--out", "alone").Code);
        Directory.Delete(Path.Combine(path, "report"), recursive: true);
        TemporaryFolder.AssertSameRun(folder.In("alone"), path);
    }

    [Fact]
    public void An_agent_may_have_steps_of_its_own()
    {
        string[] two = ["compare", "--agents", "random,q-learning", "--worlds", "chain", "--seeds", "1", "--steps", "100", "--steps", "q-learning=60", "--evaluate-every", "20", "--set", "maxSteps=20", "--json"];
        var (code, output, _) = CommandProcess.Run(folder.Path, two);
        Assert.Equal(0, code);
        var runs = JsonDocument.Parse(output).RootElement.GetProperty("comparison").GetProperty("runs");
        Assert.Equal([5, 3], runs.EnumerateArray().Select(r => r.GetProperty("evaluations").GetArrayLength()));
        Assert.Contains("Seeds 1 to 1, 100 environment steps each, but 60 steps of q-learning. ", File.ReadAllText(folder.In("comparison/comparison.md")), StringComparison.Ordinal);

        // Asked to go on without a word of steps, it is the same comparison.
        Assert.Equal(0, CommandProcess.Run(folder.Path, "compare", "--seeds", "2").Code);
        Assert.Equal(2, CommandProcess.Run(folder.Path, "compare", "--steps", "q-learning=80").Code);
    }

    private SortedDictionary<string, string> Contents(string name) => new(
        TemporaryFolder.Contents(folder.In(name)).Where(f => !f.Key.EndsWith("timing.jsonl", StringComparison.Ordinal) && !f.Key.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary());
}
