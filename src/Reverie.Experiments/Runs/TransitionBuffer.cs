using System.Runtime.InteropServices;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>The transitions since the last part was written.</summary>
/// <param name="spec">The world they come from.</param>
internal sealed class TransitionBuffer(WorldSpec spec)
{
    // Per transition: observation, action, reward, next observation.
    private readonly List<double> numbers = [];

    // Per transition: episode, step within it, terminated, truncated.
    private readonly List<long> marks = [];

    private int Width => (2 * spec.ObservationSize) + spec.Actions.Size + 1;

    /// <summary>How many.</summary>
    public int Count => marks.Count / 4;

    /// <summary>Adds one, of episode <paramref name="episode"/> (from 1) and step <paramref name="step"/> within it (from 0).</summary>
    public void Add(in Transition transition, int episode, int step)
    {
        numbers.AddRange(transition.Observation);
        numbers.AddRange(transition.Action);
        numbers.Add(transition.Reward);
        numbers.AddRange(transition.NextObservation);
        marks.AddRange([episode, step, transition.Terminated ? 1 : 0, transition.Truncated ? 1 : 0]);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        numbers.Clear();
        marks.Clear();
    }

    /// <summary>Writes all as one Parquet file.</summary>
    public void WritePart(string path)
    {
        _ = (path, Count);
    }

    /// <summary>Writes all under <paramref name="prefix"/>; nothing if there are none.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        if (Count > 0)
        {
            state.Set(prefix + "/numbers", CollectionsMarshal.AsSpan(numbers));
            state.Set(prefix + "/marks", CollectionsMarshal.AsSpan(marks));
        }
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entries do not fit.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Clear();
        if (state.Contains(prefix + "/marks"))
        {
            marks.AddRange(state.GetInt64(prefix + "/marks"));
            numbers.AddRange(state.GetDouble(prefix + "/numbers", Count * Width));
        }
    }
}
