using Reverie.Experience;
using Reverie.Models;

namespace Reverie.Experiments.Reports;

/// <summary>
/// A run's own last logged episode, imagined by the model of its last checkpoint: what a report shows where no measurement on
/// held-out episodes stands beside the run.
/// </summary>
internal static class LoggedImagination
{
    private const int MostSteps = 50;

    /// <summary>The real trajectory and its imagination; null where there is no logged episode, no checkpoint or no model to imagine with.</summary>
    /// <exception cref="RunException">The checkpoint is damaged.</exception>
    /// <exception cref="RequestException">The run's agent or world is not known.</exception>
    /// <exception cref="LogFormatException">The log is damaged.</exception>
    public static (IReadOnlyList<string> Features, OpenLoopTrajectory Trajectory)? Of(RunDirectory run)
    {
        if (run.TransitionParts() is not [.., var part] || !File.Exists(run.CheckpointPath))
        {
            return null;
        }

        using var parts = Laboratory.Restore(run);
        if (parts.Agent is not IImagination imagination)
        {
            return null;
        }

        var spec = parts.World.Spec;
        var log = TrajectoryLog.Read(part, spec.ObservationSize, spec.Actions.Size);
        return log.Count == 0 ? null : ([.. spec.Observation.Select(f => f.Name)], Imagine(imagination, log));
    }

    // From the first step of the last episode that the part holds.
    private static OpenLoopTrajectory Imagine(IImagination imagination, TrajectoryLog log)
    {
        int first = log.Count - 1;
        while (first > 0 && log.Episode(first - 1) == log.Episode(first))
        {
            first--;
        }

        int steps = Math.Min(MostSteps, log.Count - first);
        double[] start = log.Observation(first).ToArray();
        double[] actions = [.. Enumerable.Range(first, steps).SelectMany(i => log.Action(i).ToArray())];
        double[][] real = [start, .. Enumerable.Range(first, steps).Select(i => log.NextObservation(i).ToArray())];
        return new RealEpisode(real, actions).Trajectory(imagination, steps);
    }
}
