using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Agents.Gradients;

/// <summary>
/// The gradient of a policy's expected return through a model: back-propagation through time through model, reward and policy, SVG(∞) (Heess, Wayne, Silver, Lillicrap, Erez, Tassa
/// 2015, equations 9 and 10), over the full horizon or truncated with a terminal value.
/// </summary>
/// <remarks>
/// The estimate is J = 1/N Σᵢ [Σₜ γᵗ rₜ + γᴴ V(x_H)], t from 0 to H − 1, from N starts and with actions uₜ = π(xₜ, εₜ; θ). Its gradient comes from the adjoint
/// λ_H = γᴴ ∂V/∂x, λₜ = γᵗ r_x + Aᵀ λₜ₊₁ + π_xᵀ (γᵗ r_u + Bᵀ λₜ₊₁), as ∇J = 1/N Σᵢ Σₜ π_θᵀ (γᵗ r_u + Bᵀ λₜ₊₁). What terminates ends its sum: λ = 0 there, and no value.
/// The same policy's gradient on the exact and on a learned model is had by giving one or the other. A result that is not finite is returned as it is.
/// </remarks>
public sealed class PolicyGradient
{
    private readonly IPullback model;
    private readonly NeuralPolicy policy;
    private readonly NeuralValue? terminalValue;
    private readonly PolicyTape tape;
    private readonly ValueTape? valueTape;
    private readonly double discount;
    private readonly int n, o, m;
    private readonly double[] states, observations, actions, noise, rewards, returns, values, weights, costate, stateGradients, actionGradients, observationGradients;
    private readonly bool[] alive, terminated;

