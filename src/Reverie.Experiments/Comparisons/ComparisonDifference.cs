using System.Text.Json;

namespace Reverie.Experiments.Comparisons;

/// <summary>Refuses to go on with a comparison that asks for something else than what is there.</summary>
internal static class ComparisonDifference
{
    /// <summary>Refuses a plan that lacks runs of the comparison before it, or asks something else of them. It may have more.</summary>
    /// <exception cref="RequestException">It does; the message says what differs.</exception>
    public static void Refuse(string path, ComparisonRequest before, ComparisonPlan plan)
    {
        ComparisonPlan old;
        try
        {
            old = ComparisonPlan.Of(before);
        }
        catch (RequestException e)
        {
            throw new RequestException($"{path} holds a comparison that this version cannot read: {e.Message}", e);
        }

        var asked = plan.Cells.ToDictionary(c => c.Name);
        foreach (var cell in old.Cells)
        {
            if (!asked.TryGetValue(cell.Name, out var now))
            {
                throw new RequestException($"{path} holds a comparison with {cell}, which this one lacks: it may have more agents, worlds and seeds, not fewer; else choose another directory with --out");
            }

            Refuse(cell.Request, now.Request, $"{path} holds a comparison in which, of {cell},");
        }
    }

    /// <summary>Refuses a run that was asked something else than the cell.</summary>
    /// <exception cref="RequestException">It was; the message says what differs.</exception>
    public static void Refuse(RunDirectory run, ComparisonCell cell) => Refuse(run.Request, cell.Request, $"{run.Path} holds a run of which");

    private static void Refuse(RunRequest before, RunRequest now, string where)
    {
        var (old, asked) = (Flat(before), Flat(now));
        if (old.Keys.Union(asked.Keys).FirstOrDefault(key => old.GetValueOrDefault(key) != asked.GetValueOrDefault(key)) is { } key)
        {
            throw new RequestException($"{where} {key} is {old.GetValueOrDefault(key) ?? "not set"}, not {asked.GetValueOrDefault(key) ?? "left open"} as is asked now: choose another directory with --out");
        }
    }

    // Versions are noted, not asked for.
    private static Dictionary<string, string> Flat(RunRequest request)
    {
        var values = new Dictionary<string, string>();
        Add("", JsonSerializer.SerializeToElement(request with { Versions = RunVersions.Current }, RunJson.Document));
        return values;

        void Add(string path, JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    Add(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                }
            }
            else
            {
                values[path] = element.GetRawText();
            }
        }
    }
}
