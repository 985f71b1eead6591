using Reverie.Experiments.Reports;
using Reverie.Numerics;

namespace Reverie.Experiments.Comparisons;

/// <summary>A statistic with its interval of confidence.</summary>
/// <param name="Value">The statistic of the sample itself; NaN where there is none.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>Where there is nothing to estimate from.</summary>
    public static Estimate None { get; } = new(double.NaN, double.NaN, double.NaN);
}

/// <summary>
/// Statistics of few runs (Agarwal, Schwarzer, Castro, Courville, Bellemare 2021): interquartile means, and their intervals by the percentile bootstrap, stratified
/// by world.
/// </summary>
public static class Bootstrap
{
    /// <summary>Resamples of each interval.</summary>
    public const int Resamples = 10_000;

    /// <summary>Share of the resamples' statistics within the interval: from the 2.5th to the 97.5th percentile.</summary>
    public const double Level = 0.95;

    /// <summary>
    /// The mean of what is left without the ⌊n/4⌋ lowest and the ⌊n/4⌋ highest of n numbers, as in the authors' own implementation. Of fewer than four numbers
    /// it is their mean.
    /// </summary>
    /// <param name="sample">The numbers, in any order.</param>
    /// <returns>NaN where there is no number, or one of them is NaN.</returns>
    public static double InterquartileMean(ReadOnlySpan<double> sample)
    {
        double[] sorted = sample.ToArray();
        return SortAndTrim(sorted);
    }

    /// <summary>How far scores fall short of 1 on average, those above counting as 1: the mean of 1 − min(x, 1).</summary>
    /// <returns>NaN where there is no number, or one of them is NaN.</returns>
    public static double OptimalityGap(ReadOnlySpan<double> sample)
    {
        double sum = 0.0;
        foreach (double x in sample)
        {
            sum += 1.0 - Math.Min(x, 1.0);
        }

        return sum / sample.Length;
    }

    /// <summary>Interquartile mean and interval of one world's runs.</summary>
    /// <param name="runs">A number for each run.</param>
    /// <param name="key">The randomness of the resampling.</param>
    public static Estimate OfRuns(double[] runs, RandomKey key) => Interval([runs], sample => SortAndTrim(sample), key);

    /// <summary>
    /// A statistic of all runs of all worlds, and its percentile interval: each resample draws, within each world, as many runs as there are, with replacement.
    /// </summary>
    /// <param name="worlds">A number for each run, <c>[world][run]</c>.</param>
    /// <param name="statistic">Of all numbers of a resample together, which it may reorder.</param>
    /// <param name="key">The randomness of the resampling.</param>
    public static Estimate Interval(IReadOnlyList<double[]> worlds, Func<double[], double> statistic, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(worlds);
        ArgumentNullException.ThrowIfNull(statistic);
        double[] all = [.. worlds.SelectMany(runs => runs)];
        if (all.Length == 0 || all.Any(double.IsNaN))
        {
            return Estimate.None;
        }

        var random = new RandomStream(key);
        var resample = new double[all.Length];
        var statistics = new double[Resamples];
        for (int b = 0; b < Resamples; b++)
        {
            int i = 0;
            foreach (double[] runs in worlds)
            {
                for (int k = 0; k < runs.Length; k++)
                {
                    resample[i++] = runs[random.NextInt32(runs.Length)];
                }
            }

            statistics[b] = statistic(resample);
        }

        Array.Sort(statistics);
        double tail = (1.0 - Level) / 2.0;
        return new Estimate(statistic(all), Series.Quantile(statistics, tail), Series.Quantile(statistics, 1.0 - tail));
    }

    internal static double SortAndTrim(double[] sample)
    {
        Array.Sort(sample);
        int cut = sample.Length / 4;
        double sum = 0.0;
        for (int i = cut; i < sample.Length - cut; i++)
        {
            sum += sample[i];
        }

        // NaN sorts first, and must not be trimmed away.
        return sample.Length == 0 || double.IsNaN(sample[0]) ? double.NaN : sum / (sample.Length - (2 * cut));
    }
}
