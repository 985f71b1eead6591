using Reverie.Agents;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents.ModelCritic;

/// <summary>
/// Policy gradient with a model for critic: act at random at first; then repeat: train an ensemble on all data now and then; act with π; after each real step, several times, from remembered
/// states, estimate Q̂ in the model and go a step along <see cref="ModelPolicyGradient"/>, E[∇ log π(a|s) (Q̂(s,a) − V̂(s))], and regress V̂ on Q̂.
/// </summary>
/// <remarks>
/// <para>States are drawn uniformly from the replay, actions anew from π: no importance weights are needed, and the average is over the states met so far.</para>
/// <para>Q̂ is of H steps and the value V̄ of where they end, V̄ following V̂ slowly: H-step temporal differences, TD(0) for the one step of
/// <see cref="CriticKind.TemporalDifference"/> (Sutton 1988).</para>
/// </remarks>
public sealed class ModelCriticAgent : IAgent, IImagination, IDisposable
{
    private readonly ModelCriticOptions options;
    private readonly WorldSpec spec;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly ReplayBuffer replay;
    private readonly ObservationFeatures features;
    private readonly LikelihoodPolicy policy;
    private readonly StateValue value;
    private readonly StateValue slowValue;
    private readonly LikelihoodActor actor;
    private readonly ModelPolicyGradient gradient;
    private readonly float[] states;
    private readonly int[] rows;
    private readonly double[] advantages;
    private long steps;
    private long stepsSinceTraining;
    private long trainings;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="task">Reward and termination where they are known; may be null if both are learned.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads; results do not depend on their number.</param>
    /// <param name="metrics">Receives the model's losses and, at each of its trainings, <c>policy/entropy</c> and <c>value/error</c>.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or reward or termination is neither learned nor given.</exception>
    public ModelCriticAgent(WorldSpec spec, ITask? task, ModelCriticOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        (this.spec, this.options, this.metrics) = (spec, OptionRanges.Checked(options), metrics);
        random = new RandomStream(key.Split("draws"));
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, options.ReplayCapacity, options.Model.ValidationFraction, key.Split("validation"));
        Ensemble = new DynamicsEnsemble(spec, options.Model, new RandomStream(key.Split("model")), workers);
        Model = new EnsembleModel(Ensemble, task, workers, options.Discount is > 0 and <= 1 ? options.Discount : 1.0);
        features = new ObservationFeatures(spec);
        int[] hidden = [.. Enumerable.Repeat(options.HiddenSize, options.HiddenLayers)];
        policy = new LikelihoodPolicy(features, spec.Actions, hidden, options.InitialDeviation, new RandomStream(key.Split("policy")), workers);
        value = new StateValue(features, hidden, new RandomStream(key.Split("value")), workers);
        slowValue = new StateValue(features, hidden, new RandomStream(key.Split("value")), workers);
        actor = new LikelihoodActor(spec, policy, random);
        var estimate = new ModelPolicyGradientOptions
        {
            Horizon = options.Critic == CriticKind.TemporalDifference ? 1 : options.Horizon,
            Rollouts = options.Rollouts,
            Discount = options.Discount,
        };
        gradient = new ModelPolicyGradient(Model, policy, value, slowValue, estimate, options.States);
        states = new float[spec.ObservationSize * Batch.StrideOf(options.States)];
        (rows, advantages) = (new int[options.States], new double[options.States]);
    }

    /// <summary>The learned ensemble.</summary>
    public DynamicsEnsemble Ensemble { get; }

    /// <summary>The model that is imagined in.</summary>
    public EnsembleModel Model { get; }

    /// <inheritdoc/>
    public int Members => Model.Members;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        if (steps < options.RandomSteps)
        {
            spec.RequireSizes(observation, action);
            spec.Actions.Sample(random, action);
        }
        else
        {
            actor.Act(observation, action);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths, a number that is not finite, or an action that is none of the choices.</exception>
    public void Observe(in Transition transition)
    {
        spec.Actions.Validate(transition.Action);
        replay.Add(transition);
        features.Add(transition.Observation);
        steps++;
        stepsSinceTraining++;
        if (steps < options.RandomSteps || replay.TrainingCount == 0)
        {
            return;
        }

        bool due = trainings == 0 || stepsSinceTraining >= options.RetrainEvery;
        if (due)
        {
            TrainModel();
        }

        for (int i = 0; i < options.UpdatesPerStep; i++)
        {
            Improve(report: due && i == 0);
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new LikelihoodActor(spec, policy);

    /// <inheritdoc/>
    public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined) =>
        Model.Imagine(starts, observations, actions, imagined);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [steps, stepsSinceTraining, trainings]);
        random.Save(state, $"{prefix}/random");
        replay.Save(state, $"{prefix}/replay");
        Ensemble.Save(state, $"{prefix}/model");
        features.Save(state, $"{prefix}/features");
        policy.Save(state, $"{prefix}/policy");
        value.Save(state, $"{prefix}/value");
        slowValue.Save(state, $"{prefix}/slowValue");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 3);
        (steps, stepsSinceTraining, trainings) = (counters[0], counters[1], counters[2]);
        random.Load(state, $"{prefix}/random");
        replay.Load(state, $"{prefix}/replay");
        Ensemble.Load(state, $"{prefix}/model");
        features.Load(state, $"{prefix}/features");
        policy.Load(state, $"{prefix}/policy");
        value.Load(state, $"{prefix}/value");
        slowValue.Load(state, $"{prefix}/slowValue");
        Model.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ensemble.Dispose();
        policy.Dispose();
        value.Dispose();
        slowValue.Dispose();
    }

    private void TrainModel()
    {
        EnsembleTrainer.Train(Ensemble, replay, metrics);
        Model.Refresh();
        features.Refresh();
        stepsSinceTraining = 0;
        trainings++;
    }

    /// <summary>One step of the policy along its gradient from remembered states, and of the value towards Q̂.</summary>
    private void Improve(bool report)
    {
        for (int i = 1; i < options.ValueSteps; i++)
        {
            gradient.Imagine(Remember(), random.NextKey());
            Regress();
        }

        gradient.Imagine(Remember(), random.NextKey());
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = gradient.Returns[i] - gradient.Baselines[i];
        }

        if (report)
        {
            metrics?.Invoke("policy/entropy", gradient.Entropy());
            metrics?.Invoke("value/error", Math.Sqrt(advantages.Average(a => a * a)));
        }

        GeneralizedAdvantage.Normalize(advantages);
        gradient.WriteLoss(advantages, options.EntropyBonus, options.BoxPull);
        policy.Descend(options.PolicyLearningRate, options.GradientNorm);
        Regress();
    }

    /// <summary>V̂(s) ← Q̂(s,a).</summary>
    private void Regress() => gradient.ImproveValues(options.ValueLearningRate, options.GradientNorm, options.TargetRate);

    /// <summary>States drawn uniformly from the replay.</summary>
    private Batch Remember()
    {
        replay.Sample(random, rows);
        int stride = Batch.StrideOf(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            var observation = replay.Observation(rows[i]);
            for (int d = 0; d < observation.Length; d++)
            {
                states[(d * stride) + i] = (float)observation[d];
            }
        }

        return new Batch(states, spec.ObservationSize, rows.Length, stride);
    }
}
