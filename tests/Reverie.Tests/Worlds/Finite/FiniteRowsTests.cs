using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds.Finite;

public class FiniteRowsTests
{
    [Fact]
    public void Rows_are_kept_with_those_that_go_on_first()
    {
        var rows = new FiniteRows(2, 2);
        rows.Add(1, 0.25, 4.0, terminated: true);
        rows.Add(0, 0.75, 8.0);
        rows.EndRow();
        rows.Add(0, 1.0, -1.0);
        rows.EndRow();
        rows.EndRow();
        rows.EndRow();
        var mdp = rows.Build([1.0, 0.0], 0.5);

        Assert.Equal((2, 2, 0.5, 3), (mdp.States, mdp.Actions, mdp.Discount, mdp.Outcomes));
        Assert.Equal([0, 2, 3, 3, 3], mdp.RowStart);
        Assert.Equal([1, 3, 3, 3], mdp.RowLive);
        Assert.Equal([0, 1, 0], mdp.Successors);
        Assert.Equal([0.75, 0.25, 1.0], mdp.Probabilities);
        Assert.Equal([7.0, -1.0, 0.0, 0.0], mdp.Rewards);
        Assert.Equal([8.0, 4.0, -1.0], mdp.OutcomeRewards);
        Assert.Equal((false, true), (mdp.IsTerminal(0), mdp.IsTerminal(1)));

        // Q(0,0) = 7 + 0.5 · 0.75 V(0): what ends the task counts no more.
        Assert.Equal(7.0 + (0.5 * 0.75 * 10.0), mdp.Lookahead(mdp.Row(0, 0), [10.0, 100.0]));
        Assert.Equal(10.0, mdp.AtStart([10.0, 100.0]));
        Assert.Equal(0.25, mdp.WithDiscount(0.25).Discount);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public void The_same_outcome_again_adds_to_it(int states)
    {
        // Each next state twice, paying 1 and 3; beyond sixteen outcomes they are found by a table.
        var rows = new FiniteRows(states, 1);
        for (int s = 0; s < states; s++)
        {
            for (int twice = 0; twice < 2; twice++)
            {
                for (int next = 0; next < states; next++)
                {
                    rows.Add(next, 0.5 / states, twice == 0 ? 1.0 : 3.0, terminated: next == 0);
                    rows.Add(next, 0.0, 99.0);
                }
            }

            rows.EndRow();
        }

        var mdp = rows.Build(null, 1.0);
        Assert.Equal(states * states, mdp.Outcomes);
        Assert.All(mdp.Probabilities.ToArray(), p => Assert.Equal(1.0 / states, p, 1e-15));
        Assert.All(mdp.Rewards.ToArray(), r => Assert.Equal(2.0, r, 1e-12));
        Assert.Equal(0, mdp.Successors[mdp.RowLive[0]]);
        Assert.Equal(states - 1, mdp.RowLive[0]);
    }

    [Fact]
    public void Rewards_alike_are_kept_once_a_row()
    {
        var rows = new FiniteRows(2, 1);
        rows.Add(0, 0.1, 0.3);
        rows.Add(1, 0.9, 0.3);
        rows.EndRow();
        rows.Add(0, 1.0, 2.0);
        rows.EndRow();
        var mdp = rows.Build(null, 0.9);
        Assert.Equal(0, mdp.OutcomeRewards.Length);
        Assert.Equal([0.3, 2.0], mdp.Rewards);
    }

    [Fact]
    public void Sums_near_one_become_one_and_others_are_refused_with_state_and_action()
    {
        var rows = new FiniteRows(2, 2) { StateNames = ["home", "field"], ActionNames = ["stay", "go"] };
        rows.Add(0, 0.5, 0.0);
        rows.Add(1, 0.5000004, 0.0);
        rows.EndRow();
        rows.Add(0, 0.5, 0.0);
        rows.Add(1, 0.49, 0.0);
        string message = Assert.Throws<ArgumentException>(rows.EndRow).Message;
        Assert.Contains("State 0 ('home'), action 1 ('go')", message, StringComparison.Ordinal);
        Assert.Contains("0.99", message, StringComparison.Ordinal);

        var near = new FiniteRows(1, 1);
        near.Add(0, 0.9999996, 1.0);
        near.EndRow();
        var mdp = near.Build([0.9999999], 0.9);
        Assert.Equal(1.0, mdp.Probabilities[0]);
        Assert.Equal(1.0, mdp.Start[0]);
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FiniteRows(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FiniteRows(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FiniteRows(1 << 20, 1 << 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FiniteMdpBuilder(1 << 20, 1 << 20));
        var rows = new FiniteRows(2, 1);
        foreach (var (next, probability, reward) in new[] { (2, 1.0, 0.0), (-1, 1.0, 0.0), (0, 1.1, 0.0), (0, -0.1, 0.0), (0, double.NaN, 0.0), (0, 1.0, double.NaN), (0, 1.0, double.PositiveInfinity) })
        {
            Assert.Contains("State 0, action 0", Assert.Throws<ArgumentException>(() => rows.Add(next, probability, reward)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => rows.Build(null, 0.9));
        rows.Add(1, 1.0, 0.0);
        rows.EndRow();
        rows.EndRow();
        Assert.Throws<InvalidOperationException>(rows.EndRow);
        foreach (double[] start in new double[][] { [1.0], [0.9, 0.0], [double.NaN, 1.0], [2.0, -1.0], [0.5, 0.5] })
        {
            // The last one would start in a terminal state.
            Assert.Throws<ArgumentException>(() => rows.Build(start, 0.9));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Build(null, 0.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Build(null, 1.1));
        Assert.Equal([1.0, 0.0], rows.Build(null, 1.0).Start);
    }

    [Fact]
    public void A_state_has_outcomes_for_all_actions_or_for_none()
    {
        var rows = new FiniteRows(1, 2);
        rows.EndRow();
        rows.Add(0, 1.0, 0.0);
        rows.EndRow();
        Assert.Contains("State 0, action 0", Assert.Throws<ArgumentException>(() => rows.Build(null, 0.9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_builder_takes_outcomes_in_any_order()
    {
        var builder = new FiniteMdpBuilder(3, 2);
        builder.Add(1, 1, 2, 1.0, 5.0, terminated: true);
        builder.Add(0, 1, 1, 0.25, 1.0);
        builder.Add(1, 0, 0, 1.0, 0.0);
        builder.Add(0, 0, 0, 1.0, 0.0);
        builder.Add(0, 1, 0, 0.25, 1.0);
        builder.Add(0, 1, 1, 0.5, 1.0);
        var mdp = builder.Build(null, 0.9);
        Assert.Equal([0, 1, 3, 4, 5, 5, 5], mdp.RowStart);
        Assert.Equal([0, 1, 0, 0, 2], mdp.Successors);
        Assert.Equal([1.0, 0.75, 0.25, 1.0, 1.0], mdp.Probabilities);
        Assert.Equal([0.0, 1.0, 0.0, 5.0, 0.0, 0.0], mdp.Rewards);
        Assert.Equal([0.5, 0.5, 0.0], mdp.Start);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(3, 0, 0, 1.0, 0.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(0, 2, 0, 1.0, 0.0));
        builder.Add(2, 1, 0, 0.4, 0.0);
        Assert.Contains("State 2, action 1", Assert.Throws<ArgumentException>(() => builder.Build(null, 0.9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        var rows = new FiniteRows(4, 1);
        for (int s = 0; s < 4; s++)
        {
            rows.Add(3, 0.1, 1.0, terminated: true);
            rows.Add(0, 0.2, 2.0);
            rows.Add(1, 0.7, 3.0);
            rows.EndRow();
        }

        var mdp = rows.Build([0.5, 0.0, 0.125, 0.375], 0.9);

        // By quantile: [0, 0.2) goes to 0, [0.2, 0.9) to 1, the rest to 3, which ends the task.
        Assert.Equal(new FiniteOutcome(0, 2.0, false), mdp.Draw(0, 0.0));
        Assert.Equal(new FiniteOutcome(0, 2.0, false), mdp.Draw(0, 0.19999));
        Assert.Equal(new FiniteOutcome(1, 3.0, false), mdp.Draw(0, 0.20001));
        Assert.Equal(new FiniteOutcome(1, 3.0, false), mdp.Draw(0, 0.89999));
        Assert.Equal(new FiniteOutcome(3, 1.0, true), mdp.Draw(0, 0.90001));
        Assert.Equal(new FiniteOutcome(3, 1.0, true), mdp.Draw(0, Math.BitDecrement(1.0)));
        Assert.Equal((0, 2, 3, 3), (mdp.DrawStart(0.49999), mdp.DrawStart(0.5), mdp.DrawStart(0.625), mdp.DrawStart(Math.BitDecrement(1.0))));

        const int Count = 40_000;
        var random = new RandomStream(RandomKey.FromSeed(3));
        var (next, start) = (new int[4], new int[4]);
        for (int i = 0; i < Count; i++)
        {
            next[mdp.Draw(0, random.NextDouble()).Next]++;
            start[mdp.DrawStart(random.NextDouble())]++;
        }

        // Five standard deviations of the most uncertain share are 0.0125.
        Assert.All(next.Zip([0.2, 0.7, 0.0, 0.1]), pair => Assert.Equal(pair.Second, pair.First / (double)Count, 0.0125));
        Assert.All(start.Zip([0.5, 0.0, 0.125, 0.375]), pair => Assert.Equal(pair.Second, pair.First / (double)Count, 0.0125));
    }

    [Fact]
    public void A_process_written_anew_from_its_rows_is_the_same_to_the_bit()
    {
        // Many outcomes that end the task among those that do not, each with its own reward: sums depend on their order.
        var random = new RandomStream(RandomKey.FromSeed(5));
        var rows = new FiniteRows(40, 2);
        for (int row = 0; row < 80; row++)
        {
            double[] weights = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
            for (int next = 0; next < 40; next++)
            {
                rows.Add(next, weights[next] / weights.Sum(), random.NextNormal(), terminated: random.NextInt32(2) == 0);
            }

            rows.EndRow();
        }

        var mdp = rows.Build(null, 0.9);
        var again = new FiniteRows(40, 2);
        for (int row = 0; row < 80; row++)
        {
            for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
            {
                again.Add(mdp.Successors[i], mdp.Probabilities[i], mdp.OutcomeRewards[i], i >= mdp.RowLive[row]);
            }

            again.EndRow();
        }

        Same.Process(mdp, again.Build(mdp.Start.ToArray(), 0.9));
    }
}
