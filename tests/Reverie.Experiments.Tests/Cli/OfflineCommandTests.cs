using System.Text.Json;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Cli;

/// <summary><c>learn --from</c>: an agent trained from logged trajectories alone.</summary>
public sealed class OfflineCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pets_learns_from_the_run_of_another_agent()
    {
        Assert.Equal(0, CommandProcess.Run(folder.Path, "learn", "random", "pendulum", "--episodes", "3", "--set", "maxSteps=40", "--evaluation-episodes", "0", "--out", "data").Code);
        string[] learn =
        [
            "learn", "pets", "pendulum", "--from", "data", "--set", "maxSteps=20", "--set", "model.members=2", "--set", "model.elites=2", "--set", "model.hiddenLayers=1",
            "--set", "model.hiddenSize=16", "--set", "model.maxSteps=60", "--set", "icem.population=16", "--set", "icem.elites=4", "--set", "icem.iterations=1", "--set", "icem.horizon=5",
            "--evaluation-episodes", "1", "--threads", "1", "--out", "run",
        ];
        Assert.Equal((2, "", "error: with --from there are no episodes to learn for: give --steps, or neither"), CommandProcess.Run(folder.Path, [.. learn, "--episodes", "2"]));
        var (code, output, error) = CommandProcess.Run(folder.Path, [.. learn, "--steps", "3", "--json"]);
        Assert.True(code == 0, error);
        var document = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["agent", "world", "seed", "environmentSteps", "learningSteps", "data", "episodes", "evaluation", "wallSeconds", "runDirectory"], document.EnumerateObject().Select(p => p.Name));
        Assert.Equal((0, 120), (document.GetProperty("environmentSteps").GetInt32(), document.GetProperty("data").GetProperty("transitions").GetInt32()));
        Assert.InRange(document.GetProperty("learningSteps").GetInt32(), 1, 3);
        Assert.Contains("pets learns pendulum, seed 0, from 120 transitions, at most 3 steps of learning", error, StringComparison.Ordinal);

        // The other commands take it as any run.
        Assert.Equal(document.GetProperty("evaluation").ToString(), Evaluated());
        Assert.Equal(0, CommandProcess.Run(folder.Path, "imagine", "run", "--episodes", "1", "--horizon", "3", "--json").Code);
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", "run").Code);
        Assert.Contains("learned from data", File.ReadAllText(folder.In("run/report/report.html")), StringComparison.Ordinal);
    }

    private string Evaluated()
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, "evaluate", "run", "--episodes", "1", "--json");
        Assert.Equal(0, code);
        return JsonDocument.Parse(output).RootElement.GetProperty("evaluation").ToString();
    }
}
