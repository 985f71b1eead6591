using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>What <c>river-swim</c>, <c>chain</c> and <c>six-arms</c> share.</summary>
public abstract record ContinuingRules
{
    /// <summary>γ. Default 0.95, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.95;

    /// <summary>Steps after which an episode is truncated; the task itself never ends. Default 5000, range 1 to 1 000 000 000.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxSteps { get; init; } = 5000;
}

/// <summary>Options of <c>river-swim</c>.</summary>
public sealed record RiverSwimOptions : ContinuingRules;

/// <summary>
/// <c>river-swim</c> (Strehl and Littman 2008, section 5): six states along a river. Swimming left (0), with the current, always succeeds; swimming right
/// (1) often fails. Reward 5 for left in the first state, 10 000 for right in the last where it succeeds, else 0. Starts in state 1 or 2.
/// </summary>
public static class RiverSwim
{
    private const int Last = 5;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(RiverSwimOptions options)
    {
        OptionRanges.Checked(options);
        var rows = new FiniteRows(Last + 1, 2) { ActionNames = ["left", "right"] };
        for (int s = 0; s <= Last; s++)
        {
            rows.Add(Math.Max(s - 1, 0), 1.0, s == 0 ? 5.0 : 0.0);
            rows.EndRow();

            var (back, stay) = s == 0 ? (0.0, 0.7) : s == Last ? (0.7, 0.3) : (0.1, 0.6);
            rows.Add(Math.Max(s - 1, 0), back, 0.0);
            rows.Add(s, stay, s == Last ? 10_000.0 : 0.0);
            rows.Add(Math.Min(s + 1, Last), s == Last ? 0.0 : 0.3, 0.0);
            rows.EndRow();
        }

        return FiniteSpecs.Problem("river-swim", rows.Build([0.0, 0.5, 0.5, 0.0, 0.0, 0.0], options.Discount), options.MaxSteps);
    }
}
