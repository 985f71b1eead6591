using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// Learns from a replay of real steps alone, without a model: acts at random at first; then, after each step, some gradient steps of
/// its learner on minibatches of what it remembers. With SAC or DQN it is the baseline of everything that has a model.
/// </summary>
public sealed class OffPolicyAgent : IAgent, IDisposable
{
    private readonly WorldSpec spec;
    private readonly OffPolicyOptions options;
    private readonly IModelFreeLearner learner;
    private readonly MetricSink? metrics;
    private readonly ObservationEmbedding embedding;
    private readonly ReplayBuffer replay;
    private readonly ReplaySampler sampler;
    private readonly LearnerBatch batch;
    private readonly ValueBounds bounds;
    private readonly float[] values;
    private readonly RandomStream exploration;
    private readonly RandomStream draws;
    private readonly LearnerPolicy behaviour;
    private long steps;

    private OffPolicyAgent(WorldSpec spec, OffPolicyOptions options, IModelFreeLearner learner, RandomKey key, MetricSink? metrics)
    {
        (this.spec, this.options, this.learner, this.metrics) = (spec, options, learner, metrics);
        embedding = new ObservationEmbedding(spec);
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, options.ReplayCapacity);
        sampler = new ReplaySampler(replay, embedding, learner.Discount, options.ReturnSteps);
        batch = new LearnerBatch(learner.BatchSize, embedding.ObservationWidth, learner.ActionSize);
        bounds = new ValueBounds(learner);
        values = new float[learner.Critics * learner.BatchSize];
        exploration = new RandomStream(key.Split("exploration"));
        draws = new RandomStream(key.Split("replay"));
        behaviour = new LearnerPolicy(learner, spec, embedding, exploration, explore: true);
    }

    /// <summary>Soft actor-critic (Haarnoja et al. 2018) on real experience.</summary>
    /// <param name="spec">The world; its actions are a box.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads for gradients; results do not depend on their number.</param>
    /// <param name="metrics">Receives losses at the end of each episode.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the world's actions are numbered.</exception>
    public static OffPolicyAgent Sac(WorldSpec spec, SacOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        OptionRanges.Checked(options);
        return new OffPolicyAgent(spec, options, Learners.Sac(spec, options.Sac, key.Split("learner"), workers), key, metrics);
    }

    /// <summary>Deep Q-learning (Mnih et al. 2015) on real experience.</summary>
    /// <param name="spec">The world; its actions are numbered.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads for gradients; results do not depend on their number.</param>
    /// <param name="metrics">Receives losses at the end of each episode.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the world's actions are a box.</exception>
    public static OffPolicyAgent Dqn(WorldSpec spec, DqnOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        OptionRanges.Checked(options);
        return new OffPolicyAgent(spec, options, Learners.Dqn(spec, options.Dqn, key.Split("learner"), workers), key, metrics);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        if (steps < options.RandomSteps)
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
        for (int i = 0; i < options.UpdatesPerStep && steps >= options.RandomSteps; i++)
        {
            sampler.Fill(batch, 0, batch.Size, draws);
            batch.Bootstrap(learner, bounds, values);
            learner.Learn(batch);
        }

        if (transition.Done && metrics is not null && steps >= options.RandomSteps)
        {
            learner.Report(metrics);
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new LearnerPolicy(learner, spec, embedding, random, explore: false);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [steps]);
        exploration.Save(state, $"{prefix}/exploration");
        draws.Save(state, $"{prefix}/draws");
        replay.Save(state, $"{prefix}/replay");
        bounds.Save(state, $"{prefix}/bounds");
        learner.Save(state, $"{prefix}/learner");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        steps = state.GetInt64($"{prefix}/counters", 1)[0];
        exploration.Load(state, $"{prefix}/exploration");
        draws.Load(state, $"{prefix}/draws");
        replay.Load(state, $"{prefix}/replay");
        bounds.Load(state, $"{prefix}/bounds");
        learner.Load(state, $"{prefix}/learner");
    }

    /// <inheritdoc/>
    public void Dispose() => learner.Dispose();
}
