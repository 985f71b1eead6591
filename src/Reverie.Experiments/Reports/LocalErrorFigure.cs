namespace Reverie.Experiments.Reports;

/// <summary>One-step errors of local dynamics against the time step, as rollouts of the policy planned in them showed.</summary>
/// <param name="Label">The run.</param>
/// <param name="Errors">Root mean square error at each time step, the median over fits, <c>[T]</c>.</param>
public sealed record LocalError(string Label, IReadOnlyList<double> Errors)
{
    private const string Prefix = "model/oneStepError/";

    /// <summary>What a run's metrics say; null where its agent fits no local dynamics.</summary>
    internal static LocalError? Of(string label, IReadOnlyList<MetricRecord> metrics)
    {
        var steps = metrics.Where(m => m.Name.StartsWith(Prefix, StringComparison.Ordinal) && double.IsFinite(m.Value))
            .GroupBy(m => int.Parse(m.Name.AsSpan(Prefix.Length), System.Globalization.CultureInfo.InvariantCulture))
            .OrderBy(g => g.Key)
            .Select(g => Series.Quantile([.. g.Select(m => m.Value).Order()], 0.5))
            .ToArray();
        return steps.Length > 0 ? new LocalError(label, steps) : null;
    }
}

/// <summary>How well local dynamics predict the next step, over an episode's time.</summary>
internal static class LocalErrorFigure
{
    private const double Least = 1e-12;

    /// <summary>Draws the errors; null where there are none.</summary>
    public static Figure? Of(IReadOnlyList<LocalError> errors)
    {
        if (errors.Count == 0)
        {
            return null;
        }

        var plot = PlotStyle.NewPlot("time step", "one-step error");
        for (int i = 0; i < errors.Count; i++)
        {
            plot.Line(Series.Line(errors[i].Errors.Select((e, t) => ((double)t, Math.Log10(Math.Max(e, Least))))), PlotStyle.Series(i), dots: false);
        }

        var (left, right) = Series.Range(errors.SelectMany(e => Enumerable.Range(0, e.Errors.Count).Select(t => (double)t)), 0.03);
        var (bottom, top) = Series.Range(errors.SelectMany(e => e.Errors).Select(e => Math.Log10(Math.Max(e, Least))));
        plot.Axes.SetLimits(left, right, bottom, top);
        plot.ShowDecades();
        return PlotGrid.Figure(
            "one-step-error",
            "One-step error of local dynamics",
            "Root mean square error on the rollouts of the policy that was planned in them, against the time step; median over fits.",
            [new Panel("", plot)],
            1,
            720,
            340,
            [.. errors.Select((e, i) => new LegendEntry(e.Label, PlotStyle.Series(i)))]);
    }
}
