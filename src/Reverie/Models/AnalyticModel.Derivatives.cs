using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Models;

public sealed partial class AnalyticModel<TDynamics>
{
    /// <inheritdoc/>
    /// <remarks>Forward-mode differentiation, eight columns a pass; disturbances are zero, their mean.</remarks>
    /// <exception cref="InvalidOperationException">The world's actions are numbered: they have no derivatives.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    [SkipLocalsInit]
    public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
    {
        RequirePoint(state, action);
        Shapes.Require(result.Next.Length, stateSize, nameof(result));
        Shapes.Require(result.RewardAction.Length, actionSize, nameof(result));
        int n = stateSize, m = actionSize;
        Span<Dual> buffer = stackalloc Dual[(2 * n) + m + noiseSize];
        var z = buffer[..(n + m)];
        var next = buffer.Slice(n + m, n);
        var noise = buffer[((2 * n) + m)..];
        noise.Clear();
        for (int chunk = 0; chunk < n + m; chunk += Dual.Width)
        {
            for (int i = 0; i < n + m; i++)
            {
                double value = i < n ? state[i] : action[i - n];
                z[i] = IsIn(i, chunk) ? Dual.Variable(value, i - chunk) : value;
            }

            dynamics.Step(z[..n], z[n..], noise, next);
            Dual reward = dynamics.Reward<Dual>(z[..n], z[n..], next);
            for (int j = chunk; j < Math.Min(chunk + Dual.Width, n + m); j++)
            {
                for (int i = 0; i < n; i++)
                {
                    (j < n ? ref result.StateJacobian[(i * n) + j] : ref result.ActionJacobian[(i * m) + j - n]) = next[i].Partial(j - chunk);
                }

                (j < n ? ref result.RewardState[j] : ref result.RewardAction[j - n]) = reward.Partial(j - chunk);
            }

            result.Reward = reward.Value;
        }

        for (int i = 0; i < n; i++)
        {
            result.Next[i] = next[i].Value;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A directional derivative over duals: the pass along variable k yields row k, eight columns at a time.</remarks>
    /// <exception cref="InvalidOperationException">The world's actions are numbered: they have no derivatives.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    [SkipLocalsInit]
    public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian)
    {
        RequirePoint(state, action);
        int n = stateSize, m = actionSize, width = n + m;
        Shapes.Require(hessian.Length, width * width, nameof(hessian));
        Span<Dual<Dual>> buffer = stackalloc Dual<Dual>[width + n + noiseSize];
        var z = buffer[..width];
        var next = buffer.Slice(width, n);
        var noise = buffer[(width + n)..];
        noise.Clear();
        for (int k = 0; k < width; k++)
        {
            // Row k from the diagonal on: ∂²r/∂zₖ∂zⱼ for j ≥ k, and by symmetry column k.
            for (int chunk = k / Dual.Width * Dual.Width; chunk < width; chunk += Dual.Width)
            {
                for (int i = 0; i < width; i++)
                {
                    double value = i < n ? state[i] : action[i - n];
                    z[i] = new Dual<Dual>(IsIn(i, chunk) ? Dual.Variable(value, i - chunk) : value, i == k ? 1.0 : 0.0);
                }

                dynamics.Step(z[..n], z[n..], noise, next);
                Dual tangent = dynamics.Reward<Dual<Dual>>(z[..n], z[n..], next).Tangent;
                for (int j = Math.Max(k, chunk); j < Math.Min(chunk + Dual.Width, width); j++)
                {
                    hessian[(k * width) + j] = hessian[(j * width) + k] = tangent.Partial(j - chunk);
                }
            }
        }
    }

    /// <inheritdoc/>
    public int ObservationSize => dynamics.Spec.ObservationSize;

    /// <inheritdoc/>
    /// <remarks>Forward-mode differentiation, eight columns a pass.</remarks>
    [SkipLocalsInit]
    public void Observe(ReadOnlySpan<double> state, Span<double> observation, Span<double> jacobian)
    {
        int n = stateSize, size = dynamics.Spec.ObservationSize;
        Shapes.Require(state.Length, n, nameof(state));
        Shapes.Require(observation.Length, size, nameof(observation));
        Shapes.Require(jacobian.Length, size * n, nameof(jacobian));
        Span<Dual> x = stackalloc Dual[n], o = stackalloc Dual[size];
        for (int chunk = 0; chunk < n; chunk += Dual.Width)
        {
            for (int i = 0; i < n; i++)
            {
                x[i] = IsIn(i, chunk) ? Dual.Variable(state[i], i - chunk) : state[i];
            }

            dynamics.Observe(x, o);
            for (int d = 0; d < size; d++)
            {
                observation[d] = o[d].Value;
                for (int j = chunk; j < Math.Min(chunk + Dual.Width, n); j++)
                {
                    jacobian[(d * n) + j] = o[d].Partial(j - chunk);
                }
            }
        }
    }

    private static bool IsIn(int index, int chunk) => index >= chunk && index < chunk + Dual.Width;

    private void RequirePoint(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        if (Actions.Choices > 0)
        {
            RefuseNumbered();
        }

        Shapes.Require(state.Length, stateSize, nameof(state));
        Shapes.Require(action.Length, actionSize, nameof(action));
    }

    private void RefuseNumbered() =>
        throw new InvalidOperationException($"World '{dynamics.Spec.Name}' has {Actions.Choices} numbered actions; only a world of continuous actions can be linearized.");
}
