using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reverie.Experiments.Reports;

/// <summary>Plans in the tables of a page.</summary>
internal static class PlanTable
{
    /// <summary>What came of each plan.</summary>
    public static void Append(StringBuilder page, IReadOnlyList<ReportedPlan> plans)
    {
        if (plans.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"scroll\"><table>\n<tr><th>plan</th><th>planner</th><th>world</th><th class=\"n\">seed</th><th class=\"n\">steps</th><th class=\"n\">cost</th><th>outcome</th><th class=\"n\">iterations</th><th class=\"n\">ms</th><th class=\"n\">violation</th></tr>\n");
        foreach (var (name, plan) in plans)
        {
            var result = plan.Result;
            string cost = result.Cost is { } c ? c.ToString("G9", CultureInfo.InvariantCulture).Replace('-', '−') : "–";
            string violation = result.Violation is { } v ? ReportPage.Number(v) : "–";
            string outcome = $"{(result.Solved ? "solved" : "not solved")}<br><span class=\"note\">{Html.Text(result.Describe())}</span>";
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"o\">{Html.Text(name)}</td><td>{Html.Text(result.Planner)}</td><td>{Html.Text(result.World)}</td><td class=\"n\">{result.Seed}</td><td class=\"n\">{result.Horizon:#,0}</td><td class=\"n\">{cost}</td><td>{outcome}</td><td class=\"n\">{result.Iterations:#,0}</td><td class=\"n\">{ReportPage.Number(result.Milliseconds)}</td><td class=\"n\">{violation}</td></tr>\n");
        }

        page.Append("</table></div>\n<p class=\"note\">Cost: minus the discounted sum of rewards, that of the end included; lower is better. Violation: the largest excess of a constraint.</p>\n");
    }

    /// <summary>What was asked, a row for each option.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Request(TrajectoryPlan plan)
    {
        var request = plan.Request;
        var versions = request.Versions;
        return
        [
            new("planner", request.Planner),
            new("world", request.World),
            new("seed", request.Seed.ToString(CultureInfo.InvariantCulture)),
            .. Options("world", request.WorldOptions),
            .. Options("planner", request.PlannerOptions),
            new("made with", $"Reverie {versions.Reverie}, .NET {versions.DotNet}, {versions.Platform}"),
        ];
    }

    private static IEnumerable<KeyValuePair<string, string>> Options(string kind, JsonElement options) =>
        options.EnumerateObject().Select(option => new KeyValuePair<string, string>($"{kind}.{option.Name}", option.Value.ToString()));
}
