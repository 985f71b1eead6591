using Reverie.Experiments.Studies;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Studies;

public class PlanRecorderTests
{
    [Fact]
    public void The_best_plan_of_each_budget_is_kept()
    {
        var recorder = new PlanRecorder(new Table([1f, 3f, 2f, 3f, float.NegativeInfinity, 7f]), [1, 2, 4, 6, 9]);
        var candidates = new ActionSequences(horizon: 2, actionSize: 1, count: 3);
        Score(candidates, first: 0);
        Score(candidates, first: 3);

        Assert.Equal([1, 2, 4, 6], recorder.Plans.Select(p => p.Candidates));
        Assert.Equal([1.0, 3.0, 3.0, 7.0], recorder.Plans.Select(p => p.Imagined));
        Assert.Equal([0f, 1f, 1f, 5f], recorder.Plans.Select(p => p.Actions[0]));
        Assert.All(recorder.Plans, p => Assert.Equal(p.Actions[0] + 0.5f, p.Actions[1]));

        void Score(ActionSequences sequences, int first)
        {
            for (int n = 0; n < 3; n++)
            {
                (sequences.At(0).Data[n], sequences.At(1).Data[n]) = (first + n, first + n + 0.5f);
            }

            recorder.Evaluate([0.0], sequences, new float[sequences.Stride], default);
        }
    }

    [Fact]
    public void Noise_alone_makes_the_best_of_many_look_better_by_the_expected_maximum()
    {
        // Every plan is worth 0; the model adds a standard normal error to each. E max of 1, 4, 16 and 64 normals: 0, 1.0294, 1.7660, 2.3437.
        double[] expected = [0.0, 1.0294, 1.7660, 2.3437], sums = new double[4];
        const int Repetitions = 4000;
        var candidates = new ActionSequences(1, 1, 64);
        var returns = new float[candidates.Stride];
        for (int i = 0; i < Repetitions; i++)
        {
            var recorder = new PlanRecorder(new Noise(), [1, 4, 16, 64]);
            recorder.Evaluate([0.0], candidates, returns, RandomKey.FromSeed(7).Split(i));
            for (int b = 0; b < sums.Length; b++)
            {
                sums[b] += recorder.Plans[b].Imagined / Repetitions;
            }
        }

        Assert.All(sums.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 0.06, pair.Second + 0.06));
    }

    [Fact]
    public void What_the_exact_model_promises_it_brings()
    {
        var trial = ExploitationTrial.Run(StudyWorld.Of("cartpole-swingup"), 0, PlannedModel.Exact, 25, seed: 1, CancellationToken.None);

        Assert.All(trial.Gap, gap => Assert.Equal(0.0, gap, 6));
        Assert.True(trial.Real[^1] > 2.0 * trial.Real[4], "more candidates bring more");
    }

    [Fact]
    public void A_single_network_with_few_data_promises_what_it_does_not_bring()
    {
        var trial = ExploitationTrial.Run(StudyWorld.Of("cartpole-swingup"), 60, PlannedModel.OneDeterministic, 15, seed: 1, CancellationToken.None);

        Assert.InRange(trial.Gap[0], -0.2, 0.2);
        Assert.True(trial.Gap[^1] > 1.0, $"imagined − real is {trial.Gap[^1]}");
    }

    private sealed class Table(float[] values) : IEvaluator
    {
        public int StateSize => 1;

        public ActionSpace Actions { get; } = ActionSpace.Symmetric(1, 100.0);

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

        public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
        {
            for (int n = 0; n < candidates.Count; n++)
            {
                returns[n] = values[(int)candidates.At(0).Data[n]];
            }
        }
    }

    private sealed class Noise : IEvaluator
    {
        public int StateSize => 1;

        public ActionSpace Actions { get; } = ActionSpace.Symmetric(1, 1.0);

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

        public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
        {
            var random = new RandomStream(key);
            for (int n = 0; n < candidates.Count; n++)
            {
                returns[n] = (float)random.NextNormal();
            }
        }
    }
}
