using System.ComponentModel.DataAnnotations;
using Reverie.Neural.Models;
using Reverie.Planning;

namespace Reverie.Neural.Agents;

/// <summary>Which planner an agent searches its model with.</summary>
public enum PlannerKind
{
    /// <summary><see cref="CrossEntropyMethod"/>, as published for PETS.</summary>
    Cem,

    /// <summary><see cref="ImprovedCrossEntropyMethod"/>.</summary>
    Icem,

    /// <summary><see cref="PathIntegral"/>.</summary>
    Mppi,

    /// <summary><see cref="RandomShooting"/>.</summary>
    RandomShooting,
}

/// <summary>Options of <see cref="PetsAgent"/>.</summary>
public sealed record PetsOptions
{
    /// <summary>The learned model.</summary>
    public DynamicsOptions Model { get; init; } = new();

    /// <summary>The planner. Default iCEM, which needs the fewest imagined steps for a decision.</summary>
    public PlannerKind Planner { get; init; } = PlannerKind.Icem;

    /// <summary>Options if the planner is CEM.</summary>
    public CrossEntropyOptions Cem { get; init; } = new();

    /// <summary>Options if the planner is iCEM. Default: 128 candidates and 3 iterations; else as <see cref="ImprovedCrossEntropyOptions"/>.</summary>
    public ImprovedCrossEntropyOptions Icem { get; init; } = new() { Population = 128, Iterations = 3 };

    /// <summary>Options if the planner is MPPI.</summary>
    public PathIntegralOptions Mppi { get; init; } = new();

    /// <summary>Options if the planner is random shooting.</summary>
    public RandomShootingOptions RandomShooting { get; init; } = new();

    /// <summary>First real steps, taken at random. Default 50; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RandomSteps { get; init; } = 50;

    /// <summary>Real steps after which the model is trained again, besides the end of each episode. Default 50; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RetrainEvery { get; init; } = 50;

    /// <summary>Discount γ of imagined rewards. Default 1; above 0, up to 1.</summary>
    [Range(1e-6, 1.0)]
    public double Discount { get; init; } = 1.0;

    /// <summary>Transitions remembered. Default 100,000; 100 to 100,000,000.</summary>
    [Range(100, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;
}
