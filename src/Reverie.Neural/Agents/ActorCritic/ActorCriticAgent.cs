using Reverie.Agents;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// An on-policy actor-critic with generalised advantages (Schulman et al. 2016), from real steps alone. Repeat: act with π for a batch of T steps; estimate advantages Â with the value V̂;
/// improve π along E[∇ log π(a|s) Â], either by a single step (A2C: Mnih et al. 2016) or, by default, in several epochs along the clipped surrogate
/// E[min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â)], ρ = π(a|s) / π_old(a|s) (PPO: Schulman, Wolski, Dhariwal, Radford, Klimov 2017, equation 7); regress V̂ on V̂_old + Â.
/// </summary>
public sealed class ActorCriticAgent : IAgent, IDisposable
{
    private readonly ActorCriticOptions options;
    private readonly WorldSpec spec;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly ObservationFeatures features;
    private readonly LikelihoodPolicy policy;
    private readonly StateValue value;
    private readonly OnPolicyBatch batch;
    private readonly LikelihoodActor actor;
    private readonly PolicyPasses wholePolicy;
    private readonly PolicyPasses partPolicy;
    private readonly ValuePasses wholeValue;
    private readonly ValuePasses partValue;
    private readonly double[] draw;
    private readonly double[] values;
    private readonly double[] nextValues;
    private readonly double[] advantages;
    private readonly double[] targets;
    private readonly double[] oldLogProbabilities;
    private readonly int[] order;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="workers">Threads; results do not depend on their number.</param>
    /// <param name="metrics">Receives <c>policy/entropy</c>, <c>policy/divergence</c> and <c>value/error</c> after each batch.</param>
    /// <exception cref="ArgumentException">An option is out of range, or options contradict each other.</exception>
    public ActorCriticAgent(WorldSpec spec, ActorCriticOptions options, RandomKey key, Workers workers, MetricSink? metrics = null)
    {
        OptionRanges.Checked(options).Validate();
        (this.spec, this.options, this.metrics) = (spec, options, metrics);
        random = new RandomStream(key.Split("draws"));
        features = new ObservationFeatures(spec);
        int[] hidden = [.. Enumerable.Repeat(options.HiddenSize, options.HiddenLayers)];
        policy = new LikelihoodPolicy(features, spec.Actions, hidden, options.InitialDeviation, new RandomStream(key.Split("policy")), workers);
        value = new StateValue(features, hidden, new RandomStream(key.Split("value")), workers);
        int T = options.BatchSteps;
        batch = new OnPolicyBatch(T, spec.ObservationSize, spec.Actions.Size);
        actor = new LikelihoodActor(spec, policy, random);
        (wholePolicy, partPolicy) = (new PolicyPasses(policy, T), new PolicyPasses(policy, options.MinibatchSize));
        (wholeValue, partValue) = (new ValuePasses(value, T), new ValuePasses(value, options.MinibatchSize));
        draw = new double[spec.Actions.Size];
        (values, nextValues, advantages, targets, oldLogProbabilities) = (new double[T], new double[T], new double[T], new double[T], new double[T]);
        order = [.. Enumerable.Range(0, T)];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action) => actor.Act(observation, action);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths or a number that is not finite.</exception>
    public void Observe(in Transition transition)
    {
        Require(transition);
        actor.DrawOf(transition.Action, draw);
        features.Add(transition.Observation);
        batch.Add(transition, draw);
        if (batch.Count == batch.Capacity)
        {
            Learn();
            batch.Clear();
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new LikelihoodActor(spec, policy);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        random.Save(state, $"{prefix}/random");
        features.Save(state, $"{prefix}/features");
        policy.Save(state, $"{prefix}/policy");
        value.Save(state, $"{prefix}/value");
        batch.Save(state, $"{prefix}/batch");
        state.Set($"{prefix}/draw", actor.LastDraw);
        state.Set($"{prefix}/order", Array.ConvertAll(order, i => (long)i));
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        random.Load(state, $"{prefix}/random");
        features.Load(state, $"{prefix}/features");
        policy.Load(state, $"{prefix}/policy");
        value.Load(state, $"{prefix}/value");
        batch.Load(state, $"{prefix}/batch");
        state.GetDouble($"{prefix}/draw", actor.LastDraw.Length).CopyTo(actor.LastDraw);
        var saved = state.GetInt64($"{prefix}/order", order.Length);
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (int)saved[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        policy.Dispose();
        value.Dispose();
    }

    private void Learn()
    {
        EstimateAdvantages();
        if (options.Clip > 0)
        {
            Remember();
        }

        GeneralizedAdvantage.Normalize(advantages);
        if (options.Clip == 0)
        {
            FollowGradient();
        }

        int size = options.MinibatchSize;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle<int>(order);
            for (int first = 0; first + size <= order.Length; first += size)
            {
                var part = order.AsSpan(first, size);
                if (options.Clip > 0)
                {
                    FollowSurrogate(part);
                }

                RegressValue(part);
            }
        }

        // Only now: values and probabilities of this batch are those of the policy that acted.
        features.Refresh();
        Report();
    }

    /// <summary>Â by V̂, and the targets V̂ + Â.</summary>
    private void EstimateAdvantages()
    {
        Evaluate(values, next: false);
        Evaluate(nextValues, next: true);
        GeneralizedAdvantage.Estimate(batch.Rewards, values, nextValues, batch.Terminated, batch.Truncated, options.Discount, options.Trace, advantages);
        for (int t = 0; t < targets.Length; t++)
        {
            targets[t] = values[t] + advantages[t];
        }

        value.Rescale(targets, 0.1);
    }

    private void Evaluate(double[] result, bool next)
    {
        for (int t = 0; t < result.Length; t++)
        {
            wholeValue.Show(t, next ? batch.NextObservation(t) : batch.Observation(t));
        }

        wholeValue.Forward();
        for (int t = 0; t < result.Length; t++)
        {
            result[t] = wholeValue.Value(t);
        }
    }

    /// <summary>log π_old(a|s).</summary>
    private void Remember()
    {
        ShowAll();
        for (int t = 0; t < batch.Count; t++)
        {
            oldLogProbabilities[t] = wholePolicy.LogProbability(t, batch.Draw(t));
        }
    }

    /// <summary>One step along 1/T Σ Â ∇ log π(a|s) + β ∇H.</summary>
    private void FollowGradient()
    {
        ShowAll();
        for (int t = 0; t < batch.Count; t++)
        {
            wholePolicy.Weigh(t, batch.Draw(t), advantages[t] / batch.Count, options.EntropyBonus / batch.Count);
        }

        wholePolicy.Backward();
        policy.Descend(options.PolicyLearningRate, options.GradientNorm);
    }

    /// <summary>One step along the surrogate's gradient.</summary>
    private void FollowSurrogate(ReadOnlySpan<int> part)
    {
        for (int i = 0; i < part.Length; i++)
        {
            partPolicy.Show(i, batch.Observation(part[i]));
        }

        partPolicy.Forward();
        for (int i = 0; i < part.Length; i++)
        {
            int t = part[i];
            double ratio = Math.Exp(partPolicy.LogProbability(i, batch.Draw(t)) - oldLogProbabilities[t]);
            partPolicy.Weigh(i, batch.Draw(t), SurrogateSlope(ratio, advantages[t], options.Clip) / part.Length, options.EntropyBonus / part.Length);
        }

        partPolicy.Backward();
        policy.Descend(options.PolicyLearningRate, options.GradientNorm);
    }

    /// <summary>The slope of min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â) over log π: ρ Â where the clipping does not bind, else 0.</summary>
    internal static double SurrogateSlope(double ratio, double advantage, double clip)
    {
        bool bound = advantage > 0 ? ratio > 1.0 + clip : ratio < 1.0 - clip;
        return bound ? 0.0 : ratio * advantage;
    }

    private void RegressValue(ReadOnlySpan<int> part)
    {
        for (int i = 0; i < part.Length; i++)
        {
            partValue.Show(i, batch.Observation(part[i]));
        }

        partValue.Forward();
        for (int i = 0; i < part.Length; i++)
        {
            partValue.Aim(i, targets[part[i]]);
        }

        partValue.Backward();
        value.Descend(options.ValueLearningRate, options.GradientNorm);
    }

    private void Report()
    {
        if (metrics is null)
        {
            return;
        }

        ShowAll();
        double entropy = 0, divergence = 0, error = 0;
        for (int t = 0; t < batch.Count; t++)
        {
            entropy += wholePolicy.Entropy(t) / batch.Count;
            divergence += options.Clip > 0 ? (oldLogProbabilities[t] - wholePolicy.LogProbability(t, batch.Draw(t))) / batch.Count : 0.0;
            error += (targets[t] - values[t]) * (targets[t] - values[t]) / batch.Count;
        }

        metrics("policy/entropy", entropy);
        if (options.Clip > 0)
        {
            metrics("policy/divergence", divergence);
        }

        metrics("value/error", Math.Sqrt(error));
    }

    private void ShowAll()
    {
        for (int t = 0; t < batch.Count; t++)
        {
            wholePolicy.Show(t, batch.Observation(t));
        }

        wholePolicy.Forward();
    }

    private void Require(in Transition transition)
    {
        spec.RequireSizes(transition.Observation, transition.Action);
        spec.RequireSizes(transition.NextObservation, transition.Action);
        spec.Actions.Validate(transition.Action);
        if (!double.IsFinite(transition.Reward) || !AllFinite(transition.Observation) || !AllFinite(transition.NextObservation))
        {
            throw new ArgumentException($"The transition's reward is {transition.Reward}; it and the observations must be finite.", nameof(transition));
        }

        static bool AllFinite(ReadOnlySpan<double> numbers)
        {
            foreach (double number in numbers)
            {
                if (!double.IsFinite(number))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
