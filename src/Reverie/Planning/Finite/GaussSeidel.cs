using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Options of <see cref="GaussSeidel"/>.</summary>
public sealed record GaussSeidelOptions : SweepOptions
{
    /// <summary>
    /// Whether sweeps go from the states next to the end of the task (or to the best reward) outwards and back, in turn; else by number, up and down.
    /// Default true.
    /// </summary>
    public bool FromGoals { get; init; } = true;
}

/// <summary>
/// Gauss-Seidel value iteration (Hastings 1968; Puterman 1994, section 6.3.3): V(s) ← maxₐ r(s,a) + γ Σ p(s'|s,a) V(s'), state after state, each with the
/// newest values. A sweep along the flow of values carries them from end to end; against it, a single step. So sweeps alternate between an order and its reverse.
/// </summary>
/// <remarks>
/// Each round is a sweep in either direction and one over all states at once, whose change bounds the error; where all rows go on alike, a constant
/// is then added to all values (aggregation into one; Bertsekas and Castañon 1989). The sweeps in place use one thread.
/// </remarks>
public sealed class GaussSeidel : IFiniteSolver
{
    private readonly GaussSeidelOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public GaussSeidel(GaussSeidelOptions options)
    {
        options.Validate();
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var sweep = new BellmanSweep(mdp, workers);
        int[] order = options.FromGoals ? StateOrder.FromGoals(mdp, new Predecessors(mdp)) : [.. Enumerable.Range(0, mdp.States).Where(s => !mdp.IsTerminal(s))];
        var (values, next) = (new double[mdp.States], new double[mdp.States]);
        for (long round = 1; ; round++)
        {
            cancel.ThrowIfCancellationRequested();
            InPlace.Sweep(mdp, values, order, reverse: false);
            InPlace.Sweep(mdp, values, order, reverse: true);
            var residual = sweep.Improve(values, next);
            double width = bounds.HalfWidth(residual);
            bool settled = residual.Change <= (bounds.Guarantees ? residual.Rounding : options.Precision);
            if (width <= options.Precision || settled || 3 * round >= options.MaxSweeps)
            {
                var reason = width <= options.Precision ? StopReason.Bounds : settled ? StopReason.Change : StopReason.Limit;
                return bounds.Solution(residual, values, next, sweep, 3 * round, 3 * round * mdp.States, reason);
            }

            // V* − TV is guessed to be alike everywhere.
            double shift = bounds.ConstantGain * InPlace.MeanChange(values, next, order);
            (values, next) = (next, values);
            foreach (int s in order)
            {
                values[s] += shift;
            }
        }
    }
}

/// <summary>Backups that use the newest values.</summary>
internal static class InPlace
{
    /// <summary>V(s) ← (TV)(s), state after state.</summary>
    public static unsafe void Sweep(FiniteMdp mdp, double[] values, int[] order, bool reverse)
    {
        fixed (double* v = values)
        {
            for (int i = 0; i < order.Length; i++)
            {
                int s = order[reverse ? order.Length - 1 - i : i];
                v[s] = Backup(mdp, s, v);
            }
        }
    }

    /// <summary>The mean of TV − V over the given states.</summary>
    public static double MeanChange(double[] before, double[] after, int[] states)
    {
        double sum = 0;
        foreach (int s in states)
        {
            sum += after[s] - before[s];
        }

        return states.Length == 0 ? 0.0 : sum / states.Length;
    }

    /// <summary>(TV)(s); 0 for a terminal state.</summary>
    public static unsafe double Backup(FiniteMdp mdp, int state, double* values)
    {
        int row = state * mdp.Actions, end = row + mdp.Actions;
        double discount = mdp.Discount, best = double.NegativeInfinity;
        fixed (int* rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors)
        fixed (double* probabilities = mdp.Probabilities, rewards = mdp.Rewards)
        {
            if (rowStart[row] == rowStart[end])
            {
                return 0.0;
            }

            for (; row < end; row++)
            {
                int start = rowStart[row];
                best = Math.Max(best, rewards[row] + (discount * BellmanSweep.Expect(probabilities + start, successors + start, rowLive[row] - start, values)));
            }
        }

        return best;
    }
}
