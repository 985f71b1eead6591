namespace Reverie.Worlds.Finite.Formats;

/// <summary>p(s'|s,a) as stated in a Cassandra file; a later statement replaces an earlier one.</summary>
internal sealed class MdpTransitions(int states, int actions)
{
    /// <summary>Outcomes of a row that are searched for one to replace; in longer ones what was replaced is forgotten later.</summary>
    private const int Few = 8;

    private readonly List<(int Next, double Probability)>?[] rows = new List<(int, double)>?[states * actions];
    private readonly long[] lines = new long[states * actions];
    private readonly HashSet<int> resets = [];
    private readonly bool[] seen = new bool[states];
    private long held;

    /// <summary>Whether anything is stated.</summary>
    public bool Any { get; private set; }

    /// <summary>Whether anything is stated of a state.</summary>
    public bool AnyOf(int state) => Enumerable.Range(state * actions, actions).Any(row => lines[row] > 0);

    /// <summary>The line that last changed a row; 0 where none did.</summary>
    public long LineOf(int row) => lines[row];

    /// <summary>States one probability; returns false where there are too many.</summary>
    public bool Set(int action, int state, int next, double probability, long line)
    {
        var row = Touch(action, state, line);
        resets.Remove((state * actions) + action);
        int place = -1;
        for (int i = 0; i < row.Count && row.Count <= Few; i++)
        {
            place = row[i].Next == next ? i : place;
        }

        if (place >= 0)
        {
            row[place] = (next, probability);
        }
        else if (row.Count > 0 || probability > 0.0)
        {
            row.Add((next, probability));
            held++;
        }

        return held <= FileLimits.Outcomes || Compact();
    }

    /// <summary>Forgets a row, and for <paramref name="reset"/> lets it lead to the start.</summary>
    public void Clear(int action, int state, long line, bool reset = false)
    {
        var row = Touch(action, state, line);
        held -= row.Count;
        row.Clear();
        if (reset)
        {
            resets.Add((state * actions) + action);
        }
        else
        {
            resets.Remove((state * actions) + action);
        }
    }

    /// <summary>The outcomes of a row; null for one that leads to the start.</summary>
    public IReadOnlyList<(int Next, double Probability)>? Of(int row)
    {
        if (resets.Contains(row))
        {
            return null;
        }

        if (rows[row] is not { } outcomes)
        {
            return [];
        }

        Compact(outcomes);
        return outcomes;
    }

    private List<(int Next, double Probability)> Touch(int action, int state, long line)
    {
        int row = (state * actions) + action;
        lines[row] = line;
        Any = true;
        return rows[row] ??= [];
    }

    /// <summary>Forgets what was replaced; false where that does not help.</summary>
    private bool Compact()
    {
        held = 0;
        foreach (var row in rows)
        {
            if (row is not null)
            {
                Compact(row);
                held += row.Count;
            }
        }

        return held <= FileLimits.Outcomes / 2;
    }

    private void Compact(List<(int Next, double Probability)> row)
    {
        int kept = row.Count;
        for (int i = row.Count - 1; i >= 0; i--)
        {
            if (!seen[row[i].Next])
            {
                seen[row[i].Next] = true;
                row[--kept] = row[i];
            }
        }

        row.RemoveRange(0, kept);
        foreach (var (next, _) in row)
        {
            seen[next] = false;
        }
    }
}
