using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>The latest imagined transitions, as learners see them. The oldest is overwritten when it is full.</summary>
internal sealed class ImaginedBuffer
{
    private readonly int capacity;
    private readonly int width;
    private readonly int actionSize;
    private readonly int rowSize;
    private readonly float[] rows;
    private long added;

    /// <summary>An empty buffer.</summary>
    /// <param name="capacity">Transitions that fit.</param>
    /// <param name="width">Features of an observation, W.</param>
    /// <param name="actionSize">Components of an action, m.</param>
    public ImaginedBuffer(int capacity, int width, int actionSize)
    {
        (this.capacity, this.width, this.actionSize) = (capacity, width, actionSize);
        rowSize = (2 * width) + actionSize + 2;
        rows = new float[(long)capacity * rowSize];
    }

    /// <summary>Transitions held.</summary>
    public int Count => (int)Math.Min(added, capacity);

    /// <summary>Adds a transition.</summary>
    /// <param name="features">s, <c>[W]</c>.</param>
    /// <param name="action">a, <c>[m]</c>.</param>
    /// <param name="reward">r.</param>
    /// <param name="discount">γ, or 0 where the task ended.</param>
    /// <param name="next">s', <c>[W]</c>.</param>
    public void Add(ReadOnlySpan<float> features, ReadOnlySpan<float> action, float reward, float discount, ReadOnlySpan<float> next)
    {
        var row = rows.AsSpan((int)(added++ % capacity) * rowSize, rowSize);
        features.CopyTo(row);
        action.CopyTo(row[width..]);
        next.CopyTo(row[(width + actionSize)..]);
        (row[^2], row[^1]) = (reward, discount);
    }

    /// <summary>Fills rows of a minibatch with transitions drawn uniformly.</summary>
    public void Fill(LearnerBatch batch, int first, int count, RandomStream random)
    {
        for (int b = first; b < first + count; b++)
        {
            var row = rows.AsSpan(random.NextInt32(Count) * rowSize, rowSize);
            row[..width].CopyTo(batch.Features.AsSpan(b * width));
            row.Slice(width, actionSize).CopyTo(batch.Actions.AsSpan(b * actionSize));
            row.Slice(width + actionSize, width).CopyTo(batch.NextFeatures.AsSpan(b * width));
            (batch.Rewards[b], batch.Discounts[b], batch.Last[b]) = (row[^2], row[^1], -1);
        }
    }

    /// <summary>Writes everything under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/added", [added]);
        state.Set($"{prefix}/rows", rows.AsSpan(0, Count * rowSize), [Count, rowSize]);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        long saved = state.GetInt64($"{prefix}/added", 1)[0];
        if (saved < 0)
        {
            throw new StateException($"the saved state's entry '{prefix}/added' is {saved}");
        }

        state.GetSingle($"{prefix}/rows", (int)Math.Min(saved, capacity) * rowSize).CopyTo(rows);
        added = saved;
    }
}
