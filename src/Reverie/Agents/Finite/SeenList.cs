using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>States, or rows, in the order of first sight.</summary>
internal sealed class SeenList(int most)
{
    private readonly int[] items = new int[most];
    private readonly bool[] seen = new bool[most];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Items => items.AsSpan(0, Count);

    public bool Contains(int item) => seen[item];

    /// <summary>Adds an item unless it is there; whether it was new.</summary>
    public bool Add(int item)
    {
        if (seen[item])
        {
            return false;
        }

        (seen[item], items[Count++]) = (true, item);
        return true;
    }

    public void RemoveWhere(Predicate<int> unwanted)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            seen[items[i]] = !unwanted(items[i]);
            items[kept] = items[i];
            kept += seen[items[i]] ? 1 : 0;
        }

        Count = kept;
    }

    public int Draw(RandomStream random) => items[random.NextInt32(Count)];

    public void Save(StateDictionary state, string prefix) => state.Set(prefix, Array.ConvertAll(items[..Count], x => (long)x));

    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetInt64(prefix);
        Array.Clear(seen);
        Count = 0;
        foreach (long item in saved)
        {
            if (item < 0 || item >= items.Length || !Add((int)item))
            {
                throw new StateException($"the saved state's entry '{prefix}' names {item} twice, or it is not one of 0 to {items.Length - 1}");
            }
        }
    }
}
