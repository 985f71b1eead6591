using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>The transitions since the last part was written.</summary>
/// <param name="spec">The world they come from.</param>
internal sealed class TransitionBuffer(WorldSpec spec)
{
    private TrajectoryLog log = Empty(spec);

    /// <summary>How many.</summary>
    public int Count => log.Count;

    private int Width => (2 * spec.ObservationSize) + spec.Actions.Size + 1;

    /// <summary>Adds one, of episode <paramref name="episode"/> (from 1) and step <paramref name="step"/> within it (from 0).</summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public void Add(in Transition transition, int episode, int step) => log.Add(episode, step, transition);

    /// <summary>Writes all as one Parquet file and forgets them.</summary>
    public void WritePart(string path)
    {
        log.Write(path);
        log = Empty(spec);
    }

    /// <summary>Writes all under <paramref name="prefix"/>; nothing if there are none.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        if (Count == 0)
        {
            return;
        }

        // Per transition: observation, action, reward, next observation; and episode, step, terminated, truncated.
        var numbers = new List<double>();
        var marks = new List<long>();
        for (int i = 0; i < log.Count; i++)
        {
            numbers.AddRange(log.Observation(i));
            numbers.AddRange(log.Action(i));
            numbers.Add(log.Reward(i));
            numbers.AddRange(log.NextObservation(i));
            marks.AddRange([log.Episode(i), log.Step(i), log.Terminated(i) ? 1 : 0, log.Truncated(i) ? 1 : 0]);
        }

        state.Set(prefix + "/numbers", [.. numbers], [log.Count, Width]);
        state.Set(prefix + "/marks", [.. marks], [log.Count, 4]);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entries do not fit.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        log = Empty(spec);
        if (!state.Contains(prefix + "/marks"))
        {
            return;
        }

        var marks = state.GetInt64(prefix + "/marks");
        var numbers = state.GetDouble(prefix + "/numbers", marks.Length / 4 * Width);
        for (int i = 0; i < marks.Length / 4; i++)
        {
            var row = numbers.Slice(i * Width, Width);
            var mark = marks.Slice(i * 4, 4);
            try
            {
                log.Add(mark[0], (int)mark[1], new Transition
                {
                    Observation = row[..spec.ObservationSize],
                    Action = row.Slice(spec.ObservationSize, spec.Actions.Size),
                    Reward = row[spec.ObservationSize + spec.Actions.Size],
                    NextObservation = row[^spec.ObservationSize..],
                    Terminated = mark[2] != 0,
                    Truncated = mark[3] != 0,
                });
            }
            catch (ArgumentException e)
            {
                throw new StateException($"the saved state's entry '{prefix}' is damaged: {e.Message}", e);
            }
        }
    }

    private static TrajectoryLog Empty(WorldSpec spec) => new(spec.Name, spec.ObservationSize, spec.Actions.Size);
}