    /// <summary>Makes room.</summary>
    /// <param name="model">What is imagined in; its observations are the policy's. It is reserved for this use when <see cref="Evaluate"/> is called.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="starts">N, at least 1.</param>
    /// <param name="horizon">H, at least 1.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <param name="terminalValue">V, or null for 0.</param>
    /// <exception cref="ArgumentException">The model's observations or actions are of another size than the policy's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or an array would exceed what .NET allows.</exception>
    public PolicyGradient(IPullback model, NeuralPolicy policy, int starts, int horizon, double discount, NeuralValue? terminalValue = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(starts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (horizon + 1L) * starts * Math.Max(model.StateSize, Math.Max(model.ObservationSize, model.Actions.Size)), Array.MaxLength, nameof(horizon));
        if (!(discount is > 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }

        Shapes.Require(model.ObservationSize, policy.Spec.ObservationSize, nameof(model));
        Shapes.Require(model.Actions.Size, policy.Spec.Actions.Size, nameof(model));
        (this.model, this.policy, this.discount, this.terminalValue) = (model, policy, discount, terminalValue);
        (Starts, Horizon, n, o, m) = (starts, horizon, model.StateSize, model.ObservationSize, model.Actions.Size);
        tape = new PolicyTape(policy, starts * horizon);
        valueTape = terminalValue is null ? null : new ValueTape(terminalValue, starts);
        states = new double[(horizon + 1) * starts * n];
        observations = new double[(horizon + 1) * starts * o];
        (actions, noise) = (new double[horizon * starts * m], new double[horizon * starts * m]);
        (rewards, alive) = (new double[horizon * starts], new bool[(horizon + 1) * starts]);
        (returns, values, weights, terminated) = (new double[starts], new double[starts], new double[starts], new bool[starts]);
        (costate, stateGradients) = (new double[starts * n], new double[starts * n]);
        (actionGradients, observationGradients) = (new double[starts * m], new double[starts * o]);
    }

    /// <summary>N.</summary>
    public int Starts { get; }

    /// <summary>H.</summary>
    public int Horizon { get; }

    /// <summary>The last evaluation's model states, <c>[H + 1, N, n]</c>; where the task ended they stay.</summary>
    public ReadOnlySpan<double> States => states;

    /// <summary>The last evaluation's observations, <c>[H + 1, N, O]</c>.</summary>
    public ReadOnlySpan<double> Observations => observations;

    /// <summary>The last evaluation's actions, <c>[H, N, m]</c>.</summary>
    public ReadOnlySpan<double> Actions => actions;

    /// <summary>The last evaluation's rewards, <c>[H, N]</c>; 0 after the task ended.</summary>
    public ReadOnlySpan<double> Rewards => rewards;

    /// <summary>Whether the task had not ended yet in a state, <c>[H + 1, N]</c>.</summary>
    public ReadOnlySpan<bool> Alive => alive;

    /// <summary>The last evaluation's estimate from each start, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Returns => returns;

    /// <summary>Estimates return and gradient.</summary>
    /// <param name="starts">Model states to start from, row-major <c>[N, n]</c>.</param>
    /// <param name="key">The randomness of the actions, unless the policy is deterministic.</param>
    /// <param name="gradient">Receives ∇J, <c>[P]</c>; empty to estimate the return alone.</param>
    /// <returns>J.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public double Evaluate(ReadOnlySpan<double> starts, RandomKey key, Span<double> gradient)
    {
        Shapes.Require(starts.Length, Starts * n, nameof(starts));
        if (!gradient.IsEmpty)
        {
            Shapes.Require(gradient.Length, policy.ParameterCount, nameof(gradient));
        }

        if (policy.IsStochastic)
        {
            var random = new RandomStream(key);
            foreach (ref double epsilon in noise.AsSpan())
            {
                epsilon = random.NextNormal();
            }
        }

        model.Reserve(Horizon, Starts);
        starts.CopyTo(states);
        Imagine();
        if (!gradient.IsEmpty)
        {
            BackPropagate(gradient);
        }

        return returns.Average();
    }

    private void Imagine()
    {
        returns.AsSpan().Clear();
        alive.AsSpan(0, Starts).Fill(true);
        double weight = 1.0;
        for (int t = 0; t < Horizon; t++, weight *= discount)
        {
            var x = At(states, t, n);
            var u = At(actions, t, m);
            var next = At(states, t + 1, n);
            var r = At(rewards, t, 1);
            model.Observe(t, x, At(observations, t, o));
            policy.Forward(tape, t * Starts, Starts, At(observations, t, o), At(noise, t, m), u);
            model.Step(t, x, u, next, r, terminated);
            for (int i = 0; i < Starts; i++)
            {
                bool now = alive[(t * Starts) + i];
                alive[((t + 1) * Starts) + i] = now && !terminated[i];
                if (now)
                {
                    returns[i] += weight * r[i];
                }
                else
                {
                    // It stays where it ended, where nothing can overflow.
                    r[i] = 0.0;
                    x.Slice(i * n, n).CopyTo(next[(i * n)..]);
                }
            }
        }

        model.Observe(Horizon, At(states, Horizon, n), At(observations, Horizon, o));
        if (terminalValue is not null)
        {
            terminalValue.Forward(valueTape!, 0, Starts, At(observations, Horizon, o), values);
            for (int i = 0; i < Starts; i++)
            {
                returns[i] += alive[(Horizon * Starts) + i] ? weight * values[i] : 0.0;
            }
        }
    }

    private void BackPropagate(Span<double> gradient)
    {
        // λ_H = γᴴ ∂V/∂x / N.
        costate.AsSpan().Clear();
        if (terminalValue is not null)
        {
            Weigh(Horizon);
            terminalValue.Backward(valueTape!, 0, Starts, weights, observationGradients);
            model.PullObservations(Horizon, observationGradients, costate);
        }

        for (int t = Horizon - 1; t >= 0; t--)
        {
            for (int i = 0; i < Starts; i++)
            {
                if (!alive[((t + 1) * Starts) + i])
                {
                    costate.AsSpan(i * n, n).Clear();
                }
            }

            // (γᵗ r_x + Aᵀ λ, γᵗ r_u + Bᵀ λ), then through the policy.
            Weigh(t);
            model.Pull(t, costate, weights, stateGradients, actionGradients);
            policy.Backward(tape, t * Starts, Starts, actionGradients, observationGradients);
            model.PullObservations(t, observationGradients, stateGradients);
            stateGradients.CopyTo(costate, 0);
        }

        gradient.Clear();
        policy.AddGradient(tape, 0, Horizon * Starts, gradient);
    }

    /// <summary>γᵗ/N where the task had not ended, else 0.</summary>
    private void Weigh(int t)
    {
        double weight = Math.Pow(discount, t) / Starts;
        for (int i = 0; i < Starts; i++)
        {
            weights[i] = alive[(t * Starts) + i] ? weight : 0.0;
        }
    }

    private Span<double> At(double[] series, int t, int width) => series.AsSpan(t * Starts * width, Starts * width);
}
