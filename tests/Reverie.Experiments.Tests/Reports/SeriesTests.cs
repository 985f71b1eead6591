using CsCheck;
using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

public sealed class SeriesTests
{
    [Fact]
    public void Quantiles_are_linear_between_order_statistics()
    {
        double[] sorted = [1, 2, 4, 8];
        Assert.Equal(1, Series.Quantile(sorted, 0));
        Assert.Equal(3, Series.Quantile(sorted, 0.5));
        Assert.Equal(1.75, Series.Quantile(sorted, 0.25));
        Assert.Equal(8, Series.Quantile(sorted, 1));
        Assert.Equal(5, Series.Quantile([5], 0.3));
        double[] unbounded = [1, 2, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity];
        Assert.Equal(2, Series.Quantile(unbounded, 0.25));
        Assert.Equal(double.PositiveInfinity, Series.Quantile(unbounded, 0.3));
        Assert.Equal(double.PositiveInfinity, Series.Quantile(unbounded, 0.7));
    }

    [Fact]
    public void A_spread_goes_as_far_as_half_of_the_lines()
    {
        var spread = Series.Across([new Points([0, 10], [0, 10]), new Points([0, 10], [2, 12]), new Points([0, 20], [4, 24])], 0, 1);
        Assert.Equal([0, 10], spread.X);
        Assert.Equal([2, 12], spread.Middle);
        Assert.Equal([0, 10], spread.Low);
        Assert.Equal([4, 14], spread.High);
    }

    [Fact]
    public void A_range_is_finite_and_holds_what_is_finite() => Gen.Double.Array[0, 5].Sample(values =>
    {
        var (low, high) = Series.Range(values.Select(v => Math.Abs(v) < 1e300 ? v : double.NaN));
        Assert.True(double.IsFinite(low) && double.IsFinite(high) && low < high);
        Assert.All(values.Where(v => Math.Abs(v) < 1e300), v => Assert.InRange(v, low, high));
    });

    [Fact]
    public void Thinning_keeps_the_extremes()
    {
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => i == 54_321 ? 99 : Math.Sin(i))];
        var line = Series.Line(values.Select((v, i) => ((double)i, v)));
        Assert.InRange(line.Count, 1000, 1200);
        Assert.Equal(99, line.Y.Max());
        Assert.True(line.X.Zip(line.X.Skip(1)).All(p => p.First <= p.Second));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.25, "−0.25")]
    [InlineData(9999, "9999")]
    [InlineData(20_000, "20,000")]
    [InlineData(1.2e-7, "1.2e−7")]
    public void Numbers_are_plain(double value, string expected) => Assert.Equal(expected, Ticks.Number(value));

    [Theory]
    [InlineData(0.11, 0.2)]
    [InlineData(0.2, 0.2)]
    [InlineData(3, 5)]
    [InlineData(7, 10)]
    public void Spacings_are_round(double least, double expected) => Assert.Equal(expected, Ticks.NiceSpacing(least), 12);
}
