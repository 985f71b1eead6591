using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>The best plan found so far, carried from iteration to iteration and, moved on by a step, from decision to decision.</summary>
internal sealed class BestPlan(Population population)
{
    // With noise of deviation 1 each of two choices then changes with probability 16%: P(√2 ε > 2·0.7).
    private const float Score = 0.7f;

    private readonly float[] plan = new float[population.Variables];
    private bool known;
    private bool standsOut;

    /// <summary>Its return when it was last scored.</summary>
    public double Return { get; private set; } = double.NegativeInfinity;

    /// <summary>Its first step, <c>[D]</c>.</summary>
    public ReadOnlySpan<float> First => plan.AsSpan(0, population.Space.Size);

    /// <summary>Forgets it: a new episode.</summary>
    public void Clear() => (known, Return) = (false, double.NegativeInfinity);

    /// <summary>Begins a decision: moves it one step on; its return is no longer known.</summary>
    public void Shift()
    {
        population.Shift(plan);
        Return = double.NegativeInfinity;
    }

    /// <summary>
    /// Centres a search over discrete actions on it: a positive score for each action that it takes, a negative one for the others, and 0
    /// for the last step, which is open. Averages of scores do not do: where they are close to 0, noise of any size makes a different plan of them.
    /// A plan that was no better than every other (nothing was in reach) is no centre.
    /// </summary>
    /// <param name="mean">Receives the centre, <c>[H × D]</c>; untouched if no plan is known or actions are continuous.</param>
    public void Centre(Span<float> mean)
    {
        if (!known || !standsOut || !population.Space.Actions.IsDiscrete)
        {
            return;
        }

        int size = population.Space.Size;
        Span<double> action = stackalloc double[1];
        mean.Fill(-Score);
        for (int v = 0; v < mean.Length - size; v += size)
        {
            population.Space.Decode(plan.AsSpan(v, size), action);
            mean[v + (int)action[0]] = Score;
        }

        mean[^size..].Clear();
    }

    /// <summary>Makes it a candidate.</summary>
    public void Join(int candidate)
    {
        if (known)
        {
            population.Set(candidate, plan);
        }
    }

    /// <summary>Takes over a candidate if it is better, or, where asked, as good.</summary>
    public void Offer(int candidate, bool orEqual = false)
    {
        standsOut = population.Returns[candidate] > population.Returns[population.Worst()];
        if (!known || population.Returns[candidate] > Return || (orEqual && population.Returns[candidate] == Return))
        {
            Return = population.Returns[candidate];
            population.Get(candidate, plan);
            known = true;
        }
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/best", plan);
        state.Set($"{prefix}/known", [known ? 1L : 0L, standsOut ? 1L : 0L]);
    }

    public void Load(StateDictionary state, string prefix)
    {
        state.GetSingle($"{prefix}/best", plan.Length).CopyTo(plan);
        var flags = state.GetInt64($"{prefix}/known", 2);
        (known, standsOut) = (flags[0] != 0, flags[1] != 0);
    }
}
