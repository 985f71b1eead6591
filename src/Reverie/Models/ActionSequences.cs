namespace Reverie.Models;

/// <summary>N candidate action sequences of length H, stored <c>[step][component][candidate]</c>, so that each step is a batch.</summary>
public sealed class ActionSequences
{
    private readonly float[] data;
    private readonly int stride;

    /// <summary>Allocates sequences of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public ActionSequences(int horizon, int actionSize, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        (Horizon, ActionSize, Capacity, Count) = (horizon, actionSize, count, count);
        stride = Batch.StrideOf(count);
        data = new float[horizon * actionSize * stride];
    }

    /// <summary>Steps, H.</summary>
    public int Horizon { get; }

    /// <summary>Components of an action.</summary>
    public int ActionSize { get; }

    /// <summary>The most candidates that fit.</summary>
    public int Capacity { get; }

    /// <summary>Candidates in use, N.</summary>
    public int Count { get; private set; }

    /// <summary>Distance between components.</summary>
    public int Stride => stride;

    /// <summary>All numbers, <c>[Horizon][ActionSize][Stride]</c>.</summary>
    public Span<float> Data => data;

    /// <summary>The actions of all candidates at <paramref name="step"/>.</summary>
    public Batch At(int step) => new(data.AsSpan(step * ActionSize * stride, ActionSize * stride), ActionSize, Count, stride);

    /// <summary>Uses only the first <paramref name="count"/> candidates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than fit, or none.</exception>
    public void Resize(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        Count = count;
    }
}
