using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

/// <summary>Data for pictures, the same on every call.</summary>
internal static class Sample
{
    public static LearningCurve Curve(string label = "pets", string world = "cartpole-swingup", int seed = 1, int episodes = 15, double secondsPerStep = 0.1) =>
        new(label, world, seed, [.. Enumerable.Range(1, episodes).Select(i => new EpisodePoint(40 * i, 40 * Math.Tanh(i / 6.0) + Math.Sin((3 * i) + seed)))], secondsPerStep);

    public static ModelLoss Loss(int seed = 1, double floor = 0.001) =>
        new("pets", "cartpole-swingup", seed, [.. Enumerable.Range(1, 15).Select(i => new LossPoint(40 * i, floor + Math.Exp(-i * 0.5), (2 * floor) + Math.Exp(-i * 0.4)))]);

    public static double[][] Real(int steps = 40, int features = 4) =>
        [.. Enumerable.Range(0, steps).Select(t => Enumerable.Range(0, features).Select(f => Math.Sin((0.1 * t) + f)).ToArray())];

    public static ImaginedTrajectories Imagined(int features = 4, int members = 5)
    {
        var real = Real(features: features);
        var imagined = Enumerable.Range(0, members).Select(k => (IReadOnlyList<double[]>)[.. real.Select((o, t) => o.Select(v => v + (0.002 * t * (k - 1.5))).ToArray())]);
        return new ImaginedTrajectories("a run", [.. Enumerable.Range(0, features).Select(f => $"feature {f} [m]")], real, [.. imagined], 0.1);
    }

    public static OpenLoopError Error(string label = "pets", string world = "cartpole-swingup") =>
        new(label, world, "standard deviations", [.. Enumerable.Range(1, 25).Select(h => new HorizonError(h, 0.01 * h, 0.005 * h, 0.02 * h, 0.012 * h))], 0.1);

    public static FilmStrip Strip(int steps = 40) => new(
        "a strip",
        [.. Enumerable.Range(0, steps).Select(t => new CartPoleState(0.5 * Math.Sin(0.2 * t), Math.PI * (1 - (t / 40.0))))],
        [.. Enumerable.Range(0, steps).Select(t => new CartPoleState(0.55 * Math.Sin(0.2 * t), Math.PI * (1 - (t / 42.0))))],
        0.1);

    /// <summary>Two rows of three cells, a wall in the middle of the first; the policy goes right, then down to the goal.</summary>
    public static GridMap Map() => new(
        "a maze", 2, 3, [0.5, double.NaN, 0.9, 0.6, 0.8, 0.0], [(1, 0), (0, 0), (1, 0), (0, 1), (0, 1), (0, 0)], [10, 0, 2, 9, 12_345, 0]);

    public static RunSummary Run(string name = "pets-cartpole-swingup-seed1-1") => new()
    {
        Name = name,
        Agent = "pets",
        World = "cartpole-swingup",
        Seed = 1,
        SecondsPerStep = 0.1,
        EnvironmentSteps = 12_345,
        Episodes = [new EpisodeResult(40, 1.25), new EpisodeResult(40, 33.875)],
        Evaluation = EvaluationResult.Of([30.5, 31.5]),
        WallSeconds = 90,
        Request = [new("agent.planner.population", "437"), new("made with", "Reverie")],
    };

    public static ReportData Full() => new()
    {
        Title = "pets on cartpole-swingup",
        Runs = [Run()],
        LearningCurves = [Curve()],
        ModelLosses = [Loss()],
        Imagined = [Imagined()],
        OpenLoopErrors = [Error()],
        FilmStrips = [Strip()],
        GridMaps = [Map()],
    };
}
