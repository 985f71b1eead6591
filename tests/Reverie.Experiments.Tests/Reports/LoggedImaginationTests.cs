using Reverie.Experience;
using Reverie.Experiments.Reports;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Reports;

public sealed class LoggedImaginationTests : IDisposable
{
    private static readonly string[] Small =
    [
        "maxSteps=12", "randomSteps=10", "retrainEvery=8", "model.members=3", "model.elites=2", "model.hiddenLayers=2", "model.hiddenSize=16",
        "model.maxSteps=20", "model.stepsPerRound=10", "model.particles=4", "icem.population=16", "icem.elites=4", "icem.iterations=2", "icem.horizon=8",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_that_was_not_measured_shows_its_last_episode_as_its_model_imagines_it()
    {
        var run = Run("pets", Small);
        var (features, trajectory) = Assert.NotNull(LoggedImagination.Of(run));
        Assert.Equal(4, features.Count);
        Assert.Equal(2, trajectory.Members.Length);
        Assert.All(trajectory.Members, m => Assert.Equal(13, m.Length));
        Assert.All(trajectory.Members, m => Assert.Equal(trajectory.Real[0], m[0]));
        Assert.NotEqual(trajectory.Members[0][12], trajectory.Members[1][12]);
        var log = TrajectoryLog.Read(run.TransitionsPath);
        Assert.Equal(log.Observation(24).ToArray(), trajectory.Real[0]);
        Assert.Equal(log.NextObservation(35).ToArray(), trajectory.Real[12]);

        var files = ReportWriter.Write([run], folder.In("report"));
        Assert.Contains("film-strip.png", files.Select(Path.GetFileName));
        Assert.Contains("imagined-trajectories.png", files.Select(Path.GetFileName));
        Assert.Contains("last logged episode, which its model may have learned from", File.ReadAllText(files[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_without_a_model_shows_none() => Assert.Null(LoggedImagination.Of(Run("random", ["maxSteps=12"])));

    [Fact]
    public void A_damaged_log_is_noted()
    {
        var run = Run("pets", Small);
        File.WriteAllText(run.TransitionParts()[^1], "torn");
        var data = ReportData.FromRuns([run]);
        Assert.Empty(data.Imagined);
        Assert.Contains(data.Notes, n => n.Contains("part-0000", StringComparison.Ordinal));
        Assert.Equal(3, Assert.Single(data.LearningCurves).Episodes.Count);
    }

    private RunDirectory Run(string agent, string[] options)
    {
        var run = RunDirectory.Create(folder.In(agent), Laboratory.Request(agent, "cartpole-swingup", 5, options, null, 3, 1) with { EvaluationEpisodes = 0 });
        using var runner = new Runner(run, Laboratory.Parts(run.Request), new SilentListener(), TimeProvider.System);
        Assert.NotNull(runner.Run(CancellationToken.None));
        return run;
    }
}
