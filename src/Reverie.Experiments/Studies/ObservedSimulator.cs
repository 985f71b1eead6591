using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>A world's exact (mean) model in terms of observations: its state is what an agent sees. One item after the other, in double precision.</summary>
/// <param name="model">The model; the task never ends in it.</param>
internal sealed class ObservedSimulator(ILinearizer model) : ISimulator
{
    private readonly double[] seen = new double[model.ObservationSize];
    private readonly double[] jacobian = new double[model.ObservationSize * model.StateSize];
    private readonly double[] x = new double[model.StateSize];
    private readonly double[] y = new double[model.StateSize];
    private readonly double[] u = new double[model.Actions.Size];

    /// <inheritdoc/>
    public int StateSize => model.ObservationSize;

    /// <inheritdoc/>
    public ActionSpace Actions => model.Actions;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        terminated.Clear();
        for (int i = 0; i < states.Count; i++)
        {
            for (int d = 0; d < seen.Length; d++)
            {
                seen[d] = states.Data[(d * states.Stride) + i];
            }

            for (int a = 0; a < u.Length; a++)
            {
                u[a] = actions.Data[(a * actions.Stride) + i];
            }

            model.Locate(seen, x);
            rewards[i] = (float)model.Predict(x, u, y);
            model.Observe(y, seen, jacobian);
            for (int d = 0; d < seen.Length; d++)
            {
                next.Data[(d * next.Stride) + i] = (float)seen[d];
            }
        }
    }
}
