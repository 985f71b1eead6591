using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Agents.ModelCritic;

/// <summary>Options of <see cref="ModelPolicyGradient"/>.</summary>
public sealed record ModelPolicyGradientOptions
{
    /// <summary>H, imagined steps of a rollout: with 1 and a value Q̂ is the target of TD(0). Default 10; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Horizon { get; init; } = 10;

    /// <summary>k, rollouts that estimate Q̂ of a state and action. Default 1; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Rollouts { get; init; } = 1;

    /// <summary>γ, by which the future is weighed. Default 0.97; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; } = 0.97;
}
