namespace Reverie.Worlds.Finite.Formats;

/// <summary>How much a file may ask for: a small file must not claim all memory, nor a large one take for ever.</summary>
internal static class FileLimits
{
    /// <summary>States times actions.</summary>
    public const int Rows = 1 << 22;

    /// <summary>Outcomes of all rows together.</summary>
    public const int Outcomes = 1 << 24;

    /// <summary>Rewards stated one by one.</summary>
    public const int Rewards = 1 << 23;

    /// <summary>Assignments of probabilities or rewards, those counted that a wildcard stands for and those that later ones replace.</summary>
    public const long Assignments = 1L << 26;

    /// <summary>Characters of a word, a name or a number.</summary>
    public const int Word = 256;

    /// <summary>Characters of all names together.</summary>
    public const int Names = 1 << 24;

    /// <summary>Characters of a line of a map.</summary>
    public const int MapLine = 1 << 16;

    /// <summary>Refuses sizes of a process that are out of range.</summary>
    /// <exception cref="FiniteFileException">They are.</exception>
    public static void RequireSizes(string file, long line, long states, long actions)
    {
        if (states < 1 || states > Rows)
        {
            throw new FiniteFileException(file, line, $"there are {states} states; allowed are 1 to {Rows}.");
        }

        if (actions < 2 || actions > Rows)
        {
            throw new FiniteFileException(file, line, $"there are {actions} actions; allowed are 2 to {Rows}.");
        }

        if (states * actions > Rows)
        {
            throw new FiniteFileException(file, line, $"{states} states with {actions} actions are {states * actions} pairs; at most {Rows} can be read.");
        }
    }

    /// <summary>What a file says, fit to be shown: not too long, and no control characters.</summary>
    public static string Shown(string text)
    {
        string shown = text.Length > 40 ? text[..40] + "…" : text;
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }
}
