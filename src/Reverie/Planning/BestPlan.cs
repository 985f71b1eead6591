using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>The best plan found so far, carried from iteration to iteration and, moved on by a step, from decision to decision.</summary>
internal sealed class BestPlan(Population population)
{
    private readonly float[] plan = new float[population.Variables];
    private bool known;

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
    /// Centres a search over discrete actions on it: score 1 for each action that it takes, −1 for the others, and 0 for the last step, which is open.
    /// Averages of scores do not do: where they are close to 0, noise of any size makes a different plan of them.
    /// </summary>
    /// <param name="mean">Receives the centre, <c>[H × D]</c>; untouched if no plan is known or actions are continuous.</param>
    public void Centre(Span<float> mean)
    {
        if (!known || !population.Space.Actions.IsDiscrete)
        {
            return;
        }

        int size = population.Space.Size;
        Span<double> action = stackalloc double[1];
        mean.Fill(-1f);
        for (int v = 0; v < mean.Length - size; v += size)
        {
            population.Space.Decode(plan.AsSpan(v, size), action);
            mean[v + (int)action[0]] = 1f;
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

    /// <summary>Takes over a candidate if it is better.</summary>
    public void Offer(int candidate)
    {
        if (!known || population.Returns[candidate] > Return)
        {
            Return = population.Returns[candidate];
            population.Get(candidate, plan);
            known = true;
        }
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/best", plan);
        state.Set($"{prefix}/known", [known ? 1L : 0L]);
    }

    public void Load(StateDictionary state, string prefix)
    {
        state.GetSingle($"{prefix}/best", plan.Length).CopyTo(plan);
        known = state.GetInt64($"{prefix}/known", 1)[0] != 0;
    }
}
