using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// Tells a minimum from a saddle or a maximum where a trajectory is stationary: the Hessian of the cost over all actions that no limit holds is positive definite if and only if every
/// Quu of the undamped recursion over them is (Dunn and Bertsekas 1989, whose recursion is block elimination in that Hessian). Where one is not, its eigenvector of least
/// eigenvalue, followed by the recursion's feedback, is a direction along which the cost bends downwards.
/// </summary>
/// <remarks>Allocates only when it is made. Vectors of actions in the box are unscaled; a limit holds an action that sits at it while the slope pushes outwards.</remarks>
internal sealed class CurvatureTest(int n, int m, int horizon)
{
    /// <summary>The share of the terms of Quu that rounding errors may reach: eigenvalues within it are 0.</summary>
    private const double RoundingError = 1e-9;

    private readonly double[] value = new double[n * n], slope = new double[n], following = new double[n * (n + m)];
    private readonly double[] hessian = new double[(n + m) * (n + m)], gradient = new double[n + m];
    private readonly double[] block = new double[m * m], vectors = new double[m * m], coupling = new double[m * n];
    private readonly int[] free = new int[m];
    private double terms;

    /// <summary>K at every step, 0 for what limits hold, <c>[T, m, n]</c>.</summary>
    public double[] Gains { get; } = new double[horizon * m * n];

    /// <summary>The eigenvector of the least eigenvalue where that is negative, against the slope if there is one, else 0, <c>[T, m]</c>.</summary>
    public double[] Directions { get; } = new double[horizon * m];

    /// <summary>The least eigenvalue of Quu over the free actions where that is negative, else 0, each counted from its own step on, <c>[T]</c>.</summary>
    public double[] Curvatures { get; } = new double[horizon];

    /// <summary>The last step at which the cost bends downwards in free actions, or −1.</summary>
    public int LastBent { get; private set; }

    /// <summary>The number of steps at which their own cost, and that of the whole way, bends downwards in an action that a limit holds.</summary>
    public int HeldSteps { get; private set; }

    /// <summary>Runs the recursion.</summary>
    /// <param name="expansion">The derivatives along the trajectory, the dynamics' second ones among them where the model has them.</param>
    /// <param name="trajectory">The trajectory, for its actions.</param>
    /// <param name="low">The least action, <c>[m]</c>.</param>
    /// <param name="high">The greatest action, <c>[m]</c>.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <returns>Whether the cost bends downwards nowhere.</returns>
    public bool Run(TrajectoryExpansion expansion, Trajectory trajectory, ReadOnlySpan<double> low, ReadOnlySpan<double> high, double discount)
    {
        int stride = expansion.Stride, w = n + m;
        (LastBent, HeldSteps) = (-1, 0);
        expansion.CostGradients.AsSpan(horizon * stride, n).CopyTo(slope);
        for (int i = 0; i < n; i++)
        {
            expansion.FinalHessian.AsSpan(i * stride, n).CopyTo(value.AsSpan(i * n));
        }

        for (int t = horizon - 1; t >= 0; t--)
        {
            // Q = ∂²ℓ + γ FᵀV'F + γ v'·∂²f, q = ∂ℓ + γ Fᵀv', v the cost's own slope: at a stationary point the policy changes nothing in it.
            Dense.Scale(discount, value);
            Dense.Scale(discount, slope);
            Expand(expansion, t);
            int count = Free(trajectory.Action(t), low, high, expansion.CostHessians.AsSpan(t * w * stride), stride);

            // The least over the free δu: K = −Quu⁻¹ Qux; what bends downwards or not at all is left out or turned over, so that earlier steps can be looked at.
            Eliminate(t, count);

            // V = Qxx + KᵀQuu K + KᵀQux + QxuK, v = qx.
            Back(t);
            gradient.AsSpan(0, n).CopyTo(slope);
        }

        return LastBent < 0;

        void Expand(TrajectoryExpansion from, int t)
        {
            for (int r = 0; r < w; r++)
            {
                from.CostHessians.AsSpan(((t * w) + r) * stride, w).CopyTo(hessian.AsSpan(r * w));
            }

            from.CostGradients.AsSpan(t * stride, w).CopyTo(gradient);
            Array.Clear(following);
            for (int i = 0; i < n; i++)
            {
                var row = from.Jacobians.AsSpan(((t * n) + i) * stride, w);
                Dense.AddScaled(slope[i], row, gradient);
                for (int j = 0; j < n; j++)
                {
                    Dense.AddScaled(value[(j * n) + i], row, following.AsSpan(j * w, w));
                }
            }

            // Rounding errors of Quu are those of the terms that it is summed from.
            terms = 0.0;
            for (int r = 0; r < w; r++)
            {
                double size = Math.Abs(hessian[(r * w) + r]);
                for (int i = 0; i < n; i++)
                {
                    double slopeOfNext = from.Jacobians[(((t * n) + i) * stride) + r];
                    size += Math.Abs(slopeOfNext * following[(i * w) + r]);
                    Dense.AddScaled(slopeOfNext, following.AsSpan(i * w, w), hessian.AsSpan(r * w, w));
                }

                terms = r < n ? 0.0 : Math.Max(terms, size);
            }

            var pairs = from.HasDynamicsCurvature ? from.Pairs : [];
            for (int p = 0; p < pairs.Length; p++)
            {
                double sum = Dense.Dot(slope, from.DynamicsCurvatures.AsSpan(((t * pairs.Length) + p) * n, n));
                hessian[(pairs[p].I * w) + pairs[p].J] += sum;
                hessian[(pairs[p].J * w) + pairs[p].I] += pairs[p].I != pairs[p].J ? sum : 0.0;
            }
        }
    }

