namespace Reverie.Experiments;

/// <summary>Finds what a mistyped name was meant to be.</summary>
public static class Names
{
    private const int MostListed = 30;

    /// <summary>The candidate with the fewest edits from <paramref name="given"/>, ignoring case; the first of several; null if there is none.</summary>
    public static string? Nearest(string given, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(given.ToUpperInvariant(), candidate.ToUpperInvariant()));

    /// <summary>
    /// A clause for messages: <c>; did you mean 'cartpole'?</c>; where no name is near and there are few, all of them; empty where there is nothing to suggest.
    /// </summary>
    /// <param name="given">What was given.</param>
    /// <param name="candidates">What would have been right.</param>
    /// <param name="listed">Whether the message lists them already.</param>
    public static string Suggestion(string given, IEnumerable<string> candidates, bool listed = false)
    {
        string[] names = [.. candidates];
        if (Nearest(given, names) is not { } nearest)
        {
            return "";
        }

        bool near = Distance(given.ToUpperInvariant(), nearest.ToUpperInvariant()) <= Math.Max(1, given.Length / 2);
        return listed && !near ? "" : near || names.Length > MostListed ? $"; did you mean '{nearest}'?" : $"; there are {string.Join(", ", names)}";
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment; Damerau 1964).</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(substitution, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
