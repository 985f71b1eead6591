namespace Reverie.Experiments.Reports;

/// <summary>How far imagination strays from the world with the horizon, a panel for each unit.</summary>
internal static class OpenLoopErrorFigure
{
    /// <summary>Draws the errors; null where none is finite.</summary>
    public static Figure? Of(IReadOnlyList<OpenLoopError> errors)
    {
        var drawn = errors.Where(e => e.Horizons.Any(h => double.IsFinite(h.Median))).ToArray();
        if (drawn.Length == 0)
        {
            return null;
        }

        string[] labels = [.. drawn.Select(e => e.Label).Distinct()];
        bool worlds = drawn.Select(e => e.World).Distinct().Count() > 1;
        bool spread = drawn.Any(e => e.Horizons.Any(h => double.IsFinite(h.Spread)));
        var panels = drawn.GroupBy(e => (e.World, e.Unit)).Select(group => PanelOf(worlds ? group.Key.World : "", group.Key.Unit, [.. group], labels)).ToArray();
        var legend = labels.Select((label, i) => new LegendEntry(label, PlotStyle.Series(i), LegendMark.LineInBand)).ToList();
        if (spread)
        {
            legend.Add(new LegendEntry("members' spread", PlotStyle.Dashes(PlotStyle.Ink)));
        }

        return PlotGrid.Figure(
            "open-loop-error",
            "Open-loop error of the model",
            "Error of imagination against the number of steps imagined without seeing, on held-out real trajectories. Line: median. Band: quartiles."
                + (spread ? " Dashed: how far the model's members part, which a model that knows its limits keeps near its error." : ""),
            panels,
            Math.Min(2, panels.Length),
            panels.Length == 1 ? 720 : 960,
            panels.Length == 1 ? 340 : 300,
            legend);
    }

    private static Panel PanelOf(string heading, string unit, OpenLoopError[] errors, string[] labels)
    {
        double[] all = [.. errors.SelectMany(e => e.Horizons).SelectMany(h => new[] { h.Median, h.Lower, h.Upper, h.Spread }).Where(double.IsFinite)];
        bool logarithmic = Series.SpansDecades(all);
        Func<double, double> scale = logarithmic ? Math.Log10 : value => value;
        var plot = PlotStyle.NewPlot("horizon [steps]", unit.Length > 0 ? $"error [{unit}]" : "error");
        foreach (var error in errors)
        {
            var banded = error.Horizons.Where(h => double.IsFinite(h.Lower) && double.IsFinite(h.Upper)).ToArray();
            plot.Band([.. banded.Select(h => (double)h.Horizon)], [.. banded.Select(h => scale(h.Lower))], [.. banded.Select(h => scale(h.Upper))], PlotStyle.Series(Array.IndexOf(labels, error.Label)).Color);
        }

        foreach (var error in errors)
        {
            plot.Line(Series.Line(error.Horizons.Select(h => ((double)h.Horizon, scale(h.Spread)))), PlotStyle.Dashes(PlotStyle.Series(Array.IndexOf(labels, error.Label)).Color));
            plot.Line(Series.Line(error.Horizons.Select(h => ((double)h.Horizon, scale(h.Median)))), PlotStyle.Series(Array.IndexOf(labels, error.Label)), dots: error.Horizons.Count <= 30 && errors.Length <= 3);
        }

        var (left, right) = Series.Range(errors.SelectMany(e => e.Horizons).Select(h => (double)h.Horizon), 0.03);
        var (bottom, top) = Series.Range(all.Select(scale).Concat(logarithmic ? [] : [0.0]));
        plot.Axes.SetLimits(left, right, logarithmic ? bottom : Math.Max(0, bottom), top);
        plot.Axes.Bottom.TickGenerator = Ticks.Integers();
        if (logarithmic)
        {
            plot.ShowDecades();
        }

        double[] seconds = [.. errors.Select(e => e.SecondsPerStep).Distinct()];
        if (seconds.Length == 1)
        {
            plot.ShowSeconds(seconds[0], "horizon [s]");
        }

        return new Panel(heading, plot);
    }
}
