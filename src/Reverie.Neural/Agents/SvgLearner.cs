using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// The learning half of <see cref="SvgAgent"/>, for any model that gradients pass through: steps of Adam up the policy gradient, shortened where it is too long, and a value behind the horizon
/// that learns from the same rollouts.
/// </summary>
public sealed class SvgLearner
{
    private readonly SvgOptions options;
    private readonly NeuralPolicy policy;
    private readonly NeuralValue? target;
    private readonly PolicyGradient gradient;
    private readonly ValueTape? valueTape, targetTape;
    private readonly Adam policyOptimizer, valueOptimizer;
    private readonly double[] policyGradient, valueGradient, parameters, valueParameters, targets, values;
    private long count, skipped, clipped;
    private double sumOfReturns, sumOfNorms, sumOfErrors;

    /// <summary>A learner that has not begun.</summary>
    /// <param name="model">What is imagined in.</param>
    /// <param name="policy">What is improved.</param>
    /// <param name="options">The options; those of the learned model, of exploration and of real steps are not used.</param>
    /// <param name="random">Draws the value's weights.</param>
    /// <exception cref="ArgumentException">The model does not fit the policy, or an option is out of range.</exception>
    public SvgLearner(IPullback model, NeuralPolicy policy, SvgOptions options, RandomStream random)
    {
        (this.policy, this.options) = (policy, OptionRanges.Checked(options));
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
        (targets, values) = (new double[n * h], new double[n * (h + 1)]);
    }

    /// <summary>V, or null.</summary>
    public NeuralValue? Value { get; }

    /// <summary>Whether inputs and returns have their scales.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What a return is divided by: about the deviation of a discounted sum of rewards.</summary>
    public double ReturnScale { get; private set; } = 1.0;

    /// <summary>The rollouts of the last step.</summary>
    public PolicyGradient Rollouts => gradient;

    /// <summary>Fits the scales of inputs and returns to the first experience; they stay, as what was learned depends on them.</summary>
    /// <param name="observations">What was seen, row-major <c>[steps, O]</c>.</param>
    /// <param name="rewards">The rewards, <c>[steps]</c>, at least one.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Begin(ReadOnlySpan<double> observations, ReadOnlySpan<double> rewards)
    {
        if (rewards.Length * policy.Inputs.ObservationSize != observations.Length)
        {
            throw new ArgumentException($"There are {rewards.Length} rewards and {observations.Length} observed numbers; {policy.Inputs.ObservationSize} for each reward are wanted.", nameof(observations));
        }

        policy.Inputs.Fit(observations);
        double mean = 0.0, squares = 0.0;
        foreach (double reward in rewards)
        {
            mean += reward / rewards.Length;
            squares += reward * reward / rewards.Length;
        }

        // The deviation of a sum of rewards over the time that counts, as if they were independent.
        double steps = Math.Min(1.0 / Math.Max(1.0 - options.Discount, 1e-9), policy.Spec.MaxSteps);
        ReturnScale = Math.Max(1e-3, Math.Sqrt(Math.Max(0.0, squares - (mean * mean)))) * Math.Sqrt(steps);
        SetValueScale();
        HasBegun = true;
    }

    /// <summary>One step: imagine from states, follow the policy's gradient, have the value learn from the same rollouts. Nothing changes where a rollout or the gradient is not finite.</summary>
    /// <param name="starts">Model states, row-major <c>[Starts, n]</c>.</param>
    /// <param name="key">The randomness of the actions.</param>
    /// <returns>The estimate J before the step.</returns>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public double Improve(ReadOnlySpan<double> starts, RandomKey key)
    {
        double estimate = gradient.Evaluate(starts, key, policyGradient);
        double norm = Dense.Norm(policyGradient) / ReturnScale;
        count++;
        if (!double.IsFinite(estimate) || !double.IsFinite(norm))
        {
            skipped++;
            return estimate;
        }

        if (Value is not null)
        {
            LearnValue();
        }

        // Down the gradient of −J / scale, shortened to the greatest norm allowed.
        double shorten = norm > options.GradientNorm ? options.GradientNorm / norm : 1.0;
        Dense.Scale(-shorten / ReturnScale, policyGradient);
        policy.Parameters.CopyTo(parameters);
        policyOptimizer.Step(parameters, policyGradient, options.PolicyLearningRate);
        policy.SetParameters(parameters);
        sumOfReturns += estimate;
        sumOfNorms += norm;
        clipped += shorten < 1.0 ? 1 : 0;
        return estimate;
    }

    /// <summary>Tells means since the last report: <c>svg/imaginedReturn</c>, <c>svg/gradientNorm</c> before shortening, in units of the scale, <c>svg/clipped</c>, <c>svg/valueError</c>, <c>svg/skipped</c>.</summary>
    /// <param name="metrics">Receives them; may be null.</param>
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

    /// <summary>Writes policy, value, scales and optimisers under <paramref name="prefix"/>.</summary>
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

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
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

    /// <summary>G_t = r_t + γ ((1 − λ) V̄(x_{t+1}) + λ G_{t+1}), G_H = V̄(x_H); after a termination nothing.</summary>
    /// <param name="rewards">r, <c>[H, n]</c>.</param>
    /// <param name="values">V̄, <c>[H + 1, n]</c>.</param>
    /// <param name="alive">What had not terminated before a step, <c>[H + 1, n]</c>.</param>
    /// <param name="n">Rollouts.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="returns">Receives G, <c>[H, n]</c>.</param>
    internal static void FillTraces(ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, ReadOnlySpan<bool> alive, int n, double gamma, double lambda, Span<double> returns)
    {
        for (int at = rewards.Length - 1; at >= 0; at--)
        {
            double next = values[at + n];
            double after = at + n >= rewards.Length ? next : ((1.0 - lambda) * next) + (lambda * returns[at + n]);
            returns[at] = rewards[at] + (alive[at + n] ? gamma * after : 0.0);
        }
    }

    /// <summary>One gradient step on ½ (V(x) − G(x))² over all imagined states. Then V̄ ← V̄ + τ (V − V̄).</summary>
    private void LearnValue()
    {
        int n = options.Starts, h = options.Horizon;
        var alive = gradient.Alive;
        target!.Forward(targetTape!, 0, n * (h + 1), gradient.Observations, values);
        FillTraces(gradient.Rewards, values, alive, n, options.Discount, options.ValueTrace, targets);

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
