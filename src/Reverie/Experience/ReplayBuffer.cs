using Reverie.Numerics;

namespace Reverie.Experience;

/// <summary>
/// The latest <see cref="Capacity"/> transitions, in the order in which they happened. The oldest is overwritten when it is full.
/// Index 0 is the oldest transition held, <see cref="Count"/> − 1 the newest; indices shift when one is overwritten, insertion
/// numbers (<see cref="Number"/>) never do.
/// </summary>
/// <remarks>
/// A transition belongs to the training or the validation side by a hash of its insertion number under a key, so that it keeps its
/// side for ever. Sequences of length L are drawn from a queue of all their possible starts, kept up to date by <see cref="Add"/>;
/// drawing is therefore O(1), exactly uniform over starts, and never crosses an episode's boundary. The queue is made when a
/// length is first asked for, in O(<see cref="Count"/>); after that drawing allocates nothing.
/// </remarks>
public sealed partial class ReplayBuffer
{
    private readonly double[] observations;
    private readonly double[] actions;
    private readonly double[] rewards;
    private readonly double[] nextObservations;
    private readonly long[] episodes;
    private readonly long[] steps;
    private readonly byte[] flags;
    private readonly List<SequenceIndex> sequences = [];
    private RandomKey splitKey;
    private double validationFraction;
    private long episode = -1;
    private long nextStep;

