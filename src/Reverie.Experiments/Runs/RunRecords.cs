namespace Reverie.Experiments;

/// <summary>One finished real episode: a line of <c>episodes.jsonl</c>.</summary>
/// <param name="Episode">Its number, from 1.</param>
/// <param name="Step">Environment steps of the run when it ended.</param>
/// <param name="Steps">Its own steps.</param>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Terminated">The task ended, rather than time running out.</param>
public sealed record EpisodeRecord(int Episode, long Step, int Steps, double Return, bool Terminated);

/// <summary>One measurement: a line of <c>metrics.jsonl</c>. It carries no clock time: the same run gives the same bytes.</summary>
/// <param name="Step">Environment steps of the run when it was measured; of a run that learns from data, its steps of learning.</param>
/// <param name="Episode">The episode then running, from 1.</param>
/// <param name="Name">What was measured, e.g. <c>model/validationLoss</c>.</param>
/// <param name="Value">Its value; may be NaN or infinite.</param>
public sealed record MetricRecord(long Step, int Episode, string Name, double Value);

/// <summary>Where time went: a line of <c>timing.jsonl</c>, one for each checkpoint.</summary>
/// <param name="Step">Environment steps of the run.</param>
/// <param name="Episode">Finished episodes.</param>
/// <param name="Seconds">Seconds spent on the run so far, however often it was interrupted.</param>
public sealed record TimingRecord(long Step, int Episode, double Seconds);

/// <summary>Steps and return of an episode, as results list them.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Return">Sum of rewards.</param>
public sealed record EpisodeResult(int Steps, double Return);

/// <summary>Returns of a policy over fresh episodes.</summary>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="MeanReturn">Mean return; 0 if there were no episodes.</param>
/// <param name="StandardDeviation">Sample standard deviation of the returns (n − 1); 0 for fewer than two episodes.</param>
/// <param name="Returns">The return of each, in order.</param>
public sealed record EvaluationResult(int Episodes, double MeanReturn, double StandardDeviation, double[] Returns)
{
    /// <summary>Mean and standard deviation of <paramref name="returns"/>.</summary>
    public static EvaluationResult Of(IReadOnlyList<double> returns)
    {
        double mean = returns.Count == 0 ? 0 : returns.Sum() / returns.Count;
        double deviation = returns.Count < 2 ? 0 : Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Count - 1));
        return new EvaluationResult(returns.Count, mean, deviation, [.. returns]);
    }
}

/// <summary>What came of a run: <c>result.json</c>. It carries no clock time: the same run gives the same bytes.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="World">The world's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="EnvironmentSteps">Real steps taken.</param>
/// <param name="Episodes">The finished real episodes, in order; where a limit on steps cut the last one, that one too.</param>
/// <param name="Evaluation">The final policy on fresh episodes.</param>
public sealed record RunResult(
    string Agent, string World, long Seed, long EnvironmentSteps, IReadOnlyList<EpisodeResult> Episodes, EvaluationResult Evaluation)
{
    /// <summary>Of a run that learns from data: its steps of learning; null else.</summary>
    public long? LearningSteps { get; init; }

    /// <summary>
    /// In a finite world: what an episode is worth under the final policy, discounted, computed from the true process as it was at the end; null elsewhere,
    /// and where the policy's value is not finite.
    /// </summary>
    public double? ValueOfFinalPolicy { get; init; }

    /// <summary>In a finite world: what an episode is worth at best, likewise.</summary>
    public double? OptimalValue { get; init; }
}
