using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Models.Finite;

/// <content>The powers of a model, and its state.</content>
public sealed partial class EmpiricalModel
{
    /// <inheritdoc/>
    public int StateSize => 1;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        Shapes.RequireStep(states, actions, next, rewards, terminated, StateSize, Actions.Size);
        var random = new RandomStream(key);
        for (int n = 0; n < states.Count; n++)
        {
            var outcome = Draw(Row((int)states.Data[n], (int)actions.Data[n]), random.NextDouble());
            next.Data[n] = outcome.Next;
            rewards[n] = (float)outcome.Reward;
            terminated[n] = outcome.Terminated ? 1f : 0f;
        }
    }

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key) =>
        evaluator.Evaluate(state, candidates, returns, key);

    /// <inheritdoc/>
    /// <remarks>Every state may be a start. With a prior every row has all S outcomes.</remarks>
    public FiniteMdp Tabulate()
    {
        var writer = new TableWriter(States, actions);
        for (int row = 0; row < start.Length; row++)
        {
            double mass = visits[row] + Prior;
            foreach (var outcome in Outcomes(row))
            {
                writer.Add(outcome.Code, outcome.Count / mass);
            }

            for (int s = 0; s < States && Prior > 0; s++)
            {
                writer.Add(s, Prior / States / mass);
            }

            if (mass == 0)
            {
                writer.Add(row / actions, 1.0);
            }

            writer.EndRow(means[row]);
        }

        return writer.Build(Discount);
    }

    /// <summary>Writes everything that was counted under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        var lengths = new long[length.Length];
        List<long> outcomes = [];
        for (int row = 0; row < length.Length; row++)
        {
            lengths[row] = length[row];
            foreach (var outcome in Outcomes(row))
            {
                outcomes.Add(((long)outcome.Code << 32) | (uint)outcome.Count);
            }
        }

        state.Set($"{prefix}/lengths", lengths);
        state.Set($"{prefix}/outcomes", outcomes.ToArray());
        state.Set($"{prefix}/visits", visits);
        state.Set($"{prefix}/means", means);
        state.Set($"{prefix}/squares", squares);
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or does not fit.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var lengths = state.GetInt64($"{prefix}/lengths", length.Length);
        var outcomes = state.GetInt64($"{prefix}/outcomes");
        var savedVisits = state.GetInt64($"{prefix}/visits", visits.Length);
        var savedMeans = state.GetDouble($"{prefix}/means", means.Length);
        var savedSquares = state.GetDouble($"{prefix}/squares", squares.Length);
        RequireCounts(lengths, outcomes, savedVisits, prefix);
        savedVisits.CopyTo(visits);
        savedMeans.CopyTo(means);
        savedSquares.CopyTo(squares);
        Array.Clear(length);
        Array.Fill(free, -1);
        (used, Steps) = (0, 0);
        int i = 0;
        for (int row = 0; row < length.Length; row++)
        {
            for (int k = 0; k < lengths[row]; k++, i++)
            {
                Append(row, new EmpiricalOutcome((int)(outcomes[i] >> 32), (int)outcomes[i]));
            }

            Steps += visits[row];
        }
    }

    private void RequireCounts(ReadOnlySpan<long> lengths, ReadOnlySpan<long> outcomes, ReadOnlySpan<long> savedVisits, string prefix)
    {
        int i = 0;
        for (int row = 0; row < lengths.Length; row++)
        {
            long sum = 0;
            bool fits = lengths[row] >= 0 && lengths[row] <= outcomes.Length - i;
            for (int k = 0; fits && k < lengths[row]; k++, i++)
            {
                var outcome = new EmpiricalOutcome((int)(outcomes[i] >> 32), (int)outcomes[i]);
                fits = outcome.Next < States && outcome.Count > 0;
                sum += outcome.Count;
            }

            if (!fits || sum != savedVisits[row])
            {
                throw new StateException($"the saved state's counts '{prefix}' do not fit a model of {States} states and {actions} actions, or contradict each other");
            }
        }

        if (i != outcomes.Length)
        {
            throw new StateException($"the saved state's entry '{prefix}/outcomes' has {outcomes.Length} numbers, not {i}");
        }
    }
}
