namespace Reverie.Experience;

/// <summary>
/// Logged trajectories: transitions in the order in which they happened, each with the number of its episode and its step
/// therein. Stored as Parquet, read from Parquet or CSV; the columns are described in <c>docs/trajectories.md</c>.
/// </summary>
/// <remarks>
/// Steps of an episode count up by one and end with the transition that is terminated or truncated; episodes' numbers increase;
/// every episode starts with step 0, but for the log's first, which may be the rest of an episode begun in an earlier part.
/// Every number is finite.
/// </remarks>
public sealed partial class TrajectoryLog
{
    private double[] observations = [];
    private double[] actions = [];
    private double[] rewards = [];
    private double[] nextObservations = [];
    private long[] episodes = [];
    private int[] steps = [];
    private bool[] terminated = [];
    private bool[] truncated = [];

    /// <summary>An empty log.</summary>
    /// <param name="world">The world's name; may be empty where it is not known.</param>
    /// <param name="observationSize">Components of an observation, positive.</param>
    /// <param name="actionSize">Components of an action, positive.</param>
    /// <param name="firstEpisode">The number of the episode that <see cref="Add(in Transition)"/> begins with, 0 or more.</param>
    /// <param name="firstStep">The step therein, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a number is negative.</exception>
    public TrajectoryLog(string world, int observationSize, int actionSize, long firstEpisode = 0, int firstStep = 0)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(observationSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionSize);
        ArgumentOutOfRangeException.ThrowIfNegative(firstEpisode);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        (World, ObservationSize, ActionSize) = (world, observationSize, actionSize);
        (NextEpisode, NextStep) = (firstEpisode, firstStep);
    }

    /// <summary>The world's name; empty where it is not known.</summary>
    public string World { get; }

    /// <summary>Components of an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Components of an action.</summary>
    public int ActionSize { get; }

    /// <summary>Transitions held.</summary>
    public int Count { get; private set; }

    /// <summary>The episode that the next added transition belongs to.</summary>
    public long NextEpisode { get; private set; }

    /// <summary>The step of that episode that the next added transition is.</summary>
    public int NextStep { get; private set; }

    /// <summary>Adds the next transition; after one that is <see cref="Transition.Done"/> a new episode begins.</summary>
    /// <exception cref="ArgumentException">A vector has the wrong length, or a number is not finite.</exception>
    public void Add(in Transition transition) => Add(NextEpisode, NextStep, transition);

    /// <summary>Adds a transition of a given episode.</summary>
    /// <param name="episode">The episode's number: that of the transition before, or a larger one.</param>
    /// <param name="step">Its step: one more than that of the transition before, or 0 in a new episode.</param>
    /// <param name="transition">What happened.</param>
    /// <exception cref="ArgumentException">A vector has the wrong length, a number is not finite, or the episode or step does not follow the last.</exception>
    public void Add(long episode, int step, in Transition transition)
    {
        if (transition.Observation.Length != ObservationSize || transition.NextObservation.Length != ObservationSize || transition.Action.Length != ActionSize)
        {
            throw new ArgumentException(
                $"The transition has {transition.Observation.Length} observed, {transition.Action.Length} action and {transition.NextObservation.Length} next observed components; this log takes {ObservationSize}, {ActionSize} and {ObservationSize}.",
                nameof(transition));
        }

        if (TryAdd(episode, step, transition) is { } problem)
        {
            throw new ArgumentException($"The transition cannot be logged: {problem}.", nameof(transition));
        }
    }

    /// <summary>Cuts the running episode where no transition said so: the next transition starts another.</summary>
    public void BreakEpisode()
    {
        if (NextStep > 0)
        {
            (NextEpisode, NextStep) = (NextEpisode + 1, 0);
        }
    }

    /// <summary>What was seen before, <c>[ObservationSize]</c>.</summary>
    /// <param name="i">Which transition, 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such transition.</exception>
    public ReadOnlySpan<double> Observation(int i) => observations.AsSpan(Row(i) * ObservationSize, ObservationSize);

    /// <summary>What was done, <c>[ActionSize]</c>.</summary>
    /// <inheritdoc cref="Observation"/>
    public ReadOnlySpan<double> Action(int i) => actions.AsSpan(Row(i) * ActionSize, ActionSize);

    /// <summary>The reward.</summary>
    /// <inheritdoc cref="Observation"/>
    public double Reward(int i) => rewards[Row(i)];

    /// <summary>What was seen after, <c>[ObservationSize]</c>.</summary>
    /// <inheritdoc cref="Observation"/>
    public ReadOnlySpan<double> NextObservation(int i) => nextObservations.AsSpan(Row(i) * ObservationSize, ObservationSize);

    /// <summary>Whether the task ended.</summary>
    /// <inheritdoc cref="Observation"/>
    public bool Terminated(int i) => terminated[Row(i)];

    /// <summary>Whether time ran out.</summary>
    /// <inheritdoc cref="Observation"/>
    public bool Truncated(int i) => truncated[Row(i)];

    /// <summary>The number of the transition's episode.</summary>
    /// <inheritdoc cref="Observation"/>
    public long Episode(int i) => episodes[Row(i)];

    /// <summary>The transition's step in its episode, from 0.</summary>
    /// <inheritdoc cref="Observation"/>
    public int Step(int i) => steps[Row(i)];

    /// <summary>The transition as a whole.</summary>
    /// <inheritdoc cref="Observation"/>
    public Transition this[int i] => new()
    {
        Observation = Observation(i),
        Action = Action(i),
        Reward = Reward(i),
        NextObservation = NextObservation(i),
        Terminated = Terminated(i),
        Truncated = Truncated(i),
    };

    /// <summary>Adds all transitions to a replay buffer; what the buffer holds before and gets after are other episodes.</summary>
    /// <exception cref="ArgumentException">The buffer is for other sizes.</exception>
    public void AddTo(ReplayBuffer buffer)
    {
        if (buffer.ObservationSize != ObservationSize || buffer.ActionSize != ActionSize)
        {
            throw new ArgumentException(
                $"The buffer takes {buffer.ObservationSize} observed and {buffer.ActionSize} action components; this log has {ObservationSize} and {ActionSize}.", nameof(buffer));
        }

        for (int i = 0; i < Count; i++)
        {
            if (i == 0 || episodes[i] != episodes[i - 1])
            {
                buffer.BreakEpisode();
            }

            buffer.Add(this[i]);
        }

        buffer.BreakEpisode();
    }

    /// <summary>Adds a transition of the right widths.</summary>
    /// <returns>Why it cannot be added; null if it was.</returns>
    private string? TryAdd(long episode, int step, in Transition transition)
    {
        string? problem = OutOfOrder(episode, step)
            ?? NotFinite("observation_", transition.Observation)
            ?? NotFinite("action_", transition.Action)
            ?? (double.IsFinite(transition.Reward) ? null : $"reward is {transition.Reward}; it must be finite")
            ?? NotFinite("next_observation_", transition.NextObservation);
        if (problem is not null || !TryReserve())
        {
            return problem ?? "a log can hold no more";
        }

        transition.Observation.CopyTo(observations.AsSpan(Count * ObservationSize));
        transition.Action.CopyTo(actions.AsSpan(Count * ActionSize));
        transition.NextObservation.CopyTo(nextObservations.AsSpan(Count * ObservationSize));
        rewards[Count] = transition.Reward;
        (episodes[Count], steps[Count]) = (episode, step);
        (terminated[Count], truncated[Count]) = (transition.Terminated, transition.Truncated);
        Count++;
        (NextEpisode, NextStep) = transition.Done ? (episode + 1, 0) : (episode, step + 1);
        return null;
    }

    private string? OutOfOrder(long episode, int step)
    {
        if (Count == 0)
        {
            return episode < 0 || step < 0 ? $"episode {episode}, step {step} is negative" : null;
        }

        if (episode == episodes[Count - 1])
        {
            return terminated[Count - 1] || truncated[Count - 1] ? $"episode {episode} goes on after its end"
                : step != steps[Count - 1] + 1 ? $"step {step} of episode {episode} follows step {steps[Count - 1]}"
                : null;
        }

        return episode < episodes[Count - 1] ? $"episode {episode} follows episode {episodes[Count - 1]}; numbers of episodes must increase"
            : step != 0 ? $"episode {episode} starts with step {step}; it must be 0"
            : null;
    }

    private static string? NotFinite(string column, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                return $"{column}{i} is {values[i]}; it must be finite";
            }
        }

        return null;
    }

    private bool TryReserve()
    {
        if (Count < rewards.Length)
        {
            return true;
        }

        long most = Array.MaxLength / Math.Max(ObservationSize, ActionSize);
        int rows = (int)Math.Min(most, Math.Max(64, 2L * Count));
        if (rows <= Count)
        {
            return false;
        }

        Array.Resize(ref observations, rows * ObservationSize);
        Array.Resize(ref actions, rows * ActionSize);
        Array.Resize(ref nextObservations, rows * ObservationSize);
        Array.Resize(ref rewards, rows);
        Array.Resize(ref episodes, rows);
        Array.Resize(ref steps, rows);
        Array.Resize(ref terminated, rows);
        Array.Resize(ref truncated, rows);
        return true;
    }

    private int Row(int i) => (uint)i < (uint)Count
        ? i
        : throw new ArgumentOutOfRangeException(nameof(i), i, $"The log holds {Count} transitions.");
}
