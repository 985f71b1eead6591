using System.Globalization;
using System.Text.Json;
using Reverie.Experience;
using Reverie.Worlds;

namespace Reverie.Experiments.Reports;

/// <summary>Reads run directories into a report's plain data.</summary>
internal sealed class RunReader
{
    private const string ErrorUnit = "standard deviations";

    private readonly IReadOnlyList<RunDirectory> runs;
    private readonly string[] labels;
    private readonly List<string> notes = [];

    public RunReader(IReadOnlyList<RunDirectory> runs)
    {
        this.runs = runs;
        labels = [.. runs.Select(Label)];
    }

    public ReportData Read()
    {
        var summaries = new List<RunSummary>();
        var curves = new List<LearningCurve>();
        var evaluations = new List<LearningCurve>();
        var losses = new List<ModelLoss>();
        var imagined = new List<ImaginedTrajectories>();
        var errors = new List<OpenLoopError>();
        var strips = new List<FilmStrip>();
        var maps = new List<GridMap>();
        var traces = new List<MetricTrace>();
        var localErrors = new List<LocalError>();
        foreach (var (run, label) in runs.Zip(labels))
        {
            var spec = Attempt(() => Describe(run), null);
            double seconds = spec?.SecondsPerStep ?? 0;
            var episodes = Attempt(run.ReadEpisodes, []);
            var result = Attempt(run.ReadResult, null);
            if (result is null)
            {
                notes.Add($"{run.Name} is not done: {episodes.Count} episode{(episodes.Count == 1 ? "" : "s")} so far, no evaluation yet.");
            }

            if (run.Request.Data is not null)
            {
                notes.Add($"{run.Name} learned from data: where others are drawn over environment steps, it is over its steps of learning.");
            }

            summaries.Add(Summary(run, episodes, result, seconds));
            curves.Add(new LearningCurve(label, run.Request.World, run.Request.Seed, [.. episodes.Select(e => new EpisodePoint(e.Step, e.Return))], seconds));
            var metrics = Attempt(run.ReadMetrics, []);
            EpisodePoint[] evaluated = [.. metrics.Where(m => m.Name == Evaluation.Metric).Select(m => new EpisodePoint(m.Step, m.Value))];
            evaluations.AddRange(evaluated.Length == 0 ? [] : [new LearningCurve(label, run.Request.World, run.Request.Seed, evaluated, seconds)]);
            losses.Add(new ModelLoss(label, run.Request.World, run.Request.Seed, Losses(metrics)));
            if (LocalError.Of(runs.Count > 1 ? $"{label}, seed {run.Request.Seed}" : label, metrics) is { } localError)
            {
                localErrors.Add(localError);
            }

            traces.AddRange(metrics.Where(m => !m.Name.StartsWith("model/", StringComparison.Ordinal) && m.Name != Evaluation.Metric)
                .GroupBy(m => m.Name)
                .Select(g => new MetricTrace(runs.Count > 1 ? $"{label}, seed {run.Request.Seed}" : label, g.Key, [.. g.Select(m => new MetricPoint(m.Step, m.Value))])));
            if (maps.Count < ReportWriter.MostPicturesOfAKind && Attempt(() => GridMap.Of(run), null) is { } map)
            {
                maps.Add(map);
            }

            if (Attempt(run.ReadImagination, null) is { } imagination)
            {
                errors.Add(Error(imagination, runs.Count > 1 ? $"{label}, seed {run.Request.Seed}" : label, seconds));
                if (imagination.Trajectories.Count > 0)
                {
                    Add(run, imagination.Trajectories[0], imagination.Features, seconds, "a held-out episode", imagined, strips);
                }
            }
            else if (imagined.Count < ReportWriter.MostPicturesOfAKind && Attempt(() => LoggedImagination.Of(run), null) is var (features, trajectory))
            {
                Add(run, trajectory, features, seconds, "its last logged episode", imagined, strips);
                notes.Add($"{run.Name}: imagined is the run's own last logged episode, which its model may have learned from; the command 'imagine' measures on held-out episodes.");
            }
        }

        return new ReportData
        {
            Title = Title(),
            Runs = summaries,
            LearningCurves = curves,
            EvaluationCurves = evaluations,
            ModelLosses = losses,
            Imagined = imagined,
            OpenLoopErrors = errors,
            FilmStrips = strips,
            GridMaps = maps,
            Traces = traces,
            LocalErrors = localErrors,
            Notes = notes,
        };
    }

