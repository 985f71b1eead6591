using System.Globalization;

namespace Reverie.Experience;

/// <summary>Where each column of a file of trajectories stands.</summary>
/// <param name="Episode">The column of the episode's number.</param>
/// <param name="Step">The column of the step.</param>
/// <param name="Observation">The columns of the observation's components.</param>
/// <param name="Action">The columns of the action's components.</param>
/// <param name="Reward">The column of the reward.</param>
/// <param name="NextObservation">The columns of the next observation's components.</param>
/// <param name="Terminated">The column that tells whether the task ended.</param>
/// <param name="Truncated">The column that tells whether time ran out; −1 where there is none, as the short spelling allows.</param>
internal sealed record TrajectoryColumns(
    int Episode, int Step, int[] Observation, int[] Action, int Reward, int[] NextObservation, int Terminated, int Truncated)
{
    private sealed record Spelling(string Step, string Observation, string Action, string NextObservation);

    private static readonly Spelling Own = new("step", "observation_", "action_", "next_observation_");

    /// <summary>As recordings of Gymnasium are often headed: <c>episode,t,s0,…,a0,…,next0,…,reward,terminated</c>.</summary>
    private static readonly Spelling Short = new("t", "s", "a", "next");

    /// <summary>The names of all columns in the order in which they are written.</summary>
    public static IReadOnlyList<string> Names(int observationSize, int actionSize) =>
    [
        "episode", Own.Step,
        .. Enumerable.Range(0, observationSize).Select(i => Own.Observation + i),
        .. Enumerable.Range(0, actionSize).Select(i => Own.Action + i),
        "reward",
        .. Enumerable.Range(0, observationSize).Select(i => Own.NextObservation + i),
        "terminated", "truncated",
    ];

    /// <summary>Finds every column of a header.</summary>
    /// <param name="header">The columns' names, in any order.</param>
    /// <param name="refuse">Makes the exception for what is wrong.</param>
    public static TrajectoryColumns Resolve(IReadOnlyList<string> header, Func<string, Exception> refuse)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < header.Count; i++)
        {
            if (!places.TryAdd(header[i], i))
            {
                throw refuse($"has two columns '{Shorten(header[i])}'");
            }
        }

        bool isShort = places.ContainsKey(Short.Step) && !places.ContainsKey(Own.Step);
        var spelling = isShort ? Short : Own;
        var columns = new TrajectoryColumns(
            One("episode"),
            One(spelling.Step),
            Many(spelling.Observation),
            Many(spelling.Action),
            One("reward"),
            Many(spelling.NextObservation),
            One("terminated"),
            isShort && !places.ContainsKey("truncated") ? -1 : One("truncated"));
        if (columns.Observation.Length != columns.NextObservation.Length)
        {
            throw refuse($"has {columns.Observation.Length} observation and {columns.NextObservation.Length} next observation columns");
        }

        return places.Count == 0 ? columns : throw refuse($"has a column '{Shorten(places.Keys.First())}' that is none of a trajectory's, or whose number does not follow");

        int One(string name) => places.Remove(name, out int place) ? place : throw refuse($"lacks the column '{name}'");

        int[] Many(string prefix)
        {
            var found = new List<int> { One(prefix + "0") };
            while (places.Remove(prefix + found.Count.ToString(CultureInfo.InvariantCulture), out int place))
            {
                found.Add(place);
            }

            return [.. found];
        }
    }

    /// <summary>A name from a file, fit for one line of a message.</summary>
    public static string Shorten(string name) =>
        string.Concat(name.Take(40).Select(c => char.IsControl(c) ? '?' : c)) + (name.Length > 40 ? "…" : "");
}
