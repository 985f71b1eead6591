using System.ComponentModel.DataAnnotations;
using Reverie.Neural.Models;

namespace Reverie.Neural.Agents.ModelCritic;

/// <summary>How Q̂ is estimated in the model.</summary>
public enum CriticKind
{
    /// <summary>By rollouts of <see cref="ModelCriticOptions.Horizon"/> steps, with the value of where they end.</summary>
    MonteCarlo,

    /// <summary>By one step and the value of where it leads, Q̂ = r + γ V̄(s'), the value learned by TD(0) on imagined steps.</summary>
    TemporalDifference,
}

/// <summary>Options of <see cref="ModelCriticAgent"/>.</summary>
public sealed record ModelCriticOptions
{
    /// <summary>The learned model. Default: two hidden layers of 128 units, at most 500 gradient steps a training; else as <see cref="DynamicsOptions"/>.</summary>
    public DynamicsOptions Model { get; init; } = new() { HiddenLayers = 2, MaxSteps = 500 };

    /// <summary>How Q̂ is estimated. Default by Monte-Carlo rollouts.</summary>
    public CriticKind Critic { get; init; } = CriticKind.MonteCarlo;

    /// <summary>H, imagined steps of a Monte-Carlo rollout. Default 10; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Horizon { get; init; } = 10;

    /// <summary>k, rollouts of a state and action. Default 1; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Rollouts { get; init; } = 1;

    /// <summary>N, remembered states from which an update imagines. Default 128; 2 to 1,000,000.</summary>
    [Range(2, 1_000_000)]
    public int States { get; init; } = 128;

    /// <summary>Updates of policy and value after each real step. Default 10; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int UpdatesPerStep { get; init; } = 10;

    /// <summary>Steps of the value, each on states and actions of its own, for one of the policy. Default 1; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int ValueSteps { get; init; } = 1;

    /// <summary>γ, by which the future is weighed. Default 0.97; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; } = 0.97;

    /// <summary>β, what a unit of entropy is worth in units of the advantages' deviation. Default 0.01; 0 to 10.</summary>
    [Range(0.0, 10.0)]
    public double EntropyBonus { get; init; } = 0.01;

    /// <summary>ρ, how strongly means outside the box are pulled back, ½ ρ per squared half width in units of the advantages' deviation. Default 0.3; 0 to 1000. Of no effect for numbered actions.</summary>
    [Range(0.0, 1000.0)]
    public double BoxPull { get; init; } = 0.3;

    /// <summary>Adam's step size of the policy. Default 3e-4; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double PolicyLearningRate { get; init; } = 3e-4;

    /// <summary>Adam's step size of the value. Default 1e-3; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ValueLearningRate { get; init; } = 1e-3;

    /// <summary>τ, by how much V̄ follows V̂ at each step of the value. Default 0.01; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TargetRate { get; init; } = 0.01;

    /// <summary>The largest norm of a gradient; longer ones are shortened to it. Default 0.5; above 0, up to 10⁹.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double GradientNorm { get; init; } = 0.5;

    /// <summary>σ of the controls at first, as a share of half the box. Default 0.6; 0.01 to 2.7. Of no effect for numbered actions.</summary>
    [Range(0.01, 2.7)]
    public double InitialDeviation { get; init; } = 0.6;

    /// <summary>Hidden layers of policy and value. Default 2; 0 to 8.</summary>
    [Range(0, 8)]
    public int HiddenLayers { get; init; } = 2;

    /// <summary>Units in a hidden layer. Default 64; 1 to 4096.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>First real steps, taken at random. Default 200; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RandomSteps { get; init; } = 200;

    /// <summary>Real steps after which the model is trained again. Default 100; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RetrainEvery { get; init; } = 100;

    /// <summary>Transitions remembered. Default 100,000; 100 to 100,000,000.</summary>
    [Range(100, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;
}
