using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds.Finite;

/// <summary>Value iteration as in a textbook, for stated values of worlds.</summary>
internal static class NaiveSolver
{
    /// <summary>V* by sweeps until nothing changes by more than 1e-13 of the greatest value.</summary>
    public static double[] Values(FiniteMdp mdp)
    {
        var values = new double[mdp.States];
        for (int sweep = 0; sweep < 200_000; sweep++)
        {
            double change = 0, greatest = 0;
            for (int s = 0; s < mdp.States; s++)
            {
                double best = Best(mdp, s, values);
                (change, greatest) = (Math.Max(change, Math.Abs(best - values[s])), Math.Max(greatest, Math.Abs(best)));
                values[s] = best;
            }

            if (change <= 1e-13 * Math.Max(greatest, 1.0))
            {
                return values;
            }
        }

        throw new InvalidOperationException("The values do not settle.");
    }

    /// <summary>The greatest mean reward a step, by relative value iteration.</summary>
    public static double Gain(FiniteMdp mdp)
    {
        var undiscounted = mdp.WithDiscount(1.0);
        var values = new double[mdp.States];
        for (int sweep = 0; ; sweep++)
        {
            Assert.True(sweep < 100_000);
            double[] next = [.. Enumerable.Range(0, mdp.States).Select(s => Best(undiscounted, s, values))];
            double[] changes = [.. next.Zip(values, (a, b) => a - b)];
            values = Array.ConvertAll(next, v => v - next[0]);
            if (changes.Max() - changes.Min() < 1e-7)
            {
                return changes[0];
            }
        }
    }

    private static double Best(FiniteMdp mdp, int s, double[] values) =>
        mdp.IsTerminal(s) ? 0.0 : Enumerable.Range(0, mdp.Actions).Max(a => mdp.Lookahead(mdp.Row(s, a), values));
}
