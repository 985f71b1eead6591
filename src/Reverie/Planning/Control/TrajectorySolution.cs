namespace Reverie.Planning.Control;

/// <summary>Why an optimiser of trajectories stopped.</summary>
public enum TrajectoryStop
{
    /// <summary>No action would change any more: a stationary point.</summary>
    Gradient,

    /// <summary>The cost does not change any more.</summary>
    CostChange,

    /// <summary>The problem is linear-quadratic and was solved in one pass.</summary>
    Exact,

    /// <summary>The iterations permitted are spent.</summary>
    Iterations,

    /// <summary>The time permitted is spent.</summary>
    Deadline,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>No step decreases the cost, however damped: the cost may be indefinite, or rounding errors exceed what is left to gain.</summary>
    NoProgress,

    /// <summary>Constraints are still violated though their penalty cannot grow any more.</summary>
    Infeasible,

    /// <summary>The first rollout left the finite numbers: there is no trajectory.</summary>
    Diverged,

    /// <summary>The model's derivatives are not finite where its states are: there is no descent.</summary>
    NotDifferentiable,

    /// <summary>The problem is not linear-quadratic, or limits bind: the cost is that of the policy that is best in its expansion around a point.</summary>
    ExpandedPolicy,

    /// <summary>The trajectory is stationary, but the cost bends downwards there, and no change tried decreases it: a saddle or a maximum.</summary>
    NotMinimum,

    /// <summary>The cost falls all the way to limits of 10⁹ or more, which stand for none: it has no minimum.</summary>
    Unbounded,
}

/// <summary>What an optimiser of trajectories found.</summary>
/// <param name="Cost">J = −Σₜ γᵗ rₜ − γᵀ r_T of the trajectory; NaN where there is none.</param>
/// <param name="Iterations">Steps that were accepted; 1 where it was solved in one pass.</param>
/// <param name="Stop">Why it stopped.</param>
/// <param name="Gradient">The largest |k| / (1 + |u|) of the last backward pass.</param>
/// <param name="Violation">The largest c(x) above 0.</param>
/// <param name="Gap">The largest |f(xₜ, uₜ) − xₜ₊₁|; 0 for a trajectory that the model follows.</param>
public readonly record struct TrajectorySolution(double Cost, int Iterations, TrajectoryStop Stop, double Gradient, double Violation, double Gap)
{
    /// <summary>A step at which there is no minimum over the actions, where it stopped for that reason; else −1.</summary>
    public int Step { get; init; } = -1;

    /// <summary>
    /// The number of steps of a solution whose own cost bends downwards in an action that a limit alone holds. Above 0 the cost is indefinite in the actions, and other choices of limits are
    /// likely to be minima as well.
    /// </summary>
    public int HeldSteps { get; init; }

    /// <summary>Whether it is a solution: stationary or of steady cost, its constraints kept and without gaps.</summary>
    public bool IsSolved => Stop is TrajectoryStop.Gradient or TrajectoryStop.CostChange or TrajectoryStop.Exact;
}
