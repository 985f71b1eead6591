using Reverie.Experiments.Comparisons;
using Reverie.Numerics;

namespace Reverie.Experiments.Tests.Comparisons;

public sealed class BootstrapTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(1);

    [Theory]
    [InlineData(new[] { 7.0 }, 7.0)]
    [InlineData(new[] { 1.0, 2, 6 }, 3.0)] // of three nothing is cut
    [InlineData(new[] { 4.0, 1, 2, 30 }, 3.0)] // one at either end
    [InlineData(new[] { 100.0, 3, 4, 2, -50 }, 3.0)]
    [InlineData(new[] { 1.0, 2, 10, 20, 100, 1000, 7 }, 27.8)] // scipy.stats.trim_mean(…, 0.25)
    [InlineData(new[] { 80.0, 70, 6, 5, 4, 3, 2, -1000 }, 4.5)] // two at either end
    public void Interquartile_mean_by_hand(double[] sample, double expected)
    {
        double[] before = [.. sample];
        Assert.Equal(expected, Bootstrap.InterquartileMean(sample), 1e-12);
        Assert.Equal(before, sample);
    }

    [Fact]
    public void Without_a_number_there_is_no_mean()
    {
        Assert.True(double.IsNaN(Bootstrap.InterquartileMean([])));
        Assert.True(double.IsNaN(Bootstrap.InterquartileMean([1, 2, 3, double.NaN])));
        Assert.True(double.IsNaN(Bootstrap.OfRuns([], Key).Value));
        Assert.True(double.IsNaN(Bootstrap.OfRuns([1, double.NaN], Key).Low));
    }

    [Fact]
    public void Optimality_gap_by_hand() => Assert.Equal((0.5 + 0.0 + 1.25) / 3.0, Bootstrap.OptimalityGap([0.5, 3.0, -0.25]), 1e-12);

    [Fact]
    public void Of_two_runs_the_interval_is_their_range()
    {
        // Both draws are the lower one, or the higher one, in a quarter of the resamples each.
        Assert.Equal(new Estimate(0.5, 0.0, 1.0), Bootstrap.OfRuns([0.0, 1.0], Key));
        Assert.Equal(new Estimate(3.0, 3.0, 3.0), Bootstrap.OfRuns([3.0, 3.0, 3.0, 3.0], Key));
    }

    [Fact]
    public void The_interval_of_a_mean_of_two_values_is_the_binomials()
    {
        // Ones among nine draws of which four in nine are ones: P(0) = 0.005, P(≤ 1) = 0.041, P(≥ 8) = 0.008, P(≥ 7) = 0.046.
        var interval = Bootstrap.Interval([[1, 1, 1, 1, 0, 0, 0, 0, 0]], sample => sample.Average(), Key);
        Assert.Equal(1.0 / 9.0, interval.Low, 1e-12);
        Assert.Equal(7.0 / 9.0, interval.High, 1e-12);
    }

    [Fact]
    public void Resampling_keeps_within_each_world()
    {
        // Worlds without spread have none together, however far they are apart.
        Assert.Equal(new Estimate(0.5, 0.5, 0.5), Bootstrap.Interval([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], sample => sample.Average(), Key));
    }

    [Fact]
    public void The_interval_covers_the_truth_about_as_often_as_it_says()
    {
        const int trials = 200;
        var random = new RandomStream(RandomKey.FromSeed(7));
        int covered = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            double[][] worlds = [Normal(12, 0.0), Normal(12, 5.0)];
            var interval = Bootstrap.Interval(worlds, sample => sample.Average(), Key.Split(trial));
            covered += interval.Low <= 2.5 && 2.5 <= interval.High ? 1 : 0;
        }

        // The percentile bootstrap of 12 runs a world is somewhat narrow; ±2 standard errors are 0.035.
        Assert.InRange((double)covered / trials, 0.87, 0.98);

        double[] Normal(int count, double mean) => [.. Enumerable.Range(0, count).Select(_ => mean + random.NextNormal())];
    }

    [Fact]
    public void The_same_key_gives_the_same_interval()
    {
        double[] runs = [3, 1, 4, 1, 5, 9, 2, 6];
        Assert.Equal(Bootstrap.OfRuns(runs, Key), Bootstrap.OfRuns(runs, Key));
    }
}
