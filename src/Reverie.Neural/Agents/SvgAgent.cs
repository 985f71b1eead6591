using Reverie.Agents;
using Reverie.Agents.Gradients;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// Stochastic value gradients (Heess, Wayne, Silver, Lillicrap, Erez, Tassa 2015): learn a model; improve a neural policy by the gradient of its imagined return,
/// back-propagated through time through model, reward and policy, from remembered states, over a full horizon or a short one with a learned value behind it.
/// </summary>
/// <remarks>
/// Differs from the paper's SVG(∞) in that rollouts are imagined from remembered states, as by Amos, Stanton, Yarats, Wilson (2021, "On the model-based stochastic value gradient"),
/// rather than replayed with the noise that explains real ones; and in that the value learns from λ-returns of imagined rollouts (Hafner et al. 2020, equation 6).
/// </remarks>
public sealed class SvgAgent : IAgent, IImagination, IDisposable
{
    private readonly SvgOptions options;
    private readonly WorldSpec spec;
    private readonly MetricSink? metrics;
    private readonly RandomStream exploration;
    private readonly RandomStream imagination;
    private readonly ReplayBuffer replay;
    private readonly SvgLearner learner;
    private readonly PolicyTape acting;
    private readonly double[] noise, starts;
    private readonly int[] indices;
    private long steps;
    private long stepsSinceTraining;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="spec">The world; its actions are continuous.</param>
    /// <param name="task">Reward and termination where they are known; may be null if both are learned.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads for training the model.</param>
    /// <param name="metrics">Receives losses, returns and norms of gradients.</param>
    /// <exception cref="ArgumentException">Actions are discrete, the options contradict each other, or reward or termination is neither learned nor given.</exception>
    public SvgAgent(WorldSpec spec, ITask? task, SvgOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        (this.spec, this.options, this.metrics) = (spec, OptionRanges.Checked(options), metrics);
        Actor = new NeuralPolicy(spec, options.Policy, new ObservationInputs(spec.Observation), new RandomStream(key.Split("policy")));
        exploration = new RandomStream(key.Split("exploration"));
        imagination = new RandomStream(key.Split("imagination"));
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, options.ReplayCapacity, options.Model.ValidationFraction, key.Split("validation"));
        Ensemble = new DynamicsEnsemble(spec, options.Model, new RandomStream(key.Split("model")), workers);
        Model = new EnsembleModel(Ensemble, task, workers, options.Discount);
        learner = new SvgLearner(new EnsemblePullback(Model), Actor, options, new RandomStream(key.Split("value")));
        (acting, noise) = (new PolicyTape(Actor, 1), new double[spec.Actions.Size]);
        (starts, indices) = (new double[options.Starts * spec.ObservationSize], new int[options.Starts]);
    }

    /// <summary>The policy that is learned.</summary>
    public NeuralPolicy Actor { get; }

    /// <summary>The learned ensemble.</summary>
    public DynamicsEnsemble Ensemble { get; }

    /// <summary>The model that is imagined in.</summary>
    public EnsembleModel Model { get; }

    /// <summary>The learned value; null where none is.</summary>
    public NeuralValue? Value => learner.Value;

    /// <summary>What was experienced.</summary>
    public ReplayBuffer Replay => replay;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        if (steps < options.RandomSteps)
        {
            spec.Actions.Sample(exploration, action);
            return;
        }

        foreach (ref double epsilon in noise.AsSpan())
        {
            epsilon = exploration.NextNormal();
        }

        Actor.Act(acting, observation, noise, action);
        for (int a = 0; a < action.Length && !Actor.IsStochastic; a++)
        {
            action[a] += options.ExplorationDeviation * 0.5 * (spec.Actions.High[a] - spec.Actions.Low[a]) * noise[a];
        }

        spec.Actions.Limit(action);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths or a number that is not finite.</exception>
    public void Observe(in Transition transition)
    {
        replay.Add(transition);
        steps++;
        stepsSinceTraining++;
        if (steps < options.RandomSteps || replay.TrainingCount == 0)
        {
            return;
        }

        if (!learner.HasBegun)
        {
            Begin();
        }

        if (Ensemble.Optimizer.Steps == 0 || stepsSinceTraining >= options.RetrainEvery)
        {
            EnsembleTrainer.Train(Ensemble, replay, metrics);
            Model.Refresh();
            stepsSinceTraining = 0;
        }

        for (int i = 0; i < options.UpdatesPerStep; i++)
        {
            replay.Sample(imagination, indices);
            for (int k = 0; k < indices.Length; k++)
            {
                Model.Locate(replay.Observation(indices[k]), starts.AsSpan(k * spec.ObservationSize, spec.ObservationSize));
            }

            learner.Improve(starts, imagination.NextKey());
        }

        if (transition.Done)
        {
            learner.Report(metrics);
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new MeanPolicy(Actor);

    /// <inheritdoc/>
    public int Members => Model.Members;

    /// <inheritdoc/>
    public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined) =>
        Model.Imagine(starts, observations, actions, imagined);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [steps, stepsSinceTraining]);
        exploration.Save(state, $"{prefix}/exploration");
        imagination.Save(state, $"{prefix}/imagination");
        replay.Save(state, $"{prefix}/replay");
        Ensemble.Save(state, $"{prefix}/model");
        learner.Save(state, $"{prefix}/learner");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 2);
        (steps, stepsSinceTraining) = (counters[0], counters[1]);
        exploration.Load(state, $"{prefix}/exploration");
        imagination.Load(state, $"{prefix}/imagination");
        replay.Load(state, $"{prefix}/replay");
        Ensemble.Load(state, $"{prefix}/model");
        learner.Load(state, $"{prefix}/learner");
        Model.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose() => Ensemble.Dispose();

    private void Begin()
    {
        var (observations, rewards) = (new double[replay.Count * spec.ObservationSize], new double[replay.Count]);
        for (int i = 0; i < replay.Count; i++)
        {
            replay.Observation(i).CopyTo(observations.AsSpan(i * spec.ObservationSize));
            rewards[i] = replay.Reward(i);
        }

        learner.Begin(observations, rewards);
    }

    /// <summary>The policy without its noise.</summary>
    private sealed class MeanPolicy(NeuralPolicy policy) : IPolicy
    {
        private readonly PolicyTape tape = new(policy, 1);

        public void Reset()
        {
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action) => policy.Act(tape, observation, [], action);
    }
}
