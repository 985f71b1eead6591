using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>What the change of one more sweep, TV − V, says of V*: guaranteed, rounding included.</summary>
internal abstract class ErrorBounds
{
    /// <summary>Whether a change that is small enough guarantees something.</summary>
    public virtual bool Guarantees => true;

    /// <summary>An upper bound on half of the widest interval that <see cref="Fill"/> gives; ∞ where nothing is guaranteed.</summary>
    public abstract double HalfWidth(in Residual residual);

    /// <summary>How much worse than the best, in the next sweep, an action must be so that it cannot be optimal.</summary>
    /// <param name="residual">The last improvement's.</param>
    /// <param name="fall">The least that any value has changed since, up to <paramref name="rise"/>, the most.</param>
    /// <param name="rise">The most.</param>
    public virtual double Slack(in Residual residual, double fall = 0.0, double rise = 0.0) => double.PositiveInfinity;

    /// <summary>
    /// β/(1 − β) where every row goes on with the same discounted probability β: if a sweep changes all values by c, all that follow will by c β/(1 − β)
    /// together, and adding that at once is a step of aggregation (Bertsekas and Castañon 1989). Otherwise 0.
    /// </summary>
    public virtual double ConstantGain => 0.0;

    /// <summary>The bounds of every state that is not terminal.</summary>
    /// <param name="residual">The last sweep's.</param>
    /// <param name="before">V, <c>[S]</c>.</param>
    /// <param name="after">TV, <c>[S]</c>.</param>
    /// <param name="lower">Receives a lower bound of V*, <c>[S]</c>.</param>
    /// <param name="upper">Receives an upper bound of V*, <c>[S]</c>.</param>
    public abstract void Fill(in Residual residual, double[] before, double[] after, double[] lower, double[] upper);

    /// <summary>The best that is known for a process.</summary>
    /// <exception cref="ArgumentException">Some state's value is infinite.</exception>
    public static ErrorBounds Of(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        var (least, most) = Continuation(mdp);
        if (mdp.Discount < 1.0 || most < 1.0 - 1e-9)
        {
            return new ContractionBounds(least, most);
        }

        var known = Undiscounted.Of(mdp);
        ErrorBounds? bounds = known.Kind switch
        {
            UndiscountedKind.Proper => StepBounds.ForLongest(mdp, workers, cancel),
            UndiscountedKind.Costs => CostBounds.For(mdp, known.StayCost, workers, cancel),
            _ => null,
        };
        return bounds ?? new NoBounds();
    }

    /// <summary>The solution after a last sweep from V to TV.</summary>
    public FiniteSolution Solution(in Residual residual, double[] before, double[] after, BellmanSweep sweep, long sweeps, long backups, StopReason reason)
    {
        var (lower, upper, values) = (new double[after.Length], new double[after.Length], new double[after.Length]);
        Fill(residual, before, after, lower, upper);
        for (int s = 0; s < values.Length; s++)
        {
            if (sweep.IsTerminal(s))
            {
                (lower[s], upper[s]) = (0.0, 0.0);
            }

            values[s] = double.IsFinite(lower[s]) && double.IsFinite(upper[s]) ? lower[s] + (0.5 * (upper[s] - lower[s])) : after[s];
        }

        return new FiniteSolution { Values = values, Lower = lower, Upper = upper, Policy = sweep.Greedy(values), Sweeps = sweeps, Backups = backups, StopReason = reason };
    }

    /// <summary>Values V with TV ≤ V + <paramref name="limit"/> for other rewards, and the most by which TV exceeds them; null where too many sweeps are needed.</summary>
    /// <param name="mdp">The process; undiscounted.</param>
    /// <param name="rewards">r(s,a), <c>[S·A]</c>.</param>
    /// <param name="limit">How near is near enough.</param>
    /// <param name="workers">Threads that share the sweeps.</param>
    /// <param name="cancel">Ends the work.</param>
    protected static (double[] Values, double Excess)? AlmostAbove(FiniteMdp mdp, double[] rewards, double limit, Workers? workers, CancellationToken cancel)
    {
        const int MostSweeps = 1_000_000;
        var sweep = new BellmanSweep(mdp.WithRewards(rewards), workers);
        var (before, after) = (new double[mdp.States], new double[mdp.States]);
        for (int n = 0; n < MostSweeps; n++)
        {
            cancel.ThrowIfCancellationRequested();
            var residual = sweep.Improve(before, after);
            double excess = residual.High + residual.Rounding;
            if (excess < limit)
            {
                return (before, excess);
            }

            (before, after) = (after, before);
        }

        return null;
    }

    /// <summary>γ times the least and the greatest probability of going on to a state that is not terminal, over all rows.</summary>
    private static (double Least, double Most) Continuation(FiniteMdp mdp)
    {
        // Sums of probabilities are 1 to within this.
        const double Sum = 1.1e-12;
        bool anyTerminal = false;
        for (int s = 0; s < mdp.States && !anyTerminal; s++)
        {
            anyTerminal = mdp.IsTerminal(s);
        }

        var (least, most) = (1.0, 0.0);
        ReadOnlySpan<int> rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors;
        var probabilities = mdp.Probabilities;
        for (int row = 0; row < rowLive.Length; row++)
        {
            int start = rowStart[row], live = rowLive[row], end = rowStart[row + 1];
            if (start == end)
            {
                continue;
            }

            double goesOn = 1.0;
            if (anyTerminal || live < end)
            {
                goesOn = 0;
                for (int i = start; i < live; i++)
                {
                    goesOn += mdp.IsTerminal(successors[i]) ? 0.0 : probabilities[i];
                }
            }

            (least, most) = (Math.Min(least, goesOn), Math.Max(most, goesOn));
        }

        return (mdp.Discount * Math.Max(0.0, least - Sum), mdp.Discount * (most + Sum));
    }
}