    /// <summary>An empty buffer; all its memory is reserved here.</summary>
    /// <param name="observationSize">Components of an observation, positive.</param>
    /// <param name="actionSize">Components of an action, positive.</param>
    /// <param name="capacity">Transitions that fit, positive.</param>
    /// <param name="validationFraction">Expected fraction of transitions on the validation side, in [0, 1].</param>
    /// <param name="splitKey">The randomness of the split.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, the fraction outside [0, 1], or an array would exceed what .NET allows.</exception>
    public ReplayBuffer(int observationSize, int actionSize, int capacity, double validationFraction = 0.0, RandomKey splitKey = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observationSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)capacity * Math.Max(observationSize, actionSize), Array.MaxLength, nameof(capacity));
        if (!(validationFraction is >= 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(validationFraction), validationFraction, "The validation fraction must be in [0, 1].");
        }

        (ObservationSize, ActionSize, Capacity) = (observationSize, actionSize, capacity);
        (this.validationFraction, this.splitKey) = (validationFraction, splitKey);
        observations = new double[capacity * observationSize];
        nextObservations = new double[capacity * observationSize];
        actions = new double[capacity * actionSize];
        rewards = new double[capacity];
        episodes = new long[capacity];
        steps = new long[capacity];
        flags = new byte[capacity];
    }

    [Flags]
    private enum Mark : byte
    {
        None = 0,
        Terminated = 1,
        Truncated = 2,
        Validation = 4,
    }

    /// <summary>Components of an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Components of an action.</summary>
    public int ActionSize { get; }

    /// <summary>Transitions that fit.</summary>
    public int Capacity { get; }

    /// <summary>Transitions held.</summary>
    public int Count => (int)Math.Min(Added, Capacity);

    /// <summary>Transitions ever added, those overwritten since among them.</summary>
    public long Added { get; private set; }

    /// <summary>Transitions held that are on the validation side.</summary>
    public int ValidationCount { get; private set; }

    /// <summary>Transitions held that are on the training side.</summary>
    public int TrainingCount => Count - ValidationCount;

    private long First => Added - Count;

    /// <summary>Adds a transition, overwriting the oldest when full. One that is <see cref="Transition.Done"/> ends its episode.</summary>
    /// <exception cref="ArgumentException">A vector has the wrong length, or a number is not finite.</exception>
    public void Add(in Transition transition)
    {
        Require(transition.Observation, ObservationSize, "observation", nameof(transition));
        Require(transition.Action, ActionSize, "action", nameof(transition));
        Require(transition.NextObservation, ObservationSize, "next observation", nameof(transition));
        Require([transition.Reward], 1, "reward", nameof(transition));

        if (Count == Capacity)
        {
            EvictOldest();
        }

        if (nextStep == 0)
        {
            episode++;
        }

        int slot = SlotOf(Added);
        transition.Observation.CopyTo(observations.AsSpan(slot * ObservationSize));
        transition.Action.CopyTo(actions.AsSpan(slot * ActionSize));
        transition.NextObservation.CopyTo(nextObservations.AsSpan(slot * ObservationSize));
        rewards[slot] = transition.Reward;
        episodes[slot] = episode;
        steps[slot] = nextStep;
        bool validation = HashToUnit(Added) < validationFraction;
        flags[slot] = (byte)((transition.Terminated ? Mark.Terminated : 0) | (transition.Truncated ? Mark.Truncated : 0) | (validation ? Mark.Validation : 0));
        ValidationCount += validation ? 1 : 0;

        long oldest = Math.Max(0, Added + 1 - Capacity);
        foreach (var index in sequences)
        {
            index.Added(Added, nextStep, oldest);
        }

        Added++;
        nextStep = transition.Done ? 0 : nextStep + 1;
    }

    /// <summary>Cuts the running episode where no transition said so: the next transition starts another.</summary>
    public void BreakEpisode() => nextStep = 0;

    /// <summary>What was seen before, <c>[ObservationSize]</c>; valid until the next <see cref="Add"/>, as all views are.</summary>
    /// <param name="i">Which transition, 0 (oldest) to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such transition.</exception>
    public ReadOnlySpan<double> Observation(int i) => observations.AsSpan(Slot(i) * ObservationSize, ObservationSize);

    /// <summary>What was done, <c>[ActionSize]</c>.</summary>
    /// <inheritdoc cref="Observation"/>
    public ReadOnlySpan<double> Action(int i) => actions.AsSpan(Slot(i) * ActionSize, ActionSize);

    /// <summary>The reward.</summary>
    /// <inheritdoc cref="Observation"/>
    public double Reward(int i) => rewards[Slot(i)];

    /// <summary>What was seen after, <c>[ObservationSize]</c>.</summary>
    /// <inheritdoc cref="Observation"/>
    public ReadOnlySpan<double> NextObservation(int i) => nextObservations.AsSpan(Slot(i) * ObservationSize, ObservationSize);

    /// <summary>Whether the task ended.</summary>
    /// <inheritdoc cref="Observation"/>
    public bool Terminated(int i) => Has(i, Mark.Terminated);

    /// <summary>Whether time ran out.</summary>
    /// <inheritdoc cref="Observation"/>
    public bool Truncated(int i) => Has(i, Mark.Truncated);

    /// <summary>Whether the transition is held out from training: the same for ever, also after <see cref="Load"/>.</summary>
    /// <inheritdoc cref="Observation"/>
    public bool IsValidation(int i) => Has(i, Mark.Validation);

    /// <summary>The number of the transition's episode, from 0.</summary>
    /// <inheritdoc cref="Observation"/>
    public long Episode(int i) => episodes[Slot(i)];

    /// <summary>Steps of the transition's episode before it; 0 starts an episode.</summary>
    /// <inheritdoc cref="Observation"/>
    public long Step(int i) => steps[Slot(i)];

    /// <summary>How many transitions were added before this one: its name, which never changes.</summary>
    /// <inheritdoc cref="Observation"/>
    public long Number(int i)
    {
        _ = Slot(i);
        return First + i;
    }

    private static void Require(ReadOnlySpan<double> values, int size, string what, string argument)
    {
        if (values.Length != size)
        {
            throw new ArgumentException($"The transition's {what} has {values.Length} components; this buffer takes {size}.", argument);
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException($"The transition's {what} has {values[i]} as component {i}; it must be finite.", argument);
            }
        }
    }

    private void EvictOldest()
    {
        ValidationCount -= IsValidation(0) ? 1 : 0;
        foreach (var index in sequences)
        {
            index.Evicted(First);
        }
    }

    private bool Has(int i, Mark mark) => (flags[Slot(i)] & (byte)mark) != 0;

    private int SlotOf(long number) => (int)(number % Capacity);

    private int Slot(int i) => (uint)i < (uint)Count
        ? SlotOf(First + i)
        : throw new ArgumentOutOfRangeException(nameof(i), i, $"The buffer holds {Count} transitions.");

    /// <summary>Uniform in [0, 1): the hash of an insertion number under the split's key.</summary>
    private double HashToUnit(long number)
    {
        var (x0, x1, _, _) = Philox.Block(((uint)number, (uint)(number >> 32), 0x73706C74, 0), splitKey.Value);
        return ((((ulong)x1 << 32) | x0) >> 11) * (1.0 / (1ul << 53));
    }
}
