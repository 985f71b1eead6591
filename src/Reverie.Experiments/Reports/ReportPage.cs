using System.Globalization;
using System.Text;

namespace Reverie.Experiments.Reports;

/// <summary>The report as one page that stands alone: pictures, typeface and style within; for large and small screens, light and dark.</summary>
internal static class ReportPage
{
    private const int MostEpisodes = 100;

    private const string Style = """
        :root{color-scheme:light dark;--ink:#2B2B2B;--faint:#707070;--line:#E2E2E2;--paper:#FFFFFF;--shade:#F6F6F6}
        @media(prefers-color-scheme:dark){:root{--ink:#E4E4E4;--faint:#A0A0A0;--line:#383838;--paper:#191919;--shade:#222222}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:62rem;background:var(--paper);color:var(--ink);font:16px/1.5 Roboto,system-ui,sans-serif}
        h1{font-size:1.6rem;font-weight:500;line-height:1.25;margin:.5rem 0 1rem;overflow-wrap:anywhere}
        h2{font-size:1.2rem;font-weight:500;margin:2.2rem 0 .6rem}
        h3{font-size:1rem;font-weight:500;margin:1.4rem 0 .4rem;overflow-wrap:anywhere}
        figure{margin:1.2rem 0 2rem}
        figure div{overflow-x:auto}
        figure svg{display:block;max-width:100%;min-width:34rem;height:auto}
        figcaption,.note{color:var(--faint);font-size:.9rem}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
        th{font-weight:500;white-space:nowrap}
        .n{text-align:right}
        td.o{overflow-wrap:anywhere;min-width:9rem}
        details{margin:.5rem 0}
        summary{cursor:pointer}
        @media print{details::details-content{content-visibility:visible}}
        """;

    /// <summary>Renders the page.</summary>
    /// <param name="data">What it tells.</param>
    /// <param name="figures">Its pictures, in order.</param>
    /// <param name="notes">What readers should know.</param>
    public static string Render(ReportData data, IReadOnlyList<Figure> figures, IReadOnlyList<string> notes)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{Html.Text(data.Title)}</title>\n<style>\n{EmbeddedFont.StyleRules()}\n{Style}\n{DarkFigures()}</style>\n</head>\n<body>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>{Html.Text(data.Title)}</h1>\n");
        AppendRuns(page, data.Runs);
        PlanTable.Append(page, data.Plans);
        for (int i = 0; i < figures.Count; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure>\n<div>{figures[i].ToInlineSvg($"f{i + 1}-")}</div>\n<figcaption>{Html.Text(figures[i].Caption)}</figcaption>\n</figure>\n");
        }

        if (notes.Count > 0)
        {
            page.Append("<h2>Notes</h2>\n<ul class=\"note\">\n").AppendJoin("", notes.Select(note => $"<li>{Html.Text(note)}</li>\n")).Append("</ul>\n");
        }

        AppendEpisodes(page, data.Runs);
        AppendRequests(page, [.. data.Runs.Select(r => (r.Name, r.Request)), .. data.Plans.Select(p => (p.Name, PlanTable.Request(p.Plan)))]);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendRuns(StringBuilder page, IReadOnlyList<RunSummary> runs)
    {
        if (runs.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"scroll\"><table>\n<tr><th>run</th><th>agent</th><th>world</th><th class=\"n\">seed</th><th class=\"n\">steps</th><th class=\"n\">experience</th><th class=\"n\">episodes</th><th class=\"n\">last return</th><th class=\"n\">evaluation</th><th class=\"n\">wall time</th></tr>\n");
        foreach (var run in runs)
        {
            string experience = run.SecondsPerStep > 0 ? Number(run.EnvironmentSteps * run.SecondsPerStep) + " s" : "–";
            string last = run.Episodes.Count > 0 ? Number(run.Episodes[^1].Return) : "–";
            string evaluation = run.Evaluation is { Episodes: > 0 } e ? $"{Number(e.MeanReturn)} ± {Number(e.StandardDeviation)}<br><span class=\"note\">{Count(e.Episodes, "episode")}</span>" : "–";
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"o\">{Html.Text(run.Name)}</td><td>{Html.Text(run.Agent)}</td><td>{Html.Text(run.World)}</td><td class=\"n\">{run.Seed}</td><td class=\"n\">{run.EnvironmentSteps:#,0}</td><td class=\"n\">{experience}</td><td class=\"n\">{run.Episodes.Count}</td><td class=\"n\">{last}</td><td class=\"n\">{evaluation}</td><td class=\"n\">{WallTime(run.WallSeconds)}</td></tr>\n");
        }

