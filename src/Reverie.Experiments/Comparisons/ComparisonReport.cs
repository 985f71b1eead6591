using System.Globalization;
using System.Text;
using Reverie.Experiments.Reports;
using Reverie.Experiments.Studies;
using Reverie.Numerics;

namespace Reverie.Experiments.Comparisons;

/// <summary>Table and figure of a comparison. The same result gives the same bytes.</summary>
public static class ComparisonReport
{
    private const string Name = "comparison";

    /// <summary>Writes <c>comparison.md</c>, <c>.png</c> and <c>.svg</c>.</summary>
    /// <returns>The files written.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(ComparisonResult result, string folder)
    {
        var files = new List<string>();
        Add(".md", Encoding.UTF8.GetBytes($"# {Title(result)}\n\n{Markdown(result)}"));
        if (Curves(result) is { } figure)
        {
            Add(".png", figure.ToPng());
            Add(".svg", Encoding.UTF8.GetBytes(figure.ToSvg()));
        }

        return files;

        void Add(string extension, byte[] content)
        {
            string path = Path.Combine(folder, Name + extension);
            AtomicFile.Write(path, stream => stream.Write(content));
            files.Add(path);
        }
    }

    /// <summary>The table, and the one over all worlds where there is one.</summary>
    public static string Markdown(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var request = result.Request;
        bool marked = request.Marks.Count > 0;
        var text = new StringBuilder();
        string limit = request.Steps is { } steps ? Invariant($"{steps:#,0} environment steps") : Invariant($"{request.Episodes:#,0} episodes");
        string others = string.Concat(request.AgentSteps.Select(a => Invariant($", but {a.Value:#,0} steps of {a.Key}")));
        text.Append(Invariant($"Seeds {request.FirstSeed} to {request.FirstSeed + request.Seeds - 1}, {limit} each{others}. "));
        text.Append(Invariant($"Final return: mean return of the final policy over {request.EvaluationEpisodes} fresh episodes, as interquartile mean over seeds "));
        text.Append(Invariant($"[{100 * result.Level:0}% interval of the bootstrap, {result.Resamples:#,0} resamples; Agarwal et al. 2021]."));
        if (marked)
        {
            text.Append(Invariant($" Steps to the mark: environment steps at the first evaluation, every {request.EvaluateEvery:#,0} steps on {request.EvaluateEpisodes} fresh episodes, that came up to it, "));
            text.Append("as median (quartiles). ").Append("Marks: ").AppendJoin(", ", request.Marks.Select(m => Invariant($"{m.Key} {m.Value:G6}"))).Append('.');
        }

        AppendOptions(text, "agent", request.Agents);
        AppendOptions(text, "world", request.Worlds);
        if (request.Options.Count > 0)
        {
            text.Append(" For all: ").AppendJoin(", ", request.Options.Select(o => $"`{o}`")).Append('.');
        }

        text.Append("\n\n| world | agent | seeds | final return |").Append(marked ? " steps to the mark |" : "").Append("\n|---|---|---:|---:|").Append(marked ? "---:|" : "").Append('\n');
        foreach (var pair in result.Pairs)
        {
            text.Append(Invariant($"| {pair.World} | {pair.Agent} | {pair.Runs} | {Text(pair.FinalReturn)} |"));
            text.Append(marked ? $" {pair.StepsToMark?.Text(aroundMean: false) ?? "–"} |\n" : "\n");
        }

        if (result.Agents.Count > 0)
        {
            AppendAggregate(text, result);
        }
        else if (marked)
        {
            text.Append("\nThere are no scores over all worlds: each needs a mark, and a floor below it.\n");
        }

        return text.ToString();
    }

    /// <summary>The learning curves; null where there is no evaluation.</summary>
    internal static Figure? Curves(ComparisonResult result)
    {
        StudyPanel[] panels =
        [
            .. from world in result.Request.Worlds
               let lines = result.Pairs.Where(p => p.World == world.Label && p.Curve.Count > 0).Select(Line).ToArray()
               where lines.Length > 0
               select new StudyPanel(world.Label, "environment steps", "mean return", lines)
               {
                   Mark = result.Request.Marks.TryGetValue(world.Label, out double mark) ? mark : null,
               },
        ];
        string dashes = result.Request.Marks.Count > 0 ? " Dashes: the mark." : "";
        return panels.Length == 0
            ? null
            : StudyFigure.Of(
                Name,
                Title(result),
                Invariant($"Mean return of {result.Request.EvaluateEpisodes} fresh episodes under the policy learned so far. Line: interquartile mean over seeds. Band: its {100 * result.Level:0}% interval, by bootstrap.{dashes}"),
                panels);
    }

    private static string Title(ComparisonResult result)
    {
        var request = result.Request;
        return Invariant($"{string.Join(", ", request.Agents.Select(a => a.Label))} on {string.Join(", ", request.Worlds.Select(w => w.Label))}, {request.Seeds} seed{(request.Seeds == 1 ? "" : "s")}");
    }

    private static StudyLine Line(ComparedPair pair) => new(
        pair.Agent,
        [.. pair.Curve.Select(p => (double)p.Step)],
        [.. pair.Curve.Select(p => p.Return.Value)],
        [.. pair.Curve.Select(p => p.Return.Low)],
        [.. pair.Curve.Select(p => p.Return.High)]);

    private static void AppendOptions(StringBuilder text, string kind, IReadOnlyList<Contender> contenders)
    {
        foreach (var contender in contenders.Where(c => c.Options.Count > 0 || c.Label != c.Name))
        {
            string options = contender.Options.Count == 0 ? "" : $" with {string.Join(", ", contender.Options.Select(o => $"`{o}`"))}";
            text.Append(Invariant($" The {kind} {contender.Label} is `{contender.Name}`{options}."));
        }
    }

    private static void AppendAggregate(StringBuilder text, ComparisonResult result)
    {
        string scale = string.Join(", ", result.Request.Worlds.Select(w => Invariant($"{w.Label} {result.Floors[w.Label]:G6} to {result.Request.Marks[w.Label]:G6}")));
        text.Append(Invariant($"\nOver all worlds: scores are 0 at a world's floor and 1 at its mark ({scale}); the bootstrap is stratified by world. "));
        text.Append("The optimality gap is how far scores fall short of 1 on average.\n\n| agent | score | optimality gap |\n|---|---:|---:|\n");
        foreach (var agent in result.Agents)
        {
            text.Append(Invariant($"| {agent.Agent} | {Text(agent.Score)} | {Text(agent.OptimalityGap)} |\n"));
        }
    }

    private static string Text(Estimate estimate) =>
        double.IsNaN(estimate.Value) ? "–" : $"{StudyCell.Number(estimate.Value)} [{StudyCell.Number(estimate.Low)}, {StudyCell.Number(estimate.High)}]";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
