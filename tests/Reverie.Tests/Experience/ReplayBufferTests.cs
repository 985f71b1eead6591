using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Tests.Experience;

public sealed class ReplayBufferTests
{
    [Fact]
    public void Transitions_come_back_oldest_first_and_the_oldest_is_overwritten()
    {
        var buffer = new ReplayBuffer(2, 1, 3);
        Fill(buffer, 2, 2, 1);

        Assert.Equal(3, buffer.Count);
        Assert.Equal(5, buffer.Added);
        Assert.Equal([2L, 3L, 4L], Enumerable.Range(0, 3).Select(buffer.Number));
        Assert.Equal([1L, 1L, 2L], Enumerable.Range(0, 3).Select(buffer.Episode));
        Assert.Equal([0L, 1L, 0L], Enumerable.Range(0, 3).Select(buffer.Step));
        Assert.Equal([2.0, 2.5], buffer.Observation(0).ToArray());
        Assert.Equal([-3.0], buffer.Action(1).ToArray());
        Assert.Equal([5.0, 5.5], buffer.NextObservation(2).ToArray());
        Assert.Equal(40.0, buffer.Reward(2));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(i => buffer.Terminated(i) || buffer.Truncated(i)));
        Assert.True(buffer.Terminated(1) && !buffer.Truncated(1));
        Assert.True(buffer.Truncated(2) && !buffer.Terminated(2));
    }

    [Fact]
    public void Breaking_an_episode_starts_another()
    {
        var buffer = new ReplayBuffer(2, 1, 8);
        Add(buffer, 0, false, false);
        buffer.BreakEpisode();
        Add(buffer, 1, false, false);

        Assert.Equal(1, buffer.Episode(1));
        Assert.Equal(0, buffer.SequenceCount(2));
        Assert.Equal(2, buffer.SequenceCount(1));
    }

    [Fact]
    public void Wrong_widths_and_numbers_that_are_not_finite_are_refused_and_change_nothing()
    {
        var buffer = new ReplayBuffer(2, 1, 4);
        Assert.Throws<ArgumentException>(() => buffer.Add(new Transition { Observation = [1.0], Action = [0.0], Reward = 0, NextObservation = [1.0, 2.0], Terminated = false, Truncated = false }));
        Assert.Throws<ArgumentException>(() => buffer.Add(new Transition { Observation = [1.0, double.NaN], Action = [0.0], Reward = 0, NextObservation = [1.0, 2.0], Terminated = false, Truncated = false }));
        Assert.Throws<ArgumentException>(() => buffer.Add(new Transition { Observation = [1.0, 2.0], Action = [0.0], Reward = double.PositiveInfinity, NextObservation = [1.0, 2.0], Terminated = false, Truncated = false }));
        Assert.Equal(0, buffer.Count);
        Assert.Throws<InvalidOperationException>(() => buffer.Sample(new RandomStream(default), new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Reward(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayBuffer(2, 1, 4, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayBuffer(1000, 1, int.MaxValue));
    }

    internal static void Fill(ReplayBuffer buffer, params ReadOnlySpan<int> episodeLengths)
    {
        foreach (int length in episodeLengths)
        {
            for (int t = 0; t < length; t++)
            {
                bool last = t == length - 1;
                Add(buffer, (int)buffer.Added, last && length % 2 == 0, last && length % 2 == 1);
            }
        }
    }

    internal static void Add(ReplayBuffer buffer, int n, bool terminated, bool truncated) => buffer.Add(new Transition
    {
        Observation = [n, n + 0.5],
        Action = [-n],
        Reward = 10.0 * n,
        NextObservation = [n + 1, n + 1.5],
        Terminated = terminated,
        Truncated = truncated,
    });
}
