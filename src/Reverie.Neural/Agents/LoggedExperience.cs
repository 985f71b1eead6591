using Reverie.Experience;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>How agents take a log for their experience.</summary>
internal static class LoggedExperience
{
    /// <summary>Adds all transitions of a log to a replay, or none.</summary>
    /// <param name="replay">The replay; nothing of it is overwritten.</param>
    /// <param name="log">The log.</param>
    /// <param name="spec">The agent's world.</param>
    /// <exception cref="ArgumentException">The log is of other sizes, is empty, has more transitions than there is room for, or an action that is none of the choices.</exception>
    public static void AddTo(ReplayBuffer replay, TrajectoryLog log, WorldSpec spec)
    {
        int room = replay.Capacity - replay.Count;
        if (log.Count == 0 || log.Count > room)
        {
            throw new ArgumentException($"The log has {log.Count} transitions; it must have 1 to {room}: replayCapacity is {replay.Capacity}.", nameof(log));
        }

        for (int i = 0; i < log.Count && spec.Actions.IsDiscrete; i++)
        {
            spec.Actions.Validate(log.Action(i));
        }

        log.AddTo(replay);
    }
}
