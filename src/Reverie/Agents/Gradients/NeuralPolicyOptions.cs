using System.ComponentModel.DataAnnotations;

namespace Reverie.Agents.Gradients;

/// <summary>Whether and how a policy draws its actions.</summary>
public enum PolicyNoise
{
    /// <summary>It is deterministic.</summary>
    None,

    /// <summary>With one standard deviation for each action component, learned, the same in all states.</summary>
    Shared,

    /// <summary>With standard deviations that are outputs of the network.</summary>
    StateDependent,
}

/// <summary>Options of a <see cref="NeuralPolicy"/>.</summary>
public sealed record NeuralPolicyOptions
{
    /// <summary>Hidden layers. Default 2; 1 to 8.</summary>
    [Range(1, 8)]
    public int HiddenLayers { get; init; } = 2;

    /// <summary>Units in a hidden layer. Default 64; 1 to 4096.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Whether and how actions are drawn. Default none: a deterministic policy.</summary>
    public PolicyNoise Noise { get; init; } = PolicyNoise.None;

    /// <summary>Standard deviation of a drawn action at first, before squashing, in half widths of the action box. Default 0.3; above 0, up to 5.</summary>
    [Range(0.0, 5.0, MinimumIsExclusive = true)]
    public double InitialDeviation { get; init; } = 0.3;
}
