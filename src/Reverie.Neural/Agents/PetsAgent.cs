using Reverie.Agents;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// PETS, probabilistic ensembles with trajectory sampling (Chua, Calandra, McAllister, Levine 2018, algorithm 1): act at random at first;
/// then repeat: train the ensemble on all data; for some steps, plan in it with trajectory sampling, execute the first action, remember
/// what happened.
/// </summary>
public sealed class PetsAgent : IOfflineAgent, IImagination, IDisposable
{
    private readonly PetsOptions options;
    private readonly WorldSpec spec;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly ReplayBuffer replay;
    private readonly MpcPolicy control;
    private long steps;
    private long stepsSinceTraining;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="task">Reward and termination where they are known; may be null if both are learned.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads for planning.</param>
    /// <param name="metrics">Receives losses.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or reward or termination is neither learned nor given.</exception>
    public PetsAgent(WorldSpec spec, ITask? task, PetsOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        (this.spec, this.options, this.metrics) = (spec, OptionRanges.Checked(options), metrics);
        random = new RandomStream(key.Split("exploration"));
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, options.ReplayCapacity, options.Model.ValidationFraction, key.Split("validation"));
        Ensemble = new DynamicsEnsemble(spec, options.Model, new RandomStream(key.Split("model")), workers);
        Model = new EnsembleModel(Ensemble, task, workers, options.Discount);
        control = new MpcPolicy(Model, NewPlanner(), new RandomStream(key.Split("planner")));
    }

    /// <summary>The learned ensemble.</summary>
    public DynamicsEnsemble Ensemble { get; }

    /// <summary>The model that is planned in.</summary>
    public EnsembleModel Model { get; }

    /// <summary>What was experienced.</summary>
    public ReplayBuffer Replay => replay;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        if (steps < options.RandomSteps)
        {
            spec.Actions.Sample(random, action);
        }
        else
        {
            control.Act(observation, action);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths, a number that is not finite, or an action that is none of the choices.</exception>
    public void Observe(in Transition transition)
    {
        spec.Actions.Validate(transition.Action);
        replay.Add(transition);
        steps++;
        stepsSinceTraining++;
        if (steps >= options.RandomSteps && replay.TrainingCount > 0 && (steps == options.RandomSteps || stepsSinceTraining >= options.RetrainEvery || transition.Done))
        {
            EnsembleTrainer.Train(Ensemble, replay, metrics);
            Model.Refresh();
            stepsSinceTraining = 0;
        }

        if (transition.Done)
        {
            control.Reset();
        }
    }

    /// <inheritdoc/>
    public void Remember(TrajectoryLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        LoggedExperience.AddTo(replay, log, spec);
    }

    /// <summary>Trains the ensemble once on all that is remembered, from its present weights, with early stopping; from then on acts by planning.</summary>
    /// <returns>Whether the training ran into its limit on gradient steps while members still improved.</returns>
    /// <exception cref="InvalidOperationException">There is nothing to train on.</exception>
    public bool Improve()
    {
        var training = EnsembleTrainer.Train(Ensemble, replay, metrics);
        Model.Refresh();
        steps = Math.Max(steps, options.RandomSteps);
        stepsSinceTraining = 0;
        control.Reset();
        return training.Steps >= options.Model.MaxSteps && replay.ValidationCount > 0;
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new MpcPolicy(Model, NewPlanner(), random);

    /// <inheritdoc/>
    public int Members => Model.Members;

    /// <inheritdoc/>
    public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined) =>
        Model.Imagine(starts, observations, actions, imagined);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [steps, stepsSinceTraining]);
        random.Save(state, $"{prefix}/random");
        replay.Save(state, $"{prefix}/replay");
        Ensemble.Save(state, $"{prefix}/model");
        control.Save(state, $"{prefix}/control");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 2);
        (steps, stepsSinceTraining) = (counters[0], counters[1]);
        random.Load(state, $"{prefix}/random");
        replay.Load(state, $"{prefix}/replay");
        Ensemble.Load(state, $"{prefix}/model");
        control.Load(state, $"{prefix}/control");
        Model.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose() => Ensemble.Dispose();

    private IPlanner NewPlanner()
    {
        (string name, PlannerOptions plannerOptions) = options.Planner switch
        {
            PlannerKind.Cem => ("cem", (PlannerOptions)options.Cem),
            PlannerKind.Icem => ("icem", options.Icem),
            PlannerKind.Mppi => ("mppi", options.Mppi),
            _ => ("random-shooting", options.RandomShooting),
        };
        return PlannerCatalog.TryFind(name, out var entry)
            ? entry.Create(plannerOptions, Model, spec)
            : throw new InvalidOperationException($"There is no planner '{name}'.");
    }
}
