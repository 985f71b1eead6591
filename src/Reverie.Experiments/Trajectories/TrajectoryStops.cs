using Reverie.Planning.Control;

namespace Reverie.Experiments;

/// <summary>Why optimisers of trajectories stop, in words.</summary>
public static class TrajectoryStops
{
    /// <summary>Whether it stopped because it could not go on, rather than because it was done or told to.</summary>
    public static bool IsFailure(this TrajectoryStop stop) =>
        stop is TrajectoryStop.Diverged or TrajectoryStop.NotDifferentiable or TrajectoryStop.NoProgress or TrajectoryStop.Infeasible
            or TrajectoryStop.NotMinimum or TrajectoryStop.Unbounded;

    /// <summary>The reason as the end of a sentence, with the step that it is about.</summary>
    public static string Describe(this TrajectoryResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Step is { } step ? $"{result.StopReason.Describe()} (step {step} of {result.Horizon})" : result.StopReason.Describe();
    }

    /// <summary>The reason as the end of a sentence.</summary>
    public static string Describe(this TrajectoryStop stop) => stop switch
    {
        TrajectoryStop.Gradient => "no action would change any more",
        TrajectoryStop.CostChange => "the cost does not change any more",
        TrajectoryStop.Exact => "the problem is linear-quadratic and was solved in one pass",
        TrajectoryStop.ExpandedPolicy => "the problem is not linear-quadratic or limits bind: the cost is that of the expansion's policy, not the least one",
        TrajectoryStop.Iterations => "the iterations permitted are spent (maxIterations)",
        TrajectoryStop.Deadline => "the time permitted is spent (deadline)",
        TrajectoryStop.Cancelled => "it was interrupted",
        TrajectoryStop.NoProgress => "no step decreases the cost, however damped",
        TrajectoryStop.Infeasible => "constraints are still violated though their penalty cannot grow any more",
        TrajectoryStop.Diverged => "the rollout leaves the finite numbers: there is no trajectory",
        TrajectoryStop.NotDifferentiable => "the model's derivatives are not finite on the way",
        TrajectoryStop.NotMinimum => "the cost is indefinite in the actions: it bends downwards where it is stationary, a saddle or a maximum that no change tried leads out of",
        TrajectoryStop.Unbounded => "the cost is indefinite in the actions: it has no minimum but falls all the way to limits so wide that they stand for none",
        _ => stop.ToString(),
    };
}
