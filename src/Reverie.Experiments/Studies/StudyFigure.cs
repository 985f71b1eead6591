using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Studies;

/// <summary>A line with a band around it.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="X">Ascending, <c>[n]</c>.</param>
/// <param name="Middle">The line, <c>[n]</c>.</param>
/// <param name="Low">The band's lower edge, <c>[n]</c>.</param>
/// <param name="High">The band's upper edge, <c>[n]</c>.</param>
internal sealed record StudyLine(string Label, double[] X, double[] Middle, double[] Low, double[] High)
{
    private const int MostPoints = 300;

    /// <summary>Mean ± standard error over trials at each of the points.</summary>
    /// <param name="label">What it is of.</param>
    /// <param name="x">The points, <c>[n]</c>.</param>
    /// <param name="trials">A line each, <c>[n]</c>.</param>
    public static StudyLine Mean(string label, double[] x, IReadOnlyList<double[]> trials) => Of(label, x, trials, StudyCell.Mean);

    /// <summary>Median and quartiles over trials at each of the points.</summary>
    public static StudyLine Median(string label, double[] x, IReadOnlyList<double[]> trials) => Of(label, x, trials, StudyCell.Median);

    private static StudyLine Of(string label, double[] x, IReadOnlyList<double[]> trials, Func<double[], StudyCell> cell)
    {
        // More points than can be seen are thinned, the last one kept.
        int stride = Math.Max(1, (x.Length + MostPoints - 1) / MostPoints);
        int[] kept = [.. Enumerable.Range(0, x.Length).Where(i => (x.Length - 1 - i) % stride == 0)];
        var cells = kept.Select(i => cell([.. trials.Select(t => t[i])])).ToArray();
        return new StudyLine(label, [.. kept.Select(i => x[i])], [.. cells.Select(c => c.Value)], [.. cells.Select(c => c.Low)], [.. cells.Select(c => c.High)]);
    }
}

/// <summary>A plot of a study.</summary>
/// <param name="Heading">A line above it, or empty.</param>
/// <param name="XLabel">What X is.</param>
/// <param name="YLabel">What Y is.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Logarithmic">Y on a logarithmic scale; all of it is above 0 then.</param>
/// <param name="LogarithmicX">X on a logarithmic scale; all of it is above 0 then.</param>
internal sealed record StudyPanel(string Heading, string XLabel, string YLabel, IReadOnlyList<StudyLine> Lines, bool Logarithmic = false, bool LogarithmicX = false)
{
    /// <summary>A height to mark with dashes, or null.</summary>
    public double? Mark { get; init; }
}

/// <summary>Lines with bands, in one or more plots.</summary>
internal static class StudyFigure
{
    /// <summary>Draws a figure.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="title">One line above it.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="panels">At least one plot.</param>
    public static Figure Of(string name, string title, string caption, IReadOnlyList<StudyPanel> panels)
    {
        string[] labels = [.. panels.SelectMany(p => p.Lines).Select(l => l.Label).Distinct()];
        return PlotGrid.Figure(
            name,
            title,
            caption,
            [.. panels.Select(p => PanelOf(p, labels))],
            Math.Min(2, panels.Count),
            panels.Count == 1 ? 720 : 960,
            panels.Count == 1 ? 380 : 320,
            [.. labels.Select((label, i) => new LegendEntry(label, PlotStyle.Series(i), LegendMark.LineInBand))]);
    }

    private static Panel PanelOf(StudyPanel panel, string[] labels)
    {
        Func<double, double> scale = panel.Logarithmic ? Math.Log10 : y => y;
        Func<double, double> across = panel.LogarithmicX ? Math.Log10 : x => x;
        var plot = PlotStyle.NewPlot(panel.XLabel, panel.YLabel);
        foreach (var line in panel.Lines.Where(l => l.Low.All(double.IsFinite)))
        {
            plot.Band([.. line.X.Select(across)], [.. line.Low.Select(scale)], [.. line.High.Select(scale)], PlotStyle.Series(Array.IndexOf(labels, line.Label)).Color);
        }

        var (left, right) = Series.Range(panel.Lines.SelectMany(l => l.X).Select(across), 0.03);
        if (panel.Mark is { } mark)
        {
            plot.Line(new Points([left, right], [scale(mark), scale(mark)]), PlotStyle.Dashes(PlotStyle.Faint));
        }

        foreach (var line in panel.Lines)
        {
            plot.Line(Series.Line(line.X.Select(across).Zip(line.Middle.Select(scale))), PlotStyle.Series(Array.IndexOf(labels, line.Label)), dots: line.X.Length <= 12);
        }

        var (bottom, top) = Series.Range(panel.Lines.SelectMany(l => l.Middle.Concat(l.Low).Concat(l.High)).Concat(panel.Mark is { } m ? [m] : []).Select(scale));
        plot.Axes.SetLimits(left, right, bottom, top);
        if (panel.Logarithmic)
        {
            plot.Axes.Left.TickGenerator = Ticks.Logarithmic(bottom, top);
        }

        if (panel.LogarithmicX)
        {
            plot.Axes.Bottom.TickGenerator = Ticks.Logarithmic(left, right);
        }

        return new Panel(panel.Heading, plot);
    }
}