    /// <summary>Lists the actions that no limit holds.</summary>
    private int Free(ReadOnlySpan<double> action, ReadOnlySpan<double> low, ReadOnlySpan<double> high, ReadOnlySpan<double> own, int stride)
    {
        int w = n + m, count = 0;
        bool bent = false;
        for (int a = 0; a < m; a++)
        {
            double q = gradient[n + a];
            if ((action[a] <= low[a] && q > 0.0) || (action[a] >= high[a] && q < 0.0))
            {
                bent |= own[((n + a) * stride) + n + a] < 0.0 && hessian[((n + a) * w) + n + a] < 0.0;
                continue;
            }

            free[count++] = a;
        }

        HeldSteps += bent ? 1 : 0;
        return count;
    }

    private void Eliminate(int t, int count)
    {
        int w = n + m;
        var gain = Gains.AsSpan(t * m * n, m * n);
        var direction = Directions.AsSpan(t * m, m);
        gain.Clear();
        direction.Clear();
        Curvatures[t] = 0.0;
        for (int a = 0; a < count; a++)
        {
            var row = hessian.AsSpan((n + free[a]) * w, w);
            row[..n].CopyTo(coupling.AsSpan(a * n));
            for (int b = 0; b < count; b++)
            {
                block[(a * count) + b] = row[n + free[b]];
            }
        }

        double rounding = RoundingError * terms;
        if (TryConvex(count, rounding, gain))
        {
            return;
        }

        SymmetricEigen.Decompose(block.AsSpan(0, count * count), vectors.AsSpan(0, count * count), count);
        int least = -1;
        for (int e = 0; e < count; e++)
        {
            double lambda = block[(e * count) + e];
            least = lambda < -rounding && (least < 0 || lambda < block[(least * count) + least]) ? e : least;
            for (int j = 0; j < n && Math.Abs(lambda) > rounding; j++)
            {
                double along = 0.0;
                for (int a = 0; a < count; a++)
                {
                    along += vectors[(a * count) + e] * coupling[(a * n) + j];
                }

                for (int a = 0; a < count; a++)
                {
                    gain[(free[a] * n) + j] -= vectors[(a * count) + e] * along / Math.Abs(lambda);
                }
            }
        }

        if (least < 0)
        {
            return;
        }

        LastBent = Math.Max(LastBent, t);
        Curvatures[t] = block[(least * count) + least];
        double uphill = 0.0;
        for (int a = 0; a < count; a++)
        {
            direction[free[a]] = vectors[(a * count) + least];
            uphill += gradient[n + free[a]] * vectors[(a * count) + least];
        }

        if (uphill > 0.0)
        {
            Dense.Scale(-1.0, direction);
        }
    }

    /// <summary>K = −Quu⁻¹ Qux where Quu is clearly positive definite.</summary>
    private bool TryConvex(int count, double rounding, Span<double> gain)
    {
        var factor = vectors.AsSpan(0, count * count);
        block.AsSpan(0, count * count).CopyTo(factor);
        if (!Dense.Cholesky(factor, count))
        {
            return false;
        }

        for (int a = 0; a < count; a++)
        {
            if (factor[(a * count) + a] * factor[(a * count) + a] <= rounding)
            {
                return false;
            }
        }

        Dense.CholeskySolve(factor, coupling.AsSpan(0, count * n), count, n);
        for (int a = 0; a < count; a++)
        {
            Dense.Negate(coupling.AsSpan(a * n, n), gain[(free[a] * n)..]);
        }

        return true;
    }

    private void Back(int t)
    {
        int w = n + m;
        for (int a = 0; a < m; a++)
        {
            var gain = Gains.AsSpan(((t * m) + a) * n, n);
            var row = hessian.AsSpan((n + a) * w, n);

            // Qux + ½ Quu K: its product with Kᵀ, and that one's transpose, are all that is added to Qxx.
            for (int b = 0; b < m; b++)
            {
                Dense.AddScaled(0.5 * hessian[((n + a) * w) + n + b], Gains.AsSpan(((t * m) + b) * n, n), row);
            }

            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    hessian[(i * w) + j] += (gain[i] * row[j]) + (row[i] * gain[j]);
                }
            }
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                value[(i * n) + j] = value[(j * n) + i] = 0.5 * (hessian[(i * w) + j] + hessian[(j * w) + i]);
            }
        }
    }
}
