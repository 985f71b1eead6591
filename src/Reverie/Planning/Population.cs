using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>
/// The candidates of a sampling planner and what all of them do with candidates: decode, score, rank. Everything is allocated once.
/// </summary>
internal sealed class Population
{
    private readonly IEvaluator model;
    private readonly float[] z;
    private readonly float[] returns;
    private readonly long[] order;
    private readonly int[] ranking;
    private readonly ActionSequences actions;

    public Population(IEvaluator model, int horizon, int capacity)
    {
        this.model = model;
        Space = new SearchSpace(model.Actions);
        Horizon = horizon;
        actions = new ActionSequences(horizon, model.Actions.Size, capacity);
        Stride = actions.Stride;
        z = new float[horizon * Space.Size * Stride];
        returns = new float[Stride];
        order = new long[capacity];
        ranking = new int[capacity];
    }

    /// <summary>The space of one step.</summary>
    public SearchSpace Space { get; }

    /// <summary>Steps, H.</summary>
    public int Horizon { get; }

    /// <summary>Search variables of a plan: H × D.</summary>
    public int Variables => Horizon * Space.Size;

    /// <summary>Distance between variables.</summary>
    public int Stride { get; }

    /// <summary>Candidates in use, N.</summary>
    public int Count => actions.Count;

    /// <summary>Their returns, <c>[N]</c>.</summary>
    public ReadOnlySpan<float> Returns => returns.AsSpan(0, Count);

    /// <summary>One variable of all candidates, <c>[Stride]</c>; variable t·D + d is component d at step t.</summary>
    public Span<float> Variable(int index) => z.AsSpan(index * Stride, Stride);

    /// <summary>Uses only the first <paramref name="count"/> candidates.</summary>
    public void Resize(int count) => actions.Resize(count);

    /// <summary>Overwrites one candidate with a plan of H × D variables.</summary>
    public void Set(int candidate, ReadOnlySpan<float> plan)
    {
        for (int v = 0; v < Variables; v++)
        {
            z[(v * Stride) + candidate] = plan[v];
        }
    }

    /// <summary>Copies one candidate's plan out.</summary>
    public void Get(int candidate, Span<float> plan)
    {
        for (int v = 0; v < Variables; v++)
        {
            plan[v] = z[(v * Stride) + candidate];
        }
    }

    /// <summary>Copies one candidate's first step out, <c>[D]</c>.</summary>
    public void First(int candidate, Span<float> step)
    {
        for (int d = 0; d < step.Length; d++)
        {
            step[d] = z[(d * Stride) + candidate];
        }
    }

    /// <summary>Limits, decodes and scores all candidates. A return that is not finite counts as −∞.</summary>
    public void Score(ReadOnlySpan<double> state, RandomKey key)
    {
        for (int v = 0; v < Variables; v++)
        {
            var row = Variable(v);
            for (int i = 0; i < Count; i += Lanes.Count)
            {
                Space.Limit(Lanes.Load(row, i)).Store(row, i);
            }
        }

        for (int t = 0; t < Horizon; t++)
        {
            Space.Decode(z.AsSpan(t * Space.Size * Stride, Space.Size * Stride), actions.At(t));
        }

        model.Evaluate(state, actions, returns, key);
        for (int n = 0; n < Count; n++)
        {
            returns[n] = float.IsFinite(returns[n]) ? returns[n] : float.NegativeInfinity;
        }
    }

    /// <summary>The candidates' numbers from the best to the worst; among equals, the lower number first.</summary>
    public ReadOnlySpan<int> Rank()
    {
        for (int n = 0; n < Count; n++)
        {
            // The difference is never −0. The bits of floats, the negative ones' magnitudes turned over, are ordered as the floats are.
            int bits = BitConverter.SingleToInt32Bits(0f - returns[n]);
            order[n] = ((long)(bits ^ ((bits >> 31) & int.MaxValue)) << 32) | (uint)n;
        }

        Array.Sort(order, 0, Count);
        for (int n = 0; n < Count; n++)
        {
            ranking[n] = (int)order[n];
        }

        return ranking.AsSpan(0, Count);
    }

    /// <summary>The number of the best candidate.</summary>
    public int Best()
    {
        int best = 0;
        for (int n = 1; n < Count; n++)
        {
            if (returns[n] > returns[best])
            {
                best = n;
            }
        }

        return best;
    }

    /// <summary>The number of the worst candidate.</summary>
    public int Worst()
    {
        int worst = 0;
        for (int n = 1; n < Count; n++)
        {
            if (returns[n] < returns[worst])
            {
                worst = n;
            }
        }

        return worst;
    }

    /// <summary>Moves a plan one step on; the last step is filled with zeros, the middle of the box.</summary>
    public void Shift(Span<float> plan)
    {
        plan[Space.Size..].CopyTo(plan);
        plan[^Space.Size..].Clear();
    }
}
