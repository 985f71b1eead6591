using Reverie.Numerics;

namespace Reverie.Experience;

/// <content>Sampling and persistence.</content>
public sealed partial class ReplayBuffer
{
    /// <summary>Draws transitions uniformly and independently. O(1) each, allocates nothing.</summary>
    /// <param name="random">The randomness.</param>
    /// <param name="indices">Receives indices, <c>[N]</c>, each in 0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    public void Sample(RandomStream random, Span<int> indices)
    {
        int count = Count;
        if (count == 0)
        {
            throw new InvalidOperationException("The replay buffer is empty: there is nothing to sample.");
        }

        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = random.NextInt32(count);
        }
    }

    /// <summary>In how many places a sequence of <paramref name="length"/> transitions of one episode can start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public int SequenceCount(int length) => IndexFor(length).Count;

    /// <summary>
    /// Draws sequences of consecutive transitions of one episode: transition <c>starts[i]</c> and the <paramref name="length"/> − 1 after it.
    /// Uniform over all places where such a sequence can start, independent. O(1) each; allocates nothing once the length has been used.
    /// </summary>
    /// <param name="length">Transitions of a sequence, L, positive.</param>
    /// <param name="random">The randomness.</param>
    /// <param name="starts">Receives the index of each sequence's first transition, <c>[N]</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    /// <exception cref="InvalidOperationException">No episode held is that long.</exception>
    public void SampleSequences(int length, RandomStream random, Span<int> starts)
    {
        var index = IndexFor(length);
        if (index.Count == 0)
        {
            throw new InvalidOperationException($"The replay buffer holds no episode of {length} transitions.");
        }

        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = (int)(index[random.NextInt32(index.Count)] - First);
        }
    }

    /// <summary>The indices of all transitions on the training side, oldest first.</summary>
    /// <param name="indices">Receives them, at least <c>[TrainingCount]</c>.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public void CopyTrainingIndices(Span<int> indices) => CopySide(validation: false, TrainingCount, indices);

    /// <summary>The indices of all transitions on the validation side, oldest first.</summary>
    /// <param name="indices">Receives them, at least <c>[ValidationCount]</c>.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public void CopyValidationIndices(Span<int> indices) => CopySide(validation: true, ValidationCount, indices);

    /// <summary>Writes everything, the split's key among it, under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        // Slots 0 to Count − 1 are in use, full or not: the ring is stored as it lies.
        state.Set($"{prefix}/counters", [Capacity, Added, episode, nextStep, (long)splitKey.Value, BitConverter.DoubleToInt64Bits(validationFraction)]);
        state.Set($"{prefix}/observations", observations.AsSpan(0, Count * ObservationSize), [Count, ObservationSize]);
        state.Set($"{prefix}/actions", actions.AsSpan(0, Count * ActionSize), [Count, ActionSize]);
        state.Set($"{prefix}/rewards", rewards.AsSpan(0, Count));
        state.Set($"{prefix}/nextObservations", nextObservations.AsSpan(0, Count * ObservationSize), [Count, ObservationSize]);
        state.Set($"{prefix}/episodes", episodes.AsSpan(0, Count));
        state.Set($"{prefix}/steps", steps.AsSpan(0, Count));
        state.Set($"{prefix}/flags", flags.AsSpan(0, Count));
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size, or the capacities differ. The buffer is then as it was.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 6);
        if (counters[0] != Capacity)
        {
            throw new StateException($"the saved replay buffer '{prefix}' has capacity {counters[0]}, this one {Capacity}");
        }

        double fraction = BitConverter.Int64BitsToDouble(counters[5]);
        if (counters[1] < 0 || counters[2] < -1 || counters[3] < 0 || !(fraction is >= 0.0 and <= 1.0))
        {
            throw new StateException($"the saved replay buffer '{prefix}' has counters out of range");
        }

        // All entries are looked up before any is copied.
        int count = (int)Math.Min(counters[1], Capacity);
        var savedObservations = state.GetDouble($"{prefix}/observations", count * ObservationSize);
        var savedActions = state.GetDouble($"{prefix}/actions", count * ActionSize);
        var savedRewards = state.GetDouble($"{prefix}/rewards", count);
        var savedNext = state.GetDouble($"{prefix}/nextObservations", count * ObservationSize);
        var savedEpisodes = state.GetInt64($"{prefix}/episodes", count);
        var savedSteps = state.GetInt64($"{prefix}/steps", count);
        var savedFlags = state.GetBytes($"{prefix}/flags", count);

        savedObservations.CopyTo(observations);
        savedActions.CopyTo(actions);
        savedRewards.CopyTo(rewards);
        savedNext.CopyTo(nextObservations);
        savedEpisodes.CopyTo(episodes);
        savedSteps.CopyTo(steps);
        savedFlags.CopyTo(flags);
        (Added, episode, nextStep) = (counters[1], counters[2], counters[3]);
        (splitKey, validationFraction) = (new RandomKey((ulong)counters[4]), fraction);
        sequences.Clear();
        ValidationCount = 0;
        for (int i = 0; i < count; i++)
        {
            ValidationCount += IsValidation(i) ? 1 : 0;
        }
    }

    private SequenceIndex IndexFor(int length)
    {
        foreach (var known in sequences)
        {
            if (known.Length == length)
            {
                return known;
            }
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var index = new SequenceIndex(length, Capacity);
        for (int i = 0; i < Count; i++)
        {
            index.Added(First + i, Step(i), First);
        }

        sequences.Add(index);
        return index;
    }

    private void CopySide(bool validation, int count, Span<int> indices)
    {
        if (indices.Length < count)
        {
            throw new ArgumentException($"{indices.Length} places cannot receive {count} indices.", nameof(indices));
        }

        for (int i = 0, n = 0; i < Count; i++)
        {
            if (IsValidation(i) == validation)
            {
                indices[n++] = i;
            }
        }
    }
}
