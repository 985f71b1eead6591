using System.Runtime.CompilerServices;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>
/// Backs up every state from the values before: (TV)(s) = maxₐ r(s,a) + γ Σ p(s'|s,a) V(s'), or, for a fixed policy, (T_π V)(s).
/// Blocks of states go to the workers; a state's value does not depend on who computes it.
/// </summary>
/// <remarks>
/// Actions that are known not to be optimal can be left out from then on (MacQueen 1967): each state keeps a list of the rows that still count.
/// </remarks>
internal sealed class BellmanSweep : IParallelJob
{
    private const int Block = 2048;

    private readonly FiniteMdp mdp;
    private readonly Workers? workers;
    private readonly (double Low, double High, double Norm)[] results;
    private readonly double unitRounding;
    private readonly double largestReward;
    private int[]? rows;
    private int[]? counts;
    private double[] before = [];
    private double[] after = [];
    private double slack;
    private double lastSlack = double.PositiveInfinity;
    private bool pick;
    private bool follow;

    /// <summary>Sweeps over <paramref name="mdp"/>.</summary>
    public BellmanSweep(FiniteMdp mdp, Workers? workers)
    {
        (this.mdp, this.workers) = (mdp, workers);
        results = new (double, double, double)[(mdp.States + Block - 1) / Block];
        Best = new int[mdp.States];
        int longest = 0;
        ReadOnlySpan<int> rowStart = mdp.RowStart, rowLive = mdp.RowLive;
        var rewards = mdp.Rewards;
        for (int row = 0; row < rewards.Length; row++)
        {
            longest = Math.Max(longest, rowLive[row] - rowStart[row]);
            largestReward = Math.Max(largestReward, Math.Abs(rewards[row]));
        }

        // n products, n sums, the discount, the reward, the difference: each within 2⁻⁵³ of its exact value.
        unitRounding = (longest + 4) * 1.2e-16;
        for (int s = 0; s < mdp.States; s++)
        {
            Best[s] = mdp.Row(s, 0);
        }
    }

    /// <summary>The row that the last picking sweep found best in each state, or that <see cref="Follow"/> follows, <c>[S]</c>.</summary>
    public int[] Best { get; }

    /// <summary>Whether nothing follows a state.</summary>
    public bool IsTerminal(int state) => mdp.IsTerminal(state);

    /// <summary>TV into <paramref name="after"/>.</summary>
    /// <param name="before">V, <c>[S]</c>.</param>
    /// <param name="after">Receives TV, <c>[S]</c>.</param>
    /// <param name="slack">Actions that are worse than the best by more than this need not be tried again; ∞ to keep them all.</param>
    /// <param name="pick">Whether to note the best rows in <see cref="Best"/>.</param>
    public Residual Improve(double[] before, double[] after, double slack = double.PositiveInfinity, bool pick = false)
    {
        // Comparing all actions pays only where more of them may fall: not at every sweep, nor before the slack is as small as rewards differ.
        bool drop = mdp.Actions > 1 && slack < largestReward && slack < 0.5 * lastSlack;
        if (drop)
        {
            lastSlack = slack;
            ListRows();
        }

        (this.slack, this.pick, follow) = (drop ? slack : double.PositiveInfinity, pick, false);
        return Sweep(before, after);
    }

    /// <summary>T_π V into <paramref name="after"/>, where π takes the rows <see cref="Best"/>.</summary>
    public Residual Follow(double[] before, double[] after)
    {
        follow = true;
        return Sweep(before, after);
    }

    /// <summary>How far a computed backup of values up to <paramref name="norm"/> can be from the exact one.</summary>
    public double Rounding(double norm) => unitRounding * (largestReward + norm);

    /// <summary>The greedy policy: in each state the lowest-numbered of the actions that are best to within rounding; 0 in terminal states.</summary>
    public unsafe int[] Greedy(double[] values)
    {
        var policy = new int[mdp.States];
        fixed (double* v = values)
        {
            Greedy(v, policy, 4 * Rounding(Residual.NormOf(values)));
        }

        return policy;
    }

    /// <inheritdoc/>
    unsafe void IParallelJob.Run(int index)
    {
        int first = index * Block, last = Math.Min(first + Block, mdp.States);
        fixed (double* v = before, next = after)
        {
            results[index] = follow ? FollowBlock(first, last, v, next) : ImproveBlock(first, last, v, next);
        }
    }

    /// <summary>Σ pᵢ V(s'ᵢ); two sums, as each addition waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe double Expect(double* probability, int* successor, int count, double* values)
    {
        double even = 0, odd = 0;
        int i = 0;
        for (; i + 1 < count; i += 2)
        {
            even += probability[i] * values[successor[i]];
            odd += probability[i + 1] * values[successor[i + 1]];
        }

        if (i < count)
        {
            even += probability[i] * values[successor[i]];
        }

        return even + odd;
    }

