using Reverie.Agents.Gradients;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>The learning half of <see cref="SvgAgent"/>: steps up the policy gradient, and the value behind the horizon.</summary>
internal sealed class SvgLearner
{
    private readonly SvgOptions options;
    private readonly IPullback model;
    private readonly NeuralPolicy policy;
    private readonly NeuralValue? target;
    private readonly PolicyGradient gradient;
    private readonly ValueTape? valueTape, targetTape;
    private readonly Adam policyOptimizer, valueOptimizer;
    private readonly double[] policyGradient, valueGradient, parameters, valueParameters, starts, targets, values;
    private readonly int[] indices;
    private long count, skipped, clipped;
    private double sumOfReturns, sumOfNorms, sumOfErrors;

    public SvgLearner(IPullback model, NeuralPolicy policy, SvgOptions options, RandomStream random)
    {
        (this.model, this.policy, this.options) = (model, policy, options);
        int n = options.Starts, h = options.Horizon;
        if (options.LearnValue)
        {
            Value = new NeuralValue(policy.Inputs, options.Policy.HiddenLayers, options.Policy.HiddenSize, random);
            target = new NeuralValue(policy.Inputs, options.Policy.HiddenLayers, options.Policy.HiddenSize, random);
            target.SetParameters(Value.Parameters);
            (valueTape, targetTape) = (new ValueTape(Value, n * h), new ValueTape(target, n * (h + 1)));
        }

        gradient = new PolicyGradient(model, policy, n, h, options.Discount, Value);
        (policyGradient, valueGradient) = (new double[policy.ParameterCount], new double[Value?.ParameterCount ?? 0]);
        (parameters, valueParameters) = (new double[policy.ParameterCount], new double[valueGradient.Length]);
        (policyOptimizer, valueOptimizer) = (new Adam(policyGradient.Length), new Adam(valueGradient.Length));
        (starts, indices) = (new double[n * model.StateSize], new int[n]);
        (targets, values) = (new double[n * h], new double[n * (h + 1)]);
    }

    /// <summary>V, or null.</summary>
    public NeuralValue? Value { get; }

    /// <summary>Whether inputs and returns have their scales.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What a return is divided by: about the deviation of a discounted sum of rewards.</summary>
    public double ReturnScale { get; private set; } = 1.0;

    /// <summary>Fits the scales of inputs and returns to the first experience; they stay, as what was learned depends on them.</summary>
    public void Begin(ReplayBuffer replay)
    {
        int o = replay.ObservationSize;
        var seen = new double[replay.Count * o];
        double sum = 0.0, squares = 0.0;
        for (int i = 0; i < replay.Count; i++)
        {
            replay.Observation(i).CopyTo(seen.AsSpan(i * o));
            sum += replay.Reward(i);
            squares += replay.Reward(i) * replay.Reward(i);
        }

        policy.Inputs.Fit(seen);
        double mean = sum / replay.Count, effective = Math.Min(1.0 / Math.Max(1.0 - options.Discount, 1e-9), policy.Spec.MaxSteps);
        ReturnScale = Math.Max(1e-3, Math.Sqrt(Math.Max(0.0, (squares / replay.Count) - (mean * mean)))) * Math.Sqrt(effective);
        SetValueScale();
        HasBegun = true;
    }

    /// <summary>One step: imagine from remembered states, follow the policy's gradient, have the value learn from the same rollouts.</summary>
    public void Improve(ReplayBuffer replay, RandomStream random)
    {
        replay.Sample(random, indices);
        for (int i = 0; i < indices.Length; i++)
        {
            model.Locate(replay.Observation(indices[i]), starts.AsSpan(i * model.StateSize, model.StateSize));
        }

        double estimate = gradient.Evaluate(starts, random.NextKey(), policyGradient);
        double norm = Dense.Norm(policyGradient) / ReturnScale;
        count++;
        if (!double.IsFinite(estimate) || !double.IsFinite(norm))
        {
            skipped++;
            return;
        }

        if (Value is not null)
        {
            LearnValue();
        }

        // Down the gradient of −J / scale, shortened to the greatest norm allowed.
        double shorten = norm > options.MaxGradientNorm ? options.MaxGradientNorm / norm : 1.0;
        Dense.Scale(-shorten / ReturnScale, policyGradient);
        policy.Parameters.CopyTo(parameters);
        policyOptimizer.Step(parameters, policyGradient, options.PolicyLearningRate);
        policy.SetParameters(parameters);
        sumOfReturns += estimate;
        sumOfNorms += norm;
        clipped += shorten < 1.0 ? 1 : 0;
    }

