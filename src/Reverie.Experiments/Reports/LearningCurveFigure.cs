using ScottPlot;

namespace Reverie.Experiments.Reports;

/// <summary>Return of real episodes, or of evaluations while learning, against experience, a panel for each world.</summary>
internal static class LearningCurveFigure
{
    private const int Width = 720;
    private const int PanelHeight = 380;

    /// <summary>Draws the curves; null where no run has an episode with a finite return.</summary>
    public static Figure? Of(IReadOnlyList<LearningCurve> curves) =>
        Of(curves, "learning-curve", "Learning curve", "Return of each real episode against environment steps, exploration included.", "episode return");

    /// <summary>Draws the curves of evaluations; null where none is finite.</summary>
    public static Figure? OfEvaluations(IReadOnlyList<LearningCurve> curves) =>
        Of(curves, "evaluation-curve", "Evaluation", "Mean return of fresh episodes under the policy learned so far, without exploration, against environment steps.", "mean return");

    private static Figure? Of(IReadOnlyList<LearningCurve> curves, string name, string title, string caption, string measure)
    {
        var drawn = curves
            .Select(curve => (Curve: curve, Points: Series.Line(curve.Episodes.Select(e => ((double)e.EnvironmentSteps, e.Return)))))
            .Where(c => c.Points.Count > 0)
            .ToArray();
        if (drawn.Length == 0)
        {
            return null;
        }

        string[] labels = [.. drawn.Select(c => c.Curve.Label).Distinct()];
        string[] worlds = [.. drawn.Select(c => c.Curve.World).Distinct()];
        var panels = worlds.Select(world => PanelOf(worlds.Length > 1 ? world : "", [.. drawn.Where(c => c.Curve.World == world)], labels, measure)).ToArray();
        bool spread = drawn.GroupBy(c => (c.Curve.World, c.Curve.Label)).Any(g => g.Count() > 1);
        return PlotGrid.Figure(
            name,
            worlds.Length == 1 ? $"{title} on {worlds[0]}" : $"{title}s",
            caption + (spread ? " Thin lines: single runs. Thick line: median over seeds. Band: quartiles over seeds, or the range for fewer than five runs." : ""),
            panels,
            panels.Length == 1 ? 1 : 2,
            panels.Length == 1 ? Width : Width + 240,
            panels.Length == 1 ? PanelHeight : PanelHeight - 80,
            [.. labels.Select((label, i) => Entry(label, i, drawn.Count(c => c.Curve.Label == label), spread))]);
    }

    private static LegendEntry Entry(string label, int index, int runs, bool spread) =>
        new(runs == 1 ? label : $"{label} ({runs} runs)", PlotStyle.Series(index), spread && runs > 1 ? LegendMark.LineInBand : LegendMark.Line);

    private static Panel PanelOf(string heading, (LearningCurve Curve, Points Points)[] curves, string[] labels, string measure)
    {
        var plot = PlotStyle.NewPlot("environment steps", measure);
        var groups = curves.GroupBy(c => c.Curve.Label, c => c.Points).Select(g => (Runs: g.ToArray(), Stroke: PlotStyle.Series(Array.IndexOf(labels, g.Key)))).ToArray();
        foreach (var (runs, stroke) in groups.Where(g => g.Runs.Length > 1))
        {
            var spread = SpreadOf(runs);
            plot.Band(spread.X, spread.Low, spread.High, stroke.Color);
        }

        foreach (var (runs, stroke) in groups)
        {
            Draw(plot, runs, stroke, dots: groups.Length <= 4);
        }

        var (left, right) = Series.Range(curves.SelectMany(c => c.Points.X).Append(0), 0.03);
        var (bottom, top) = Series.Range(curves.SelectMany(c => c.Points.Y));
        plot.Axes.SetLimits(Math.Max(left, -0.03 * right), right, bottom, top);
        double[] seconds = [.. curves.Select(c => c.Curve.SecondsPerStep).Distinct()];
        if (seconds.Length == 1)
        {
            plot.ShowSeconds(seconds[0], "seconds of experience");
        }

        return new Panel(heading, plot);
    }

    private static Spread SpreadOf(Points[] runs) => runs.Length >= 5 ? Series.Across(runs, 0.25, 0.75) : Series.Across(runs, 0, 1);

    private static void Draw(Plot plot, Points[] runs, Stroke stroke, bool dots)
    {
        if (runs.Length == 1)
        {
            plot.Line(runs[0], stroke, dots: dots && runs[0].Count <= 60);
            return;
        }

        foreach (var run in runs)
        {
            plot.Line(run, stroke with { Width = 0.8f }, opacity: 110);
        }

        var spread = SpreadOf(runs);
        plot.Line(new Points(spread.X, spread.Middle), stroke with { Width = 2.5f });
    }
}
