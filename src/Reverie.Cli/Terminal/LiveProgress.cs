using System.Globalization;
using Reverie.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Reverie.Cli.Terminal;

/// <summary>A table of the last episodes and the one under way, redrawn a few times a second.</summary>
internal sealed class LiveProgress(IAnsiConsole console, TimeProvider time) : IRunListener
{
    private const int Shown = 12;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Queue<(EpisodeRecord Episode, double? Loss)> past = new();
    private readonly List<double> evaluation = [];
    private string lastEvaluation = "";
    private string title = "";
    private string state = "";
    private RunStatus latest;
    private long lastDrawn;
    private LiveDisplayContext? display;

    /// <summary>Does <paramref name="run"/> while the table is shown.</summary>
    public T Watch<T>(Func<IRunListener, T> run) => console.Live(Draw()).Start(context =>
    {
        display = context;
        try
        {
            return run(this);
        }
        finally
        {
            state = "";
            Refresh(force: true);
        }
    });

    public void OnStart(RunDirectory run, in RunStatus status)
    {
        title = $"{run.Request.Agent} learns {run.Request.World}, seed {run.Request.Seed}";
        state = status.Step > 0 ? $"going on after step {status.Step}" : "";
        latest = status;
        Refresh(force: true);
    }

    public void OnStep(in RunStatus status)
    {
        latest = status;
        state = $"episode {status.Episode}, step {status.EpisodeSteps}";
        Refresh(force: false);
    }

    public void OnMetric(MetricRecord metric, in RunStatus status)
    {
        latest = status;
        lastEvaluation = metric.Name == Evaluation.Metric ? string.Create(CultureInfo.InvariantCulture, $", evaluation return {metric.Value:G5} after step {metric.Step}") : lastEvaluation;
        Refresh(force: false);
    }

    public void OnEpisode(EpisodeRecord episode, in RunStatus status)
    {
        latest = status;
        past.Enqueue((episode, status.ModelLoss));
        if (past.Count > Shown)
        {
            past.Dequeue();
        }

        Refresh(force: true);
    }

    public void OnEvaluation(int episode, int episodes, double episodeReturn)
    {
        evaluation.Add(episodeReturn);
        state = string.Create(CultureInfo.InvariantCulture, $"evaluation {episode} of {episodes}: mean return {evaluation.Average():G5}");
        Refresh(force: true);
    }

    private void Refresh(bool force)
    {
        if (display is null || (!force && time.GetElapsedTime(lastDrawn) < Interval))
        {
            return;
        }

        lastDrawn = time.GetTimestamp();
        display.UpdateTarget(Draw());
    }

    private Rows Draw()
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(title));
        foreach (string column in (string[])["episode", "steps", "return", "model loss"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var (episode, loss) in past)
        {
            table.AddRow(Progress.Number(episode.Episode), Progress.Number(episode.Steps), Progress.Number(episode.Return, "G6"), Progress.Number(loss));
        }

        if (latest.EpisodeSteps > 0 && (past.Count == 0 || past.Last().Episode.Episode < latest.Episode))
        {
            table.AddRow($"[yellow]{latest.Episode}[/]", Progress.Number(latest.EpisodeSteps), Progress.Number(latest.EpisodeReturn, "G6"), Progress.Number(latest.ModelLoss));
        }

        string pace = string.Create(CultureInfo.InvariantCulture, $"{latest.Step} steps, {Progress.Pace(latest.StepsPerSecond)} steps/s, {Progress.Clock(latest.Seconds)} gone, {Progress.Clock(latest.SecondsLeft)} left{lastEvaluation}");
        IRenderable[] rows = state.Length > 0 ? [table, new Text(pace), new Text(state)] : [table, new Text(pace)];
        return new Rows(rows);
    }
}
