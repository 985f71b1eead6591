using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>
/// The states from which each state can be reached in a step, in compressed rows of four bytes an entry: the predecessor and, in powers of two, the
/// most that a change of the state's value by 1 changes the predecessor's.
/// </summary>
internal sealed class Predecessors
{
    /// <summary>States there may be: 27 bits.</summary>
    public const int MostStates = 1 << StateBits;

    private const int StateBits = 27;
    private const int MostHalvings = 31;

    /// <summary>The predecessors in <paramref name="mdp"/>; terminal states need none and have none.</summary>
    /// <exception cref="ArgumentException">There are too many states.</exception>
    public Predecessors(FiniteMdp mdp)
    {
        if (mdp.States > MostStates)
        {
            throw new ArgumentException($"The process has {mdp.States} states; lists of predecessors hold at most {MostStates}.", nameof(mdp));
        }

        Start = new int[mdp.States + 1];
        var last = new int[mdp.States];
        Array.Fill(last, -1);
        Visit(mdp, (state, next, _) =>
        {
            if (last[next] != state)
            {
                last[next] = state;
                Start[next + 1]++;
            }
        });
        for (int s = 0; s < mdp.States; s++)
        {
            Start[s + 1] += Start[s];
            last[s] = Start[s] - 1;
        }

        Entries = new uint[Start[^1]];
        Visit(mdp, (state, next, weight) =>
        {
            // Outcomes come state by state: the same predecessor again is the last one.
            uint halvings = (uint)Math.Clamp(-1 - Math.ILogB(weight), 0, MostHalvings);
            uint entry = (halvings << StateBits) | (uint)state;
            if (last[next] >= Start[next] && StateOf(Entries[last[next]]) == state)
            {
                Entries[last[next]] = Math.Min(Entries[last[next]], entry);
            }
            else
            {
                Entries[++last[next]] = entry;
            }
        });
    }

    /// <summary>Where the entries of each state begin, <c>[S + 1]</c>.</summary>
    public int[] Start { get; }

    /// <summary>All entries.</summary>
    public uint[] Entries { get; }

    /// <summary>The predecessor.</summary>
    public static int StateOf(uint entry) => (int)(entry & (MostStates - 1));

    /// <summary>k such that a change by 1 changes the predecessor by at most 2⁻ᵏ (for k below 31).</summary>
    public static int HalvingsOf(uint entry) => (int)(entry >> StateBits);

    private static void Visit(FiniteMdp mdp, Action<int, int, double> outcome)
    {
        for (int s = 0; s < mdp.States; s++)
        {
            for (int a = 0; a < mdp.Actions; a++)
            {
                int row = mdp.Row(s, a);
                for (int i = mdp.RowStart[row]; i < mdp.RowLive[row]; i++)
                {
                    if (!mdp.IsTerminal(mdp.Successors[i]))
                    {
                        outcome(s, mdp.Successors[i], mdp.Discount * mdp.Probabilities[i]);
                    }
                }
            }
        }
    }
}
