using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>chain</c>.</summary>
public sealed record ChainOptions : ContinuingRules
{
    /// <summary>Probability that an action has the other one's effect. Default 0.2, range 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Slip { get; init; } = 0.2;
}

/// <summary>
/// <c>chain</c> (Dearden, Friedman and Russell 1998; Strens 2000): five states in a row. Action 0 advances, and in the last state stays for a reward of 10;
/// action 1 returns to the first for a reward of 2. Either may have the other's effect. Starts in the first.
/// </summary>
public static class Chain
{
    private const int Last = 4;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(ChainOptions options)
    {
        OptionRanges.Checked(options);
        var rows = new FiniteRows(Last + 1, 2) { ActionNames = ["advance", "return"] };
        for (int s = 0; s <= Last; s++)
        {
            foreach (double advance in (ReadOnlySpan<double>)[1.0 - options.Slip, options.Slip])
            {
                rows.Add(Math.Min(s + 1, Last), advance, s == Last ? 10.0 : 0.0);
                rows.Add(0, 1.0 - advance, 2.0);
                rows.EndRow();
            }
        }

        return FiniteSpecs.Problem("chain", rows.Build([1.0, 0.0, 0.0, 0.0, 0.0], options.Discount), options.MaxSteps);
    }
}