        page.Append("</table></div>\n<p class=\"note\">Evaluation: mean return of the final policy, without exploring, over fresh episodes ± standard deviation over them.</p>\n");
        var evaluated = runs.Where(r => r.Evaluation is { Episodes: > 0 }).ToArray();
        if (evaluated.Length > 0)
        {
            page.Append("<details><summary>Evaluation returns</summary>\n<div class=\"scroll\"><table>\n");
            foreach (var run in evaluated)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Html.Text(run.Name)}</th><td class=\"o\">{string.Join(" · ", run.Evaluation!.Returns.Select(Number))}</td></tr>\n");
            }

            page.Append("</table></div></details>\n");
        }
    }

    private static void AppendEpisodes(StringBuilder page, IReadOnlyList<RunSummary> runs)
    {
        if (runs.All(r => r.Episodes.Count == 0))
        {
            return;
        }

        page.Append("<h2>Episodes</h2>\n");
        foreach (var run in runs.Where(r => r.Episodes.Count > 0))
        {
            int skipped = Math.Max(0, run.Episodes.Count - MostEpisodes);
            page.Append(CultureInfo.InvariantCulture, $"<details{(runs.Count == 1 ? " open" : "")}><summary>{Html.Text(run.Name)}: {Count(run.Episodes.Count, "episode")}{(skipped > 0 ? $", the last {MostEpisodes} shown" : "")}</summary>\n")
                .Append("<div class=\"scroll\"><table>\n<tr><th class=\"n\">episode</th><th class=\"n\">steps</th><th class=\"n\">total steps</th><th class=\"n\">return</th></tr>\n");
            long total = run.Episodes.Take(skipped).Sum(e => (long)e.Steps);
            for (int i = skipped; i < run.Episodes.Count; i++)
            {
                total += run.Episodes[i].Steps;
                page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"n\">{i + 1}</td><td class=\"n\">{run.Episodes[i].Steps:#,0}</td><td class=\"n\">{total:#,0}</td><td class=\"n\">{Number(run.Episodes[i].Return)}</td></tr>\n");
            }

            page.Append("</table></div></details>\n");
        }
    }

    private static void AppendRequests(StringBuilder page, IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, string>> Request)> runs)
    {
        if (runs.All(r => r.Request.Count == 0))
        {
            return;
        }

        page.Append("<h2>What was asked</h2>\n");
        foreach (var run in runs.Where(r => r.Request.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"<details{(runs.Count == 1 ? " open" : "")}><summary>{Html.Text(run.Name)}</summary>\n<div class=\"scroll\"><table>\n");
            foreach (var (name, value) in run.Request)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Html.Text(name)}</th><td class=\"o\">{Html.Text(value)}</td></tr>\n");
            }

            page.Append("</table></div></details>\n");
        }
    }

    /// <summary>Rules that exchange the pictures' colours on a dark page.</summary>
    private static string DarkFigures()
    {
        var rules = new StringBuilder("@media(prefers-color-scheme:dark){\n");
        foreach (var (light, dark) in PlotStyle.DarkPage)
        {
            foreach (string attribute in new[] { "fill", "stroke" })
            {
                rules.Append(CultureInfo.InvariantCulture, $"figure [{attribute}=\"{light}\" i]{{{attribute}:{dark}}}\n");
            }
        }

        return rules.Append("}\n").ToString();
    }

    // Two decimals, or three digits below one.
    internal static string Number(double value) => !double.IsFinite(value) || value == 0
        ? Ticks.Number(value)
        : Ticks.Number(Math.Abs(value) >= 1 ? Math.Round(value, 2) : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    private static string Count(int count, string noun) => FormattableString.Invariant($"{count:#,0} {noun}{(count == 1 ? "" : "s")}");

    private static string WallTime(double seconds) => seconds switch
    {
        <= 0 or double.NaN => "–",
        < 60 => FormattableString.Invariant($"{seconds:0.0} s"),
        < 3600 => FormattableString.Invariant($"{seconds / 60:0.0} min"),
        _ => FormattableString.Invariant($"{seconds / 3600:0.0} h"),
    };
}
