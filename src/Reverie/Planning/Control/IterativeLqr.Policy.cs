using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <content>The policy around the trajectory found: its feedback, and its noise of maximum entropy.</content>
public sealed partial class IterativeLqr
{
    /// <summary>K at step t, row-major <c>[m, n]</c>: near the trajectory u = û + K (x − x̂) is locally optimal.</summary>
    /// <exception cref="ArgumentException">The step or the size is wrong.</exception>
    public void CopyGain(int t, Span<double> gain)
    {
        Shapes.Require(gain.Length, m * n, nameof(gain));
        RequireStep(t);
        for (int a = 0; a < m; a++)
        {
            backward.Gains.AsSpan(((t * m) + a) * expansion.Stride, n).CopyTo(gain[(a * n)..]);
        }
    }

    /// <summary>The action of the feedback policy: û + K (x − x̂) at step t, limited to its box.</summary>
    /// <param name="t">The step, 0 to T − 1.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">Receives u, <c>[m]</c>.</param>
    /// <exception cref="ArgumentException">The step or a size is wrong.</exception>
    public void Act(int t, ReadOnlySpan<double> state, Span<double> action)
    {
        Shapes.Require(state.Length, n, nameof(state));
        Shapes.Require(action.Length, m, nameof(action));
        RequireStep(t);
        Feedback(t, state, 0.0, action);
    }

    /// <summary>
    /// The action of the maximum-entropy policy N(û + K (x − x̂), τ Quu⁻¹) at step t, limited to its box: of all policies of that entropy the one of least cost
    /// (Levine and Koltun 2013, section 3).
    /// </summary>
    /// <remarks>The covariance knows no limits: only what is drawn is limited. Where Quu is not positive definite, it is the action without noise.</remarks>
    /// <exception cref="ArgumentException">The step or a size is wrong.</exception>
    public void Sample(int t, ReadOnlySpan<double> state, RandomStream random, Span<double> action)
    {
        Act(t, state, action);
        Span<double> factor = stackalloc double[m * m], noise = stackalloc double[m];
        ActionHessian(t).CopyTo(factor);
        if (!Dense.Cholesky(factor, m))
        {
            return;
        }

        for (int i = 0; i < m; i++)
        {
            noise[i] = Math.Sqrt(options.Temperature) * random.NextNormal();
        }

        // With Quu = L Lᵀ, L⁻ᵀ ε has the covariance Quu⁻¹.
        for (int i = m - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < m; j++)
            {
                noise[i] -= factor[(j * m) + i] * noise[j];
            }

            noise[i] /= factor[(i * m) + i];
            action[i] += noise[i];
        }

        model.Actions.Limit(action);
    }

    /// <summary>
    /// Quu at step t of the last backward pass, without damping, row-major <c>[m, m]</c>; τ Quu⁻¹ is the maximum-entropy policy's covariance. Positive definite where the pass needed no
    /// damping, as it does not at a minimum; 0 where there was no pass.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such step.</exception>
    public ReadOnlySpan<double> ActionHessian(int t)
    {
        RequireStep(t);
        return backward.ActionHessians.AsSpan(t * m * m, m * m);
    }

    private void RequireStep(int t)
    {
        if ((uint)t >= (uint)horizon)
        {
            throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be at least 0 and at most {horizon - 1}.");
        }
    }
}
