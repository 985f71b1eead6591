using System.ComponentModel.DataAnnotations;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Options of <see cref="PrioritizedSweeping"/>.</summary>
public sealed record PrioritizedSweepingOptions : FiniteSolverOptions
{
    /// <summary>The most backups, after which to stop with <see cref="StopReason.Limit"/>. Default 100 billion; at least 1.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxBackups { get; init; } = 100_000_000_000;
}

/// <summary>
/// Prioritized sweeping (Moore and Atkeson 1993; Peng and Williams 1993): back up the state of the greatest priority; where its value changed by Δ, each
/// predecessor's priority becomes at least γ p Δ, the most that its value can change by it; until no priority counts.
/// </summary>
/// <remarks>
/// Priorities are kept as powers of two, in a list for each power, so that a change of priority takes a few instructions. When none is left above a
/// threshold, a sweep over all states finds every state's true change, which bounds the error; the threshold falls until the bounds are close enough.
/// Backups use one thread. Memory beside the process: 4 bytes a transition and 40 a state.
/// </remarks>
public sealed class PrioritizedSweeping : IFiniteSolver
{
    /// <summary>By how much the threshold falls below the greatest change, in powers of two.</summary>
    private const int Depth = 2;
    private const int BackupsBetweenChecks = 1 << 14;

    private readonly PrioritizedSweepingOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PrioritizedSweeping(PrioritizedSweepingOptions options)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBackups);
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var sweep = new BellmanSweep(mdp, workers);
        var predecessors = new Predecessors(mdp);
        var queue = new PriorityBuckets(mdp.States);
        int[] order = [.. Enumerable.Range(0, mdp.States).Where(s => !mdp.IsTerminal(s))];
        var (values, next) = (new double[mdp.States], new double[mdp.States]);
        long sweeps = 0, backups = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var residual = sweep.Improve(values, next);
            sweeps++;
            backups += mdp.States;
            double width = bounds.HalfWidth(residual);
            bool settled = residual.Change <= (bounds.Guarantees ? residual.Rounding : options.Precision);
            if (width <= options.Precision || settled || backups >= options.MaxBackups)
            {
                var reason = width <= options.Precision ? StopReason.Bounds : settled ? StopReason.Change : StopReason.Limit;
                return bounds.Solution(residual, values, next, sweep, sweeps, backups, reason);
            }

            // Where all rows go on alike, V + c changes by as much as V does, less (1 − β) c: c is chosen to have changes of 0 on average. Backups
            // one by one would take 1/(1 − β) of each state to that end.
            double gain = bounds.ConstantGain, centre = gain == 0 ? 0.0 : InPlace.MeanChange(values, next, order);
            double greatest = Math.Max(residual.High - centre, centre - residual.Low);
            int threshold = Math.ILogB(Math.Max(greatest, 1e-300)) - Depth;
            foreach (int s in order)
            {
                double change = next[s] - values[s] - centre;
                values[s] += centre * (1.0 + gain);
                queue.Raise(s, change == 0 ? int.MinValue / 2 : Math.ILogB(change), threshold);
            }

            backups += Drain(mdp, predecessors, queue, values, threshold, options.MaxBackups - backups, cancel);
        }
    }

    /// <summary>Backs up states in the order of their priorities until none of the threshold is left.</summary>
    private static unsafe long Drain(
        FiniteMdp mdp, Predecessors predecessors, PriorityBuckets queue, double[] values, int threshold, long most, CancellationToken cancel)
    {
        long backups = 0;
        fixed (double* v = values)
        fixed (int* start = predecessors.Start)
        fixed (uint* entries = predecessors.Entries)
        {
            while (backups < most && queue.TryTake(out int state))
            {
                if ((++backups & (BackupsBetweenChecks - 1)) == 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }

                double value = InPlace.Backup(mdp, state, v), change = value - v[state];
                v[state] = value;
                if (change == 0)
                {
                    continue;
                }

                // |Δ| < 2^(power + 1) and γ p ≤ 2^−halvings.
                int power = Math.ILogB(change);
                for (int i = start[state]; i < start[state + 1]; i++)
                {
                    queue.Raise(Predecessors.StateOf(entries[i]), power - Predecessors.HalvingsOf(entries[i]), threshold);
                }
            }
        }

        queue.Clear();
        return backups;
    }
}

/// <summary>A priority queue of states whose priorities are powers of two: a doubly linked list of states for each power, first in, first out.</summary>
internal sealed class PriorityBuckets
{
    private const int None = -1;

    /// <summary>Powers from the threshold upwards that are told apart; higher ones count as the highest.</summary>
    private const int Powers = 64;

    private readonly int[] head = new int[Powers];
    private readonly int[] tail = new int[Powers];
    private readonly int[] next;
    private readonly int[] previous;
    private readonly sbyte[] bucketOf;
    private ulong filled;

    /// <summary>An empty queue of up to so many states.</summary>
    public PriorityBuckets(int states)
    {
        (next, previous, bucketOf) = (new int[states], new int[states], new sbyte[states]);
        Array.Fill(bucketOf, (sbyte)None);
    }

    /// <summary>Makes a state's priority at least 2^<paramref name="power"/>; nothing below 2^<paramref name="threshold"/> counts.</summary>
    public void Raise(int state, int power, int threshold)
    {
        int bucket = Math.Min(power - threshold, Powers - 1), current = bucketOf[state];
        if (bucket <= current)
        {
            return;
        }

        if (current != None)
        {
            Unlink(state, current);
        }

        // First come, first served: what has just been raised is likely to be raised again.
        bool empty = (filled >> bucket & 1) == 0;
        int last = empty ? None : tail[bucket];
        (next[state], previous[state], bucketOf[state], tail[bucket]) = (None, last, (sbyte)bucket, state);
        filled |= 1ul << bucket;
        if (empty)
        {
            head[bucket] = state;
        }
        else
        {
            next[last] = state;
        }
    }

    /// <summary>Takes out a state of the greatest priority.</summary>
    public bool TryTake(out int state)
    {
        if (filled == 0)
        {
            state = None;
            return false;
        }

        int bucket = Powers - 1 - System.Numerics.BitOperations.LeadingZeroCount(filled);
        state = head[bucket];
        Unlink(state, bucket);
        bucketOf[state] = None;
        return true;
    }

    /// <summary>Takes out all states.</summary>
    public void Clear()
    {
        while (TryTake(out _))
        {
        }
    }

    private void Unlink(int state, int bucket)
    {
        int after = next[state], before = previous[state];
        if (after != None)
        {
            previous[after] = before;
        }
        else
        {
            tail[bucket] = before;
        }

        if (before != None)
        {
            next[before] = after;
        }
        else
        {
            head[bucket] = after;
            if (after == None)
            {
                filled &= ~(1ul << bucket);
            }
        }
    }
}
