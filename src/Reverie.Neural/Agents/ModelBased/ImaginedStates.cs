using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// N states being imagined side by side, as a model and as a learner see them: feature-major for the one, rows of features for the
/// other. The model's state is the observation.
/// </summary>
internal sealed class ImaginedStates
{
    private readonly ISimulator model;
    private readonly ObservationEmbedding embedding;
    private readonly ActionScale scale;
    private readonly int stride;
    private readonly int stateSize;
    private readonly int learnerActionSize;
    private readonly float[] actions;
    private readonly double[] observation;
    private float[] states;
    private float[] next;

    /// <summary>Room for <paramref name="count"/> states.</summary>
    /// <param name="model">The model to imagine in.</param>
    /// <param name="embedding">How observations become features.</param>
    /// <param name="count">N.</param>
    public ImaginedStates(ISimulator model, ObservationEmbedding embedding, int count)
    {
        (this.model, this.embedding, Count, stateSize) = (model, embedding, count, model.StateSize);
        scale = new ActionScale(embedding.Actions);
        stride = Batch.StrideOf(count);
        learnerActionSize = embedding.Actions.Size;
        (states, next) = (new float[stateSize * stride], new float[stateSize * stride]);
        actions = new float[embedding.Actions.Size * stride];
        (Rewards, Terminated) = (new float[stride], new float[stride]);
        Uncertainty = new float[stride];
        observation = new double[stateSize];
        Features = new float[count * embedding.ObservationWidth];
        NextFeatures = new float[count * embedding.ObservationWidth];
        Actions = new float[count * learnerActionSize];
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>Features of the present states, row-major <c>[N, W]</c>.</summary>
    public float[] Features { get; private set; }

    /// <summary>Features after the last <see cref="Step"/>, row-major <c>[N, W]</c>.</summary>
    public float[] NextFeatures { get; private set; }

    /// <summary>Actions for the next step as a learner writes them, row-major <c>[N, m]</c>.</summary>
    public float[] Actions { get; }

    /// <summary>Rewards of the last step, <c>[N]</c> padded.</summary>
    public float[] Rewards { get; }

    /// <summary>1 where the task ended in the last step, else 0, <c>[N]</c> padded.</summary>
    public float[] Terminated { get; }

    /// <summary>How unsure the model was of the last step where that was asked, <c>[N]</c> padded.</summary>
    public float[] Uncertainty { get; }

    /// <summary>Puts state <paramref name="index"/> to an observation.</summary>
    public void Set(int index, ReadOnlySpan<double> observed)
    {
        for (int d = 0; d < stateSize; d++)
        {
            states[(d * stride) + index] = (float)observed[d];
        }

        int width = embedding.ObservationWidth;
        embedding.Embed(observed, Features.AsSpan(index * width, width));
    }

    /// <summary>Whether state <paramref name="index"/> and its reward are finite after the last step.</summary>
    public bool IsFinite(int index)
    {
        bool finite = float.IsFinite(Rewards[index]);
        for (int d = 0; d < stateSize; d++)
        {
            finite &= float.IsFinite(next[(d * stride) + index]);
        }

        return finite;
    }

    /// <summary>s', r ~ p̂(·|s, a) for every state.</summary>
    /// <param name="key">The randomness of the step.</param>
    /// <param name="unsure">The ensemble to be asked how unsure it is; null if that does not matter.</param>
    public void Step(RandomKey key, EnsembleModel? unsure = null)
    {
        int size = embedding.Actions.Size;
        for (int i = 0; i < Count; i++)
        {
            for (int a = 0; a < size; a++)
            {
                actions[(a * stride) + i] = (float)scale.ToWorld(a, Actions[(i * size) + a]);
            }
        }

        var x = new Batch(states, stateSize, Count, stride);
        var u = new Batch(actions, size, Count, stride);
        model.Step(x, u, new Batch(next, stateSize, Count, stride), Rewards, Terminated, key);
        unsure?.Uncertainty(x, u, Uncertainty);
        int width = embedding.ObservationWidth;
        for (int i = 0; i < Count; i++)
        {
            for (int d = 0; d < stateSize; d++)
            {
                observation[d] = next[(d * stride) + i];
            }

            embedding.Embed(observation, NextFeatures.AsSpan(i * width, width));
        }
    }

    /// <summary>Goes on from where the last step led.</summary>
    public void Advance()
    {
        (states, next) = (next, states);
        (Features, NextFeatures) = (NextFeatures, Features);
    }
}