    /// <summary>Tells means since the last report.</summary>
    public void Report(MetricSink? metrics)
    {
        if (count > skipped)
        {
            double done = count - skipped;
            metrics?.Invoke("svg/imaginedReturn", sumOfReturns / done);
            metrics?.Invoke("svg/gradientNorm", sumOfNorms / done);
            metrics?.Invoke("svg/clipped", clipped / done);
            if (Value is not null)
            {
                metrics?.Invoke("svg/valueError", Math.Sqrt(sumOfErrors / done));
            }
        }

        metrics?.Invoke("svg/skipped", skipped);
        (count, skipped, clipped, sumOfReturns, sumOfNorms, sumOfErrors) = (0, 0, 0, 0.0, 0.0, 0.0);
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/policy", policy.Parameters);
        state.Set($"{prefix}/value", Value is null ? [] : Value.Parameters);
        state.Set($"{prefix}/target", target is null ? [] : target.Parameters);
        state.Set($"{prefix}/counters", [HasBegun ? 1L : 0L, count, skipped, clipped]);
        state.Set($"{prefix}/numbers", [ReturnScale, sumOfReturns, sumOfNorms, sumOfErrors]);
        policy.Inputs.Save(state, $"{prefix}/inputs");
        policyOptimizer.Save(state, $"{prefix}/policyAdam");
        valueOptimizer.Save(state, $"{prefix}/valueAdam");
    }

    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 4);
        var numbers = state.GetDouble($"{prefix}/numbers", 4);
        policy.SetParameters(state.GetDouble($"{prefix}/policy", policy.ParameterCount));
        var (saved, followed) = (state.GetDouble($"{prefix}/value", valueGradient.Length).ToArray(), state.GetDouble($"{prefix}/target", valueGradient.Length).ToArray());
        Value?.SetParameters(saved);
        target?.SetParameters(followed);
        policy.Inputs.Load(state, $"{prefix}/inputs");
        policyOptimizer.Load(state, $"{prefix}/policyAdam");
        valueOptimizer.Load(state, $"{prefix}/valueAdam");
        (HasBegun, count, skipped, clipped) = (counters[0] != 0, counters[1], counters[2], counters[3]);
        (ReturnScale, sumOfReturns, sumOfNorms, sumOfErrors) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        SetValueScale();
    }

    /// <summary>
    /// One gradient step on ½ (V(x) − Gλ(x))² over all imagined states, G_t = r_t + γ ((1 − λ) V̄(x_{t+1}) + λ G_{t+1}), G_H = V̄(x_H); after a termination nothing. Then V̄ ← V̄ + τ (V − V̄).
    /// </summary>
    private void LearnValue()
    {
        int n = options.Starts, h = options.Horizon;
        var (gamma, lambda) = (options.Discount, options.ValueTrace);
        target!.Forward(targetTape!, 0, n * (h + 1), gradient.Observations, values);
        var rewards = gradient.Rewards;
        var alive = gradient.Alive;
        for (int t = h - 1; t >= 0; t--)
        {
            for (int i = 0; i < n; i++)
            {
                double next = values[((t + 1) * n) + i];
                double after = t == h - 1 ? next : ((1.0 - lambda) * next) + (lambda * targets[((t + 1) * n) + i]);
                targets[(t * n) + i] = rewards[(t * n) + i] + (alive[((t + 1) * n) + i] ? gamma * after : 0.0);
            }
        }

        // In units of the scale; what had terminated has no part.
        Value!.Forward(valueTape!, 0, n * h, gradient.Observations[..(n * h * policy.Spec.ObservationSize)], values.AsSpan(0, n * h));
        double share = 1.0 / (n * h), error = 0.0;
        for (int i = 0; i < n * h; i++)
        {
            double d = alive[i] ? (values[i] - targets[i]) / ReturnScale : 0.0;
            error += share * d * d;
            values[i] = share * d / ReturnScale;
        }

        sumOfErrors += error;
        Value.Backward(valueTape!, 0, n * h, values.AsSpan(0, n * h), []);
        valueGradient.AsSpan().Clear();
        Value.AddGradient(valueTape!, 0, n * h, valueGradient);
        Value.Parameters.CopyTo(valueParameters);
        valueOptimizer.Step(valueParameters, valueGradient, options.ValueLearningRate);
        Value.SetParameters(valueParameters);
        target.Parameters.CopyTo(valueGradient);
        for (int i = 0; i < valueGradient.Length; i++)
        {
            valueGradient[i] += options.TargetRate * (valueParameters[i] - valueGradient[i]);
        }

        target.SetParameters(valueGradient);
    }

    private void SetValueScale()
    {
        if (Value is not null)
        {
            Value.Scale = target!.Scale = ReturnScale;
        }
    }
}
