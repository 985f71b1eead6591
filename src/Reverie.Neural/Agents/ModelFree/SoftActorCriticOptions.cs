using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Agents;

/// <summary>Options of the learner SAC.</summary>
public sealed record SoftActorCriticOptions
{
    /// <summary>Hidden layers of actor and critics. Default 2; 1 to 8.</summary>
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

    /// <summary>Adam's step size of the critics. Default 1e-3; 1e-8 to 1.</summary>
    [Range(1e-8, 1.0)]
    public double CriticRate { get; init; } = 1e-3;

    /// <summary>Adam's step size of the actor. Default 1e-3; 1e-8 to 1.</summary>
    [Range(1e-8, 1.0)]
    public double ActorRate { get; init; } = 1e-3;

    /// <summary>Adam's step size of the temperature's logarithm. Default 1e-3; 0 (a fixed temperature) to 1.</summary>
    [Range(0.0, 1.0)]
    public double TemperatureRate { get; init; } = 1e-3;

    /// <summary>The temperature α to begin with. Default 0.2; above 0, up to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double InitialTemperature { get; init; } = 0.2;

    /// <summary>Entropy that the temperature aims at, for each component of an action [nats, of actions in [−1, 1]]. Default −1, as published; −10 to 0.6.</summary>
    [Range(-10.0, 0.6)]
    public double TargetEntropy { get; init; } = -1.0;

    /// <summary>
    /// ρ: the actor's loss has ρ (μ² + z²), its outputs' squares, added. Without it means may run so far into the squashing that no gradient comes back, and the temperature grows
    /// without end to restore an entropy that cannot be restored. Default 1e-3, as in the code of Haarnoja et al. (2018); 0 to 1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double OutputPenalty { get; init; } = 1e-3;

    /// <summary>τ, by which target critics follow the critics at every step. Default 0.01, twice what was published; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TargetRate { get; init; } = 0.01;
}
