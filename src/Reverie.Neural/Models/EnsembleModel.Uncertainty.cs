using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <content>How unsure the ensemble is.</content>
public sealed unsafe partial class EnsembleModel
{
    /// <summary>
    /// How unsure the elite members are of a step, without unit: u(s, a) = maxₑ √(Σₖ (σₑₖ² + (μₑₖ − μ̄ₖ)²) / dₖ²), over the features' changes,
    /// with dₖ their standard deviations in the training data.
    /// </summary>
    /// <remarks>
    /// After Yu et al. (2020, section 4.3), who take the largest predicted deviation alone; the members' distance from their mean makes it meaningful for deterministic
    /// members too.
    /// </remarks>
    /// <param name="states">x, <c>[StateSize][N]</c>.</param>
    /// <param name="actions">u, <c>[Actions.Size][N]</c>.</param>
    /// <param name="result">Receives the uncertainty, ≥ 0, <c>[N]</c> padded to whole lanes.</param>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    public void Uncertainty(Batch states, Batch actions, Span<float> result)
    {
        Require(states.Features, stateSize, nameof(states));
        Require(actions.Features, actionSize, nameof(actions));
        Require(actions.Count, states.Count, nameof(actions));
        int padded = Batch.StrideOf(states.Count);
        Require(Math.Min(result.Length, padded), padded, nameof(result));
        var s = Rent();
        for (int first = 0; first < states.Count; first += Tile)
        {
            int width = Math.Min(Tile, padded - first);
            CopyIn(states, first, width, s.States);
            CopyIn(actions, first, width, s.Actions);
            UncertaintyOfTile(s, result.Slice(first, width));
        }

        Return(s);
    }

    private void UncertaintyOfTile(EnsembleScratch s, Span<float> result)
    {
        ensemble.Embedding.Embed(
            new ReadOnlySpan<float>(s.States, stateSize * Tile),
            new ReadOnlySpan<float>(s.Actions, actionSize * Tile),
            new Span<float>(s.Inputs, ensemble.Embedding.InputSize * Tile),
            Tile);
        MeanOutputs(s);
        result.Clear();
        foreach (int member in ensemble.Elites)
        {
            float* outputs = networks[member].Forward(s.Inputs, s.First, s.Second);
            for (int i = 0; i < result.Length; i += Lanes.Count)
            {
                Lanes sum = 0.0;
                for (int k = 0; k < stateSize; k++)
                {
                    var distance = Load(outputs + (k * Tile) + i) - Load(s.Mean + (k * Tile) + i);
                    var square = distance * distance;
                    if (ensemble.Options.Stochastic)
                    {
                        square += Lanes.Exp(Bound(Load(outputs + ((targets + k) * Tile) + i), lowestLogVariance[member][k], highestLogVariance[member][k]));
                    }

                    sum += square * (1.0 / ((double)ensemble.TargetNormalizer.Deviation[k] * ensemble.TargetNormalizer.Deviation[k]));
                }

                Lanes.Max(Lanes.Load(result, i), Lanes.Sqrt(sum)).Store(result, i);
            }
        }
    }
}
