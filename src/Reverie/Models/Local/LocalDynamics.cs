using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// A time-varying linear-Gaussian model of one stretch of experience: x₀ ~ N(μ₀, Σ₀), xₜ₊₁ ~ N(Aₜ xₜ + Bₜ uₜ + cₜ, Wₜ). All zero at first.
/// </summary>
/// <param name="stateSize">n, at least 1.</param>
/// <param name="actionSize">m, at least 1.</param>
/// <param name="horizon">T, at least 1.</param>
public sealed class LocalDynamics(int stateSize, int actionSize, int horizon)
{
    private readonly double[] a = new double[horizon * stateSize * stateSize];
    private readonly double[] b = new double[horizon * stateSize * actionSize];
    private readonly double[] c = new double[horizon * stateSize];
    private readonly double[] w = new double[horizon * stateSize * stateSize];

    /// <summary>n.</summary>
    public int StateSize { get; } = stateSize;

    /// <summary>m.</summary>
    public int ActionSize { get; } = actionSize;

    /// <summary>T.</summary>
    public int Horizon { get; } = horizon;

    /// <summary>μ₀, <c>[n]</c>.</summary>
    public double[] StartMean { get; } = new double[stateSize];

    /// <summary>Σ₀, row-major <c>[n, n]</c>, symmetric positive semidefinite.</summary>
    public double[] StartCovariance { get; } = new double[stateSize * stateSize];

    /// <summary>Aₜ, row-major <c>[n, n]</c>.</summary>
    public Span<double> StateJacobian(int step) => a.AsSpan(step * StateSize * StateSize, StateSize * StateSize);

    /// <summary>Bₜ, row-major <c>[n, m]</c>.</summary>
    public Span<double> ActionJacobian(int step) => b.AsSpan(step * StateSize * ActionSize, StateSize * ActionSize);

    /// <summary>cₜ, <c>[n]</c>.</summary>
    public Span<double> Offset(int step) => c.AsSpan(step * StateSize, StateSize);

    /// <summary>Wₜ, the covariance of the process noise, row-major <c>[n, n]</c>, symmetric positive semidefinite.</summary>
    public Span<double> Noise(int step) => w.AsSpan(step * StateSize * StateSize, StateSize * StateSize);

    /// <summary>x' = Aₜ x + Bₜ u + cₜ, the mean of what follows.</summary>
    /// <param name="step">t, from 0 to T − 1.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">u, <c>[m]</c>.</param>
    /// <param name="next">Receives x', <c>[n]</c>; may not overlap <paramref name="state"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Predict(int step, ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(action.Length, ActionSize, nameof(action));
        Shapes.Require(next.Length, StateSize, nameof(next));
        Offset(step).CopyTo(next);
        Dense.AddProduct(1.0, StateJacobian(step), state, next, StateSize, StateSize, 1);
        Dense.AddProduct(1.0, ActionJacobian(step), action, next, StateSize, ActionSize, 1);
    }

    /// <summary>The estimated standard deviation of the process noise, √(Σₜ tr Wₜ / (n T)).</summary>
    public double NoiseDeviation()
    {
        double sum = 0.0;
        for (int t = 0; t < Horizon; t++)
        {
            for (int i = 0; i < StateSize; i++)
            {
                sum += Noise(t)[i * (StateSize + 1)];
            }
        }

        return Math.Sqrt(sum / (StateSize * Horizon));
    }

    /// <summary>Root mean square over rollouts and components of xₜ₊₁ − (Aₜ xₜ + Bₜ uₜ + cₜ).</summary>
    /// <param name="step">t, from 0 to T − 1.</param>
    /// <param name="rollouts">At least one; those that it was not fitted to say how far it can be trusted.</param>
    public double Error(int step, IReadOnlyList<Rollout> rollouts)
    {
        var next = new double[StateSize];
        double sum = 0.0;
        foreach (var rollout in rollouts)
        {
            Predict(step, rollout.State(step), rollout.Action(step), next);
            Dense.AddScaled(-1.0, rollout.State(step + 1), next);
            sum += Dense.Dot(next, next);
        }

        return Math.Sqrt(sum / (rollouts.Count * StateSize));
    }

    /// <summary>Writes all numbers under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/A", a);
        state.Set($"{prefix}/B", b);
        state.Set($"{prefix}/c", c);
        state.Set($"{prefix}/W", w);
        state.Set($"{prefix}/startMean", StartMean);
        state.Set($"{prefix}/startCovariance", StartCovariance);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetDouble($"{prefix}/A", a.Length).CopyTo(a);
        state.GetDouble($"{prefix}/B", b.Length).CopyTo(b);
        state.GetDouble($"{prefix}/c", c.Length).CopyTo(c);
        state.GetDouble($"{prefix}/W", w.Length).CopyTo(w);
        state.GetDouble($"{prefix}/startMean", StartMean.Length).CopyTo(StartMean);
        state.GetDouble($"{prefix}/startCovariance", StartCovariance.Length).CopyTo(StartCovariance);
    }
}
