using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>What is known of an undiscounted problem.</summary>
internal enum UndiscountedKind
{
    /// <summary>Every policy ends, from every state, with probability 1.</summary>
    Proper,

    /// <summary>Some policies never end, but wherever they may stay for ever every step costs, and every state can reach the end.</summary>
    Costs,

    /// <summary>Some policies never end, and steps may cost nothing.</summary>
    Improper,
}

/// <summary>
/// Sorts undiscounted problems by their graph (de Alfaro 1997): which states can be kept from the end for ever, which can reach it with certainty.
/// </summary>
/// <param name="Kind">What is known.</param>
/// <param name="ProperRows">The row of each state by which it reaches the end with certainty, <c>[S]</c>; null where the kind is
/// <see cref="UndiscountedKind.Improper"/>.</param>
/// <param name="StayCost">The least cost of a step after which a policy may still stay from the end for ever; ∞ where none can.</param>
internal sealed record Undiscounted(UndiscountedKind Kind, int[]? ProperRows, double StayCost)
{
    /// <summary>An undiscounted process with its absorbing states terminal, as who is there has what is to be had; any other process as it is.</summary>
    public static FiniteMdp EndAbsorbing(FiniteMdp mdp)
    {
        bool[] ends = new bool[mdp.States];
        bool any = false;
        for (int s = 0; s < mdp.States && mdp.Discount == 1.0; s++)
        {
            ends[s] = mdp.IsAbsorbing(s);
            any |= ends[s] && !mdp.IsTerminal(s);
        }

        return any ? mdp.WithTerminal(ends) : mdp;
    }

    /// <summary>Sorts a problem.</summary>
    /// <exception cref="ArgumentException">Some state's value is infinite.</exception>
    public static Undiscounted Of(FiniteMdp mdp)
    {
        var predecessors = new Predecessors(mdp);
        bool[] stays = AlmostSurely(mdp, predecessors, row => !Ends(mdp, row), _ => true, null);
        double bestStay = double.NegativeInfinity;
        for (int row = 0; row < mdp.Rewards.Length; row++)
        {
            if (mdp.RowStart[row] < mdp.RowStart[row + 1] && stays[row / mdp.Actions] && !Ends(mdp, row) && GoesOnWithin(mdp, row, stays))
            {
                bestStay = Math.Max(bestStay, mdp.Rewards[row]);
            }
        }

        if (bestStay > 0)
        {
            bool[] gains = AlmostSurely(mdp, predecessors, row => !Ends(mdp, row) && mdp.Rewards[row] >= 0, row => mdp.Rewards[row] > 0, null);
            Refuse(mdp, s => gains[s], "can collect reward for ever, so that its undiscounted value is infinite");
            return new Undiscounted(UndiscountedKind.Improper, null, -bestStay);
        }

        // Where staying never pays, a state must reach the end, or stay at no cost, or lose without limit.
        bool[] idles = AlmostSurely(mdp, predecessors, row => !Ends(mdp, row) && mdp.Rewards[row] >= 0, _ => true, null);
        int[] rows = new int[mdp.States];
        bool[] saved = AlmostSurely(mdp, predecessors, _ => true, row => Ends(mdp, row) || idles[row / mdp.Actions], rows);
        Refuse(mdp, s => !saved[s], "cannot reach the end of the task with certainty under any policy, so that its undiscounted value is −∞");
        return !stays.Contains(true) ? new Undiscounted(UndiscountedKind.Proper, rows, -bestStay)
            : bestStay < 0 ? new Undiscounted(UndiscountedKind.Costs, rows, -bestStay)
            : new Undiscounted(UndiscountedKind.Improper, null, -bestStay);
    }

    /// <summary>Whether a row may end the task, by its outcome or in a terminal state.</summary>
    public static bool Ends(FiniteMdp mdp, int row)
    {
        bool ends = mdp.RowLive[row] < mdp.RowStart[row + 1];
        for (int i = mdp.RowStart[row]; i < mdp.RowLive[row] && !ends; i++)
        {
            ends = mdp.IsTerminal(mdp.Successors[i]);
        }

        return ends;
    }

    /// <summary>
    /// The states from which some policy that takes allowed rows only comes, with probability 1, to a target row, and again after it unless it ended:
    /// νY μZ { s : a row of s goes on within Y and is a target or may lead into Z }.
    /// </summary>
    private static bool[] AlmostSurely(FiniteMdp mdp, Predecessors predecessors, Func<int, bool> allowed, Func<int, bool> target, int[]? chosen)
    {
        var inside = new bool[mdp.States];
        for (int s = 0; s < mdp.States; s++)
        {
            inside[s] = !mdp.IsTerminal(s);
        }

        while (true)
        {
            var reached = new bool[mdp.States];
            var queue = new Queue<int>();
            for (int s = 0; s < mdp.States; s++)
            {
                Offer(s, target);
            }

            while (queue.TryDequeue(out int state))
            {
                for (int i = predecessors.Start[state]; i < predecessors.Start[state + 1]; i++)
                {
                    Offer(Predecessors.StateOf(predecessors.Entries[i]), row => LeadsInto(mdp, row, reached));
                }
            }

            if (reached.AsSpan().SequenceEqual(inside))
            {
                return inside;
            }

            inside = reached;

            void Offer(int s, Func<int, bool> wanted)
            {
                for (int row = mdp.Row(s, 0); row < mdp.Row(s + 1, 0) && inside[s] && !reached[s]; row++)
                {
                    if (allowed(row) && wanted(row) && GoesOnWithin(mdp, row, inside))
                    {
                        reached[s] = true;
                        queue.Enqueue(s);
                        if (chosen is not null)
                        {
                            chosen[s] = row;
                        }
                    }
                }
            }
        }
    }

    private static bool GoesOnWithin(FiniteMdp mdp, int row, bool[] states)
    {
        for (int i = mdp.RowStart[row]; i < mdp.RowLive[row]; i++)
        {
            if (!states[mdp.Successors[i]] && !mdp.IsTerminal(mdp.Successors[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool LeadsInto(FiniteMdp mdp, int row, bool[] states)
    {
        for (int i = mdp.RowStart[row]; i < mdp.RowLive[row]; i++)
        {
            if (states[mdp.Successors[i]])
            {
                return true;
            }
        }

        return false;
    }

    private static void Refuse(FiniteMdp mdp, Func<int, bool> infinite, string why)
    {
        for (int s = 0; s < mdp.States; s++)
        {
            if (!mdp.IsTerminal(s) && infinite(s))
            {
                string name = mdp.StateNames is null ? $"{s}" : $"{s} ('{mdp.StateNames[s]}')";
                throw new ArgumentException($"State {name} {why}. Give a discount below 1, or change the rewards.", nameof(mdp));
            }
        }
    }
}
