using System.ComponentModel.DataAnnotations;
using Reverie.Agents.Gradients;
using Reverie.Neural.Models;

namespace Reverie.Neural.Agents;

/// <summary>Options of <see cref="SvgAgent"/>.</summary>
public sealed record SvgOptions
{
    /// <summary>The learned model. Default: 5 deterministic members of 2 hidden layers of 128 units; else as <see cref="DynamicsOptions"/>.</summary>
    public DynamicsOptions Model { get; init; } = new() { HiddenLayers = 2, Stochastic = false };

    /// <summary>The policy.</summary>
    public NeuralPolicyOptions Policy { get; init; } = new();

    /// <summary>H, imagined steps of a rollout. Default 15; 1 to 10,000. An episode's length, with <see cref="LearnValue"/> false, is the full horizon.</summary>
    [Range(1, 10_000)]
    public int Horizon { get; init; } = 15;

    /// <summary>Whether a learned value follows after the horizon (true, the default), or nothing.</summary>
    public bool LearnValue { get; init; } = true;

    /// <summary>N, imagined rollouts of a gradient step, from remembered states. Default 32; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Starts { get; init; } = 32;

    /// <summary>Discount γ. Default 0.99; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Adam's step size for the policy. Default 1e-3; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double PolicyLearningRate { get; init; } = 1e-3;

    /// <summary>The greatest norm of a policy gradient of normalised returns; longer ones are shortened to it. Default 1; above 0, up to 10⁹, which is as good as none.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double GradientNorm { get; init; } = 1.0;

    /// <summary>Adam's step size for the value. Default 1e-3; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ValueLearningRate { get; init; } = 1e-3;

    /// <summary>λ of the returns on imagined rollouts that the value learns from; 0 is TD(0). Default 0.95; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double ValueTrace { get; init; } = 0.95;

    /// <summary>τ: the share by which the target value follows the value at each gradient step. Default 0.02; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TargetRate { get; init; } = 0.02;

    /// <summary>First real steps, taken at random. Default 200; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RandomSteps { get; init; } = 200;

    /// <summary>Real steps after which the model is trained again. Default 100; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RetrainEvery { get; init; } = 100;

    /// <summary>Gradient steps of the policy a real step. Default 2; 0 to 1,000.</summary>
    [Range(0, 1000)]
    public int UpdatesPerStep { get; init; } = 2;

    /// <summary>Standard deviation of what a deterministic policy's actions are changed by in the world, in half widths of the action box. Default 0.1; 0 to 5.</summary>
    [Range(0.0, 5.0)]
    public double ExplorationDeviation { get; init; } = 0.1;

    /// <summary>Transitions remembered. Default 100,000; 100 to 100,000,000.</summary>
    [Range(100, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;
}
