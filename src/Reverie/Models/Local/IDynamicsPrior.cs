using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>What all experience says of a step before the few rollouts that made it are looked at: a normal distribution over z = (x, u, x').</summary>
public interface IDynamicsPrior
{
    /// <summary>Learns from all experience that is remembered.</summary>
    /// <param name="memory">Rollouts, oldest first, at least one.</param>
    void Fit(IReadOnlyList<Rollout> memory);

    /// <summary>The prior for step t of some rollouts.</summary>
    /// <param name="rollouts">At least one.</param>
    /// <param name="step">t.</param>
    /// <param name="mean">Receives μ₀, <c>[2n + m]</c>.</param>
    /// <param name="covariance">Receives Φ, row-major <c>[2n + m, 2n + m]</c>, symmetric.</param>
    void At(IReadOnlyList<Rollout> rollouts, int step, Span<double> mean, Span<double> covariance);

    /// <summary>Writes its state under <paramref name="prefix"/>.</summary>
    void Save(StateDictionary state, string prefix);

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    void Load(StateDictionary state, string prefix);
}
