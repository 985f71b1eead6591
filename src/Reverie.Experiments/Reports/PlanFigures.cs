namespace Reverie.Experiments.Reports;

/// <summary>Pictures of planned trajectories: cost against iteration; states and controls against time; the path, in the plane where there is one.</summary>
internal static class PlanFigures
{
    /// <summary>The most components of the state that are shown.</summary>
    public const int MostStates = 12;

    /// <summary>All pictures of plans; what cannot be drawn is noted.</summary>
    public static IEnumerable<Figure> Of(IReadOnlyList<ReportedPlan> plans, List<string> notes)
    {
        ReportedPlan[] shown = [.. plans.Where(p => p.Plan.Trajectory is not null)];
        notes.AddRange(plans.Except(shown).Select(p => $"{p.Name} has no trajectory to draw: {p.Plan.Result.Describe()}."));
        if (shown.Length == 0)
        {
            return [];
        }

        // Lines that fall together stay visible: each is wider than those drawn over it.
        DrawnPlan[] drawn = [.. shown.Select((p, i) => new DrawnPlan(p.Name, p.Plan, PlotStyle.Series(i) with { Width = 2 + (1.2f * Math.Min(2, shown.Length - 1 - i)) }))];

        var figures = new List<Figure>();
        if (PlanCostFigure.Of(drawn) is { } cost)
        {
            figures.Add(cost);
        }

        var worlds = drawn.GroupBy(p => (p.Plan.Result.World, string.Join('\n', p.Plan.Axes.StateNames), p.Plan.Axes.Low.Length, p.Plan.Axes.SecondsPerStep)).ToArray();
        for (int i = 0; i < worlds.Length; i++)
        {
            string suffix = worlds.Length == 1 ? "" : $"-{i + 1}";
            DrawnPlan[] together = [.. worlds[i]];
            if (PlanPathFigure.Of(together, suffix) is { } path)
            {
                figures.Add(path);
            }

            figures.Add(Trajectories(together, suffix));
            if (together[0].Plan.Axes.StateNames.Length is > MostStates and var n)
            {
                notes.Add($"Only the first {MostStates} of {n} components of the state of {together[0].Plan.Result.World} are shown.");
            }
        }

        return figures;
    }

    /// <summary>The lines of the legend, one for each plan; none where there is one plan alone.</summary>
    public static LegendEntry[] Legend(DrawnPlan[] plans) => plans.Length == 1 ? [] : [.. plans.Select(p => new LegendEntry(p.Name, p.Stroke))];

    private static Figure Trajectories(DrawnPlan[] plans, string suffix)
    {
        var axes = plans[0].Plan.Axes;
        var panels = new List<Panel>();
        for (int i = 0; i < Math.Min(MostStates, axes.StateNames.Length); i++)
        {
            panels.Add(StatePanel(plans, axes, i));
        }

        var limits = new LegendEntry("limit", PlotStyle.Dashes(PlotStyle.Faint));
        bool anyLimit = false;
        for (int a = 0; a < axes.Low.Length; a++)
        {
            panels.Add(ControlPanel(plans, axes, a, out bool isLimitShown));
            anyLimit |= isLimitShown;
        }

        return PlotGrid.Figure(
            "plan-trajectory" + suffix,
            plans.Length == 1 ? $"{plans[0].Plan.Result.Planner} on {plans[0].Plan.Result.World}: the trajectory" : $"{plans[0].Plan.Result.World}: the trajectories",
            "States and controls of the planned trajectory against time; controls hold for a step. Dashed lines are the controls' limits, where they are near enough to show.",
            panels,
            2,
            960,
            panels.Count <= 4 ? 260 : 220,
            anyLimit ? [.. Legend(plans), limits] : Legend(plans));
    }

    private static Panel StatePanel(DrawnPlan[] plans, TrajectoryAxes axes, int component)
    {
        var plot = PlotStyle.NewPlot(TimeLabel(axes), axes.StateNames[component]);
        Points[] lines = [.. plans.Select(p => Series.Line(p.Plan.Trajectory!.States.Select((x, t) => (t * Unit(axes), x[component]))))];
        for (int i = 0; i < lines.Length; i++)
        {
            plot.Line(lines[i], plans[i].Stroke);
        }

        Frame(plot, lines, []);
        return new Panel("", plot);
    }

    private static Panel ControlPanel(DrawnPlan[] plans, TrajectoryAxes axes, int component, out bool isLimitShown)
    {
        var plot = PlotStyle.NewPlot(TimeLabel(axes), axes.Low.Length == 1 ? "control" : $"control {component + 1}");
        double unit = Unit(axes);
        Points[] lines = [.. plans.Select(p => Series.Line(p.Plan.Trajectory!.Actions.SelectMany((u, t) => new[] { (t * unit, u[component]), ((t + 1) * unit, u[component]) })))];
        double[] limits = [.. plans.SelectMany(p => new[] { p.Plan.Axes.Low[component], p.Plan.Axes.High[component] }).Distinct().Where(limit => IsNear(limit, lines))];
        double end = lines.Max(l => l.Count > 0 ? l.X[^1] : 0.0);
        foreach (double limit in limits)
        {
            plot.Line(new Points([0.0, end], [limit, limit]), PlotStyle.Dashes(PlotStyle.Faint));
        }

        for (int i = 0; i < lines.Length; i++)
        {
            plot.Line(lines[i], plans[i].Stroke);
        }

        isLimitShown = limits.Length > 0;
        Frame(plot, lines, limits);
        return new Panel("", plot);
    }

    // A limit that lies far beyond all controls would flatten them.
    private static bool IsNear(double limit, Points[] lines)
    {
        var (low, high) = Series.Range(lines.SelectMany(l => l.Y), 0.0);
        double span = high - low;
        return limit >= low - span && limit <= high + span;
    }

    private static void Frame(ScottPlot.Plot plot, Points[] lines, double[] limits)
    {
        var (left, right) = Series.Range(lines.SelectMany(l => l.X), 0.02);
        var (bottom, top) = Series.Range(lines.SelectMany(l => l.Y).Concat(limits), 0.08);
        plot.Axes.SetLimits(left, right, bottom, top);
    }

    private static double Unit(TrajectoryAxes axes) => axes.SecondsPerStep > 0 ? axes.SecondsPerStep : 1.0;

    private static string TimeLabel(TrajectoryAxes axes) => axes.SecondsPerStep > 0 ? "time [s]" : "step";
}

/// <summary>A plan with a trajectory, and the look of its lines in all pictures.</summary>
internal sealed record DrawnPlan(string Name, TrajectoryPlan Plan, Stroke Stroke);
