using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>cliff-walking</c>.</summary>
public sealed record CliffWalkingOptions
{
    /// <summary>γ. Default 0.99, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Steps after which an episode is truncated; Gymnasium has no limit. Default 10 000, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 10_000;
}

/// <summary>
/// <c>cliff-walking</c>: Gymnasium's CliffWalking (Sutton and Barto 2018, example 6.6). Walk along a cliff, from the lower left to the lower right of
/// 4 × 12 cells. Actions 0 to 3: up, right, down, left. Reward −1 a step and −100 for a step over the cliff, which leads back to the start.
/// </summary>
/// <remarks>State: row · 12 + column. The episode ends on arriving at the goal, or on staying there.</remarks>
public static class CliffWalking
{
    private const int Rows = 4, Columns = 12, Start = 36, Goal = 47;

    private static readonly (int Rows, int Columns)[] Moves = [(-1, 0), (0, 1), (1, 0), (0, -1)];

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(CliffWalkingOptions options)
    {
        OptionRanges.Checked(options);
        var rows = new FiniteRows(Rows * Columns, Moves.Length) { ActionNames = ["up", "right", "down", "left"] };
        for (int s = 0; s < Rows * Columns; s++)
        {
            foreach (var (down, right) in Moves)
            {
                int row = Math.Clamp((s / Columns) + down, 0, Rows - 1), column = Math.Clamp((s % Columns) + right, 0, Columns - 1);
                int next = (row * Columns) + column;
                bool falls = next is > Start and < Goal;
                rows.Add(falls ? Start : next, 1.0, falls ? -100.0 : -1.0, next == Goal);
                rows.EndRow();
            }
        }

        var start = new double[Rows * Columns];
        start[Start] = 1.0;
        var layout = new GridLayout(Rows, Columns, [.. Enumerable.Range(0, Rows * Columns)], Moves);
        return FiniteSpecs.Problem("cliff-walking", rows.Build(start, options.Discount), options.MaxSteps, layout);
    }
}