    private static void Add(
        RunDirectory run, OpenLoopTrajectory trajectory, IReadOnlyList<string> features, double seconds, string where, List<ImaginedTrajectories> imagined, List<FilmStrip> strips)
    {
        imagined.Add(new ImaginedTrajectories($"{run.Name}, {where}", features, trajectory.Real, trajectory.Members, seconds));
        if (CartPoleView.Of(run.Request) is { } view)
        {
            strips.Add(view.Strip($"{run.Name}: {where}, real and imagined", trajectory, seconds));
        }
    }

    private static OpenLoopError Error(OpenLoopResult result, string label, double seconds) =>
        new(label, result.World, ErrorUnit, [.. result.Horizons.Select(h => new HorizonError(h.Horizon, h.Median, h.Lower, h.Upper, h.Spread))], seconds);

    // An agent reports both losses of a retraining at the same step.
    private static LossPoint[] Losses(IReadOnlyList<MetricRecord> metrics) =>
    [
        .. metrics.Where(m => m.Name is "model/trainingLoss" or "model/validationLoss")
            .GroupBy(m => m.Step)
            .Select(step => new LossPoint(step.Key, Last(step, "model/trainingLoss"), Last(step, "model/validationLoss"))),
    ];

    private static double Last(IEnumerable<MetricRecord> metrics, string name) => metrics.LastOrDefault(m => m.Name == name)?.Value ?? double.NaN;

    private static WorldSpec Describe(RunDirectory run)
    {
        var world = Laboratory.World(run.Request.World);
        return world.Describe(OptionBinder.FromJson(Laboratory.Target(world), run.Request.WorldOptions));
    }

    private RunSummary Summary(RunDirectory run, IReadOnlyList<EpisodeRecord> episodes, RunResult? result, double seconds)
    {
        var request = run.Request;
        return new RunSummary
        {
            Name = run.Name,
            Agent = request.Agent,
            World = request.World,
            Seed = request.Seed,
            SecondsPerStep = seconds,
            EnvironmentSteps = result?.EnvironmentSteps ?? (episodes.Count > 0 ? episodes[^1].Step : 0),
            Episodes = result?.Episodes ?? [.. episodes.Select(e => new EpisodeResult(e.Steps, e.Return))],
            Evaluation = result?.Evaluation,
            WallSeconds = Attempt(run.ReadTiming, []) is [.., var last] ? last.Seconds : 0,
            Request =
            [
                new("limit", request.Data is { } data ? Learned(data, request.Steps) : request.Steps is { } steps ? string.Create(CultureInfo.InvariantCulture, $"{steps:#,0} steps") : string.Create(CultureInfo.InvariantCulture, $"{request.Episodes} episodes")),
                new("evaluation episodes", request.EvaluationEpisodes.ToString(CultureInfo.InvariantCulture)),
                new("threads", request.Threads.ToString(CultureInfo.InvariantCulture)),
                .. Flatten("world", request.WorldOptions),
                .. Flatten("agent", request.AgentOptions),
                new("made with", $"Reverie {request.Versions.Reverie}, .NET {request.Versions.DotNet}, libtorch {request.Versions.LibTorch}, {request.Versions.Platform}"),
            ],
        };
    }

    private static string Learned(RunData data, long? steps)
    {
        string limit = steps is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count:#,0} steps of learning") : "until nothing is left to learn";
        return string.Create(CultureInfo.InvariantCulture, $"{limit}, from {data.Transitions:#,0} transitions of {data.Path}");
    }

    // The agent, and the options that set this run apart from others of the same agent in the same world.
    private string Label(RunDirectory run)
    {
        var alike = runs.Where(r => r.Request.Agent == run.Request.Agent && r.Request.World == run.Request.World).Select(Options).ToArray();
        var differing = Options(run).Where(option => alike.Any(other => !other.Contains(option))).Select(option => $"{option.Key}={option.Value}");
        return string.Join(' ', differing.Prepend(run.Request.Agent));
    }

    private static List<KeyValuePair<string, string>> Options(RunDirectory run) =>
        [.. Flatten("", run.Request.AgentOptions), .. Flatten("world", run.Request.WorldOptions)];

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string path, JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(p => Flatten(path.Length == 0 ? p.Name : $"{path}.{p.Name}", p.Value))
            : [new(path, element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetRawText() : element.ToString())];

    private string Title()
    {
        string[] agents = [.. runs.Select(r => r.Request.Agent).Distinct()];
        string[] worlds = [.. runs.Select(r => r.Request.World).Distinct()];
        string what = $"{string.Join(", ", agents)} on {string.Join(", ", worlds)}";
        return runs.Count == 1 ? $"{what}, seed {runs[0].Request.Seed}" : $"{what}: {runs.Count} runs";
    }

    private T Attempt<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is RunException or RequestException or LogFormatException or IOException or UnauthorizedAccessException)
        {
            notes.Add(e.Message);
            return otherwise;
        }
    }
}
