using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control.Local;

/// <summary>A time-varying linear-Gaussian policy, uₜ ~ N(kₜ − Kₜ xₜ, Σₜ). All zero at first, with Σ = I.</summary>
public sealed class TimeVaryingPolicy : ILinearPolicy
{
    private readonly double[] gains, feedforwards, covariances, factors, difference;

    /// <summary>A policy of T steps.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="horizon">T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public TimeVaryingPolicy(int stateSize, int actionSize, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        (StateSize, ActionSize, Horizon) = (stateSize, actionSize, horizon);
        (gains, feedforwards) = (new double[horizon * actionSize * stateSize], new double[horizon * actionSize]);
        (covariances, factors, difference) = (new double[horizon * actionSize * actionSize], new double[horizon * actionSize * actionSize], new double[actionSize]);
        for (int t = 0; t < horizon; t++)
        {
            Dense.Identity(Covariance(t), actionSize);
            Dense.Identity(Factor(t), actionSize);
        }
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>T.</summary>
    public int Horizon { get; }

    /// <summary>Kₜ, row-major <c>[m, n]</c>.</summary>
    public Span<double> Gain(int step) => At(gains, step, ActionSize * StateSize);

    /// <summary>kₜ, <c>[m]</c>.</summary>
    public Span<double> Feedforward(int step) => At(feedforwards, step, ActionSize);

    /// <summary>Σₜ, row-major <c>[m, m]</c>, symmetric positive definite. <see cref="SetCovariance"/> changes it.</summary>
    public ReadOnlySpan<double> Variance(int step) => At(covariances, step, ActionSize * ActionSize);

    /// <summary>Sets Σₜ.</summary>
    /// <param name="step">t.</param>
    /// <param name="covariance">Σ, row-major <c>[m, m]</c>, symmetric.</param>
    /// <exception cref="ArgumentException">It is not positive definite.</exception>
    public void SetCovariance(int step, ReadOnlySpan<double> covariance)
    {
        covariance.CopyTo(Covariance(step));
        covariance.CopyTo(Factor(step));
        if (!Dense.Cholesky(Factor(step), ActionSize))
        {
            throw new ArgumentException($"The covariance of step {step} is not positive definite.", nameof(covariance));
        }
    }

    /// <inheritdoc/>
    public void Act(int step, ReadOnlySpan<double> state, Span<double> action)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(action.Length, ActionSize, nameof(action));
        Feedforward(step).CopyTo(action);
        Dense.AddProduct(-1.0, Gain(step), state, action, ActionSize, StateSize, 1);
    }

    /// <summary>Draws u ~ N(kₜ − Kₜ x, Σₜ) = kₜ − Kₜ x + Lₜ ε, Σₜ = Lₜ Lₜᵀ.</summary>
    /// <param name="step">t.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">Receives u, <c>[m]</c>.</param>
    /// <param name="random">Where from.</param>
    public void Sample(int step, ReadOnlySpan<double> state, Span<double> action, RandomStream random)
    {
        Act(step, state, action);
        var L = Factor(step);
        for (int j = 0; j < ActionSize; j++)
        {
            double e = random.NextNormal();
            for (int i = j; i < ActionSize; i++)
            {
                action[i] += L[(i * ActionSize) + j] * e;
            }
        }
    }

    /// <summary>log N(u; kₜ − Kₜ x, Σₜ).</summary>
    /// <param name="step">t.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">u, <c>[m]</c>.</param>
    public double LogDensity(int step, ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        Act(step, state, difference);
        for (int i = 0; i < ActionSize; i++)
        {
            difference[i] -= action[i];
        }

        Dense.SolveLower(Factor(step), difference, ActionSize, 1);
        return -0.5 * (Dense.Dot(difference, difference) + LogDeterminant(step) + (ActionSize * Math.Log(2.0 * Math.PI)));
    }

    /// <summary>The mean entropy of a step's action, Σₜ ½ log det(2πe Σₜ) / T.</summary>
    public double Entropy()
    {
        double sum = 0.0;
        for (int t = 0; t < Horizon; t++)
        {
            sum += 0.5 * LogDeterminant(t);
        }

        return (sum / Horizon) + (0.5 * ActionSize * Math.Log(2.0 * Math.PI * Math.E));
    }

    /// <summary>Takes over all numbers of another policy of the same sizes.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public void CopyFrom(TimeVaryingPolicy other)
    {
        Shapes.Require(other.gains.Length, gains.Length, nameof(other));
        Shapes.Require(other.feedforwards.Length, feedforwards.Length, nameof(other));
        other.gains.CopyTo(gains, 0);
        other.feedforwards.CopyTo(feedforwards, 0);
        other.covariances.CopyTo(covariances, 0);
        other.factors.CopyTo(factors, 0);
    }

    /// <summary>Writes all numbers under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/gains", gains);
        state.Set($"{prefix}/feedforwards", feedforwards);
        state.Set($"{prefix}/covariances", covariances);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetDouble($"{prefix}/gains", gains.Length).CopyTo(gains);
        state.GetDouble($"{prefix}/feedforwards", feedforwards.Length).CopyTo(feedforwards);
        state.GetDouble($"{prefix}/covariances", covariances.Length).CopyTo(covariances);
        for (int t = 0; t < Horizon; t++)
        {
            SetCovariance(t, Covariance(t));
        }
    }

    /// <summary>log det Σₜ.</summary>
    internal double LogDeterminant(int step)
    {
        double sum = 0.0;
        for (int i = 0; i < ActionSize; i++)
        {
            sum += 2.0 * Math.Log(Factor(step)[i * (ActionSize + 1)]);
        }

        return sum;
    }

    /// <summary>Lₜ in the lower triangle, <c>[m, m]</c>.</summary>
    internal Span<double> Factor(int step) => At(factors, step, ActionSize * ActionSize);

    private Span<double> Covariance(int step) => At(covariances, step, ActionSize * ActionSize);

    private static Span<double> At(double[] data, int step, int size) => (uint)step < (uint)(data.Length / size)
        ? data.AsSpan(step * size, size)
        : throw new ArgumentOutOfRangeException(nameof(step), step, $"The step must be at least 0 and at most {(data.Length / size) - 1}.");
}
