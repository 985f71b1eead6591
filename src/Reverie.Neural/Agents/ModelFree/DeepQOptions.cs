using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Agents;

/// <summary>Options of the learner DQN.</summary>
public sealed record DeepQOptions
{
    /// <summary>Hidden layers. Default 2; 1 to 8.</summary>
    [Range(1, 8)]
    public int HiddenLayers { get; init; } = 2;

    /// <summary>Units in a hidden layer. Default 64; 1 to 4096.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Transitions in a minibatch. Default 128; 1 to 65536.</summary>
    [Range(1, 65536)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Discount γ. Default 0.99; above 0, below 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Adam's step size. Default 1e-3; 1e-8 to 1.</summary>
    [Range(1e-8, 1.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the action that values s' is chosen by the network and valued by its target (van Hasselt et al. 2016), rather than both by the target. Default true.</summary>
    public bool DoubleLearning { get; init; } = true;

    /// <summary>Errors beyond this count linearly (Huber 1964), as published with 1. Default 10; above 0, up to 1e9.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double ErrorLimit { get; init; } = 10.0;

    /// <summary>τ, by which the target network follows the network at every step. Default 0.01; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TargetRate { get; init; } = 0.01;

    /// <summary>Share of random actions to begin with, ε. Default 1; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double FirstExploration { get; init; } = 1.0;

    /// <summary>Share of random actions in the end. Default 0.05; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double LastExploration { get; init; } = 0.05;

    /// <summary>Gradient steps over which the share falls linearly. Default 3000; 1 to 1,000,000,000.</summary>
    [Range(1, 1_000_000_000)]
    public int ExplorationSteps { get; init; } = 3000;
}
