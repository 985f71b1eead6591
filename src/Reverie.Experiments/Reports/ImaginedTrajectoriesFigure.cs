namespace Reverie.Experiments.Reports;

/// <summary>A real trajectory against the model's imagination of it, a panel for each component of the observation.</summary>
internal static class ImaginedTrajectoriesFigure
{
    private const int MostPanels = 18;
    private const int MostThinLines = 30;

    /// <summary>Draws a trajectory; null where nothing real or nothing imagined is finite.</summary>
    public static Figure? Of(ImaginedTrajectories data)
    {
        int features = Math.Min(data.Features.Count, MostPanels);
        if (features == 0 || data.Real.Count == 0 || !data.Members.Any(m => m.Count > 0))
        {
            return null;
        }

        var real = PlotStyle.Line(PlotStyle.Ink, 2);
        var imagined = PlotStyle.Line(PlotStyle.Palette[0], 2);
        int columns = features == 1 ? 1 : features == 2 || features == 4 ? 2 : 3;
        var panels = Enumerable.Range(0, features).Select(f => PanelOf(data, f, real, imagined)).ToArray();
        return PlotGrid.Figure(
            "imagined-trajectories",
            $"Real and imagined: {data.Title}",
            "A real trajectory and the model's open-loop imagination of it, from the same first observation and with the same actions. Thin lines: single members or particles. Line and band: their mean, and 10 to 90 % of them."
                + (data.Features.Count > MostPanels ? $" The first {MostPanels} of {data.Features.Count} components are shown." : ""),
            panels,
            columns,
            columns == 1 ? 720 : 320 * columns,
            columns == 1 ? 340 : 230,
            [new LegendEntry("real", real), new LegendEntry("imagined", imagined, LegendMark.LineInBand), new LegendEntry("members", imagined with { Width = 0.7f })]);
    }

    private static Panel PanelOf(ImaginedTrajectories data, int feature, Stroke real, Stroke imagined)
    {
        double unit = data.SecondsPerStep > 0 ? data.SecondsPerStep : 1;
        var plot = PlotStyle.NewPlot(data.SecondsPerStep > 0 ? "time [s]" : "step", "");
        int length = data.Members.Max(m => m.Count);
        var (x, mean, low, high) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (int t = 0; t < length; t++)
        {
            double[] values = [.. data.Members.Where(m => t < m.Count).Select(m => m[t][feature]).Where(double.IsFinite).Order()];
            if (values.Length > 0)
            {
                x.Add(t * unit);
                mean.Add(values.Average());
                low.Add(Series.Quantile(values, 0.1));
                high.Add(Series.Quantile(values, 0.9));
            }
        }

        int every = Math.Max(1, (data.Members.Count + MostThinLines - 1) / MostThinLines);
        for (int k = 0; k < data.Members.Count; k += every)
        {
            plot.Line(Series.Line(data.Members[k].Select((o, t) => (t * unit, o[feature])), 400), imagined with { Width = 0.7f }, opacity: 90);
        }

        plot.Band([.. x], [.. low], [.. high], imagined.Color);
        plot.Line(Series.Line(x.Zip(mean), 800), imagined);
        var truth = Series.Line(data.Real.Select((o, t) => (t * unit, o[feature])), 800);
        plot.Line(truth, real);

        // A member that leaves the finite world must not flatten the rest.
        var (realLow, realHigh) = Series.Range(truth.Y, 1.5);
        var (left, right) = Series.Range(x.Concat(truth.X), 0.02);
        var (bottom, top) = Series.Range(truth.Y.Concat(low.Concat(high).Select(v => Math.Clamp(v, realLow, realHigh))), 0.08);
        plot.Axes.SetLimits(left, right, bottom, top);
        return new Panel(data.Features[feature], plot);
    }
}
