using Reverie.Models;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents.ModelCritic;

/// <summary>
/// The policy gradient with a critic that is a model. By the policy-gradient theorem (Sutton, McAllester, Singh, Mansour 2000, theorem 1) ∇J ∝ E[∇ log π(a|s) Q(s,a)] over states s of the
/// policy's discounted visits and a ~ π(·|s); here Q̂(s,a) = 1/k Σⱼ [Σₜ γᵗ rₜ + γᴴ V̄(s_H)] over k rollouts of H steps of π in the model, from s by a, and the estimate is
/// 1/N Σᵢ ∇ log π(aᵢ|sᵢ) (Q̂(sᵢ,aᵢ) − V̂(sᵢ)).
/// </summary>
/// <remarks>
/// <para>The gradient passes through the single log π(a|s) alone, not through rollouts or model: the model need not be differentiable, and its derivatives, however large over a long
/// horizon, do not enter.</para>
/// <para>Over which states it is an average is the caller's affair: states of the discounted visits give ∇J times 1 − γ; states of a replay buffer give, as in off-policy actor-critics
/// (Degris, White, Sutton 2012), the sum of improvements over the states met so far.</para>
/// <para>Where a rollout terminates its return ends; nothing is truncated in imagination. A state whose return is not finite has no part in the gradient.</para>
/// </remarks>
public sealed class ModelPolicyGradient
{
    /// <summary>Share of a batch in the scale of V̂.</summary>
    private const double ScaleRate = 0.01;

    private readonly ISimulator model;
    private readonly LikelihoodPolicy policy;
    private readonly StateValue? baselineValue;
    private readonly StateValue? bootstrapValue;
    private readonly ModelPolicyGradientOptions options;
    private readonly PolicyPasses statePolicy;
    private readonly PolicyPasses lanePolicy;
    private readonly ValuePasses? baseline;
    private readonly ValuePasses? bootstrap;
    private readonly float[] x;
    private readonly float[] y;
    private readonly float[] u;
    private readonly float[] rewards;
    private readonly float[] ends;
    private readonly double[] laneReturns;
    private readonly bool[] alive;
    private readonly double[] observation;
    private readonly double[] draw;
    private readonly double[] action;
    private readonly double[] draws;
    private readonly double[] returns;
    private readonly double[] baselines;
    private readonly double[] advantages;
    private readonly int stateSize;
    private readonly int actionSize;
    private readonly int stride;