/// <summary>
/// For rows that go on with discounted probability between α and β, β below 1 (MacQueen 1966; Porteus 1975): from V + c ≤ TV follows
/// TV + c α/(1 − α) ≤ V* for c ≥ 0 and TV + c β/(1 − β) ≤ V* for c below 0, and likewise from above.
/// </summary>
internal sealed class ContractionBounds(double least, double most) : ErrorBounds
{
    public override bool Guarantees => most < 1.0;

    public override double HalfWidth(in Residual residual)
    {
        var (low, high) = Shift(residual);
        return (0.5 * (high - low)) + (2.3e-16 * (residual.Norm + Math.Abs(low) + Math.Abs(high)));
    }

    /// <summary>Q*(s,a) ≤ Q(s,a) + γσ·high and V*(s) ≥ Q(s,b) + γσ'·low for the best b, with γσ in [α, β].</summary>
    public override double Slack(in Residual residual, double fall = 0.0, double rise = 0.0)
    {
        var (low, high) = Shift(residual);
        (low, high) = (low - rise, high - fall);
        double slack = ((high >= 0 ? most : least) * high) - ((low >= 0 ? least : most) * low) + (8 * residual.Rounding) + (1e-15 * (Math.Abs(low) + Math.Abs(high)));
        return double.IsNaN(slack) ? double.PositiveInfinity : slack;
    }

    public override double ConstantGain => least >= most * (1.0 - 1e-9) && most < 1.0 ? most / (1.0 - most) : 0.0;

    public override void Fill(in Residual residual, double[] before, double[] after, double[] lower, double[] upper)
    {
        var (low, high) = Shift(residual);
        for (int s = 0; s < after.Length; s++)
        {
            (lower[s], upper[s]) = (Math.BitDecrement(after[s] + low), Math.BitIncrement(after[s] + high));
        }
    }

    /// <summary>Bounds of V* − TV.</summary>
    private (double Low, double High) Shift(in Residual residual)
    {
        if (most >= 1.0)
        {
            return (double.NegativeInfinity, double.PositiveInfinity);
        }

        double low = residual.Low - residual.Rounding, high = residual.High + residual.Rounding;
        low *= low >= 0 ? least / (1.0 - least) : most / (1.0 - most);
        high *= high >= 0 ? most / (1.0 - most) : least / (1.0 - least);
        return (low - residual.Rounding - (1e-14 * Math.Abs(low)), high + residual.Rounding + (1e-14 * Math.Abs(high)));
    }
}

/// <summary>
/// For undiscounted problems in which every policy ends: with N ≥ 1 + maxₐ Σ p N, more steps than any policy takes on average, and
/// −δ ≤ TV − V ≤ δ', V − δ N ≤ V* ≤ V + δ' N (Bertsekas and Tsitsiklis 1996, section 2.2: T contracts in the norm weighted by N).
/// </summary>
internal sealed class StepBounds(double[] steps) : ErrorBounds
{
    private readonly double most = steps.Max();

    public static StepBounds? ForLongest(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        var rewards = new double[mdp.Rewards.Length];
        Array.Fill(rewards, 1.0);
        if (AlmostAbove(mdp, rewards, 0.25, workers, cancel) is not { } found)
        {
            return null;
        }

        var (steps, excess) = found;
        // 1 + max Σ p N ≤ N + excess, so that N/(1 − excess) is large enough.
        for (int s = 0; s < steps.Length; s++)
        {
            steps[s] *= 1.0 / (1.0 - excess) * (1.0 + 1e-12);
        }

        return new StepBounds(steps);
    }

    public override double HalfWidth(in Residual residual)
    {
        var (fall, rise) = Sides(residual);
        return (0.5 * (fall + rise) * most) + (2.3e-16 * (residual.Norm + residual.Change));
    }

    public override void Fill(in Residual residual, double[] before, double[] after, double[] lower, double[] upper)
    {
        var (fall, rise) = Sides(residual);
        for (int s = 0; s < after.Length; s++)
        {
            (lower[s], upper[s]) = (Math.BitDecrement(before[s] - (fall * steps[s])), Math.BitIncrement(before[s] + (rise * steps[s])));
        }
    }

    private static (double Fall, double Rise) Sides(in Residual residual) =>
        (Math.Max(0.0, residual.Rounding - residual.Low), Math.Max(0.0, residual.High + residual.Rounding));
}

/// <summary>Where improper policies exist and steps may cost nothing, the change of a sweep guarantees nothing.</summary>
internal sealed class NoBounds : ErrorBounds
{
    public override bool Guarantees => false;

    public override double HalfWidth(in Residual residual) => double.PositiveInfinity;

    public override void Fill(in Residual residual, double[] before, double[] after, double[] lower, double[] upper)
    {
        Array.Fill(lower, double.NegativeInfinity);
        Array.Fill(upper, double.PositiveInfinity);
    }
}
