using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>An order in which one in-place sweep carries values far.</summary>
internal static class StateOrder
{
    /// <summary>
    /// States by their least number of steps to the end of the task or, where it has none, to where it pays best: a sweep in this order carries what
    /// is known there to everywhere it can be reached from. States that reach neither come last; terminal states are left out.
    /// </summary>
    public static int[] FromGoals(FiniteMdp mdp, Predecessors predecessors)
    {
        var order = new int[mdp.States];
        var seen = new bool[mdp.States];
        int count = 0;
        Add(s => Ends(mdp, s));
        if (count == 0)
        {
            double best = double.NegativeInfinity;
            foreach (double reward in mdp.Rewards)
            {
                best = Math.Max(best, reward);
            }

            Add(s => mdp.Rewards.Slice(mdp.Row(s, 0), mdp.Actions).Contains(best));
        }

        for (int head = 0; head < count; head++)
        {
            for (int i = predecessors.Start[order[head]]; i < predecessors.Start[order[head] + 1]; i++)
            {
                int before = Predecessors.StateOf(predecessors.Entries[i]);
                if (!seen[before])
                {
                    seen[before] = true;
                    order[count++] = before;
                }
            }
        }

        Add(_ => true);
        return order[..count];

        void Add(Func<int, bool> belongs)
        {
            for (int s = 0; s < mdp.States; s++)
            {
                if (!seen[s] && !mdp.IsTerminal(s) && belongs(s))
                {
                    seen[s] = true;
                    order[count++] = s;
                }
            }
        }
    }

    /// <summary>Whether an action in a state may end the task.</summary>
    private static bool Ends(FiniteMdp mdp, int state)
    {
        for (int row = mdp.Row(state, 0); row < mdp.Row(state + 1, 0); row++)
        {
            if (Undiscounted.Ends(mdp, row))
            {
                return true;
            }
        }

        return false;
    }
}