    /// <summary>An estimator for batches of a fixed size.</summary>
    /// <param name="model">What is imagined in; its states are what the policy sees.</param>
    /// <param name="policy">π.</param>
    /// <param name="baseline">V̂, subtracted from Q̂; null for 0. It changes the gradient's variance, not its mean.</param>
    /// <param name="bootstrap">V̄, what rollouts count for the state in which they are broken off; null for 0.</param>
    /// <param name="options">The options.</param>
    /// <param name="states">N, states of a batch, at least 1.</param>
    /// <exception cref="ArgumentException">Model and policy do not fit, or an option is out of range.</exception>
    public ModelPolicyGradient(ISimulator model, LikelihoodPolicy policy, StateValue? baseline, StateValue? bootstrap, ModelPolicyGradientOptions options, int states)
    {
        OptionRanges.Checked(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        if (model.StateSize != policy.Features.ObservationSize || model.Actions.Size != policy.Actions.Size || model.Actions.Choices != policy.Actions.Choices)
        {
            throw new ArgumentException(
                $"The model's states have {model.StateSize} components, its actions {model.Actions.Size} and {model.Actions.Choices} choices; the policy sees {policy.Features.ObservationSize} and chooses {policy.Actions.Size} and {policy.Actions.Choices}.", nameof(model));
        }

        (this.model, this.policy, this.options, States) = (model, policy, options, states);
        (baselineValue, bootstrapValue) = (baseline, bootstrap);
        (stateSize, actionSize) = (model.StateSize, model.Actions.Size);
        int lanes = checked(states * options.Rollouts);
        stride = Batch.StrideOf(lanes);
        (statePolicy, lanePolicy) = (new PolicyPasses(policy, states), new PolicyPasses(policy, lanes));
        this.baseline = baseline is null ? null : new ValuePasses(baseline, states);
        this.bootstrap = bootstrap is null ? null : new ValuePasses(bootstrap, lanes);
        (x, y, u) = (new float[stateSize * stride], new float[stateSize * stride], new float[actionSize * stride]);
        (rewards, ends) = (new float[stride], new float[stride]);
        (laneReturns, alive) = (new double[lanes], new bool[lanes]);
        (observation, draw, action) = (new double[stateSize], new double[actionSize], new double[actionSize]);
        (draws, returns, baselines, advantages) = (new double[states * actionSize], new double[states], new double[states], new double[states]);
    }

    /// <summary>N.</summary>
    public int States { get; }

    /// <summary>Imagined steps that an estimate takes, N k H.</summary>
    public long ModelSteps => (long)States * options.Rollouts * options.Horizon;

    /// <summary>Q̂(s,a) of the last batch, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Returns => returns;

    /// <summary>V̂(s) of the last batch, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Baselines => baselines;

    /// <summary>Estimates the gradient of what is to be maximised.</summary>
    /// <param name="states">s, <c>[StateSize][N]</c>.</param>
    /// <param name="gradient">Receives it, <c>[policy.ParameterCount]</c>, in the order of <see cref="LikelihoodPolicy.Parameters"/>.</param>
    /// <param name="key">The randomness of actions and model.</param>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public void Estimate(Batch states, Span<float> gradient, RandomKey key)
    {
        if (gradient.Length != policy.ParameterCount)
        {
            throw new ArgumentException($"'{nameof(gradient)}' has {gradient.Length} numbers; the policy has {policy.ParameterCount} parameters.", nameof(gradient));
        }

        Imagine(states, key);
        for (int i = 0; i < States; i++)
        {
            advantages[i] = returns[i] - baselines[i];
        }

        WriteLoss(advantages, 0.0);
        policy.Network.Gradient.ToFloats().CopyTo(gradient);
        for (int p = 0; p < gradient.Length; p++)
        {
            gradient[p] = -gradient[p];
        }
    }

    /// <summary>Draws an action for each state and estimates what it leads to: <see cref="Returns"/> and <see cref="Baselines"/>.</summary>
    /// <param name="states">s, <c>[StateSize][N]</c>.</param>
    /// <param name="key">The randomness of actions and model.</param>
    /// <exception cref="ArgumentException">The batch has the wrong size.</exception>
    public void Imagine(Batch states, RandomKey key)
    {
        if (states.Features != stateSize || states.Count != States)
        {
            throw new ArgumentException($"'{nameof(states)}' has {states.Features} features of {states.Count} items; {stateSize} of {States} are wanted.", nameof(states));
        }

        var random = new RandomStream(key.Split("actions"));
        Begin(states, random);
        double weight = 1.0;
        for (int t = 0; t < options.Horizon; t++, weight *= options.Discount)
        {
            if (t > 0)
            {
                Choose(random);
            }

            model.Step(BatchOf(x, stateSize), BatchOf(u, actionSize), BatchOf(y, stateSize), rewards, ends, key.Split(t));
            for (int lane = 0; lane < alive.Length; lane++)
            {
                laneReturns[lane] += alive[lane] ? weight * rewards[lane] : 0.0;
                alive[lane] = alive[lane] && ends[lane] == 0f;
            }

            y.CopyTo(x, 0);
        }

        if (bootstrap is not null)
        {
            AddBootstrap(weight);
        }

        for (int i = 0; i < States; i++)
        {
            returns[i] = 0.0;
            for (int j = 0; j < options.Rollouts; j++)
            {
                returns[i] += laneReturns[(i * options.Rollouts) + j] / options.Rollouts;
            }
        }
    }

    /// <summary>One step of V̂ towards the last batch's Q̂, by which V̂ learns by temporal differences of H steps; V̄ follows V̂.</summary>
    /// <param name="learningRate">Adam's step size.</param>
    /// <param name="gradientNorm">The largest norm of the gradient; a longer one is shortened to it.</param>
    /// <param name="targetRate">τ, by how much V̄ follows, if it is not V̂ itself.</param>
    /// <exception cref="InvalidOperationException">There is no V̂.</exception>
    public void ImproveValues(double learningRate, double gradientNorm, double targetRate)
    {
        if (baseline is null)
        {
            throw new InvalidOperationException("The estimator was made without a baseline: there is no value to improve.");
        }

        for (int i = 0; i < States; i++)
        {
            baseline.Aim(i, returns[i]);
        }

        baseline.Backward();
        baselineValue!.Descend(learningRate, gradientNorm);
        baselineValue.Rescale(returns, ScaleRate);
        if (bootstrapValue is not null && bootstrapValue != baselineValue)
        {
            bootstrapValue.Follow(baselineValue, targetRate);
        }
    }

    /// <summary>Writes the gradient of −1/N Σᵢ (Âᵢ log π(aᵢ|sᵢ) + β H(π(·|sᵢ))), and of a pull on means outside the box, into the policy's network, for the last batch's states and actions.</summary>
    internal void WriteLoss(ReadOnlySpan<double> advantages, double entropyBonus, double pull = 0.0)
    {
        for (int i = 0; i < States; i++)
        {
            double weight = double.IsFinite(advantages[i]) ? advantages[i] / States : 0.0;
            statePolicy.Weigh(i, draws.AsSpan(i * actionSize, actionSize), weight, entropyBonus / States, pull / States);
        }

        statePolicy.Backward();
    }

    /// <summary>H(π) over the last batch's states.</summary>
    internal double Entropy() => Enumerable.Range(0, States).Average(statePolicy.Entropy);

    /// <summary>a ~ π(·|s), the same for the k rollouts of a state; V̂(s).</summary>
    private void Begin(Batch states, RandomStream random)
    {
        for (int i = 0; i < States; i++)
        {
            ReadState(states.Data, states.Stride, i);
            statePolicy.Show(i, observation);
            baseline?.Show(i, observation);
        }

        statePolicy.Forward();
        baseline?.Forward();
        for (int i = 0; i < States; i++)
        {
            baselines[i] = baseline?.Value(i) ?? 0.0;
            var drawn = draws.AsSpan(i * actionSize, actionSize);
            statePolicy.Draw(i, random, drawn);
            policy.Execute(drawn, action);
            for (int lane = i * options.Rollouts; lane < (i + 1) * options.Rollouts; lane++)
            {
                WriteAction(lane);
                for (int d = 0; d < stateSize; d++)
                {
                    x[(d * stride) + lane] = states.Data[(d * states.Stride) + i];
                }
            }
        }

        Array.Clear(laneReturns);
        Array.Fill(alive, true);
    }

    /// <summary>a ~ π(·|x) on every lane.</summary>
    private void Choose(RandomStream random)
    {
        for (int lane = 0; lane < alive.Length; lane++)
        {
            ReadState(x, stride, lane);
            lanePolicy.Show(lane, observation);
        }

        lanePolicy.Forward();
        for (int lane = 0; lane < alive.Length; lane++)
        {
            lanePolicy.Draw(lane, random, draw);
            policy.Execute(draw, action);
            WriteAction(lane);
        }
    }

    /// <summary>γᴴ V̄(s_H) where the task goes on.</summary>
    private void AddBootstrap(double weight)
    {
        for (int lane = 0; lane < alive.Length; lane++)
        {
            ReadState(x, stride, lane);
            bootstrap!.Show(lane, observation);
        }

        bootstrap!.Forward();
        for (int lane = 0; lane < alive.Length; lane++)
        {
            laneReturns[lane] += alive[lane] ? weight * bootstrap.Value(lane) : 0.0;
        }
    }

    private void ReadState(ReadOnlySpan<float> batch, int batchStride, int item)
    {
        for (int d = 0; d < stateSize; d++)
        {
            observation[d] = batch[(d * batchStride) + item];
        }
    }

    private void WriteAction(int lane)
    {
        for (int a = 0; a < actionSize; a++)
        {
            u[(a * stride) + lane] = (float)action[a];
        }
    }

    private Batch BatchOf(float[] data, int features) => new(data, features, alive.Length, stride);
}
