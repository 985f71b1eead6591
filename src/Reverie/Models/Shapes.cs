using System.Diagnostics.CodeAnalysis;

namespace Reverie.Models;

/// <summary>Checks of shapes at the public edge of models.</summary>
internal static class Shapes
{
    public static void Require(int given, int wanted, string name)
    {
        if (given != wanted)
        {
            Refuse(given, wanted, name);
        }
    }

    public static void RequireStep(
        Batch states, Batch actions, Batch next, ReadOnlySpan<float> rewards, ReadOnlySpan<float> terminated, int stateSize, int actionSize)
    {
        int count = states.Count;
        RequireBatch(states, stateSize, count, nameof(states));
        RequireBatch(actions, actionSize, count, nameof(actions));
        RequireBatch(next, stateSize, count, nameof(next));
        RequirePadded(rewards.Length, count, nameof(rewards));
        RequirePadded(terminated.Length, count, nameof(terminated));
    }

    public static void RequireEvaluate(
        ReadOnlySpan<double> state, ActionSequences candidates, ReadOnlySpan<float> returns, int stateSize, int actionSize)
    {
        Require(state.Length, stateSize, nameof(state));
        Require(candidates.ActionSize, actionSize, nameof(candidates));
        if (returns.Length < candidates.Count)
        {
            throw new ArgumentException($"'{nameof(returns)}' has room for {returns.Length} numbers; there are {candidates.Count} candidates.", nameof(returns));
        }
    }

    public static void RequireBatch(Batch batch, int features, int count, string name)
    {
        if (batch.Features != features || batch.Count != count)
        {
            throw new ArgumentException($"'{name}' has {batch.Features} features of {batch.Count} items; {features} of {count} are wanted.", name);
        }
    }

    public static void RequirePadded(int length, int count, string name)
    {
        if (length < Batch.StrideOf(count))
        {
            throw new ArgumentException($"'{name}' has room for {length} numbers; {count} items padded to whole lanes need {Batch.StrideOf(count)}.", name);
        }
    }

    public static void RequireFinite(ReadOnlySpan<double> values, string name)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"'{name}' has the number {value}; all must be finite.", name);
            }
        }
    }

    [DoesNotReturn]
    private static void Refuse(int given, int wanted, string name) => throw new ArgumentException($"'{name}' has {given} numbers; {wanted} are wanted.", name);
}
