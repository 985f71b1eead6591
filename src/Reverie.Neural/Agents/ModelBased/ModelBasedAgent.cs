using Reverie.Agents;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// A model-free learner that has a model. Collect data; train the model; sample states from the replay; imagine the learner's own policy for n steps
/// from them, or let its targets look n steps ahead; learn from that. Its settings are known as Dyna (Sutton 1990), MBPO (Janner et al. 2019), MVE
/// (Feinberg et al. 2018) and STEVE (Buckman et al. 2018).
/// </summary>
public sealed class ModelBasedAgent : IOfflineAgent, IImagination, IDisposable
{
    private const int ImprovementsPerReport = 100;

    /// <summary>The most trainings of the model on data that do not grow.</summary>
    private const int MostTrainings = 20;

    private readonly WorldSpec spec;
    private readonly ModelBasedOptions options;
    private readonly MetricSink? metrics;
    private readonly IModelFreeLearner learner;
    private readonly ReplayBuffer replay;
    private readonly ImaginedBuffer imagined;
    private readonly ReplaySampler sampler;
    private readonly LearnerBatch batch;
    private readonly ValueBounds bounds;
    private readonly BranchedRollouts rollouts;
    private readonly ValueExpansion expansion;
    private readonly LearnerPolicy behaviour;
    private readonly float[] values;
    private readonly RandomStream exploration;
    private readonly RandomStream draws;
    private readonly RandomStream imagination;
    private readonly RunningMean imaginedReward = new();
    private long steps;
    private long trainings;
    private long improvements;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="task">Reward and termination where they are known; may be null if both are learned.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads for gradients; results do not depend on their number.</param>
    /// <param name="metrics">Receives the model's losses after each training, the learner's at the end of each episode.</param>
    /// <exception cref="ArgumentException">An option is out of range, options contradict each other, reward or termination is neither learned nor given, or the world is finite.</exception>
    public ModelBasedAgent(WorldSpec spec, ITask? task, ModelBasedOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        (this.spec, this.options, this.metrics) = (spec, OptionRanges.Checked(options), metrics);
        options.Validate();
        learner = spec.Actions.IsDiscrete
            ? Learners.Dqn(spec, options.Dqn, key.Split("learner"), workers)
            : Learners.Sac(spec, options.Sac, key.Split("learner"), workers);
        Ensemble = new DynamicsEnsemble(spec, options.Model, new RandomStream(key.Split("model")), workers);
        Model = new EnsembleModel(Ensemble, task, workers);
        var embedding = Ensemble.Embedding;
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, options.ReplayCapacity, options.Model.ValidationFraction, key.Split("validation"));
        imagined = new ImaginedBuffer(options.ImaginedCapacity, embedding.ObservationWidth, learner.ActionSize);
        sampler = new ReplaySampler(replay, embedding, learner.Discount, 1);
        batch = new LearnerBatch(learner.BatchSize, embedding.ObservationWidth, learner.ActionSize);
        bounds = new ValueBounds(learner);
        values = new float[learner.Critics * learner.BatchSize];
        rollouts = new BranchedRollouts(Model, learner, bounds, embedding, imagined, options.Rollouts, options.Penalty);
        expansion = new ValueExpansion(Model, learner, bounds, embedding, options.Horizon, options.Use == ModelUse.WeightedExpansion);
        exploration = new RandomStream(key.Split("exploration"));
        draws = new RandomStream(key.Split("replay"));
        imagination = new RandomStream(key.Split("imagination"));
        behaviour = new LearnerPolicy(learner, spec, embedding, exploration, explore: true);
    }

    /// <summary>The learned ensemble.</summary>
    public DynamicsEnsemble Ensemble { get; }

    /// <summary>The model that is imagined in.</summary>
    public EnsembleModel Model { get; }

    /// <summary>What was experienced.</summary>
    public ReplayBuffer Replay => replay;

    /// <inheritdoc/>
    public int Members => Model.Members;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        if (steps < options.RandomSteps || options.Data == DataPolicy.Random)
        {
            spec.RequireSizes(observation, action);
            spec.Actions.Sample(exploration, action);
        }
        else
        {
            behaviour.Act(observation, action);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths, a number that is not finite, or an action that is none of the choices.</exception>
    public void Observe(in Transition transition)
    {
        spec.Actions.Validate(transition.Action);
        replay.Add(transition);
        bounds.See(transition.Reward);
        steps++;
        if (steps >= options.RandomSteps && replay.TrainingCount > 0)
        {
            if (IsDue(options.RetrainEvery))
            {
                TrainModel();
            }

            Learn(IsDue(options.RolloutsEvery));
        }

        if (transition.Done && steps >= options.RandomSteps)
        {
            Report();
        }
    }

    /// <inheritdoc/>
    public void Remember(TrajectoryLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        LoggedExperience.AddTo(replay, log, spec);
        for (int i = 0; i < log.Count; i++)
        {
            bounds.See(log.Reward(i));
        }
    }

    /// <summary>
    /// Trains the model on all that is remembered, the first time and as often again as the training ran into its limit on gradient steps; after that
    /// improves the learner as after one real step (MOPO, Yu et al. 2020, algorithm 2, where <see cref="ModelBasedOptions.Penalty"/> is above 0).
    /// </summary>
    /// <returns>True: the learner may always improve further.</returns>
    /// <exception cref="InvalidOperationException">There is nothing to train on.</exception>
    public bool Improve()
    {
        if (improvements == 0)
        {
            bool cut = TrainModel().Steps >= options.Model.MaxSteps && replay.ValidationCount > 0;
            steps = Math.Max(steps, options.RandomSteps);
            improvements = cut && ++trainings < MostTrainings ? 0 : 1;
            return true;
        }

        Learn((improvements - 1) % options.RolloutsEvery == 0);
        if (++improvements % ImprovementsPerReport == 0)
        {
            Report();
        }

        return true;
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new LearnerPolicy(learner, spec, Ensemble.Embedding, random, explore: false);

    /// <inheritdoc/>
    public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined) =>
        Model.Imagine(starts, observations, actions, imagined);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [steps, trainings, improvements]);
        exploration.Save(state, $"{prefix}/exploration");
        draws.Save(state, $"{prefix}/draws");
        imagination.Save(state, $"{prefix}/imagination");
        imaginedReward.Save(state, $"{prefix}/imaginedReward");
        replay.Save(state, $"{prefix}/replay");
        bounds.Save(state, $"{prefix}/bounds");
        imagined.Save(state, $"{prefix}/imagined");
        Ensemble.Save(state, $"{prefix}/model");
        learner.Save(state, $"{prefix}/learner");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 3);
        (steps, trainings, improvements) = (counters[0], counters[1], counters[2]);
        exploration.Load(state, $"{prefix}/exploration");
        draws.Load(state, $"{prefix}/draws");
        imagination.Load(state, $"{prefix}/imagination");
        imaginedReward.Load(state, $"{prefix}/imaginedReward");
        replay.Load(state, $"{prefix}/replay");
        bounds.Load(state, $"{prefix}/bounds");
        imagined.Load(state, $"{prefix}/imagined");
        Ensemble.Load(state, $"{prefix}/model");
        learner.Load(state, $"{prefix}/learner");
        Model.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        learner.Dispose();
        Ensemble.Dispose();
    }

    private bool IsDue(int every) => (steps - options.RandomSteps) % every == 0;

    private TrainingResult TrainModel()
    {
        var result = EnsembleTrainer.Train(Ensemble, replay, metrics);
        Model.Refresh();
        return result;
    }

    private void Report()
    {
        if (metrics is not null)
        {
            learner.Report(metrics);
            imaginedReward.Report(metrics, "imagination/reward");
        }
    }

    private void Learn(bool imagine)
    {
        if (options.Use == ModelUse.Rollouts && imagine)
        {
            imaginedReward.Add(rollouts.Run(replay, options.HorizonAt(steps), imagination));
        }

        for (int i = 0; i < options.UpdatesPerStep; i++)
        {
            Update();
        }
    }

    /// <summary>One gradient step on a minibatch, part real, part imagined, or on real transitions with targets from the model.</summary>
    private void Update()
    {
        if (options.Use != ModelUse.Rollouts)
        {
            sampler.Fill(batch, 0, batch.Size, draws);
            expansion.Fill(batch, replay, imagination);
        }
        else
        {
            int real = imagined.Count == 0 ? batch.Size : (int)Math.Round(options.RealShare * batch.Size);
            sampler.Fill(batch, 0, real, draws);
            imagined.Fill(batch, real, batch.Size - real, draws);
            batch.Bootstrap(learner, bounds, values);
        }

        learner.Learn(batch);
    }
}
