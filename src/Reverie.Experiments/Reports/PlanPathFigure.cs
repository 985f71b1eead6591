using System.Text.Json;
using ScottPlot;

namespace Reverie.Experiments.Reports;

/// <summary>The path in the plane of worlds whose first two states are positions, with obstacles, and the body at some instants.</summary>
internal static class PlanPathFigure
{
    private const int Snapshots = 12;
    private const int MostWithBodies = 2;
    private const byte BodyOpacity = 110;

    /// <summary>Draws the paths; null where the state does not begin with a place in the plane.</summary>
    public static Figure? Of(DrawnPlan[] plans, string suffix)
    {
        var plan = plans[0].Plan;
        if (plan.Axes.StateNames is not ["x [m]", "y [m]", ..])
        {
            return null;
        }

        var plot = PlotStyle.NewPlot("x [m]", "y [m]");
        var seen = new List<(double X, double Y)>();
        bool hasBodies = plans.Length <= MostWithBodies && plan.Axes.StateNames.Length > 2 && Body(plan.Request, plan.Axes.StateNames[2]).Length > 0, hasObstacles = false;
        foreach (var (x, y, radius) in Obstacles(plan.Request))
        {
            hasObstacles = true;
            var disc = plot.Add.Circle(x, y, radius);
            disc.FillColor = Color.FromHex(PlotStyle.Grid);
            disc.LineColor = Color.FromHex(PlotStyle.Faint);
            disc.LineWidth = 1;
        }

        for (int i = 0; i < plans.Length; i++)
        {
            var states = plans[i].Plan.Trajectory!.States;
            var stroke = plans[i].Stroke;
            if (hasBodies)
            {
                DrawBodies(plot, plans[i].Plan, stroke.Color, seen);
            }

            // A path may turn back, so that it is not thinned along x.
            plot.Line(new Points([.. states.Select(s => s[0])], [.. states.Select(s => s[1])]), stroke);
            plot.Line(new Points([states[0][0]], [states[0][1]]), PlotStyle.Line(stroke.Color, 5));
            seen.AddRange(states.Select(s => (s[0], s[1])));
        }

        var (left, right) = Series.Range(seen.Select(p => p.X), 0.08);
        var (bottom, top) = Series.Range(seen.Select(p => p.Y), 0.08);
        const int Width = 720;
        double inner = Width - 100.0;
        int height = (int)Math.Clamp((inner * (top - bottom) / (right - left)) + 60.0, 240.0, 640.0);
        (left, right, bottom, top) = Widen(left, right, bottom, top, inner / (height - 60.0));
        plot.Axes.SetLimits(left, right, bottom, top);
        plot.Axes.SquareUnits();
        return PlotGrid.Figure(
            "plan-path" + suffix,
            plans.Length == 1 ? $"{plan.Result.Planner} on {plan.Result.World}: the path" : $"{plan.Result.World}: the paths",
            "The planned path in the plane, from the dot on, to scale." + (hasBodies ? " The body is drawn at instants an equal time apart." : "") + (hasObstacles ? " Obstacles are grey." : ""),
            [new Panel("", plot)],
            1,
            Width,
            height,
            PlanFigures.Legend(plans));
    }

    private static void DrawBodies(Plot plot, TrajectoryPlan plan, string color, List<(double X, double Y)> seen)
    {
        var states = plan.Trajectory!.States;
        foreach (var part in Body(plan.Request, plan.Axes.StateNames[2]))
        {
            for (int k = 0; k <= Snapshots; k++)
            {
                double[] state = states[(int)((long)k * (states.Length - 1) / Snapshots)];
                var (sin, cos) = Math.SinCos(state[2]);
                (double X, double Y)[] corners = [.. part.Select(p => (state[0] + (p.X * cos) - (p.Y * sin), state[1] + (p.X * sin) + (p.Y * cos)))];
                plot.Line(new Points([.. corners.Select(c => c.X)], [.. corners.Select(c => c.Y)]), PlotStyle.Line(color, 1), k == Snapshots ? (byte)255 : BodyOpacity);
                seen.AddRange(corners);
            }
        }
    }

    /// <summary>Lines that a body consists of, in its own frame, for worlds that are known to have one.</summary>
    private static (double X, double Y)[][] Body(TrajectoryRequest request, string third)
    {
        if (request.World == "car-parking" && Option(request, "axleDistance") is { } axle)
        {
            var (back, front, side) = (-0.2 * axle, 1.2 * axle, 0.25 * axle);
            return [[(back, -side), (0.85 * front, -side), (front, 0.0), (0.85 * front, side), (back, side), (back, -side)]];
        }

        if (request.World == "quadrotor-gap" && Option(request, "arm") is { } arm)
        {
            return [[(-arm, 0.0), (arm, 0.0)], [(-1.3 * arm, 0.2 * arm), (-0.7 * arm, 0.2 * arm)], [(0.7 * arm, 0.2 * arm), (1.3 * arm, 0.2 * arm)], [(0.0, 0.0), (0.0, 0.3 * arm)]];
        }

        return third == "direction [rad]" ? [[(0.0, 0.0), (0.1, 0.0), (0.07, 0.02), (0.07, -0.02), (0.1, 0.0)]] : [];
    }

    private static (double X, double Y, double Radius)[] Obstacles(TrajectoryRequest request) =>
        request.World == "quadrotor-gap" && Option(request, "radius") is { } radius && Option(request, "gapHeight") is { } height && Option(request, "gapSize") is { } size
            ? [(0.0, height - (0.5 * size) - radius, radius), (0.0, height + (0.5 * size) + radius, radius)]
            : [];

    private static double? Option(TrajectoryRequest request, string name) =>
        request.WorldOptions.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Limits of the wanted shape around others.</summary>
    private static (double Left, double Right, double Bottom, double Top) Widen(double left, double right, double bottom, double top, double shape)
    {
        double width = Math.Max(right - left, (top - bottom) * shape), height = Math.Max(top - bottom, (right - left) / shape);
        var (x, y) = (0.5 * (left + right), 0.5 * (bottom + top));
        return (x - (0.5 * width), x + (0.5 * width), y - (0.5 * height), y + (0.5 * height));
    }
}
