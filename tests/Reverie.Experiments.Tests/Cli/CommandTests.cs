using System.Text.Json;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>What scripts depend on: words, exit codes, one JSON document, one line for each error.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("learn rando pendulum", "unknown agent 'rando'; did you mean 'random'?")]
    [InlineData("learn random pendulm", "unknown world 'pendulm'; did you mean 'pendulum'?")]
    [InlineData("plan cemm pendulum", "unknown planner 'cemm'; did you mean 'cem'?")]
    [InlineData("plan cem pendulum --set poplation=3", "unknown option 'poplation' of pendulum and cem; did you mean 'population'?")]
    [InlineData("learn random pendulum --set gravty=3", "unknown option 'gravty' of pendulum and random; did you mean 'gravity'?")]
    [InlineData("learn random pendulum --set gravity=-3", "option 'gravity' of pendulum is -3; allowed: 0 to 100")]
    [InlineData("learn random linear --set a=1,2", "A has 2 numbers; a matrix of 2 rows and 2 columns is wanted.")]
    [InlineData("plan cem linear --set a=1,2", "A has 2 numbers; a matrix of 2 rows and 2 columns is wanted.")]
    [InlineData("learn pets pendulum --set model.elites=6", "options of pets: elites is 6; it may be at most members, 5.")]
    [InlineData("learn random pendulum --episodes 0", "--episodes is 0; it must be at least 1")]
    [InlineData("learn random pendulum --steps 0", "--steps is 0; it must be at least 1")]
    [InlineData("learn random pendulum --steps 1 --episodes 1", "give --steps or --episodes, not both")]
    [InlineData("learn random pendulum --seed x", "--seed takes a whole number; given 'x'")]
    [InlineData("learn random pendulum --threads 99999999999", "--threads is 99999999999; it may be at most 2147483647")]
    [InlineData("learn random", "learn needs <world>")]
    [InlineData("lern random pendulum", "unknown command 'lern'; did you mean 'learn'?")]
    [InlineData("learn random pendulum --sede 1", "unknown option '--sede'; did you mean '--seed'?")]
    [InlineData("list wolds", "unknown kind 'wolds'; did you mean 'worlds'?")]
    [InlineData("", "no command given; one of list, plan, learn, resume, evaluate, imagine, report, study, compare")]
    [InlineData("resume nowhere", "there is no run directory {folder}/nowhere")]
    [InlineData("evaluate nowhere", "there is no run directory {folder}/nowhere")]
    [InlineData("imagine nowhere", "there is no run directory {folder}/nowhere")]
    [InlineData("report nowhere", "there is no run directory {folder}/nowhere")]
    [InlineData("resume .", "{folder} is no run directory: it has no run.json")]
    public void A_wrong_request_is_one_line_and_2_and_leaves_nothing(string arguments, string message)
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, "", "error: " + message.Replace("{folder}", folder.Path, StringComparison.Ordinal)), (code, output, error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("--help", "  reverie [command] [options]")]
    [InlineData("learn --help", "  reverie learn <agent> <world> [options]")]
    public void Help_calls_the_program_by_its_name(string arguments, string usage)
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, arguments.Split(' '));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(usage, output.ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void Learn_gives_one_document_and_a_run_that_the_other_commands_take()
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--episodes", "2", "--seed", "5", "--evaluation-episodes", "3", "--set", "maxSteps=20", "--json");
        Assert.Equal(0, code);
        Assert.Contains("episode 2: 20 steps, return ", error, StringComparison.Ordinal);
        var learned = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["agent", "world", "seed", "environmentSteps", "episodes", "evaluation", "wallSeconds", "runDirectory"], Keys(learned));
        Assert.Equal(["steps", "return"], Keys(learned.GetProperty("episodes")[0]));
        Assert.Equal(["episodes", "meanReturn", "standardDeviation", "returns"], Keys(learned.GetProperty("evaluation")));
        Assert.Equal((2, 40, 5), (learned.GetProperty("episodes").GetArrayLength(), learned.GetProperty("environmentSteps").GetInt32(), learned.GetProperty("seed").GetInt32()));
        Assert.Equal(3, learned.GetProperty("evaluation").GetProperty("returns").GetArrayLength());
        string run = learned.GetProperty("runDirectory").GetString()!;
        Assert.Equal(folder.In("runs/random-pendulum-seed5-1"), run);

        var before = TemporaryFolder.Contents(run);
        (code, output, _) = CommandProcess.Run(folder.Path, "resume", run, "--json");
        Assert.Equal(0, code);
        Assert.Equal(learned.GetProperty("evaluation").ToString(), JsonDocument.Parse(output).RootElement.GetProperty("evaluation").ToString());

        (code, output, _) = CommandProcess.Run(folder.Path, "evaluate", run, "--episodes", "3", "--json");
        Assert.Equal(0, code);
        var evaluated = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["agent", "world", "seed", "evaluation", "runDirectory"], Keys(evaluated));
        Assert.Equal(learned.GetProperty("evaluation").ToString(), evaluated.GetProperty("evaluation").ToString());
        Assert.Equal(before, TemporaryFolder.Contents(run));

        (code, output, error) = CommandProcess.Run(folder.Path, "imagine", run);
        Assert.Equal((2, "", "error: agent 'random' has no model to imagine with"), (code, output, error));

        (code, output, error) = CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--out", run);
        Assert.Equal((2, "", $"error: {run} already holds a run: resume it, or choose another directory with --out"), (code, output, error));
    }

    [Fact]
    public void A_damaged_run_is_one_line_and_1()
    {
        CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--episodes", "1", "--set", "maxSteps=20", "--out", "run");
        string checkpoint = folder.In("run/checkpoint.safetensors");
        File.Delete(folder.In("run/result.json"));
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..50]);
        foreach (string command in (string[])["resume", "evaluate"])
        {
            var (code, output, error) = CommandProcess.Run(folder.Path, command, "run");
            Assert.Equal((1, ""), (code, output));
            Assert.StartsWith($"error: '{checkpoint}'", error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
        }

        File.WriteAllText(folder.In("run/run.json"), "{\"format\":");
        Assert.Equal((1, "", $"error: {folder.In("run/run.json")} is damaged: it is no whole JSON document"), CommandProcess.Run(folder.Path, "resume", "run"));
    }

    [Fact]
    public void An_empty_path_or_one_that_cannot_be_made_is_a_wrong_request()
    {
        Assert.Equal((2, "", "error: the run directory's path is empty"), CommandProcess.Run(folder.Path, "evaluate", ""));
        Assert.Equal((2, "", "error: the run directory's path is empty"), CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--out", ""));
        CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--episodes", "1", "--set", "maxSteps=20", "--out", "run");
        Assert.Equal((2, "", "error: the report folder's path is empty"), CommandProcess.Run(folder.Path, "report", "run", "--out", ""));
        File.WriteAllText(folder.In("taken"), "");
        var (code, output, error) = CommandProcess.Run(folder.Path, "report", "run", "--out", "taken");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("error: the report folder taken cannot be made: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Plan_gives_one_document()
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, "plan", "random-shooting", "pendulum", "--episodes", "2", "--set", "maxSteps=10", "--set", "population=50", "--json");
        Assert.Equal(0, code);
        var planned = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["planner", "world", "seed", "episodes", "meanReturn", "standardDeviation", "returns", "millisecondsPerDecision", "value"], Keys(planned));
        Assert.Equal(["median", "p99"], Keys(planned.GetProperty("millisecondsPerDecision")));
        Assert.Equal(2, planned.GetProperty("returns").GetArrayLength());
        Assert.True(planned.GetProperty("millisecondsPerDecision").GetProperty("median").GetDouble() > 0);
    }

    [Fact]
    public void List_names_everything_with_its_options()
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, "list", "--json");
        Assert.Equal((0, ""), (code, error));
        var list = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["agents", "planners", "studies", "worlds"], Keys(list));
        var pendulum = list.GetProperty("worlds").EnumerateArray().Single(w => w.GetProperty("name").GetString() == "pendulum");
        var gravity = pendulum.GetProperty("options").EnumerateArray().Single(o => o.GetProperty("name").GetString() == "gravity");
        Assert.Equal(("10", "0 to 100"), (gravity.GetProperty("default").GetString(), gravity.GetProperty("range").GetString()));
        Assert.NotEqual("", gravity.GetProperty("summary").GetString());
        var presets = list.GetProperty("agents").EnumerateArray().Single(a => a.GetProperty("name").GetString() == "pets").GetProperty("presets").EnumerateArray();
        var swingUp = presets.Single(p => p.GetProperty("world").GetString() == "cartpole-swingup");
        Assert.Equal((15, "20"), (swingUp.GetProperty("episodes").GetInt32(), swingUp.GetProperty("options").GetProperty("randomSteps").GetString()));
        Assert.Contains("population", CommandProcess.Run(folder.Path, "list", "planners").Output, StringComparison.Ordinal);
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
