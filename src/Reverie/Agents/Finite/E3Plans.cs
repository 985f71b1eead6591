using Reverie.Models.Finite;
using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>
/// The two models of E³ and the plans in them. In both everything outside the known states is one absorbing state, whose value is known beforehand: it
/// is written into the values of all unknown states, and only the known ones are planned over. In M̂ it pays the least reward; in M̂', where nothing else
/// pays, r_max.
/// </summary>
internal sealed class E3Plans
{
    private const int MostSweeps = 1_000_000;

    private readonly TabularSpace space;
    private readonly EmpiricalModel model;
    private readonly bool finite;
    private readonly double reward;
    private readonly double precision;
    private readonly int[] exploit;
    private readonly int[] explore;
    private readonly double[] exploitValues;
    private readonly double[] exploreValues;
    private readonly double[] escape;
    private readonly double[] scratch;
    private readonly QTable q;

    /// <summary>No plans yet.</summary>
    /// <param name="space">The world.</param>
    /// <param name="model">What was counted.</param>
    /// <param name="horizon">T.</param>
    /// <param name="finite">Whether plans are for T steps without discount, one action for each number of steps left.</param>
    /// <param name="reward">r_max less the least reward.</param>
    /// <param name="precision">The error of values at which to stop.</param>
    public E3Plans(TabularSpace space, EmpiricalModel model, int horizon, bool finite, double reward, double precision)
    {
        (this.space, this.model, Horizon, this.finite, this.reward, this.precision) = (space, model, horizon, finite, reward, precision);
        int states = space.States, levels = finite ? horizon : 1;
        (exploit, explore) = (new int[levels * states], new int[levels * states]);
        (exploitValues, exploreValues, escape, scratch) = (new double[states], new double[states], new double[states], new double[states]);
        q = new QTable(space);
        Array.Fill(escape, 1.0);
    }

    /// <summary>T.</summary>
    public int Horizon { get; }

    /// <summary>The probability of leaving the known states within T steps, exploring, <c>[S]</c>.</summary>
    public ReadOnlySpan<double> Escape => escape;

    /// <summary>Values in M̂, <c>[S]</c>.</summary>
    public ReadOnlySpan<double> ExploitValues => exploitValues;

    /// <summary>Values in M̂', <c>[S]</c>.</summary>
    public ReadOnlySpan<double> ExploreValues => exploreValues;

    /// <summary>The optimal action in M̂ with some steps left, 1 to T.</summary>
    public int Exploit(int state, int left) => exploit[At(state, left)];

    /// <summary>The optimal action in M̂' with some steps left, 1 to T.</summary>
    public int Explore(int state, int left) => explore[At(state, left)];

    /// <summary>Plans anew for the known states.</summary>
    public void Make(ReadOnlySpan<int> known)
    {
        if (finite)
        {
            // The state counts for its reward: whoever enters the absorbing one with t steps left to go, this one among them, has t r_max.
            InductBackwards(known, exploit, exploitValues, left => space.Floor * left, rewards: true);
            InductBackwards(known, explore, exploreValues, left => reward * (left + 1), rewards: false);
        }
        else
        {
            Solve(new EmpiricalBackup(model), known, exploit, exploitValues, space.Floor / (1.0 - space.Discount));
            Solve(new ArrivalBackup(model), known, explore, exploreValues, reward / (1.0 - space.Discount));
        }

        FindEscape(known);
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/exploit", Array.ConvertAll(exploit, x => (long)x));
        state.Set($"{prefix}/explore", Array.ConvertAll(explore, x => (long)x));
        state.Set($"{prefix}/exploitValues", exploitValues);
        state.Set($"{prefix}/exploreValues", exploreValues);
        state.Set($"{prefix}/escape", escape);
    }

    public void Load(StateDictionary state, string prefix)
    {
        var (from, into) = (state.GetInt64($"{prefix}/exploit", exploit.Length).ToArray(), state.GetInt64($"{prefix}/explore", explore.Length).ToArray());
        for (int i = 0; i < exploit.Length; i++)
        {
            (exploit[i], explore[i]) = ((int)from[i], (int)into[i]);
        }

        state.GetDouble($"{prefix}/exploitValues", space.States).CopyTo(exploitValues);
        state.GetDouble($"{prefix}/exploreValues", space.States).CopyTo(exploreValues);
        state.GetDouble($"{prefix}/escape", space.States).CopyTo(escape);
    }

    private int At(int state, int left) => (finite ? (left - 1) * space.States : 0) + state;

    private void Solve<TBackup>(in TBackup backup, ReadOnlySpan<int> known, int[] policy, double[] values, double outside)
        where TBackup : struct, IBackup
    {
        Outside(values, known, outside);
        ValueSweeps.Run(backup, known, q, values, space.Discount, precision, MostSweeps);
        foreach (int s in known)
        {
            policy[s] = q.Best(s);
        }
    }

    /// <summary>U_t(s) = max_a [r̂(s,a) + Σ p̂(s'|s,a) U_{t−1}(s')].</summary>
    private void InductBackwards(ReadOnlySpan<int> known, int[] policy, double[] values, Func<int, double> outside, bool rewards)
    {
        Array.Clear(values);
        for (int left = 1; left <= Horizon; left++)
        {
            Outside(values, known, outside(left - 1), clear: false);
            foreach (int s in known)
            {
                for (int a = 0; a < space.Actions; a++)
                {
                    int row = (s * space.Actions) + a;
                    q[row] = model.Expect(row, values) + (rewards ? model.Reward(row) : 0.0);
                }

                policy[At(s, left)] = q.Best(s);
                scratch[s] = q.Max(s);
            }

            foreach (int s in known)
            {
                values[s] = scratch[s];
            }
        }
    }

    /// <summary>P_t(s) = Σ p̂(s'|s,π'(s)) P_{t−1}(s'), where P is 1 outside the known states and P_0 is 0 in them.</summary>
    private void FindEscape(ReadOnlySpan<int> known)
    {
        Outside(escape, known, 1.0);
        for (int left = 1; left <= Horizon; left++)
        {
            foreach (int s in known)
            {
                scratch[s] = model.Expect((s * space.Actions) + Explore(s, left), escape);
            }

            foreach (int s in known)
            {
                escape[s] = scratch[s];
            }
        }
    }

    /// <summary>Gives all unknown states one value, and the known ones, if they are to be cleared, 0.</summary>
    private void Outside(double[] values, ReadOnlySpan<int> known, double value, bool clear = true)
    {
        foreach (int s in known)
        {
            scratch[s] = clear ? 0.0 : values[s];
        }

        Array.Fill(values, value);
        foreach (int s in known)
        {
            values[s] = scratch[s];
        }
    }
}
