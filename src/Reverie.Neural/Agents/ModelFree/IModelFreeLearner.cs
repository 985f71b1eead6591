using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// A model-free learner without a loop: whoever owns one decides which transitions it sees, real or imagined, and what their
/// values are fitted to.
/// </summary>
internal interface IModelFreeLearner : IDisposable
{
    /// <summary>Transitions of a minibatch, B.</summary>
    int BatchSize { get; }

    /// <summary>Components of an action as the learner writes it, m; 1 for a numbered action.</summary>
    int ActionSize { get; }

    /// <summary>How many estimates of a value it has.</summary>
    int Critics { get; }

    /// <summary>γ.</summary>
    double Discount { get; }

    /// <summary>The least and the most that drawing an action may add to a step's reward (see <see cref="Draw"/>).</summary>
    (double Least, double Most) BonusRange { get; }

    /// <summary>Chooses actions.</summary>
    /// <param name="features">s, row-major <c>[N, W]</c>.</param>
    /// <param name="count">N.</param>
    /// <param name="actions">Receives a, row-major <c>[N, m]</c>.</param>
    /// <param name="explore">Whether to draw from the learner's own distribution rather than take the best.</param>
    /// <param name="random">Where draws come from.</param>
    void Act(ReadOnlySpan<float> features, int count, Span<float> actions, bool explore, RandomStream random);

    /// <summary>Draws actions of the policy that <see cref="Values"/> are of, and what drawing them adds to the return: −α ln π(a|s) where entropy counts, else 0.</summary>
    /// <param name="features">s, row-major <c>[N, W]</c>.</param>
    /// <param name="count">N.</param>
    /// <param name="actions">Receives a, row-major <c>[N, m]</c>.</param>
    /// <param name="bonuses">Receives what is added, <c>[N]</c>.</param>
    void Draw(ReadOnlySpan<float> features, int count, Span<float> actions, Span<float> bonuses);

    /// <summary>V(s) under the target networks and the present policy, by each critic.</summary>
    /// <param name="features">s, row-major <c>[N, W]</c>.</param>
    /// <param name="count">N.</param>
    /// <param name="values">Receives V, <c>[Critics, N]</c>.</param>
    void Values(ReadOnlySpan<float> features, int count, Span<float> values);

    /// <summary>One gradient step: fits the value of (s, a) to the targets, and improves the policy.</summary>
    void Learn(LearnerBatch batch);

    /// <summary>Reports what it measured since the last report.</summary>
    void Report(MetricSink metrics);

    /// <summary>Writes everything under <paramref name="prefix"/>.</summary>
    void Save(StateDictionary state, string prefix);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    void Load(StateDictionary state, string prefix);
}
