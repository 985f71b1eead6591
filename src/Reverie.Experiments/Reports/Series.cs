namespace Reverie.Experiments.Reports;

/// <summary>Small statistics for drawing.</summary>
internal static class Series
{
    /// <summary>The p-quantile of sorted numbers, linear between order statistics (Hyndman and Fan 1996, type 7).</summary>
    /// <param name="sorted">At least one number, ascending; +∞ is allowed, NaN is not.</param>
    /// <param name="p">Probability in [0, 1].</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double p)
    {
        double position = p * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        if (position == below || sorted[below] == sorted[above])
        {
            return sorted[below]; // which may be infinite
        }

        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>An axis range that holds all finite values with a margin; never empty.</summary>
    public static (double Low, double High) Range(IEnumerable<double> values, double margin = 0.06)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }
        }

        if (low > high)
        {
            return (0, 1);
        }

        double span = high - low;
        if (span <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) || span < 1e-30)
        {
            double pad = low == 0 ? 1 : 0.1 * Math.Abs(low);
            return (low - pad, high + pad);
        }

        return (low - (margin * span), high + (margin * span));
    }

    /// <summary>Whether positive numbers span so much that only a logarithmic axis shows them all.</summary>
    /// <param name="values">At least one number, finite.</param>
    public static bool SpansDecades(double[] values) => values.Min() > 0 && Math.Log10(values.Max() / values.Min()) >= 1.5;

    /// <summary>The points of a line whose both coordinates are finite, thinned to their extremes where there are too many to see.</summary>
    public static Points Line(IEnumerable<(double X, double Y)> points, int most = 1200)
    {
        var finite = points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToArray();
        if (finite.Length > most)
        {
            // Of every stretch the lowest and the highest point stay, so that no spike is lost.
            var kept = new List<(double, double)>(most);
            int stretches = most / 2;
            for (int i = 0; i < stretches; i++)
            {
                int from = (int)((long)i * finite.Length / stretches);
                int to = (int)((long)(i + 1) * finite.Length / stretches);
                int lowest = from;
                int highest = from;
                for (int k = from + 1; k < to; k++)
                {
                    lowest = finite[k].Y < finite[lowest].Y ? k : lowest;
                    highest = finite[k].Y > finite[highest].Y ? k : highest;
                }

                kept.Add(finite[Math.Min(lowest, highest)]);
                kept.Add(finite[Math.Max(lowest, highest)]);
            }

            finite = [.. kept];
        }

        return new Points([.. finite.Select(p => p.X)], [.. finite.Select(p => p.Y)]);
    }

    /// <summary>Median and spread of several lines over a common axis: see <see cref="Spread"/>.</summary>
    /// <param name="lines">Lines with ascending X, each with at least one point.</param>
    /// <param name="lower">Probability of the lower edge.</param>
    /// <param name="upper">Probability of the upper edge.</param>
    /// <returns>Where at least half of the lines have values, those interpolated linearly between their points.</returns>
    public static Spread Across(IReadOnlyList<Points> lines, double lower, double upper)
    {
        double[] grid = Grid(lines);
        var (x, middle, low, high) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        foreach (double at in grid)
        {
            double[] values = [.. lines.Where(l => l.X[0] <= at && at <= l.X[^1]).Select(l => Interpolate(l, at)).Order()];
            if (2 * values.Length >= lines.Count && values.Length > 0)
            {
                x.Add(at);
                middle.Add(Quantile(values, 0.5));
                low.Add(Quantile(values, lower));
                high.Add(Quantile(values, upper));
            }
        }

        return new Spread([.. x], [.. middle], [.. low], [.. high]);
    }

    private static double[] Grid(IReadOnlyList<Points> lines)
    {
        double[] all = [.. lines.SelectMany(l => l.X).Distinct().Order()];
        return all.Length <= 400 ? all : [.. Enumerable.Range(0, 400).Select(i => all[0] + ((all[^1] - all[0]) * i / 399))];
    }

    private static double Interpolate(Points line, double x)
    {
        int index = Array.BinarySearch(line.X, x);
        if (index >= 0)
        {
            return line.Y[index];
        }

        int right = ~index;
        double weight = (x - line.X[right - 1]) / (line.X[right] - line.X[right - 1]);
        return ((1 - weight) * line.Y[right - 1]) + (weight * line.Y[right]);
    }
}

/// <summary>A line.</summary>
/// <param name="X">Finite, <c>[n]</c>.</param>
/// <param name="Y">Finite, <c>[n]</c>.</param>
internal sealed record Points(double[] X, double[] Y)
{
    /// <summary>How many.</summary>
    public int Count => X.Length;
}

/// <summary>A line with a band around it.</summary>
/// <param name="X">Finite, <c>[n]</c>.</param>
/// <param name="Middle">The line, <c>[n]</c>.</param>
/// <param name="Low">The band's lower edge, <c>[n]</c>.</param>
/// <param name="High">The band's upper edge, <c>[n]</c>.</param>
internal sealed record Spread(double[] X, double[] Middle, double[] Low, double[] High);
