using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>corridor</c>.</summary>
public sealed record CorridorOptions
{
    /// <summary>Cells, the goal included. Default 1000, range 2 to 10 000 000.</summary>
    [Range(2, 10_000_000)]
    public int Length { get; init; } = 1000;

    /// <summary>Probability that a step goes the other way. Default 0.1, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Slip { get; init; } = 0.1;

    /// <summary>γ. Default 0.999, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.999;

    /// <summary>Steps after which an episode is truncated. Default 100 000, range 1 to 100 000 000.</summary>
    [Range(1, 100_000_000)]
    public int MaxSteps { get; init; } = 100_000;
}

/// <summary>
/// <c>corridor</c>: walk a long corridor from its first cell to its last. Actions 0 and 1: left, right. Reward 1 on arriving, which ends the episode.
/// </summary>
/// <remarks>
/// What is known at one end takes as many sweeps to reach the other as there are cells, so that all through them the least and the greatest change of a
/// sweep stay apart, and bounds by their span (Porteus 1971) stay wide: the order of backups is what counts.
/// </remarks>
public static class Corridor
{
    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(CorridorOptions options)
    {
        OptionRanges.Checked(options);
        int goal = options.Length - 1;
        var rows = new FiniteRows(options.Length, 2, 4 * goal) { ActionNames = ["left", "right"] };
        for (int s = 0; s < goal; s++)
        {
            foreach (double right in (ReadOnlySpan<double>)[options.Slip, 1.0 - options.Slip])
            {
                rows.Add(Math.Max(s - 1, 0), 1.0 - right, 0.0);
                rows.Add(s + 1, right, s + 1 == goal ? 1.0 : 0.0, terminated: s + 1 == goal);
                rows.EndRow();
            }
        }

        rows.EndRow();
        rows.EndRow();
        var start = new double[options.Length];
        start[0] = 1.0;
        var layout = new GridLayout(1, options.Length, [.. Enumerable.Range(0, options.Length)], [(0, -1), (0, 1)]);
        return FiniteSpecs.Problem("corridor", rows.Build(start, options.Discount), options.MaxSteps, layout);
    }
}
