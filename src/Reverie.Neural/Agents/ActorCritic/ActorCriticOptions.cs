using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>Options of <see cref="ActorCriticAgent"/>.</summary>
public sealed record ActorCriticOptions
{
    /// <summary>Real steps of a batch, T, after which policy and value learn. Default 1024; 2 to 1,000,000.</summary>
    [Range(2, 1_000_000)]
    public int BatchSteps { get; init; } = 1024;

    /// <summary>Steps of a minibatch; at most <see cref="BatchSteps"/>. Default 64; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MinibatchSize { get; init; } = 64;

    /// <summary>Times that each batch is gone through. Default 10; 1 to 1000. Without <see cref="Clip"/> the policy takes a single step a batch, and only the value goes through it that often.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 10;

    /// <summary>ε, by how much the likelihood ratio may leave 1 before a step has no more to gain (PPO); 0 for the plain gradient, one step a batch (A2C). Default 0.2; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Clip { get; init; } = 0.2;

    /// <summary>γ, by which the future is weighed. Default 0.98; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; } = 0.98;

    /// <summary>λ of the advantages. Default 0.95; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Trace { get; init; } = 0.95;

    /// <summary>β, what a unit of entropy is worth in units of the advantages' deviation. Default 0.001; 0 to 10.</summary>
    [Range(0.0, 10.0)]
    public double EntropyBonus { get; init; } = 0.001;

    /// <summary>Adam's step size of the policy. Default 1e-3; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double PolicyLearningRate { get; init; } = 1e-3;

    /// <summary>Adam's step size of the value. Default 1e-3; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ValueLearningRate { get; init; } = 1e-3;

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

    /// <summary>Refuses combinations that make no sense.</summary>
    /// <exception cref="ArgumentException">A minibatch is larger than the batch.</exception>
    public void Validate()
    {
        if (MinibatchSize > BatchSteps)
        {
            throw new ArgumentException($"minibatchSize is {MinibatchSize}; it may be at most batchSteps, {BatchSteps}.");
        }
    }
}
