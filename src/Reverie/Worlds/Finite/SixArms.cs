namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>six-arms</c>.</summary>
public sealed record SixArmsOptions : ContinuingRules;

/// <summary>
/// <c>six-arms</c> (Strehl and Littman 2008, section 5): a hub, state 0, and six rooms, 1 to 6. Action a, 0 to 5, leads from the hub to room a + 1 with
/// probability 1, 0.15, 0.1, 0.05, 0.03, 0.01, else nowhere. In its room it stays and pays 50, 133, 300, 800, 1660, 6000; any other leads back to the hub.
/// </summary>
/// <remarks>In room 1 every action but 4 stays and pays, as in the paper's figure, whose actions are numbered from 0.</remarks>
public static class SixArms
{
    private const int Arms = 6;

    private static readonly double[] Entry = [1.0, 0.15, 0.1, 0.05, 0.03, 0.01];
    private static readonly double[] Pay = [50.0, 133.0, 300.0, 800.0, 1660.0, 6000.0];

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(SixArmsOptions options)
    {
        OptionRanges.Checked(options);
        var rows = new FiniteRows(Arms + 1, Arms);
        for (int a = 0; a < Arms; a++)
        {
            rows.Add(a + 1, Entry[a], 0.0);
            rows.Add(0, 1.0 - Entry[a], 0.0);
            rows.EndRow();
        }

        for (int room = 1; room <= Arms; room++)
        {
            for (int a = 0; a < Arms; a++)
            {
                bool stays = room == 1 ? a != 4 : a == room - 1;
                rows.Add(stays ? room : 0, 1.0, stays ? Pay[room - 1] : 0.0);
                rows.EndRow();
            }
        }

        return FiniteSpecs.Problem("six-arms", rows.Build([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], options.Discount), options.MaxSteps);
    }
}
