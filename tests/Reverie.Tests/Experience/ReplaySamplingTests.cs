using CsCheck;
using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Tests.Experience;

public sealed class ReplaySamplingTests
{
    [Fact]
    public void Sequences_start_exactly_where_an_episode_held_is_long_enough()
    {
        // The index that Add keeps up to date against a search through the whole buffer.
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[1, 15].Array[0, 20], Gen.Bool).Sample((capacity, length, episodes, early) =>
        {
            var buffer = new ReplayBuffer(2, 1, capacity);
            if (early)
            {
                buffer.SequenceCount(length);
            }

            ReplayBufferTests.Fill(buffer, episodes);
            var expected = Enumerable.Range(0, buffer.Count).Where(start => Fits(buffer, start, length)).ToArray();
            Assert.Equal(expected.Length, buffer.SequenceCount(length));
            if (expected.Length == 0)
            {
                Assert.Throws<InvalidOperationException>(() => buffer.SampleSequences(length, new RandomStream(default), new int[1]));
                return;
            }

            int[] starts = new int[40 * expected.Length];
            buffer.SampleSequences(length, new RandomStream(RandomKey.FromSeed(capacity)), starts);
            Assert.Equal(expected, starts.Distinct().Order());
        });
    }

    [Fact]
    public void Sequences_are_uniform_over_their_starts()
    {
        var buffer = new ReplayBuffer(2, 1, 64);
        ReplayBufferTests.Fill(buffer, 50, 3, 9, 20, 4, 17);
        int[] starts = new int[100_000];
        buffer.SampleSequences(4, new RandomStream(RandomKey.FromSeed(1)), starts);

        AssertUniform(starts, buffer.SequenceCount(4));
    }

    [Fact]
    public void Transitions_are_uniform()
    {
        var buffer = new ReplayBuffer(2, 1, 40);
        ReplayBufferTests.Fill(buffer, 50, 7);
        int[] indices = new int[100_000];
        buffer.Sample(new RandomStream(RandomKey.FromSeed(2)), indices);

        AssertUniform(indices, 40);
    }

    [Fact]
    public void Sampling_and_adding_allocate_nothing()
    {
        var buffer = new ReplayBuffer(2, 1, 100);
        ReplayBufferTests.Fill(buffer, 90, 30);
        var random = new RandomStream(RandomKey.FromSeed(3));
        int[] indices = new int[256];
        double[] numbers = [1.0, 2.0];
        Assert.Equal(0, Allocations.InSteadyState(Run));

        void Run()
        {
            buffer.Sample(random, indices);
            buffer.SampleSequences(5, random, indices);
            buffer.SampleSequences(9, random, indices);
            buffer.Add(new Transition { Observation = numbers, Action = numbers.AsSpan(0, 1), Reward = 1, NextObservation = numbers, Terminated = false, Truncated = false });
        }
    }

    [Fact]
    public void The_validation_side_has_the_fraction_asked_for_and_its_own_stream()
    {
        var key = RandomKey.FromSeed(4).Split("split");
        var buffer = Filled(20_000, 0.2, key);
        // Binomial(20000, 0.2) has a standard deviation of 57; five of them.
        Assert.InRange(buffer.ValidationCount, 4000 - 283, 4000 + 283);
        Assert.Equal(20_000, buffer.TrainingCount + buffer.ValidationCount);
        Assert.Equal(buffer.ValidationCount, Enumerable.Range(0, 20_000).Count(buffer.IsValidation));

        var other = Filled(20_000, 0.2, RandomKey.FromSeed(5));
        // Independent sides agree on 0.2² + 0.8² = 68 %.
        Assert.InRange(Enumerable.Range(0, 20_000).Count(i => buffer.IsValidation(i) == other.IsValidation(i)), 13_600 - 330, 13_600 + 330);
        Assert.Equal(0, Filled(1000, 0.0, key).ValidationCount);
        Assert.Equal(1000, Filled(1000, 1.0, key).ValidationCount);

        static ReplayBuffer Filled(int count, double fraction, RandomKey key)
        {
            var buffer = new ReplayBuffer(2, 1, count, fraction, key);
            ReplayBufferTests.Fill(buffer, count);
            return buffer;
        }
    }

    [Fact]
    public void A_transition_keeps_its_side_while_others_come_and_go_and_after_a_restart()
    {
        var key = RandomKey.FromSeed(6);
        var large = new ReplayBuffer(2, 1, 1000, 0.3, key);
        ReplayBufferTests.Fill(large, 500);
        var small = new ReplayBuffer(2, 1, 64, 0.3, key);
        ReplayBufferTests.Fill(small, 300);
        var state = new StateDictionary();
        small.Save(state, "replay");
        var resumed = new ReplayBuffer(2, 1, 64);
        resumed.Load(state, "replay");
        ReplayBufferTests.Fill(resumed, 30);

        for (int i = 0; i < resumed.Count; i++)
        {
            Assert.Equal(large.IsValidation((int)resumed.Number(i)), resumed.IsValidation(i));
        }

        int[] validation = new int[resumed.ValidationCount];
        int[] training = new int[resumed.TrainingCount];
        resumed.CopyValidationIndices(validation);
        resumed.CopyTrainingIndices(training);
        Assert.Equal(Enumerable.Range(0, 64), validation.Concat(training).Order());
        Assert.All(validation, i => Assert.True(resumed.IsValidation(i)));
        Assert.Throws<ArgumentException>(() => resumed.CopyTrainingIndices(new int[1]));
    }

    [Fact]
    public void A_buffer_that_was_saved_and_loaded_goes_on_as_if_nothing_had_happened()
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 9].Array[0, 8], Gen.Int[0, 4], Gen.Int[1, 9].Array[0, 8]).Sample((capacity, before, open, after) =>
        {
            var one = new ReplayBuffer(2, 1, capacity, 0.5, RandomKey.FromSeed(7));
            ReplayBufferTests.Fill(one, before);
            for (int i = 0; i < open; i++)
            {
                ReplayBufferTests.Add(one, -i, false, false);
            }

            var state = new StateDictionary();
            one.Save(state, "replay");
            var two = new ReplayBuffer(2, 1, capacity);
            two.SequenceCount(2);
            two.Load(state, "replay");
            ReplayBufferTests.Fill(one, after);
            ReplayBufferTests.Fill(two, after);

            StateDictionary a = new(), b = new();
            one.Save(a, "x");
            two.Save(b, "x");
            AssertSame(a, b);
            Assert.Equal(one.ValidationCount, two.ValidationCount);
            Assert.Equal(one.SequenceCount(2), two.SequenceCount(2));
            if (one.SequenceCount(2) > 0)
            {
                int[] x = new int[9], y = new int[9];
                one.SampleSequences(2, new RandomStream(RandomKey.FromSeed(8)), x);
                two.SampleSequences(2, new RandomStream(RandomKey.FromSeed(8)), y);
                Assert.Equal(x, y);
            }
        });
    }

    [Fact]
    public void Loading_what_does_not_fit_is_refused_and_changes_nothing()
    {
        var saved = new ReplayBuffer(2, 1, 8);
        ReplayBufferTests.Fill(saved, 5);
        var state = new StateDictionary();
        saved.Save(state, "r");

        Assert.Throws<StateException>(() => new ReplayBuffer(2, 1, 9).Load(state, "r"));
        Assert.Throws<StateException>(() => new ReplayBuffer(3, 1, 8).Load(state, "r"));
        Assert.Throws<StateException>(() => new ReplayBuffer(2, 1, 8).Load(state, "other"));
        state.Set("r/flags", [(byte)1]);
        var target = new ReplayBuffer(2, 1, 8);
        ReplayBufferTests.Fill(target, 2);
        Assert.Throws<StateException>(() => target.Load(state, "r"));
        Assert.Equal(2, target.Count);
        Assert.Equal([1.0, 1.5], target.Observation(1).ToArray());
    }

    private static bool Fits(ReplayBuffer buffer, int start, int length)
    {
        for (int i = start; i < start + length; i++)
        {
            if (i >= buffer.Count || buffer.Episode(i) != buffer.Episode(start) || (i + 1 < start + length && (buffer.Terminated(i) || buffer.Truncated(i))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Pearson's chi-square: for k − 1 degrees of freedom about normal with mean k − 1, variance 2(k − 1); five deviations.</summary>
    private static void AssertUniform(int[] draws, int k)
    {
        var counts = draws.GroupBy(x => x).Select(g => g.Count()).ToArray();
        Assert.Equal(k, counts.Length);
        double expected = (double)draws.Length / k;
        double chiSquare = counts.Sum(n => (n - expected) * (n - expected) / expected);
        Assert.InRange(chiSquare, 0, k - 1 + (5 * Math.Sqrt(2.0 * (k - 1))));
    }

    private static void AssertSame(StateDictionary a, StateDictionary b)
    {
        Assert.Equal(a.Names, b.Names);
        foreach (string name in a.Names)
        {
            Assert.Equal(a.GetArray(name), b.GetArray(name));
        }
    }
}
