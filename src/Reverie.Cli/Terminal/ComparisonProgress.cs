using Reverie.Experiments;
using Reverie.Experiments.Comparisons;
using Spectre.Console;

namespace Reverie.Cli.Terminal;

/// <summary>
/// Shows a comparison while it goes: on a terminal a live line for each run under way; elsewhere a line for each run that ends, and now and then one for what is under way.
/// </summary>
internal sealed class ComparisonProgress : IComparisonListener
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly ComparisonPlan plan;
    private readonly ComparisonPace pace;
    private readonly TimeProvider time;
    private readonly SortedDictionary<string, (ComparisonCell Cell, RunStatus Status, double? Evaluated)> running = new(StringComparer.Ordinal);
    private readonly Queue<string> ended = [];
    private LiveDisplayContext? display;
    private long lastShown;
    private int done;

    private ComparisonProgress(ComparisonPlan plan, int threads, TimeProvider time)
    {
        (this.plan, this.time, pace) = (plan, time, new ComparisonPace(plan, threads));
        lastShown = time.GetTimestamp();
    }

    private string Summary => $"{done} of {plan.Cells.Count} runs done, {Progress.Clock(pace.SecondsLeft())} left";

    /// <summary>Does <paramref name="run"/> with a listener that fits standard error.</summary>
    public static T Watch<T>(ComparisonPlan plan, int threads, Func<IComparisonListener, T> run)
    {
        var progress = new ComparisonProgress(plan, threads, TimeProvider.System);
        return Console.IsErrorRedirected || !Output.ErrorConsole().Profile.Capabilities.Ansi
            ? run(progress)
            : Output.ErrorConsole().Live(new Text("")).Start(context =>
            {
                progress.display = context;
                return run(progress);
            });
    }

    public void OnStart(ComparisonDirectory directory, int done)
    {
        lock (gate)
        {
            this.done = done;
            foreach (var cell in plan.Cells.Where(directory.IsDone))
            {
                // What earlier runs took is a price for those to come.
                if (directory.Run(cell).ReadTiming() is [.., var last])
                {
                    pace.Set(cell, new RunStatus(last.Step, last.Episode, 0, 0, null, 0, last.Seconds, 0));
                }

                pace.End(cell);
            }

            Line($"{plan.Request.Agents.Count} agents × {plan.Request.Worlds.Count} worlds × {plan.Request.Seeds} seeds, {done} of {plan.Cells.Count} runs done: {directory.Path}");
        }
    }

    public IRunListener OnRun(ComparisonCell cell) => new Watcher(this, cell);

    public void OnEnd(ComparisonCell cell, RunResult? result, string? failure)
    {
        lock (gate)
        {
            running.Remove(cell.Name);
            if (result is not null)
            {
                done++;
                pace.End(cell);
                Line(FormattableString.Invariant($"{cell}: final return {result.Evaluation.MeanReturn:G6}; {Summary}"));
            }
            else if (failure is not null)
            {
                pace.End(cell);
                Line($"{cell} failed: {failure}");
            }
        }
    }

    private static string Describe(ComparisonCell cell, RunStatus status, double? evaluated) => FormattableString.Invariant(
        $"{cell}: step {status.Step}{(cell.Request.Steps is { } steps ? $" of {steps}" : $", episode {status.Episode} of {cell.Request.Episodes}")}, {Progress.Pace(status.StepsPerSecond)} steps/s, evaluation return {Progress.Number(evaluated)}");

    private void Update(ComparisonCell cell, RunStatus status, double? evaluated)
    {
        lock (gate)
        {
            var last = running.GetValueOrDefault(cell.Name).Evaluated;
            running[cell.Name] = (cell, status, evaluated ?? last);
            pace.Set(cell, status);
            if (time.GetElapsedTime(lastShown) >= (display is null ? PlainInterval : LiveInterval))
            {
                Show();
            }
        }
    }

    private void Show()
    {
        lastShown = time.GetTimestamp();
        string[] lines = [.. running.Values.Select(r => Describe(r.Cell, r.Status, r.Evaluated))];
        if (display is not null)
        {
            display.UpdateTarget(new Rows([.. ended.Concat(lines).Append(Summary).Select(line => new Text(line))]));
            return;
        }

        foreach (string line in lines)
        {
            Console.Error.WriteLine(line);
        }

        Console.Error.WriteLine(Summary);
    }

    private void Line(string line)
    {
        if (display is null)
        {
            Console.Error.WriteLine(line);
            return;
        }

        const int shown = 8;
        ended.Enqueue(line);
        if (ended.Count > shown)
        {
            ended.Dequeue();
        }

        Show();
    }

    /// <summary>Watches one run; most steps are not worth the lock.</summary>
    private sealed class Watcher(ComparisonProgress progress, ComparisonCell cell) : IRunListener
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
        private long last;

        public void OnStart(RunDirectory run, in RunStatus status) => progress.Update(cell, status, null);

        public void OnStep(in RunStatus status) => Now(status);

        public void OnMetric(MetricRecord metric, in RunStatus status)
        {
            if (metric.Name == Evaluation.Metric)
            {
                progress.Update(cell, status, metric.Value);
            }
            else
            {
                Now(status);
            }
        }

        public void OnEpisode(EpisodeRecord episode, in RunStatus status) => Now(status);

        public void OnEvaluation(int episode, int episodes, double episodeReturn)
        {
        }

        private void Now(in RunStatus status)
        {
            if (progress.time.GetElapsedTime(last) >= Interval)
            {
                last = progress.time.GetTimestamp();
                progress.Update(cell, status, null);
            }
        }
    }
}
