using Reverie.Agents;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>Acts as a learner would: by its best action, or by a draw of its own.</summary>
/// <param name="learner">The learner.</param>
/// <param name="spec">The world.</param>
/// <param name="embedding">How observations become features.</param>
/// <param name="random">Where draws come from.</param>
/// <param name="explore">Whether to draw.</param>
internal sealed class LearnerPolicy(IModelFreeLearner learner, WorldSpec spec, ObservationEmbedding embedding, RandomStream random, bool explore) : IPolicy
{
    private readonly ActionScale scale = new(spec.Actions);
    private readonly float[] features = new float[embedding.ObservationWidth];
    private readonly float[] chosen = new float[learner.ActionSize];

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        embedding.Embed(observation, features);
        learner.Act(features, 1, chosen, explore, random);
        for (int i = 0; i < chosen.Length; i++)
        {
            action[i] = scale.ToWorld(i, chosen[i]);
        }
    }
}
