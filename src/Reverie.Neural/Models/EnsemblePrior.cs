using Reverie.Experience;
using Reverie.Models;
using Reverie.Models.Local;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <summary>
/// A neural ensemble as prior of local dynamics: trained on all remembered rollouts, then linearized at a step's first rollout, (A, B) = ∂f/∂(x, u). Its joint distribution of
/// z = (x, u, x') has independent inputs of unit variance, whose scale <see cref="LocalRegression"/> sets, and noise of the ensemble's mean square error there.
/// </summary>
public sealed class EnsemblePrior : IDynamicsPrior, IDisposable
{
    private readonly DynamicsEnsemble ensemble;
    private readonly EnsembleModel model;
    private readonly DynamicsOptions options;
    private readonly Linearization expansion;
    private readonly RandomKey key;
    private readonly int n, m;
    private readonly double[] slopes, squares;
    private long fits;

    /// <summary>A prior that knows nothing yet.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="task">Its reward and termination.</param>
    /// <param name="options">The ensemble.</param>
    /// <param name="key">Its randomness.</param>
    /// <param name="workers">Threads; owned by the caller.</param>
    public EnsemblePrior(WorldSpec spec, ITask task, DynamicsOptions options, RandomKey key, Workers workers)
    {
        (this.options, this.key) = (options, key);
        ensemble = new DynamicsEnsemble(spec, options, new RandomStream(key.Split("model")), workers);
        model = new EnsembleModel(ensemble, task, workers);
        (n, m) = (spec.ObservationSize, spec.Actions.Size);
        expansion = new Linearization(n, m);
        (slopes, squares) = (new double[n * (n + m)], new double[n]);
    }

    /// <inheritdoc/>
    public void Fit(IReadOnlyList<Rollout> memory)
    {
        int count = memory.Sum(r => r.Horizon);
        var replay = new ReplayBuffer(n, m, count, options.ValidationFraction, key.Split("validation").Split(fits++));
        foreach (var rollout in memory)
        {
            for (int t = 0; t < rollout.Horizon; t++)
            {
                replay.Add(new Transition
                {
                    Observation = rollout.State(t),
                    Action = rollout.Action(t),
                    Reward = 0.0,
                    NextObservation = rollout.State(t + 1),
                    Terminated = false,
                    Truncated = t == rollout.Horizon - 1,
                });
            }
        }

        EnsembleTrainer.Train(ensemble, replay);
        model.Refresh();
    }

    /// <inheritdoc/>
    public void At(IReadOnlyList<Rollout> rollouts, int step, Span<double> mean, Span<double> covariance)
    {
        int k = n + m;
        model.Linearize(rollouts[0].State(step), rollouts[0].Action(step), expansion);
        rollouts[0].Point(step, mean);
        for (int i = 0; i < n; i++)
        {
            expansion.StateJacobian.AsSpan(i * n, n).CopyTo(slopes.AsSpan(i * k));
            expansion.ActionJacobian.AsSpan(i * m, m).CopyTo(slopes.AsSpan((i * k) + n));
            double error = expansion.Next[i] - mean[k + i];
            (mean[k + i], squares[i]) = (expansion.Next[i], error * error);
        }

        LinearPrior.Join(slopes, squares, covariance);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        ensemble.Save(state, $"{prefix}/ensemble");
        state.Set($"{prefix}/fits", [fits]);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        ensemble.Load(state, $"{prefix}/ensemble");
        fits = state.GetInt64($"{prefix}/fits", 1)[0];
        model.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose() => ensemble.Dispose();
}
