namespace Reverie.Experiments.Reports;

/// <summary>Training and validation loss after each retraining.</summary>
internal static class ModelLossFigure
{
    private const double DecadesForLogarithm = 1.5;

    /// <summary>Draws the losses; null where none is finite.</summary>
    public static Figure? Of(IReadOnlyList<ModelLoss> losses)
    {
        var drawn = losses
            .Select(loss => (Loss: loss, Training: Line(loss, p => p.Training), Validation: Line(loss, p => p.Validation)))
            .Where(l => l.Training.Count + l.Validation.Count > 0)
            .ToArray();
        if (drawn.Length == 0)
        {
            return null;
        }

        double[] all = [.. drawn.SelectMany(l => l.Training.Y.Concat(l.Validation.Y))];
        bool logarithmic = all.Min() > 0 && Math.Log10(all.Max() / all.Min()) >= DecadesForLogarithm;
        var plot = PlotStyle.NewPlot("environment steps", logarithmic ? "model loss (logarithmic)" : "model loss");
        string[] labels = [.. drawn.Select(LabelOf).Distinct()];
        bool many = drawn.Length > 1;
        var legend = new List<LegendEntry>();
        foreach (var loss in drawn)
        {
            int group = Array.IndexOf(labels, LabelOf(loss));
            var validation = PlotStyle.Line(PlotStyle.Palette[group % PlotStyle.Palette.Length], many ? 1.4f : 2);
            var training = many ? PlotStyle.Dashes(validation.Color, 1) : PlotStyle.Line(PlotStyle.Palette[1]);
            plot.Line(Scaled(loss.Training, logarithmic), training, many ? (byte)150 : (byte)255, dots: !many && loss.Training.Count <= 60);
            plot.Line(Scaled(loss.Validation, logarithmic), validation, dots: !many && loss.Validation.Count <= 60);
        }

        if (many)
        {
            legend.AddRange(labels.Select((label, i) => new LegendEntry(drawn.Count(l => LabelOf(l) == label) is var runs and > 1 ? $"{label} ({runs} runs)" : label, PlotStyle.Line(PlotStyle.Palette[i % PlotStyle.Palette.Length]))));
        }

        if (drawn.Any(l => l.Validation.Count > 0))
        {
            legend.Add(new LegendEntry("validation", PlotStyle.Line(many ? PlotStyle.Ink : PlotStyle.Palette[0])));
        }

        if (drawn.Any(l => l.Training.Count > 0))
        {
            legend.Add(new LegendEntry("training", many ? PlotStyle.Dashes(PlotStyle.Ink) : PlotStyle.Line(PlotStyle.Palette[1])));
        }

        var (left, right) = Series.Range(drawn.SelectMany(l => l.Training.X.Concat(l.Validation.X)).Append(0), 0.03);
        var (bottom, top) = Series.Range(logarithmic ? all.Select(Math.Log10) : all);
        plot.Axes.SetLimits(left, right, bottom, top);
        if (logarithmic)
        {
            plot.Axes.Left.TickGenerator = Ticks.Decades();
            plot.Axes.Left.MinorTickStyle.Length = 2;
        }

        return PlotGrid.Figure(
            "model-loss", "Loss of the learned model", "Loss after each retraining, on the data trained on and on held-out data, against environment steps.", [new Panel("", plot)], 1, 720, 340, legend);

        string LabelOf((ModelLoss Loss, Points Training, Points Validation) l) => losses.Select(x => x.World).Distinct().Count() > 1 ? $"{l.Loss.Label} on {l.Loss.World}" : l.Loss.Label;
    }

    private static Points Line(ModelLoss loss, Func<LossPoint, double> value) =>
        Series.Line(loss.Retrainings.Select(p => ((double)p.EnvironmentSteps, value(p))));

    private static Points Scaled(Points points, bool logarithmic) =>
        logarithmic ? points with { Y = [.. points.Y.Select(Math.Log10)] } : points;
}
