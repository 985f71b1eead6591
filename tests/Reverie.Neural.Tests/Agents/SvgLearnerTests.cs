using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

public sealed class SvgLearnerTests
{
    private static readonly WorldSpec Spec = new("countdown", [new("x")], ActionSpace.Symmetric(1, 1.0), 10, 0.0);

    [Fact]
    public void Traces_by_hand()
    {
        // Two rollouts side by side, γ = ½, λ = ¼; the second ends with its second step.
        double[] returns = new double[6];
        SvgLearner.FillTraces([1, 1, 2, 2, 3, 3], [10, 10, 20, 20, 30, 30, 40, 40], [true, true, true, true, true, false, true, false], 2, 0.5, 0.25, returns);
        Assert.Equal([10.515625, 8.75, 16.125, 2, 23, 3], returns);
    }

    [Fact]
    public void The_value_is_discounted_and_ends_where_the_task_does()
    {
        // 1, 1 + γ, 1 + γ + γ², though no rollout is longer than two steps.
        var (learner, starts) = Learner(new SvgOptions { Horizon = 2, Starts = 3, Discount = 0.8, ValueTrace = 0.5, TargetRate = 0.05, ValueLearningRate = 3e-3 }, slope: 0.0);
        for (int i = 0; i < 3000; i++)
        {
            learner.Improve(starts, default);
        }

        var values = new double[3];
        learner.Value!.Forward(new ValueTape(learner.Value, 3), 0, 3, starts, values);
        Assert.Equal(1.0, values[0], 0.05);
        Assert.Equal(1.8, values[1], 0.05);
        Assert.Equal(2.44, values[2], 0.05);
    }

    [Fact]
    public void Gradients_longer_than_allowed_are_shortened_and_that_is_told()
    {
        var (free, starts) = Learner(new SvgOptions { Horizon = 2, Starts = 3, LearnValue = false, GradientNorm = 1e9 }, slope: 1.0);
        var (held, _) = Learner(new SvgOptions { Horizon = 2, Starts = 3, LearnValue = false, GradientNorm = 1e-9 }, slope: 1.0);
        var told = new Dictionary<string, double>();
        var moved = new List<double>();
        foreach (var learner in (SvgLearner[])[free, held])
        {
            double before = learner.Improve(starts, default);
            moved.Add(learner.Improve(starts, default) - before);
            learner.Report((name, value) => told[$"{moved.Count}/{name}"] = value);
        }

        Assert.Equal((0.0, 1.0), (told["1/svg/clipped"], told["2/svg/clipped"]));
        Assert.Equal(told["1/svg/gradientNorm"], told["2/svg/gradientNorm"], 0.2 * told["1/svg/gradientNorm"]);

        // Adam makes up for any common length, but not for what is far below its ε.
        Assert.True(moved[0] > 0.001);
        Assert.InRange(moved[1], 0.0, 0.2 * moved[0]);
    }

    private static (SvgLearner Learner, double[] Starts) Learner(SvgOptions options, double slope)
    {
        var policy = new NeuralPolicy(Spec, new NeuralPolicyOptions { HiddenSize = 16 }, new ObservationInputs(Spec.Observation), new RandomStream(RandomKey.FromSeed(1)));
        var learner = new SvgLearner(new Countdown { Slope = slope }, policy, options with { Policy = new NeuralPolicyOptions { HiddenSize = 16 } }, new RandomStream(RandomKey.FromSeed(2)));
        double[] starts = [1.0, 2.0, 3.0];
        learner.Begin(starts, [1.0, 1.0, 0.0]);
        return (learner, starts);
    }

    /// <summary>x' = x − 1, reward 1 + slope · u; it ends at 0.</summary>
    private sealed class Countdown : IPullback
    {
        public double Slope { get; init; }

        public int StateSize => 1;

        public int ObservationSize => 1;

        public ActionSpace Actions => Spec.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

        public void Reserve(int steps, int items)
        {
        }

        public void Observe(int t, ReadOnlySpan<double> states, Span<double> observations) => states.CopyTo(observations);

        public void Step(int t, ReadOnlySpan<double> states, ReadOnlySpan<double> actions, Span<double> next, Span<double> rewards, Span<bool> terminated)
        {
            for (int i = 0; i < rewards.Length; i++)
            {
                (next[i], rewards[i], terminated[i]) = (states[i] - 1.0, 1.0 + (Slope * actions[i]), states[i] < 1.5);
            }
        }

        public void Pull(int t, ReadOnlySpan<double> next, ReadOnlySpan<double> weights, Span<double> states, Span<double> actions)
        {
            next.CopyTo(states);
            for (int i = 0; i < weights.Length; i++)
            {
                actions[i] = weights[i] * Slope;
            }
        }

        public void PullObservations(int t, ReadOnlySpan<double> observations, Span<double> states)
        {
            for (int i = 0; i < states.Length; i++)
            {
                states[i] += observations[i];
            }
        }
    }
}
