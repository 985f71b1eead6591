using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Numerics;

namespace Reverie.Tests.Models.Finite;

public sealed class EmpiricalModelTests
{
    [Fact]
    public void Counts_means_and_estimates_are_those_worked_out_by_hand()
    {
        var (plain, prior) = (Three(0), Three(3));
        int row = plain.Row(0, 1);
        Assert.Equal((3, 2, 1, 1), (plain.Visits(row), plain.Visits(row, 1), plain.Visits(row, 2), plain.Terminations(row)));
        Assert.Equal((2.0, 1.0, 3), (plain.Reward(row), plain.RewardVariance(row), plain.Steps));
        Assert.Equal(2.0 / 3, plain.Probability(row, 1), 1e-15);
        Assert.Equal((2.0 + 1) / 6, prior.Probability(row, 1), 1e-15);
        Assert.Equal((0.0 + 1) / 6, prior.Probability(row, 0), 1e-15);

        // r̂ + γ Σ p̂ V, nothing following where the task ended.
        double[] values = [10, 20, 30];
        Assert.Equal(2 + (0.5 * 2 * 20 / 3), plain.Lookahead(row, values), 1e-12);
        Assert.Equal(2 + (0.5 * ((2 * 20) + 60) / 6), prior.Lookahead(row, values), 1e-12);

        // Never tried: it stays in place, or with a prior goes anywhere.
        Assert.Equal(0.5 * 30, plain.Lookahead(plain.Row(2, 0), values), 1e-12);
        Assert.Equal(0.5 * 20, prior.Lookahead(plain.Row(2, 0), values), 1e-12);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(2.5)]
    public void Its_table_says_what_it_says_itself(double prior)
    {
        var model = new EmpiricalModel(40, 3, 0.9, prior);
        var random = new RandomStream(RandomKey.FromSeed(4));
        var seen = new long[40 * 3, 40];
        for (int t = 0; t < 4000; t++)
        {
            int s = random.NextInt32(30), a = random.NextInt32(3), next = random.NextInt32(1 + s);
            seen[(s * 3) + a, next]++;
            Assert.Equal(seen[(s * 3) + a, next] == 1, model.Record(s, a, random.NextDouble(), next, terminated: next == 7));
        }

        double[] values = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble(-5, 5))];
        var table = model.Tabulate();
        for (int row = 0; row < 120; row++)
        {
            Assert.Equal(model.Lookahead(row, values), table.Lookahead(row, values), 1e-12);
            for (int s = 0; s < 40; s++)
            {
                Assert.Equal(seen[row, s], model.Visits(row, s));
            }
        }
    }

    [Fact]
    public void It_simulates_by_its_frequencies_and_evaluates()
    {
        var model = Three(0);
        const int Count = 30_000;
        var states = Batch.Allocate(1, Count);
        var actions = Batch.Allocate(1, Count);
        var next = Batch.Allocate(1, Count);
        actions.Data.Fill(1);
        float[] rewards = new float[states.Stride], ended = new float[states.Stride];
        model.Step(states, actions, next, rewards, ended, RandomKey.FromSeed(3));
        Assert.Equal(1.0 / 3, ended.AsSpan(0, Count).ToArray().Average(), 0.01);
        for (int n = 0; n < Count; n++)
        {
            Assert.Equal((next.Data[n] == 2f ? 1f : 0f, 2f), (ended[n], rewards[n]));
            Assert.True(next.Data[n] is 1f or 2f);
        }

        // Two steps: 2, then where the task goes on what is known of state 1, nothing.
        var candidates = new ActionSequences(2, 1, 16);
        candidates.At(0).Data.Fill(1);
        var returns = new float[16];
        model.Evaluate([0], candidates, returns, RandomKey.FromSeed(5));
        Assert.All(returns, r => Assert.Equal(2f, r));
    }

    [Fact]
    public void A_restored_model_is_the_same_to_the_bit_and_goes_on_as_it_did()
    {
        var (model, restored) = (new EmpiricalModel(50, 2, 0.9), new EmpiricalModel(50, 2, 0.9));
        var random = new RandomStream(RandomKey.FromSeed(8));
        Live(model, 3000);
        Live(restored, 100);
        restored.Load(Saved(model), "m");
        for (int t = 0; t < 500; t++)
        {
            int s = random.NextInt32(50), next = random.NextInt32(50);
            Assert.Equal(model.Record(s, 0, t, next, t % 9 == 0), restored.Record(s, 0, t, next, t % 9 == 0));
        }

        var (wanted, given) = (Saved(model), Saved(restored));
        Assert.Equal(wanted.GetInt64("m/outcomes"), given.GetInt64("m/outcomes"));
        Assert.Equal(wanted.GetDouble("m/means"), given.GetDouble("m/means"));
        Assert.Equal(wanted.GetDouble("m/squares"), given.GetDouble("m/squares"));
        Assert.Equal(model.Steps, restored.Steps);

        void Live(EmpiricalModel m, int steps)
        {
            for (int t = 0; t < steps; t++)
            {
                m.Record(random.NextInt32(50), random.NextInt32(2), random.NextNormal(), random.NextInt32(50), random.NextInt32(5) == 0);
            }
        }
    }

    [Theory]
    [InlineData("m/visits", 1, 5L)]
    [InlineData("m/lengths", 1, 9L)]
    [InlineData("m/outcomes", 0, (9L << 32) | 2)]
    public void Saved_counts_that_do_not_fit_are_refused(string entry, int index, long value)
    {
        var saved = Saved(Three(0));
        long[] numbers = saved.GetInt64(entry).ToArray();
        numbers[index] = value;
        saved.Set(entry, numbers);
        Assert.Throws<StateException>(() => Three(0).Load(saved, "m"));
    }

    [Fact]
    public void Samples_have_the_moments_of_the_posterior()
    {
        // Dirichlet(3 + 1/4, 1 + 1/4, 1/4, 1/4): the first has mean 0.65 and variance 0.65·0.35/6.
        var model = new EmpiricalModel(4, 2, 0.9, prior: 1.0);
        for (int t = 0; t < 4; t++)
        {
            model.Record(0, 0, t % 2, t < 3 ? 1 : 2, terminated: false);
        }

        var random = new RandomStream(RandomKey.FromSeed(6));
        var beta = RewardPrior.Beta(0, 1);
        double[] first = new double[4000], unseen = new double[4000], pays = new double[4000];
        for (int i = 0; i < first.Length; i++)
        {
            var mdp = model.Sample(random, beta);
            first[i] = mdp.Lookahead(0, [0, 1, 0, 0]) - mdp.Lookahead(0, [0, 0, 0, 0]);
            unseen[i] = mdp.Lookahead(7, [0, 0, 0, 1]) - mdp.Lookahead(7, [0, 0, 0, 0]);
            pays[i] = mdp.Rewards[0];
        }

        // Beta(1 + 2, 1 + 2): mean 1/2, variance 1/28.
        Assert.Equal((0.65, 0.65 * 0.35 / 6), Moments(first, 0.9), Close(0.01, 0.003));
        Assert.Equal((0.25, 0.25 * 0.75 / 2), Moments(unseen, 0.9), Close(0.02, 0.008));
        Assert.Equal((0.5, 1.0 / 28), Moments(pays, 1), Close(0.01, 0.003));

        // N((1·4 + 3·2)/4, 9/4).
        var normal = RewardPrior.Normal(4, 3);
        Assert.Equal((2.5, 2.25), Moments([.. Enumerable.Range(0, 20_000).Select(_ => normal.Sample(random, 3, 2))], 1), Close(0.04, 0.08));
    }

    [Fact]
    public void A_sample_without_prior_moves_only_as_was_seen()
    {
        var mdp = Three(0).Sample(new RandomStream(RandomKey.FromSeed(1)), RewardPrior.Normal(0, 0));
        Assert.Equal((2, 1), (mdp.RowStart[2] - mdp.RowStart[1], mdp.RowLive[1] - mdp.RowStart[1]));
        Assert.Equal([5], mdp.Successors[mdp.RowStart[5]..mdp.RowStart[6]].ToArray().Select(s => s + 3));
        Assert.Equal(1.5, mdp.Rewards[1]);
    }

    private static EmpiricalModel Three(double prior)
    {
        var model = new EmpiricalModel(3, 2, 0.5, prior);
        model.Record(0, 1, 1, 1, terminated: false);
        model.Record(0, 1, 3, 1, terminated: false);
        model.Record(0, 1, 2, 2, terminated: true);
        return model;
    }

    private static StateDictionary Saved(EmpiricalModel model)
    {
        var saved = new StateDictionary();
        model.Save(saved, "m");
        return saved;
    }

    private static (double Mean, double Variance) Moments(double[] draws, double scale)
    {
        double mean = draws.Average();
        return (mean / scale, draws.Average(x => (x - mean) * (x - mean)) / (scale * scale));
    }

    private static Func<(double Mean, double Variance), (double Mean, double Variance), bool> Close(double mean, double variance) =>
        (a, b) => Math.Abs(a.Mean - b.Mean) <= mean && Math.Abs(a.Variance - b.Variance) <= variance;
}
