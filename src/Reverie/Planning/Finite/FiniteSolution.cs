namespace Reverie.Planning.Finite;

/// <summary>Why a solver stopped.</summary>
public enum StopReason
{
    /// <summary>The values are guaranteed to be within the precision that was asked for.</summary>
    Bounds,

    /// <summary>The policy is optimal: no action improves on it, to within rounding.</summary>
    Optimal,

    /// <summary>Values changed by no more than was asked for; the error is whatever the bounds say.</summary>
    Change,

    /// <summary>The horizon's first step was reached.</summary>
    Horizon,

    /// <summary>The most sweeps or backups that were allowed were made; the error is whatever the bounds say.</summary>
    Limit,
}

/// <summary>What a solver found: values, a policy, and what is guaranteed of them.</summary>
public sealed record FiniteSolution
{
    /// <summary>V, <c>[S]</c>, the middle of the bounds where both are finite.</summary>
    public required double[] Values { get; init; }

    /// <summary>Guaranteed: V*(s) ≥ <see cref="Lower"/>[s], <c>[S]</c>; −∞ where nothing is known.</summary>
    public required double[] Lower { get; init; }

    /// <summary>Guaranteed: V*(s) ≤ <see cref="Upper"/>[s], <c>[S]</c>; +∞ where nothing is known.</summary>
    public required double[] Upper { get; init; }

    /// <summary>The greedy action in each state, <c>[S]</c>; the lowest-numbered of the best, and 0 in terminal states.</summary>
    public required int[] Policy { get; init; }

    /// <summary>Sweeps over all states.</summary>
    public required long Sweeps { get; init; }

    /// <summary>Backups: single states whose value was computed anew.</summary>
    public required long Backups { get; init; }

    /// <summary>Why it stopped.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>What to do at every step of a problem that is over after a number of them; null for other problems.</summary>
    public FiniteStages? Stages { get; init; }
}

/// <summary>Values and policy that depend on the step, of a problem that is over after H steps.</summary>
/// <param name="Values">V_t(s), what is to be had from step t on, <c>[H + 1][S]</c>; the last are 0.</param>
/// <param name="Policy">The action at step t, <c>[H][S]</c>.</param>
public sealed record FiniteStages(IReadOnlyList<double[]> Values, IReadOnlyList<int[]> Policy);
