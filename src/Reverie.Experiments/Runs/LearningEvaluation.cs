namespace Reverie.Experiments;

/// <summary>Evaluations while a run learns. One is owed from the step that calls for it until it is done, over interruptions too.</summary>
/// <param name="request">What was asked of the run.</param>
/// <param name="counters">Where it stands.</param>
/// <param name="parts">Its agent and its worlds.</param>
internal sealed class LearningEvaluation(RunRequest request, RunCounters counters, RunParts parts)
{
    /// <summary>Whether one is owed now.</summary>
    public bool Owed => request.EvaluateEvery > 0 && counters.Steps % request.EvaluateEvery == 0 && counters.Steps > counters.Evaluated;

    /// <summary>Whether one was done that no checkpoint vouches for yet.</summary>
    public bool Uncommitted { get; set; }

    /// <summary>Evaluates the policy learned so far.</summary>
    /// <returns>The mean return; null where it was interrupted, which leaves no trace: it is still owed.</returns>
    public double? Run(CancellationToken cancel)
    {
        try
        {
            var result = Evaluation.Run(parts.Agent, parts.CreateWorld, request.EvaluateEpisodes, Evaluation.Key(request.Seed, counters.Steps), null, cancel);
            (counters.Evaluated, Uncommitted) = (counters.Steps, true);
            return result.MeanReturn;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
