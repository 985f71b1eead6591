using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>
/// The rows that were seen to lead to each state, the latest found first: lists that grow with the model. Solvers, whose model is given, have compressed rows.
/// </summary>
internal sealed class SeenPredecessors
{
    private readonly int[] first;
    private int[] row = new int[16];
    private int[] following = new int[16];
    private int count;

    public SeenPredecessors(int states)
    {
        first = new int[states];
        Array.Fill(first, -1);
    }

    /// <summary>Adds a row that was not yet known to lead to <paramref name="next"/>.</summary>
    public void Add(int next, int newRow)
    {
        if (count == row.Length)
        {
            Array.Resize(ref row, 2 * count);
            Array.Resize(ref following, 2 * count);
        }

        (row[count], following[count]) = (newRow, first[next]);
        first[next] = count++;
    }

    /// <summary>The first link of a state; −1 where there is none.</summary>
    public int First(int state) => first[state];

    /// <summary>The row of a link, and the link that follows it.</summary>
    public (int Row, int Following) At(int link) => (row[link], following[link]);

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/first", Array.ConvertAll(first, x => (long)x));
        state.Set($"{prefix}/rows", Array.ConvertAll(row[..count], x => (long)x));
        state.Set($"{prefix}/following", Array.ConvertAll(following[..count], x => (long)x));
    }

    public void Load(StateDictionary state, string prefix)
    {
        var firsts = state.GetInt64($"{prefix}/first", first.Length);
        var rows = state.GetInt64($"{prefix}/rows");
        var links = state.GetInt64($"{prefix}/following", rows.Length);
        count = rows.Length;
        (row, following) = (new int[Math.Max(16, count)], new int[Math.Max(16, count)]);
        for (int s = 0; s < first.Length; s++)
        {
            first[s] = firsts[s] >= -1 && firsts[s] < count
                ? (int)firsts[s]
                : throw new StateException($"the saved state's entry '{prefix}/first' is {firsts[s]} for state {s}; there are {count} links");
        }

        for (int i = 0; i < count; i++)
        {
            // Links lead to what was added before, so that lists end.
            if (rows[i] < 0 || rows[i] > int.MaxValue || links[i] < -1 || links[i] >= i)
            {
                throw new StateException($"the saved state's entry '{prefix}' has row {rows[i]} with link {links[i]} as number {i}");
            }

            (row[i], following[i]) = ((int)rows[i], (int)links[i]);
        }
    }
}
