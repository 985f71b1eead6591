namespace Reverie.Tests.Numerics;

/// <summary>Test statistics; each test of a random stream is deterministic, as its seed is fixed.</summary>
internal static class Statistics
{
    /// <summary>Mean, variance, skewness and excess kurtosis.</summary>
    public static (double Mean, double Variance, double Skewness, double Kurtosis) Moments(IReadOnlyList<double> x)
    {
        double mean = x.Average();
        double m2 = x.Average(v => Math.Pow(v - mean, 2));
        double m3 = x.Average(v => Math.Pow(v - mean, 3));
        double m4 = x.Average(v => Math.Pow(v - mean, 4));
        return (mean, m2, m3 / Math.Pow(m2, 1.5), (m4 / (m2 * m2)) - 3);
    }

    /// <summary>Pearson's correlation.</summary>
    public static double Correlation(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double mx = x.Average(), my = y.Average(), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Count; i++)
        {
            xy += (x[i] - mx) * (y[i] - my);
            xx += (x[i] - mx) * (x[i] - mx);
            yy += (y[i] - my) * (y[i] - my);
        }

        return xy / Math.Sqrt(xx * yy);
    }

    /// <summary>Kolmogorov's statistic √n·sup|F̂ − F|; beyond 2.23 with probability 1e-4.</summary>
    public static double Kolmogorov(IEnumerable<double> sample, Func<double, double> distribution)
    {
        double[] sorted = [.. sample.Order()];
        double n = sorted.Length, distance = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double f = distribution(sorted[i]);
            distance = Math.Max(distance, Math.Max(f - (i / n), ((i + 1) / n) - f));
        }

        return Math.Sqrt(n) * distance;
    }

    /// <summary>Pearson's χ² of counts against equal expectations, standardised: (χ² − k) / √(2k) for k degrees of freedom.</summary>
    public static double ChiSquareDeviation(int[] counts)
    {
        double expected = counts.Sum() / (double)counts.Length, k = counts.Length - 1;
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        return (chiSquare - k) / Math.Sqrt(2 * k);
    }

    /// <summary>Φ, the standard normal distribution function (Marsaglia 2004: the series x + x³/3 + x⁵/(3·5) + …).</summary>
    public static double NormalDistribution(double x)
    {
        if (Math.Abs(x) > 8)
        {
            return x > 0 ? 1 : 0;
        }

        double sum = x, term = x;
        for (int i = 3; Math.Abs(term) > 1e-17; i += 2)
        {
            term *= x * x / i;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));
    }
}