    private unsafe void Greedy(double* v, int[] policy, double tie)
    {
        int actions = mdp.Actions;
        var room = new double[actions];
        fixed (int* rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors, rows = this.rows, counts = this.counts)
        fixed (double* probabilities = mdp.Probabilities, rewards = mdp.Rewards, scores = room)
        {
            for (int s = 0; s < policy.Length; s++)
            {
                int origin = s * actions, listed = counts is null ? actions : counts[s], k = 0;
                double best = double.NegativeInfinity;
                for (; k < listed; k++)
                {
                    int row = rows is null ? origin + k : rows[origin + k], start = rowStart[row];
                    scores[k] = rewards[row] + (mdp.Discount * Expect(probabilities + start, successors + start, rowLive[row] - start, v));
                    best = Math.Max(best, scores[k]);
                }

                for (k = 0; scores[k] < best - tie; k++)
                {
                }

                policy[s] = rows is null ? k : rows[origin + k] - origin;
            }
        }
    }

    private Residual Sweep(double[] before, double[] after)
    {
        (this.before, this.after) = (before, after);
        if (workers is null)
        {
            for (int i = 0; i < results.Length; i++)
            {
                ((IParallelJob)this).Run(i);
            }
        }
        else
        {
            workers.Run(this, results.Length);
        }

        var (low, high, norm) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        foreach (var result in results)
        {
            (low, high, norm) = (Math.Min(low, result.Low), Math.Max(high, result.High), Math.Max(norm, result.Norm));
        }

        return low > high ? new Residual(0, 0, 0, 0) : new Residual(low, high, norm, Rounding(norm + Math.Max(Math.Abs(low), Math.Abs(high))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe (double Low, double High, double Norm) ImproveBlock(int first, int last, double* v, double* next)
    {
        var (low, high, norm) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        int actions = mdp.Actions;
        double discount = mdp.Discount, slack = this.slack;
        bool drop = slack < double.PositiveInfinity, pick = this.pick;
        Span<double> room = actions <= 1024 ? stackalloc double[actions] : new double[actions];
        fixed (double* scores = room)
        fixed (int* rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors, rows = this.rows, counts = this.counts, chosen = Best)
        fixed (double* probabilities = mdp.Probabilities, rewards = mdp.Rewards)
        {
            for (int s = first; s < last; s++)
            {
                int origin = s * actions;
                if (rowStart[origin] == rowStart[origin + actions])
                {
                    next[s] = 0;
                    continue;
                }

                double best = double.NegativeInfinity;
                int listed = counts is null ? actions : counts[s];
                for (int k = 0; k < listed; k++)
                {
                    int row = rows is null ? origin + k : rows[origin + k];
                    int start = rowStart[row];
                    double q = rewards[row] + (discount * Expect(probabilities + start, successors + start, rowLive[row] - start, v));
                    scores[k] = q;
                    best = double.MaxNative(best, q);
                }

                if (pick)
                {
                    // Not in the loop above: a branch on which action is best is mispredicted more often than not.
                    int k = 0;
                    while (scores[k] < best)
                    {
                        k++;
                    }

                    chosen[s] = rows is null ? origin + k : rows[origin + k];
                }

                if (drop && listed > 1)
                {
                    int kept = 0;
                    for (int k = 0; k < listed; k++)
                    {
                        rows[origin + kept] = rows[origin + k];
                        kept += scores[k] >= best - slack ? 1 : 0;
                    }

                    counts[s] = kept;
                }

                next[s] = best;
                double change = best - v[s];
                low = double.MinNative(low, change);
                high = double.MaxNative(high, change);
                norm = double.MaxNative(norm, Math.Abs(best));
            }
        }

        return (low, high, norm);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe (double Low, double High, double Norm) FollowBlock(int first, int last, double* v, double* next)
    {
        var (low, high, norm) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        int actions = mdp.Actions;
        double discount = mdp.Discount;
        fixed (int* rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors, chosen = Best)
        fixed (double* probabilities = mdp.Probabilities, rewards = mdp.Rewards)
        {
            for (int s = first; s < last; s++)
            {
                if (rowStart[s * actions] == rowStart[(s + 1) * actions])
                {
                    next[s] = 0;
                    continue;
                }

                int row = chosen[s], start = rowStart[row];
                double value = rewards[row] + (discount * Expect(probabilities + start, successors + start, rowLive[row] - start, v));
                next[s] = value;
                double change = value - v[s];
                low = double.MinNative(low, change);
                high = double.MaxNative(high, change);
                norm = double.MaxNative(norm, Math.Abs(value));
            }
        }

        return (low, high, norm);
    }

    private void ListRows()
    {
        if (rows is not null)
        {
            return;
        }

        rows = new int[mdp.States * mdp.Actions];
        counts = new int[mdp.States];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = row;
        }

        Array.Fill(counts, mdp.Actions);
    }
}
