using Reverie.Numerics;

namespace Reverie.Models;

/// <summary>What models do along trajectories that know derivatives at points alone.</summary>
internal static class PointwiseExpansion
{
    /// <summary>Eight steps, one after the other.</summary>
    public static DoubleLanes Predict(ILinearizer model, ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> next)
    {
        Span<double> x = stackalloc double[states.Length], u = stackalloc double[actions.Length], y = stackalloc double[next.Length];
        Span<double> rewards = stackalloc double[DoubleLanes.Count];
        for (int lane = 0; lane < DoubleLanes.Count; lane++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = states[i].Value[lane];
            }

            for (int i = 0; i < u.Length; i++)
            {
                u[i] = actions[i].Value[lane];
            }

            rewards[lane] = model.Predict(x, u, y);
            for (int i = 0; i < y.Length; i++)
            {
                next[i] = new DoubleLanes(System.Runtime.Intrinsics.Vector512.WithElement(next[i].Value, lane, y[i]));
            }
        }

        return DoubleLanes.Load(rewards, 0);
    }

    /// <summary>All first derivatives and the cost's second ones, point by point.</summary>
    public static void Expand(ILinearizer model, Trajectory trajectory, TrajectoryExpansion expansion)
    {
        int n = model.StateSize, m = model.Actions.Size, w = n + m, stride = expansion.Stride;
        expansion.Require(n, m, model.ConstraintSize, trajectory);
        if (expansion.HasDynamicsCurvature)
        {
            throw new InvalidOperationException($"{model.GetType().Name} has no second derivatives of its dynamics.");
        }

        if (expansion.Curvature != CostCurvature.Exact || expansion.ConstraintSize > 0)
        {
            throw new InvalidOperationException($"{model.GetType().Name} yields neither Gauss-Newton matrices nor derivatives of constraints.");
        }

        expansion.Forget();
        var (point, hessian) = expansion.Point();
        for (int t = 0; t < expansion.Horizon; t++)
        {
            var x = trajectory.State(t);
            var u = trajectory.Action(t);
            model.Linearize(x, u, point);
            model.QuadratizeReward(x, u, hessian);
            for (int i = 0; i < n; i++)
            {
                var row = expansion.Jacobians.AsSpan(((t * n) + i) * stride, stride);
                point.StateJacobian.AsSpan(i * n, n).CopyTo(row);
                point.ActionJacobian.AsSpan(i * m, m).CopyTo(row[n..]);
            }

            var gradient = expansion.CostGradients.AsSpan(t * stride, stride);
            Dense.Negate(point.RewardState, gradient);
            Dense.Negate(point.RewardAction, gradient[n..]);
            for (int i = 0; i < w; i++)
            {
                Dense.Negate(hessian.AsSpan(i * w, w), expansion.CostHessians.AsSpan(((t * w) + i) * stride));
            }

            expansion.Costs[t] = -point.Reward;
        }

        var end = trajectory.State(expansion.Horizon);
        var slope = point.RewardState.AsSpan(0, n);
        var bend = hessian.AsSpan(0, n * n);
        model.QuadratizeFinalReward(end, slope, bend);
        Dense.Negate(slope, expansion.CostGradients.AsSpan(expansion.Horizon * stride));
        for (int i = 0; i < n; i++)
        {
            Dense.Negate(bend.Slice(i * n, n), expansion.FinalHessian.AsSpan(i * stride));
        }

        expansion.Costs[expansion.Horizon] = -model.FinalReward(end);
    }
}
