namespace Reverie.Experiments;

/// <summary>Measures how long a run takes, however often it is interrupted; results never depend on it.</summary>
internal sealed class RunClock : IDisposable
{
    private readonly TimeProvider time;
    private readonly AppendLog log;
    private readonly long start;
    private readonly double before;
    private readonly long firstStep;
    private readonly int firstEpisode;

    public RunClock(RunDirectory directory, TimeProvider time, long step, int episode)
    {
        (this.time, firstStep, firstEpisode) = (time, step, episode);
        start = time.GetTimestamp();
        log = new AppendLog(directory.TimingPath, AppendLog.WholeLines(directory.TimingPath));
        before = directory.ReadTiming() is [.., var last] ? last.Seconds : 0;
    }

    /// <summary>Seconds spent on the run so far.</summary>
    public double Seconds => before + SinceStart;

    private double SinceStart => time.GetElapsedTime(start).TotalSeconds;

    /// <summary>Pace since the start.</summary>
    public double StepsPerSecond(long step) => SinceStart > 0 ? (step - firstStep) / SinceStart : 0;

    /// <summary>At the pace since the start: of its steps, or of its finished episodes where episodes are the limit.</summary>
    public double? SecondsLeft(RunRequest request, RunCounters counters) =>
        request.Episodes is { } episodes
            ? counters.Episodes > firstEpisode ? SinceStart / (counters.Episodes - firstEpisode) * (episodes - counters.Episodes) : null
            : counters.Steps > firstStep ? SinceStart / (counters.Steps - firstStep) * ((request.Steps ?? 0) - counters.Steps) : null;

    /// <summary>Notes the time.</summary>
    public void Mark(long step, int episode)
    {
        log.Append(new TimingRecord(step, episode, Math.Round(Seconds, 6)));
        log.Flush(toDisk: false);
    }

    public void Dispose() => log.Dispose();
}
