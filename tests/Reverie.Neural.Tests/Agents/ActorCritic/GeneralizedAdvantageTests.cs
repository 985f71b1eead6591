using Reverie.Neural.Agents.ActorCritic;

namespace Reverie.Neural.Tests.Agents.ActorCritic;

public sealed class GeneralizedAdvantageTests
{
    [Fact]
    public void Errors_of_later_steps_count_less_by_discount_and_trace()
    {
        // γ = ½, λ = ½: δ = (1 + ½·4 − 2, 2 + ½·6 − 4, 3 + ½·8 − 6) = (1, 1, 1); Â₂ = 1, Â₁ = 1 + ¼, Â₀ = 1 + ¼·1.25.
        Assert.Equal([1.3125, 1.25, 1.0], Estimate([1, 2, 3], [2, 4, 6], [4, 6, 8], [false, false, false], [false, false, false], 0.5, 0.5));
    }

    [Fact]
    public void After_a_termination_nothing_counts()
    {
        // δ = (1 + ½·4 − 2, 2 − 4, 3 + ½·8 − 6) = (1, −2, 1); the recursion is cut after step 1: Â₁ = −2, Â₀ = 1 − ¼·2.
        Assert.Equal([0.5, -2.0, 1.0], Estimate([1, 2, 3], [2, 4, 6], [4, 100, 8], [false, true, false], [false, false, false], 0.5, 0.5));
    }

    [Fact]
    public void After_a_truncation_the_last_state_seen_counts_and_the_next_episode_does_not()
    {
        // V of what was seen last is 10, not the next row's 6: δ = (1, 2 + ½·10 − 4, 1) = (1, 3, 1); Â₁ = 3, Â₀ = 1 + ¼·3.
        Assert.Equal([1.75, 3.0, 1.0], Estimate([1, 2, 3], [2, 4, 6], [4, 10, 8], [false, false, false], [false, true, false], 0.5, 0.5));
    }

    [Fact]
    public void A_step_that_both_terminates_and_is_truncated_terminates()
    {
        Assert.Equal([-3.0], Estimate([1], [4], [100], [true], [true], 0.5, 0.5));
    }

    [Fact]
    public void With_trace_one_they_are_returns_less_values()
    {
        // Returns with γ = 0.9: 1 + 0.9·2 + 0.81·3 + 0.729·5 = 8.875, 2 + 0.9·3 + 0.81·5 = 8.75, 3 + 0.9·5 = 7.5.
        double[] advantages = Estimate([1, 2, 3], [1, 7, -2], [7, -2, 5], [false, false, false], [false, false, false], 0.9, 1.0);
        double[] wanted = [7.875, 1.75, 9.5];
        for (int t = 0; t < 3; t++)
        {
            Assert.Equal(wanted[t], advantages[t], 1e-12);
        }
    }

    [Fact]
    public void Other_lengths_and_numbers_out_of_range_are_refused()
    {
        Assert.Contains("nextValues", Assert.Throws<ArgumentException>(() => Estimate([1], [1], [1, 2], [false], [false], 0.5, 0.5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("trace", () => Estimate([1], [1], [1], [false], [false], 0.5, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>("discount", () => Estimate([1], [1], [1], [false], [false], double.NaN, 0.5));
    }

    private static double[] Estimate(double[] rewards, double[] values, double[] next, bool[] terminated, bool[] truncated, double discount, double trace)
    {
        var advantages = new double[rewards.Length];
        GeneralizedAdvantage.Estimate(rewards, values, next, terminated, truncated, discount, trace, advantages);
        return advantages;
    }
}
