namespace Reverie.Experiments.Comparisons;

/// <summary>How far a comparison is, and how long it may still take. Not for several threads at once.</summary>
/// <param name="plan">The comparison.</param>
/// <param name="threads">Runs at a time.</param>
public sealed class ComparisonPace(ComparisonPlan plan, int threads)
{
    private readonly Dictionary<string, (double Share, double Seconds)> progress = [];

    /// <summary>A run is at its end, for whatever reason; without a time it says nothing of others.</summary>
    public void End(ComparisonCell cell) => progress[cell.Name] = (1.0, progress.TryGetValue(cell.Name, out var last) ? last.Seconds : double.NaN);

    /// <summary>A run is under way.</summary>
    public void Set(ComparisonCell cell, in RunStatus status)
    {
        double share = cell.Request.Steps is { } steps ? (double)status.Step / steps : (double)status.Episode / (cell.Request.Episodes ?? 1);
        progress[cell.Name] = (Math.Clamp(share, 0.0, 1.0), status.Seconds);
    }

    /// <summary>
    /// Seconds left: what each run lacks, at the price of those of the same agent in the same world, else of the same agent, else of all, spread over the threads; null before there is a price.
    /// </summary>
    public double? SecondsLeft()
    {
        double left = 0.0, longest = 0.0;
        foreach (var cell in plan.Cells)
        {
            double share = progress.TryGetValue(cell.Name, out var own) ? own.Share : 0.0;
            if (share < 1.0)
            {
                if ((Price(c => c.Agent == cell.Agent && c.World == cell.World) ?? Price(c => c.Agent == cell.Agent) ?? Price(_ => true)) is not { } price)
                {
                    return null;
                }

                left += price * (1.0 - share);
                longest = Math.Max(longest, price * (1.0 - share));
            }
        }

        return Math.Max(longest, left / threads);
    }

    // Seconds of a whole run.
    private double? Price(Func<ComparisonCell, bool> like)
    {
        var known = plan.Cells.Where(like).Select(c => progress.GetValueOrDefault(c.Name)).Where(p => p.Share > 0.0 && p.Seconds > 0.0).ToArray();
        return known.Length == 0 ? null : known.Sum(p => p.Seconds) / known.Sum(p => p.Share);
    }
}
