namespace Reverie.Experience;

/// <summary>One real step, as an agent is told of it; valid during the call.</summary>
public readonly ref struct Transition
{
    /// <summary>What was seen before, <c>[ObservationSize]</c>.</summary>
    public required ReadOnlySpan<double> Observation { get; init; }

    /// <summary>What was done, <c>[Actions.Size]</c>.</summary>
    public required ReadOnlySpan<double> Action { get; init; }

    /// <summary>The reward.</summary>
    public required double Reward { get; init; }

    /// <summary>What was seen after, <c>[ObservationSize]</c>.</summary>
    public required ReadOnlySpan<double> NextObservation { get; init; }

    /// <summary>The task ended: nothing follows.</summary>
    public required bool Terminated { get; init; }

    /// <summary>Time ran out: the episode is cut here, but the task would have gone on.</summary>
    public required bool Truncated { get; init; }

    /// <summary>Whether this is an episode's last transition.</summary>
    public bool Done => Terminated || Truncated;
}
