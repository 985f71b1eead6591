using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

public sealed class RunReaderTests : IDisposable
{
    private readonly string root = Path.Combine(Path.GetTempPath(), "reverie-runs-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Reads_a_finished_run()
    {
        var run = Run("one", seed: 3);
        Log(run.EpisodesPath, [new EpisodeRecord(1, 40, 40, 1.5, false), new EpisodeRecord(2, 80, 40, 30.25, false)]);
        Log(run.MetricsPath, [
            new MetricRecord(40, 2, "model/trainingLoss", 0.5), new MetricRecord(40, 2, "model/validationLoss", 0.75), new MetricRecord(40, 2, "other", 7),
            new MetricRecord(80, 3, "model/trainingLoss", 0.25)]);
        Log(run.TimingPath, [new TimingRecord(40, 1, 2), new TimingRecord(80, 2, 5)]);
        run.WriteResult(new RunResult("random", "cartpole-swingup", 3, 80, [new(40, 1.5), new(40, 30.25)], EvaluationResult.Of([30])));
        run.WriteImagination(Imagination());
        var data = ReportData.FromRuns([run]);

        Assert.Equal("random on cartpole-swingup, seed 3", data.Title);
        Assert.Empty(data.Notes);
        var summary = Assert.Single(data.Runs);
        Assert.Equal((80, 5, 0.1, 30), (summary.EnvironmentSteps, summary.WallSeconds, summary.SecondsPerStep, summary.Evaluation!.MeanReturn));
        Assert.Contains(summary.Request, r => r.Key == "world.poleMass");
        Assert.Equal([new EpisodePoint(40, 1.5), new EpisodePoint(80, 30.25)], Assert.Single(data.LearningCurves).Episodes);
        Assert.Equal([new LossPoint(40, 0.5, 0.75), new LossPoint(80, 0.25, double.NaN)], Assert.Single(data.ModelLosses).Retrainings);
        Assert.Equal([new HorizonError(1, 0.1, 0.05, 0.2, 0.15)], Assert.Single(data.OpenLoopErrors).Horizons);
        Assert.Equal(2, Assert.Single(data.Imagined).Members.Count);
    }

    [Fact]
    public void Truth_values_are_told_as_they_are_set()
    {
        var run = RunDirectory.Create(Path.Combine(root, "pets"), Laboratory.Request("pets", "pendulum", 0, [], null, 2, 1));
        Assert.Contains(new KeyValuePair<string, string>("agent.model.stochastic", "true"), Assert.Single(ReportData.FromRuns([run]).Runs).Request);
    }

    [Fact]
    public void The_swing_up_hangs_at_angle_zero_and_its_imagination_is_the_mean_of_the_members()
    {
        var run = Run("one");
        run.WriteImagination(Imagination());
        var strip = Assert.Single(ReportData.FromRuns([run]).FilmStrips);
        Assert.Equal(0.6, strip.PoleLength);
        Assert.Equal(new CartPoleState(0, Math.PI), strip.Real[0]);
        Assert.Equal(new CartPoleState(0.5, Math.PI - 0.25), strip.Real[1]);
        Assert.Equal(0.4, strip.Imagined[1].Position, 12);
        Assert.Equal(Math.PI - 0.3, strip.Imagined[1].Angle, 12);
    }

    [Fact]
    public void A_run_under_way_is_noted_and_shown()
    {
        var run = Run("one");
        Log(run.EpisodesPath, [new EpisodeRecord(1, 40, 40, 1.5, false)]);
        File.AppendAllText(run.EpisodesPath, "{\"episode\":2,\"st");
        var data = ReportData.FromRuns([run]);
        Assert.Single(Assert.Single(data.LearningCurves).Episodes);
        Assert.Contains(data.Notes, n => n.Contains("one is not done: 1 episode so far", StringComparison.Ordinal));
        Assert.Equal("report.html", Path.GetFileName(ReportWriter.Write([run], Path.Combine(root, "report"))[^1]));
    }

    [Fact]
    public void A_damaged_file_is_noted_and_the_rest_shown()
    {
        var run = Run("one");
        Log(run.EpisodesPath, [new EpisodeRecord(1, 40, 40, 1.5, false)]);
        File.WriteAllText(run.MetricsPath, "what\n");
        File.WriteAllText(run.ResultPath, "{");
        var data = ReportData.FromRuns([run]);
        Assert.Single(Assert.Single(data.LearningCurves).Episodes);
        Assert.Contains(data.Notes, n => n.Contains("metrics.jsonl, line 1 is damaged", StringComparison.Ordinal));
        Assert.Contains(data.Notes, n => n.Contains("result.json is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_tell_runs_apart_by_what_differs()
    {
        var data = ReportData.FromRuns([Run("a", seed: 1), Run("b", seed: 2), Run("c", "world.poleMass=0.7"), Run("d", world: "pendulum")]);
        Assert.Equal(["random world.poleMass=0.5", "random world.poleMass=0.5", "random world.poleMass=0.7", "random"], data.LearningCurves.Select(c => c.Label));
        Assert.Equal("random on cartpole-swingup, pendulum: 4 runs", data.Title);
        Assert.Equal(["random", "random"], ReportData.FromRuns([Run("e", seed: 1), Run("f", seed: 2)]).LearningCurves.Select(c => c.Label));
    }

    [Fact]
    public void No_run_is_refused()
    {
        Directory.CreateDirectory(root);
        Assert.Throws<ArgumentException>(() => ReportData.FromRuns([]));
    }

    private static OpenLoopResult Imagination() => new(
        "random", "cartpole-swingup", 3, 80, ["position [m]", "velocity [m/s]", "angle [rad]", "angular velocity [rad/s]"], [1, 1, 1, 1],
        [new OpenLoopHorizon(1, 40, 0.1, 0.05, 0.2, 0.15, [1, 1, 1, 1])],
        [new OpenLoopTrajectory([[0, 0, 0, 0], [0.5, 0, 0.25, 0]], [[[0, 0, 0, 0], [0.6, 0, 0.2, 0]], [[0, 0, 0, 0], [0.2, 0, 0.4, 0]]])]);

    private static void Log<T>(string path, IEnumerable<T> entries)
    {
        using var log = new AppendLog(path, 0);
        foreach (var entry in entries)
        {
            log.Append(entry);
        }
    }

    private RunDirectory Run(string name, string? assignment = null, int seed = 1, string world = "cartpole-swingup") => RunDirectory.Create(
        Path.Combine(root, name), Laboratory.Request("random", world, seed, assignment is null ? [] : [assignment.Replace("world.", "", StringComparison.Ordinal)], null, 2, 1));
}
