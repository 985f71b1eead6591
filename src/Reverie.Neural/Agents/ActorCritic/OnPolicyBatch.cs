using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>The steps that a policy has taken since it last changed, in order.</summary>
internal sealed class OnPolicyBatch(int capacity, int observationSize, int actionSize)
{
    private readonly double[] observations = new double[capacity * observationSize];
    private readonly double[] nextObservations = new double[capacity * observationSize];
    private readonly double[] draws = new double[capacity * actionSize];

    /// <summary>Steps that fit, T.</summary>
    public int Capacity => capacity;

    /// <summary>Steps held.</summary>
    public int Count { get; private set; }

    /// <summary>r, <c>[T]</c>.</summary>
    public double[] Rewards { get; } = new double[capacity];

    /// <summary>Whether the task ended, <c>[T]</c>.</summary>
    public bool[] Terminated { get; } = new bool[capacity];

    /// <summary>Whether time ran out, <c>[T]</c>.</summary>
    public bool[] Truncated { get; } = new bool[capacity];

    /// <summary>What was seen before step <paramref name="t"/>.</summary>
    public ReadOnlySpan<double> Observation(int t) => observations.AsSpan(t * observationSize, observationSize);

    /// <summary>What was seen after step <paramref name="t"/>.</summary>
    public ReadOnlySpan<double> NextObservation(int t) => nextObservations.AsSpan(t * observationSize, observationSize);

    /// <summary>The policy's draw at step <paramref name="t"/>.</summary>
    public ReadOnlySpan<double> Draw(int t) => draws.AsSpan(t * actionSize, actionSize);

    public void Add(in Transition transition, ReadOnlySpan<double> draw)
    {
        transition.Observation.CopyTo(observations.AsSpan(Count * observationSize));
        transition.NextObservation.CopyTo(nextObservations.AsSpan(Count * observationSize));
        draw.CopyTo(draws.AsSpan(Count * actionSize));
        (Rewards[Count], Terminated[Count], Truncated[Count]) = (transition.Reward, transition.Terminated, transition.Truncated);
        Count++;
    }

    public void Clear() => Count = 0;

    public void Save(StateDictionary state, string prefix)
    {
        var flags = new byte[Count];
        for (int t = 0; t < Count; t++)
        {
            flags[t] = (byte)((Terminated[t] ? 1 : 0) | (Truncated[t] ? 2 : 0));
        }

        state.Set($"{prefix}/count", [Count]);
        state.Set($"{prefix}/observations", observations.AsSpan(0, Count * observationSize));
        state.Set($"{prefix}/nextObservations", nextObservations.AsSpan(0, Count * observationSize));
        state.Set($"{prefix}/draws", draws.AsSpan(0, Count * actionSize));
        state.Set($"{prefix}/rewards", Rewards.AsSpan(0, Count));
        state.Set($"{prefix}/flags", flags);
    }

    public void Load(StateDictionary state, string prefix)
    {
        long count = state.GetInt64($"{prefix}/count", 1)[0];
        if (count < 0 || count >= capacity)
        {
            throw new StateException($"the saved state's entry '{prefix}/count' is {count}; this batch learns at {capacity} steps");
        }

        int n = (int)count;
        state.GetDouble($"{prefix}/observations", n * observationSize).CopyTo(observations);
        state.GetDouble($"{prefix}/nextObservations", n * observationSize).CopyTo(nextObservations);
        state.GetDouble($"{prefix}/draws", n * actionSize).CopyTo(draws);
        state.GetDouble($"{prefix}/rewards", n).CopyTo(Rewards);
        var flags = state.GetBytes($"{prefix}/flags", n);
        for (int t = 0; t < n; t++)
        {
            (Terminated[t], Truncated[t]) = ((flags[t] & 1) != 0, (flags[t] & 2) != 0);
        }

        Count = n;
    }
}
