namespace Reverie.Experiments.Reports;

/// <summary>
/// Training and validation loss after each retraining, side by side: they need not be the same measure (a Gaussian model is trained by
/// likelihood, but validated by squared error).
/// </summary>
internal static class ModelLossFigure
{
    /// <summary>Draws the losses; null where none is finite.</summary>
    public static Figure? Of(IReadOnlyList<ModelLoss> losses)
    {
        bool worlds = losses.Select(l => l.World).Distinct().Count() > 1;
        var drawn = losses.Where(l => l.Retrainings.Any(r => double.IsFinite(r.Training) || double.IsFinite(r.Validation))).ToArray();
        string[] labels = [.. drawn.Select(LabelOf).Distinct()];
        var panels = new[] { PanelOf("training loss", r => r.Training), PanelOf("validation loss", r => r.Validation) }.OfType<Panel>().ToArray();
        return panels.Length == 0 ? null : PlotGrid.Figure(
            "model-loss",
            "Loss of the learned model",
            "Loss after each retraining, against environment steps, in normalised units. Training: what is minimised, a negative log-likelihood (which may be below zero) or a squared error. Validation: squared error on held-out data.",
            panels,
            panels.Length,
            panels.Length == 1 ? 720 : 960,
            300,
            [.. labels.Select((label, i) => new LegendEntry(drawn.Count(l => LabelOf(l) == label) is var runs and > 1 ? $"{label} ({runs} runs)" : label, PlotStyle.Series(i)))]);

        string LabelOf(ModelLoss loss) => worlds ? $"{loss.Label} on {loss.World}" : loss.Label;

        Panel? PanelOf(string name, Func<LossPoint, double> value)
        {
            var lines = drawn
                .Select(l => (Points: Series.Line(l.Retrainings.Select(r => ((double)r.EnvironmentSteps, value(r)))), Stroke: PlotStyle.Series(Array.IndexOf(labels, LabelOf(l)))))
                .Where(l => l.Points.Count > 0)
                .ToArray();
            return lines.Length == 0 ? null : Draw(name, lines);
        }
    }

    private static Panel Draw(string name, (Points Points, Stroke Stroke)[] lines)
    {
        double[] all = [.. lines.SelectMany(l => l.Points.Y)];
        bool logarithmic = Series.SpansDecades(all);
        var plot = PlotStyle.NewPlot("environment steps", logarithmic ? $"{name} (logarithmic)" : name);
        foreach (var (points, stroke) in lines)
        {
            var scaled = logarithmic ? points with { Y = [.. points.Y.Select(Math.Log10)] } : points;
            plot.Line(scaled, lines.Length > 1 ? stroke with { Width = 1.2f } : stroke, lines.Length > 4 ? (byte)170 : (byte)255, dots: lines.Length <= 4 && points.Count <= 60);
        }

        var (left, right) = Series.Range(lines.SelectMany(l => l.Points.X).Append(0), 0.03);
        var (bottom, top) = Series.Range(logarithmic ? all.Select(Math.Log10) : all);
        plot.Axes.SetLimits(left, right, bottom, top);
        if (logarithmic)
        {
            plot.ShowDecades();
        }

        return new Panel("", plot);
    }
}
