using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>
/// The deterministic model of Dyna-Q: of every state and action that was tried, the last outcome. The actions tried in a state stand side by side, so
/// that a planning step touches one line of memory for what it predicts.
/// </summary>
internal sealed class LastOutcomes
{
    private readonly int actions;
    private readonly Outcome[] outcomes;
    private readonly int[] place;
    private readonly int[] tried;
    private readonly SeenList states;

    public LastOutcomes(TabularSpace space)
    {
        actions = space.Actions;
        (outcomes, place, tried) = (new Outcome[space.Rows], new int[space.Rows], new int[space.States]);
        Array.Fill(place, -1);
        states = new SeenList(space.States);
    }

    /// <summary>States and actions of which it has an outcome.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it has an outcome of an action in a state.</summary>
    public bool Knows(int state, int action) => place[(state * actions) + action] >= 0;

    /// <summary>From now on s and a of <paramref name="row"/> lead to the outcome.</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="reward">r.</param>
    /// <param name="next">s'.</param>
    /// <param name="terminated">Whether the task ends.</param>
    public void Set(int row, double reward, int next, bool terminated)
    {
        int state = row / actions;
        if (place[row] < 0)
        {
            states.Add(state);
            Count++;
            place[row] = (state * actions) + tried[state]++;
        }

        outcomes[place[row]] = new Outcome(reward, terminated ? ~next : next, row);
    }

    /// <summary>A random state among those seen, and in it a random action among those tried.</summary>
    /// <param name="first">A random word for the state.</param>
    /// <param name="second">One for the action.</param>
    /// <param name="more">More of them, where a number drawn would be biased.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Outcome Draw(uint first, uint second, RandomStream more)
    {
        int state = states.Items[Below(states.Count, first, more)];
        return ref outcomes[(state * actions) + Below(tried[state], second, more)];
    }

    public void Save(StateDictionary state, string prefix)
    {
        states.Save(state, $"{prefix}/states");
        state.Set($"{prefix}/tried", Array.ConvertAll(tried, x => (long)x));
        state.Set($"{prefix}/places", Array.ConvertAll(place, x => (long)x));
        state.Set($"{prefix}/next", Array.ConvertAll(outcomes, x => (long)x.Code));
        state.Set($"{prefix}/rewards", Array.ConvertAll(outcomes, x => x.Reward));
    }

    public void Load(StateDictionary state, string prefix)
    {
        states.Load(state, $"{prefix}/states");
        var (savedTried, places) = (state.GetInt64($"{prefix}/tried", tried.Length).ToArray(), state.GetInt64($"{prefix}/places", place.Length).ToArray());
        var next = state.GetInt64($"{prefix}/next", outcomes.Length);
        var rewards = state.GetDouble($"{prefix}/rewards", outcomes.Length);
        for (int s = 0; s < tried.Length; s++)
        {
            tried[s] = (int)savedTried[s];
        }

        Array.Clear(outcomes);
        Count = tried.Sum();
        for (int row = 0; row < place.Length; row++)
        {
            int at = place[row] = (int)places[row], s = row / actions;
            if (at >= 0)
            {
                // In the state's own block, among the actions tried there, at a place of its own; what follows must be a state.
                bool fits = places[row] >= s * actions && places[row] < (s * actions) + savedTried[s] && outcomes[at] == default
                    && (next[at] < 0 ? ~next[at] : next[at]) < tried.Length && states.Contains(s);
                if (!fits)
                {
                    throw new StateException($"the saved state's entries '{prefix}' contradict each other: row {row} at place {places[row]}, followed by {next[at]}");
                }

                outcomes[at] = new Outcome(rewards[at], (int)next[at], row);
            }
        }
    }

    /// <summary>Uniform in 0 … <paramref name="count"/> − 1 (Lemire 2019).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Below(int count, uint word, RandomStream more)
    {
        ulong product = (ulong)word * (uint)count;
        return (uint)product >= (uint)count ? (int)(product >> 32) : more.NextInt32(count);
    }

    /// <summary>What s and a of a row lead to.</summary>
    /// <param name="Reward">r.</param>
    /// <param name="Code">s', or ~s' where the task ends.</param>
    /// <param name="Row">The row of s and a.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Outcome(double Reward, int Code, int Row);
}
