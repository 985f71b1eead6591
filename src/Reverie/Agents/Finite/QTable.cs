using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>Q(s,a) for every state and action, and the ways to choose by it.</summary>
internal sealed class QTable
{
    private readonly int actions;

    public QTable(TabularSpace space, double initial = 0.0)
    {
        actions = space.Actions;
        Values = new double[space.Rows];
        Array.Fill(Values, initial);
    }

    /// <summary>Q, <c>[S·A]</c>.</summary>
    public double[] Values { get; }

    public ref double this[int row] => ref Values[row];

    /// <summary>max_a Q(s,a).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Max(int state)
    {
        var row = Values.AsSpan(state * actions, actions);
        double best = row[0];
        for (int a = 1; a < row.Length; a++)
        {
            // One instruction without a branch, which random values would mispredict; it need not mind NaN or the signs of zeros.
            best = double.MaxNative(best, row[a]);
        }

        return best;
    }

    /// <summary>The lowest-numbered of the best actions.</summary>
    public int Best(int state)
    {
        int first = state * actions, best = 0;
        for (int a = 1; a < actions; a++)
        {
            best = Values[first + a] > Values[first + best] ? a : best;
        }

        return best;
    }

    /// <summary>One of the best actions, all with the same probability.</summary>
    public int Best(int state, RandomStream random)
    {
        double best = Max(state);
        int ties = 0, first = state * actions;
        for (int a = 0; a < actions; a++)
        {
            ties += Values[first + a] == best ? 1 : 0;
        }

        int left = ties > 1 ? random.NextInt32(ties) : 0;
        for (int a = 0; a < actions; a++)
        {
            if (Values[first + a] == best && left-- == 0)
            {
                return a;
            }
        }

        return 0;
    }

    /// <summary>With probability ε any action, else one of the best.</summary>
    public int EpsilonGreedy(int state, double epsilon, RandomStream random) =>
        random.NextDouble() < epsilon ? random.NextInt32(actions) : Best(state, random);

    public void CopyPolicy(Span<int> policy)
    {
        Require(policy.Length, nameof(policy));
        for (int s = 0; s < policy.Length; s++)
        {
            policy[s] = Best(s);
        }
    }

    public void CopyValues(Span<double> values)
    {
        Require(values.Length, nameof(values));
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = Max(s);
        }
    }

    public void Save(StateDictionary state, string prefix) => state.Set(prefix, Values);

    public void Load(StateDictionary state, string prefix) => state.GetDouble(prefix, Values.Length).CopyTo(Values);

    private void Require(int length, string name)
    {
        if (length != Values.Length / actions)
        {
            throw new ArgumentException($"There is room for {length} states; the world has {Values.Length / actions}.", name);
        }
    }
}

/// <summary>Acts by a table, breaking ties at random by its own stream.</summary>
internal sealed class TablePolicy(TabularSpace space, QTable q, RandomStream random) : IPolicy
{
    public void Reset()
    {
    }

    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        int s = space.State(observation, action);
        action[0] = q.Best(s, random);
    }
}
