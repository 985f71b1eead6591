using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>
/// Rows by priority: a binary heap, the most urgent on top, in which priorities can be raised. Equal ones come out in a fixed order. Priorities are exact, as a
/// few backups must be the best ones; a solver, which makes them all, is content with powers of two.
/// </summary>
internal sealed class SweepQueue
{
    private readonly int[] heap;
    private readonly int[] place;
    private readonly double[] priority;

    public SweepQueue(int rows)
    {
        (heap, place, priority) = (new int[rows], new int[rows], new double[rows]);
        Array.Fill(place, -1);
    }

    public int Count { get; private set; }

    /// <summary>Inserts a row, or raises its priority; one that is more urgent already stays as it is.</summary>
    public void Raise(int row, double newPriority)
    {
        if (place[row] < 0)
        {
            place[row] = Count;
            heap[Count++] = row;
        }
        else if (newPriority <= priority[row])
        {
            return;
        }

        priority[row] = newPriority;
        Up(place[row]);
    }

    /// <summary>Takes the most urgent row out.</summary>
    public int Pop()
    {
        int top = heap[0];
        place[top] = -1;
        int last = heap[--Count];
        if (Count > 0)
        {
            (heap[0], place[last]) = (last, 0);
            Down(0);
        }

        return top;
    }

    public void Clear()
    {
        for (int i = 0; i < Count; i++)
        {
            place[heap[i]] = -1;
        }

        Count = 0;
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/rows", Array.ConvertAll(heap[..Count], x => (long)x));
        state.Set($"{prefix}/priorities", Array.ConvertAll(heap[..Count], x => priority[x]));
    }

    public void Load(StateDictionary state, string prefix)
    {
        var rows = state.GetInt64($"{prefix}/rows");
        var priorities = state.GetDouble($"{prefix}/priorities", rows.Length);
        Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] < 0 || rows[i] >= place.Length || place[rows[i]] >= 0)
            {
                throw new StateException($"the saved state's entry '{prefix}/rows' names {rows[i]} twice, or it is not one of 0 to {place.Length - 1}");
            }

            int row = heap[i] = (int)rows[i];
            (place[row], priority[row]) = (i, priorities[i]);
        }

        Count = rows.Length;
    }

    private void Up(int i)
    {
        int row = heap[i];
        while (i > 0 && priority[heap[(i - 1) / 2]] < priority[row])
        {
            Put(heap[(i - 1) / 2], i);
            i = (i - 1) / 2;
        }

        Put(row, i);
    }

    private void Down(int i)
    {
        int row = heap[i];
        while ((2 * i) + 1 < Count)
        {
            int child = (2 * i) + 1;
            child += child + 1 < Count && priority[heap[child + 1]] > priority[heap[child]] ? 1 : 0;
            if (priority[heap[child]] <= priority[row])
            {
                break;
            }

            Put(heap[child], i);
            i = child;
        }

        Put(row, i);
    }

    private void Put(int row, int i) => (heap[i], place[row]) = (row, i);
}
