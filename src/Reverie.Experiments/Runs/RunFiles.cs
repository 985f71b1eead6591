using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>The files that a running run writes, and their one point of commitment.</summary>
internal sealed class RunFiles : IDisposable
{
    private readonly RunDirectory directory;
    private readonly TransitionBuffer pending;
    private readonly AppendLog metrics;
    private readonly AppendLog episodes;

    /// <summary>Cuts everything to what <paramref name="counters"/> vouch for.</summary>
    /// <exception cref="RunException">Something that the checkpoint vouches for is missing.</exception>
    public RunFiles(RunDirectory directory, RunCounters counters, TransitionBuffer pending)
    {
        (this.directory, this.pending) = (directory, pending);
        Directory.CreateDirectory(directory.TransitionsPath);
        int parts = directory.TransitionParts().Count;
        if (parts < counters.Parts)
        {
            throw new RunException($"{directory.TransitionPart(parts + 1)} is missing: the run directory is truncated");
        }

        for (int part = counters.Parts + 1; part <= parts; part++)
        {
            File.Delete(directory.TransitionPart(part));
        }

        metrics = new AppendLog(directory.MetricsPath, counters.MetricsLength);
        episodes = new AppendLog(directory.EpisodesPath, counters.EpisodesLength);
    }

    /// <summary>Transitions since the last part was written.</summary>
    public int Pending => pending.Count;

    public void Append(MetricRecord metric) => metrics.Append(metric);

    public void Append(EpisodeRecord episode) => episodes.Append(episode);

    public void Append(in Transition transition, RunCounters counters) => pending.Add(transition, counters.Episodes + 1, counters.EpisodeSteps - 1);

    /// <summary>Makes all that was appended, with <paramref name="state"/>, the state that a resume finds.</summary>
    public void Commit(StateDictionary state, RunCounters counters, bool keepPending)
    {
        metrics.Flush(toDisk: true);
        episodes.Flush(toDisk: true);
        if (!keepPending && pending.Count > 0)
        {
            counters.Parts++;
            pending.WritePart(directory.TransitionPart(counters.Parts));
            pending.Clear();
        }

        (counters.MetricsLength, counters.EpisodesLength) = (metrics.Length, episodes.Length);
        counters.Save(state, "runner");
        pending.Save(state, "runner/pending");
        RunCheckpoint.Write(directory, state);
    }

    public void Dispose()
    {
        metrics.Dispose();
        episodes.Dispose();
    }
}
