using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Planning.Control;

/// <summary>What damping is added to, to keep steps short where the quadratic model cannot be trusted.</summary>
public enum Damping
{
    /// <summary><see cref="Actions"/> where a whole trajectory is optimised once, <see cref="Relative"/> in receding-horizon control.</summary>
    Automatic,

    /// <summary>μ I to the action value's Hessian in the actions: steps that change the actions little (Levenberg-Marquardt).</summary>
    Actions,

    /// <summary>μ |Quu| of each action to its own Quu (Marquardt 1963): steps that do not depend on the units of cost and actions, for costs that are very small or very large.</summary>
    Relative,

    /// <summary>μ I to the value's Hessian: steps that change the states little (Tassa, Erez, Todorov 2012, section II-F).</summary>
    States,
}

/// <summary>Options of <see cref="IterativeLqr"/> and <see cref="IlqrPlanner"/>. <see cref="PlannerOptions.Population"/> has no use.</summary>
public record IlqrOptions : PlannerOptions
{
    /// <summary>Iterations at most, those of all rounds of multipliers together. Default 1000, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxIterations { get; init; } = 1000;

    /// <summary>It is solved when an iteration changes the cost by no more than this share of Σ |ℓ|, the sizes of all steps' costs. Default 1e-10, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double CostTolerance { get; init; } = 1e-10;

    /// <summary>It is solved when no action would change by more than this share of 1 + |action|. Default 1e-7, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double GradientTolerance { get; init; } = 1e-7;

    /// <summary>How the cost's second derivatives are obtained. Default exact.</summary>
    public CostCurvature CostCurvature { get; init; }

    /// <summary>What damping is added to. Default automatic.</summary>
    public Damping Damping { get; init; }

    /// <summary>μ at first. Default 1, range 0 to 1e10.</summary>
    [Range(0.0, 1e10)]
    public double InitialDamping { get; init; } = 1.0;

    /// <summary>By what μ's rate of change grows from one change to the next like it. Default 1.6, range above 1 to 100.</summary>
    [Range(1.0, 100.0, MinimumIsExclusive = true)]
    public double DampingFactor { get; init; } = 1.6;

    /// <summary>A step must bring at least this share of what the quadratic model promises. Default 1e-4, range 0 to 0.5.</summary>
    [Range(0.0, 0.5)]
    public double SufficientDecrease { get; init; } = 1e-4;

    /// <summary>τ of the maximum-entropy policy N(û + K δx, τ Quu⁻¹) of <see cref="IterativeLqr.Sample"/>. Default 1, range 0 to 1e10. It changes no trajectory.</summary>
    [Range(0.0, 1e10)]
    public double Temperature { get; init; } = 1.0;

    /// <summary>The largest c(x) that counts as kept where the model has constraints. Default 1e-6, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ConstraintTolerance { get; init; } = 1e-6;

    /// <summary>ρ, the weight of squared violations in the first round of multipliers. Default 1, range above 0 to 1e10.</summary>
    [Range(0.0, 1e10, MinimumIsExclusive = true)]
    public double InitialPenalty { get; init; } = 1.0;

    /// <summary>By what ρ grows from round to round where the largest violation has not shrunk to a quarter. Default 10, range 1 to 1000.</summary>
    [Range(1.0, 1000.0)]
    public double PenaltyFactor { get; init; } = 10.0;

    /// <summary>Time after which the best trajectory so far is returned [ms]; 0 (the default) for as long as it takes. Range 0 to 1e9.</summary>
    [Range(0.0, 1e9)]
    public double Deadline { get; init; }

    /// <summary>γ in (0, 1]; 0 (the default) takes the world's own.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>As a planner: decisions from one plan to the next; between them the plan's own feedback acts. Default 1, range 1 to 10 000.</summary>
    [Range(1, 10_000)]
    public int ReplanEvery { get; init; } = 1;

    /// <summary>
    /// As a planner: plans that start from random actions, drawn anew for each decision and held for <see cref="PlannerOptions.Hold"/> steps, beside the one that starts from the last plan; the best
    /// is taken. They find the way out of a local minimum. Default 1, range 0 to 1000.
    /// </summary>
    [Range(0, 1000)]
    public int Restarts { get; init; } = 1;

    /// <summary>Whether the dynamics' second derivatives enter (differential dynamic programming). False: iLQR.</summary>
    internal virtual bool DynamicsCurvature => false;

    /// <inheritdoc/>
    public override PlannerOptions For(WorldSpec world)
    {
        var options = (IlqrOptions)base.For(world);
        return options with { Discount = options.Discount > 0 ? options.Discount : world.Discount };
    }
}

/// <summary>Options of <see cref="IterativeLqr"/> with the dynamics' second derivatives: differential dynamic programming.</summary>
public sealed record DdpOptions : IlqrOptions
{
    /// <inheritdoc/>
    internal override bool DynamicsCurvature => true;
}
