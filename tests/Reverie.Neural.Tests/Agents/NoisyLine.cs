using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

/// <summary>x' = 0.8 x + 0.1 u + 0.2 w, reward −x'²; the policy of the tests is u = −x.</summary>
internal sealed class NoisyLine : ISimulator
{
    public const double Discount = 0.9;

    public static readonly WorldSpec Spec = new("noisy line", [new("x")], ActionSpace.Symmetric(1, 2.0), 10, 0.0);

    public double Decay { get; init; } = 0.8;

    public double Noise { get; init; } = 0.2;

    public int StateSize => 1;

    public ActionSpace Actions => Spec.Actions;

    /// <summary>x' = 0.7 x + 0.2 w under the policy: p = 0.49 (1 + γ p), c = 0.04 (1 + γ p) + γ c.</summary>
    public static double Value(double x)
    {
        double p = 0.49 / (1 - (0.49 * Discount)), c = 0.04 * (1 + (Discount * p)) / (1 - Discount);
        return -((p * x * x) + c);
    }

    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

    public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        var random = new RandomStream(key);
        for (int i = 0; i < states.Count; i++)
        {
            // The policy's action is −x / 2 of the box ±2, so that u = −x; a tenth of it acts.
            float x = (float)((Decay * states.Feature(0)[i]) + (0.1 * actions.Feature(0)[i]) + (Noise * random.NextNormal()));
            (next.Feature(0)[i], rewards[i], terminated[i]) = (x, -x * x, 0f);
        }
    }
}

/// <summary>A learner whose policy and values are given.</summary>
internal sealed class FixedPolicy(Func<double, double> value) : IModelFreeLearner
{
    public int BatchSize => 64;

    public int ActionSize => 1;

    public int Critics => Spread == 0 ? 1 : 2;

    public double Discount => NoisyLine.Discount;

    public (double Least, double Most) BonusRange => (0.0, 0.0);

    public double Bonus { get; init; }

    /// <summary>The critics' values are the given one ± this.</summary>
    public double Spread { get; init; }

    /// <summary>The action everywhere; NaN for −x / 2.</summary>
    public float Action { get; init; } = float.NaN;

    public void Act(ReadOnlySpan<float> features, int count, Span<float> actions, bool explore, RandomStream random)
    {
        for (int i = 0; i < count; i++)
        {
            actions[i] = float.IsNaN(Action) ? -0.5f * features[i] : Action;
        }
    }

    public void Draw(ReadOnlySpan<float> features, int count, Span<float> actions, Span<float> bonuses)
    {
        Act(features, count, actions, true, new RandomStream(default));
        bonuses[..count].Fill((float)Bonus);
    }

    public void Values(ReadOnlySpan<float> features, int count, Span<float> values)
    {
        int width = features.Length / count;
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(value(features[i * width]) + Spread);
            if (Spread != 0)
            {
                values[count + i] = (float)(value(features[i * width]) - Spread);
            }
        }
    }

    public void Learn(LearnerBatch batch)
    {
    }

    public void Report(MetricSink metrics)
    {
    }

    public void Save(StateDictionary state, string prefix)
    {
    }

    public void Load(StateDictionary state, string prefix)
    {
    }

    public void Dispose()
    {
    }
}
