namespace Reverie.Experience;

/// <summary>
/// The insertion numbers at which a sequence of one length may start, oldest first. Transitions enter and leave a replay buffer
/// in order, so that starts do too: a queue in a ring holds them, and any of them is reached in O(1).
/// </summary>
internal sealed class SequenceIndex(int length, int capacity)
{
    private readonly long[] starts = new long[Math.Max(0, capacity - length + 1)];
    private int head;

    /// <summary>Transitions of a sequence, L.</summary>
    public int Length => length;

    /// <summary>Possible starts.</summary>
    public int Count { get; private set; }

    /// <summary>The start number <paramref name="i"/>, oldest first.</summary>
    public long this[int i] => starts[(int)(((uint)head + (uint)i) % (uint)starts.Length)];

    /// <summary>The transition <paramref name="number"/>, which is step <paramref name="step"/> of its episode, was added.</summary>
    /// <param name="number">Its insertion number.</param>
    /// <param name="step">Steps of its episode before it.</param>
    /// <param name="first">The oldest insertion number still held.</param>
    public void Added(long number, long step, long first)
    {
        long start = number - length + 1;
        if (step >= length - 1 && start >= first)
        {
            starts[(int)(((uint)head + (uint)Count) % (uint)starts.Length)] = start;
            Count++;
        }
    }

    /// <summary>The oldest transition, <paramref name="number"/>, is about to be overwritten.</summary>
    public void Evicted(long number)
    {
        if (Count > 0 && starts[head] == number)
        {
            head = head + 1 == starts.Length ? 0 : head + 1;
            Count--;
        }
    }
}
