using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>A plan as an optimiser saw it.</summary>
/// <param name="Candidates">Candidates scored when it was the best.</param>
/// <param name="Imagined">The return that it was scored with.</param>
/// <param name="Actions">Its actions, <c>[H][A]</c>.</param>
internal sealed record RecordedPlan(int Candidates, double Imagined, float[] Actions);

/// <summary>Looks over an optimiser's shoulder: scores candidates by a model, and keeps the best plan after each of some numbers of candidates.</summary>
/// <param name="model">What scores.</param>
/// <param name="budgets">Numbers of candidates, ascending.</param>
internal sealed class PlanRecorder(IEvaluator model, int[] budgets) : IEvaluator
{
    private float[] best = [];
    private double imagined = double.NegativeInfinity;
    private int candidates;

    /// <summary>The best plan of each budget that was reached.</summary>
    public List<RecordedPlan> Plans { get; } = [];

    /// <inheritdoc/>
    public int StateSize => model.StateSize;

    /// <inheritdoc/>
    public ActionSpace Actions => model.Actions;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
    {
        model.Evaluate(state, candidates, returns, key);
        for (int n = 0; n < candidates.Count; n++)
        {
            if (returns[n] > imagined || best.Length == 0)
            {
                (imagined, best) = (returns[n], Plan(candidates, n));
            }

            this.candidates++;
            if (Plans.Count < budgets.Length && this.candidates == budgets[Plans.Count])
            {
                Plans.Add(new RecordedPlan(this.candidates, imagined, best));
            }
        }
    }

    /// <summary>What a plan really brings, executed without looking.</summary>
    /// <param name="exact">The exact model.</param>
    /// <param name="observation">Where it starts.</param>
    /// <param name="plan">The plan.</param>
    public static double RealReturn(IEvaluator exact, double[] observation, RecordedPlan plan)
    {
        int size = exact.Actions.Size;
        var sequence = new ActionSequences(plan.Actions.Length / size, size, 1);
        for (int i = 0; i < plan.Actions.Length; i++)
        {
            sequence.Data[i * sequence.Stride] = plan.Actions[i];
        }

        var state = new double[exact.StateSize];
        exact.Locate(observation, state);
        var returns = new float[sequence.Stride];
        exact.Evaluate(state, sequence, returns, default);
        return returns[0];
    }

    private static float[] Plan(ActionSequences candidates, int n)
    {
        var plan = new float[candidates.Horizon * candidates.ActionSize];
        for (int i = 0; i < plan.Length; i++)
        {
            plan[i] = candidates.Data[(i * candidates.Stride) + n];
        }

        return plan;
    }
}
