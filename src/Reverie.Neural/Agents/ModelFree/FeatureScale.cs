using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// Features as a learner's networks see them: (x − μ) / σ, limited to ± 5. What lies far from all data then looks like its edge, which data teach, instead of being
/// extrapolated to, which bootstrapping may blow up without end.
/// </summary>
internal sealed class FeatureScale
{
    private const float Limit = 5f;

    private readonly float[] mean;
    private readonly float[] inverse;
    private bool isSet;

    /// <summary>Changes nothing until it is set.</summary>
    /// <param name="width">Features, W.</param>
    public FeatureScale(int width) => (mean, inverse) = (new float[width], new float[width]);

    /// <summary>Takes over μ and σ of the first W columns of a normaliser.</summary>
    public void Set(Normalizer normalizer)
    {
        isSet = true;
        for (int i = 0; i < mean.Length; i++)
        {
            (mean[i], inverse[i]) = (normalizer.Mean[i], 1f / normalizer.Deviation[i]);
        }
    }

    /// <summary>Scales rows.</summary>
    /// <param name="features">x, row-major <c>[N, W]</c>.</param>
    /// <param name="scaled">Receives the scaled features, rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">Distance between rows of the result, at least W.</param>
    public void Apply(ReadOnlySpan<float> features, Span<float> scaled, int stride)
    {
        int width = mean.Length;
        for (int row = 0, at = 0; row < features.Length; row += width, at += stride)
        {
            for (int i = 0; i < width; i++)
            {
                float x = features[row + i];
                scaled[at + i] = isSet ? Math.Clamp((x - mean[i]) * inverse[i], -Limit, Limit) : x;
            }
        }
    }

    /// <summary>Writes everything under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix) => state.Set(prefix, [isSet ? 1f : 0f, .. mean, .. inverse]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetSingle(prefix, 1 + (2 * mean.Length));
        isSet = saved[0] != 0f;
        saved.Slice(1, mean.Length).CopyTo(mean);
        saved[(1 + mean.Length)..].CopyTo(inverse);
    }
}
