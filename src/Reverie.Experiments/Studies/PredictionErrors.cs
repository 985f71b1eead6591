using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>Errors of a learned model's predictions on real episodes.</summary>
internal static class PredictionErrors
{
    /// <summary>
    /// Root mean square error of the ensemble's mean prediction 1 to <paramref name="horizon"/> steps ahead, over all starts in the episodes and all components, each in units of
    /// its scale, <c>[horizon]</c>. As far as the longest episode, at most.
    /// </summary>
    /// <param name="model">What imagines, open loop.</param>
    /// <param name="spec">The world.</param>
    /// <param name="scales">The components' scales, <c>[F]</c>.</param>
    /// <param name="episodes">What really happened.</param>
    /// <param name="horizon">The longest horizon, ≥ 1.</param>
    /// <param name="cancel">Ends it between two episodes.</param>
    public static double[] ByHorizon(IImagination model, WorldSpec spec, double[] scales, IReadOnlyList<RealEpisode> episodes, int horizon, CancellationToken cancel)
    {
        var errors = new OpenLoopErrors(spec, scales, Math.Min(horizon, episodes.Max(e => e.Steps)));
        foreach (var episode in episodes)
        {
            cancel.ThrowIfCancellationRequested();
            errors.Add(episode, episode.Imagine(model, errors.Horizon), model.Members);
        }

        return [.. errors.Summarise().Select(h => Math.Sqrt(h.FeatureErrors.Zip(scales).Average(p => Math.Pow(p.First / p.Second, 2))))];
    }

    /// <summary>The error one step ahead.</summary>
    public static double OneStep(IImagination model, WorldSpec spec, double[] scales, IReadOnlyList<RealEpisode> episodes, CancellationToken cancel) =>
        ByHorizon(model, spec, scales, episodes, 1, cancel)[0];
}
