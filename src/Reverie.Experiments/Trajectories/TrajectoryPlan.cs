using System.Text.Json;
using System.Text.Json.Serialization;
using Reverie.Planning.Control;

namespace Reverie.Experiments;

/// <summary>What an optimiser of whole trajectories was asked.</summary>
public sealed record TrajectoryRequest
{
    /// <summary>The planner's name.</summary>
    public required string Planner { get; init; }

    /// <summary>The world's name.</summary>
    public required string World { get; init; }

    /// <summary>The seed that the start is drawn under.</summary>
    public required long Seed { get; init; }

    /// <summary>How often it was solved for the sake of timing, ≥ 1.</summary>
    public required int Repeat { get; init; }

    /// <summary>All options of the world, by name.</summary>
    public required JsonElement WorldOptions { get; init; }

    /// <summary>All options of the planner, by name, its horizon and discount filled in.</summary>
    public required JsonElement PlannerOptions { get; init; }

    /// <summary>What it was made with.</summary>
    public RunVersions Versions { get; init; } = RunVersions.Current;
}

/// <summary>What an optimiser of whole trajectories found. Numbers that there are none of are null.</summary>
public sealed record TrajectoryResult
{
    /// <summary>The planner's name.</summary>
    public required string Planner { get; init; }

    /// <summary>The world's name.</summary>
    public required string World { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether it is a solution: stationary or of steady cost, its constraints kept.</summary>
    public required bool Solved { get; init; }

    /// <summary>J = −Σₜ γᵗ rₜ − γᵀ r_T of the trajectory; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? Cost { get; init; }

    /// <summary>Iterations.</summary>
    public required int Iterations { get; init; }

    /// <summary>Why it stopped.</summary>
    public required TrajectoryStop StopReason { get; init; }

    /// <summary>The step, from 0 on, at which there is no minimum over the actions; null unless it stopped for that reason.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Step { get; init; }

    /// <summary>Steps whose own cost bends downwards in an action that a limit alone holds; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? HeldSteps { get; init; }

    /// <summary>Time of a whole solve [ms]: the median over the solves that were timed.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>Time of a solve over its iterations [µs]: the median likewise.</summary>
    public required double MicrosecondsPerIteration { get; init; }

    /// <summary>The last state, <c>[n]</c>; null where there is no trajectory.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double[]? FinalState { get; init; }

    /// <summary>The cost of the actions that it started from; null where that is no finite number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? InitialCost { get; init; }

    /// <summary>How far from stationary: the largest change that the last iteration wished for, |k| / (1 + |u|).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? Gradient { get; init; }

    /// <summary>The largest c(x) above 0 of the constraints c(x) ≤ 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? Violation { get; init; }

    /// <summary>T, the number of steps.</summary>
    public required int Horizon { get; init; }

    /// <summary>γ.</summary>
    public required double Discount { get; init; }

    /// <summary>Solves that were timed.</summary>
    public required int Solves { get; init; }

    /// <summary>The cost before the first iteration and after each; with constraints it includes what their multipliers add.</summary>
    public required double[] Costs { get; init; }
}

/// <summary>A trajectory that an optimiser found, with the policy around it.</summary>
/// <param name="States">x, <c>[T + 1][n]</c>.</param>
/// <param name="Actions">u, <c>[T][m]</c>.</param>
/// <param name="Gains">K of u = û + K (x − x̂), row-major, <c>[T][m n]</c>.</param>
public sealed record PlannedTrajectory(double[][] States, double[][] Actions, double[][] Gains);

/// <summary>What is to be known of a world in order to draw its trajectories.</summary>
/// <param name="StateNames">A name for each component of the state, <c>[n]</c>.</param>
/// <param name="Low">Lower limits of the actions, <c>[m]</c>.</param>
/// <param name="High">Upper limits of the actions, <c>[m]</c>.</param>
/// <param name="SecondsPerStep">Time of a step [s]; 0 where the world has no clock.</param>
public sealed record TrajectoryAxes(string[] StateNames, double[] Low, double[] High, double SecondsPerStep);

/// <summary>A whole plan: what was asked, what came of it, and the trajectory.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Axes">How to read the trajectory.</param>
/// <param name="Trajectory">The trajectory; null where there is none.</param>
public sealed record TrajectoryPlan(TrajectoryRequest Request, TrajectoryResult Result, TrajectoryAxes Axes, PlannedTrajectory? Trajectory);
