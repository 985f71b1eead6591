namespace Reverie.Experiments;

/// <summary>Finds what a mistyped name was meant to be.</summary>
public static class Names
{
    /// <summary>The candidate with the fewest edits from <paramref name="given"/>, ignoring case; the first of several; null if there is none.</summary>
    public static string? Nearest(string given, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(given.ToUpperInvariant(), candidate.ToUpperInvariant()));

    /// <summary>A clause for messages: <c>; did you mean 'cartpole'?</c>, empty where there is nothing to suggest.</summary>
    public static string Suggestion(string given, IEnumerable<string> candidates) =>
        Nearest(given, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

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
