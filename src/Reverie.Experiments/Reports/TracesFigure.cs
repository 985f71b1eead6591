namespace Reverie.Experiments.Reports;

/// <summary>What agents measured of themselves while they learned (known states, modes, values of plans …), a panel for each measure.</summary>
internal static class TracesFigure
{
    /// <summary>The most panels of a figure.</summary>
    public const int MostPanels = 8;

    /// <summary>Draws the traces; null where there is no finite number.</summary>
    public static Figure? Of(IReadOnlyList<MetricTrace> traces)
    {
        var drawn = traces
            .Select(trace => (Trace: trace, Points: Series.Line(trace.Points.Select(p => ((double)p.EnvironmentSteps, p.Value)))))
            .Where(t => t.Points.Count > 0)
            .ToArray();
        string[] names = [.. drawn.Select(t => t.Trace.Name).Distinct().Order(StringComparer.Ordinal).Take(MostPanels)];
        if (names.Length == 0)
        {
            return null;
        }

        string[] labels = [.. drawn.Where(t => names.Contains(t.Trace.Name)).Select(t => t.Trace.Label).Distinct()];
        return PlotGrid.Figure(
            "traces",
            "What the agents measured of themselves",
            "Each measure against environment steps, a line for each run.",
            [.. names.Select(name => PanelOf(name, [.. drawn.Where(t => t.Trace.Name == name)], labels))],
            Math.Min(2, names.Length),
            names.Length == 1 ? 720 : 960,
            names.Length == 1 ? 340 : 240,
            [.. labels.Select((label, i) => new LegendEntry(label, PlotStyle.Series(i)))]);
    }

    private static Panel PanelOf(string name, (MetricTrace Trace, Points Points)[] traces, string[] labels)
    {
        var plot = PlotStyle.NewPlot("environment steps", name);
        foreach (var (trace, points) in traces)
        {
            plot.Line(points, PlotStyle.Series(Array.IndexOf(labels, trace.Label)) with { Width = 1.2f }, dots: points.Count <= 30);
        }

        var (left, right) = Series.Range(traces.SelectMany(t => t.Points.X).Append(0), 0.03);
        var (bottom, top) = Series.Range(traces.SelectMany(t => t.Points.Y));
        plot.Axes.SetLimits(Math.Max(left, -0.03 * right), right, bottom, top);
        return new Panel("", plot);
    }
}
