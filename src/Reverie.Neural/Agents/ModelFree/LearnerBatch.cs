namespace Reverie.Neural.Agents;

/// <summary>A minibatch of transitions, real or imagined, as a model-free learner sees them; allocated once and filled many times.</summary>
/// <param name="size">Transitions, B.</param>
/// <param name="width">Features of an observation, W.</param>
/// <param name="actionSize">Components of an action, m; 1 for a numbered action.</param>
internal sealed class LearnerBatch(int size, int width, int actionSize)
{
    /// <summary>B.</summary>
    public int Size => size;

    /// <summary>Features s, row-major <c>[B, W]</c>.</summary>
    public float[] Features { get; } = new float[size * width];

    /// <summary>Actions a as learners write them (<see cref="ActionScale"/>), row-major <c>[B, m]</c>.</summary>
    public float[] Actions { get; } = new float[size * actionSize];

    /// <summary>R, the discounted sum of the rewards of the transition's one or more steps, <c>[B]</c>.</summary>
    public float[] Rewards { get; } = new float[size];

    /// <summary>γⁿ after n steps; 0 where the task ended in them, <c>[B]</c>.</summary>
    public float[] Discounts { get; } = new float[size];

    /// <summary>Features s' after the steps, row-major <c>[B, W]</c>.</summary>
    public float[] NextFeatures { get; } = new float[size * width];

    /// <summary>Which transition of the replay each row ends with; −1 for an imagined one, <c>[B]</c>.</summary>
    public int[] Last { get; } = new int[size];

    /// <summary>y, what the value of (s, a) is fitted to, <c>[B]</c>.</summary>
    public float[] Targets { get; } = new float[size];

    /// <summary>y = R + γⁿ V(s') (Sutton 1988), V the least of the learner's critics, within bounds.</summary>
    /// <param name="learner">Who values s'.</param>
    /// <param name="bounds">What V can be.</param>
    /// <param name="scratch">Room for all critics' values, <c>[Critics, B]</c>.</param>
    public void Bootstrap(IModelFreeLearner learner, ValueBounds bounds, Span<float> scratch)
    {
        var (low, high) = bounds.Now();
        learner.Values(NextFeatures, size, scratch);
        for (int b = 0; b < size; b++)
        {
            Targets[b] = Rewards[b] + (Discounts[b] * Math.Clamp(Least(scratch, b, size, learner.Critics), low, high));
        }
    }

    /// <summary>The least of the critics' values of item <paramref name="item"/>, of values <c>[critics, count]</c>.</summary>
    public static float Least(ReadOnlySpan<float> values, int item, int count, int critics)
    {
        float least = values[item];
        for (int k = 1; k < critics; k++)
        {
            least = Math.Min(least, values[(k * count) + item]);
        }

        return least;
    }
}
