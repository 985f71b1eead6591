using System.Text.Json;

namespace Reverie.Experiments.Reports;

/// <summary>Cost against iteration: where it only falls, its excess over the least cost reached, on a logarithmic axis.</summary>
internal static class PlanCostFigure
{
    /// <summary>Draws the costs, a panel for each problem; null where no plan has more than one.</summary>
    public static Figure? Of(DrawnPlan[] plans)
    {
        var problems = plans
            .Where(p => p.Plan.Result.Costs.Length > 1)
            .GroupBy(p => (p.Plan.Result.World, p.Plan.Result.Horizon, p.Plan.Result.Discount, p.Plan.Result.Seed, Options: JsonSerializer.Serialize(p.Plan.Request.WorldOptions, RunJson.Line)))
            .ToArray();
        if (problems.Length == 0)
        {
            return null;
        }

        int columns = Math.Min(2, problems.Length);
        return PlotGrid.Figure(
            "plan-cost",
            plans.Length == 1 ? $"{plans[0].Plan.Result.Planner} on {plans[0].Plan.Result.World}: cost" : "Cost while optimising",
            "Cost against iteration. Where it only falls it is drawn as what it exceeds the least cost reached by; with constraints it includes what their multipliers add.",
            [.. problems.Select(problem => PanelOf([.. problem], heading: problems.Length > 1))],
            columns,
            columns == 1 ? 720 : 960,
            columns == 1 ? 340 : 280,
            PlanFigures.Legend(plans));
    }

    private static Panel PanelOf(DrawnPlan[] problem, bool heading)
    {
        double least = problem.Min(p => p.Plan.Result.Costs.Min());
        bool falls = problem.All(p => IsFalling(p.Plan.Result.Costs));
        double[] positive = [.. problem.SelectMany(p => p.Plan.Result.Costs)];
        bool isExcess = falls && positive.Any(c => c > least);
        bool isLogarithmic = isExcess || Series.SpansDecades(positive);
        var plot = PlotStyle.NewPlot("iteration", isExcess ? "cost − least cost" : "cost");
        plot.Axes.Bottom.TickGenerator = Ticks.Integers();
        var lines = new List<Points>();
        foreach (var drawn in problem)
        {
            // log 0 = −∞: the least cost itself is left out of a logarithmic axis.
            var values = drawn.Plan.Result.Costs.Select((cost, i) => ((double)i, Value(cost)));
            var line = Series.Line(values);
            lines.Add(line);
            plot.Line(line, drawn.Stroke, dots: line.Count <= 30);
        }

        var (left, right) = Series.Range(lines.SelectMany(l => l.X).Append(0.0), 0.03);
        var (bottom, top) = Series.Range(lines.SelectMany(l => l.Y));
        plot.Axes.SetLimits(left, right, bottom, top);
        if (isLogarithmic)
        {
            plot.Axes.Left.TickGenerator = Ticks.Logarithmic(bottom, top);
        }

        return new Panel(heading ? $"{problem[0].Plan.Result.World}: {string.Join(", ", problem.Select(p => p.Name))}" : "", plot);

        double Value(double cost) => isExcess ? Math.Log10(cost - least) : isLogarithmic ? Math.Log10(cost) : cost;
    }

    private static bool IsFalling(double[] costs)
    {
        for (int i = 1; i < costs.Length; i++)
        {
            if (costs[i] > costs[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
