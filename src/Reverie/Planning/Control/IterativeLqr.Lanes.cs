using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <content>Eight rollouts at once, and a rollout of the expansion.</content>
public sealed partial class IterativeLqr
{
    /// <summary>Allocates only when it is made.</summary>
    private sealed class LaneSearch(int n, int m, int horizon)
    {
        private static readonly DoubleLanes Shares = new(Vector512.Create(1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125));

        private readonly DoubleLanes[] states = new DoubleLanes[2 * n], action = new DoubleLanes[m];
        private readonly double[] costs = new double[DoubleLanes.Count], final = new double[n], deviation = new double[n + m], following = new double[n];

        /// <summary>The costs of steps of a length, half of it, a quarter … 2⁻⁷ of it; +∞ where a rollout left the finite numbers.</summary>
        public ReadOnlySpan<double> Costs(IterativeLqr solver, double longest)
        {
            var lengths = Shares * longest;
            var current = solver.current;
            int stride = solver.expansion.Stride;
            Span<DoubleLanes> x = states.AsSpan(0, n), next = states.AsSpan(n, n);
            for (int i = 0; i < n; i++)
            {
                x[i] = current.States[i];
            }

            DoubleLanes cost = 0.0;
            double weight = 1.0;
            for (int t = 0; t < horizon; t++, weight *= solver.discount)
            {
                for (int a = 0; a < m; a++)
                {
                    int row = (t * m) + a;
                    var sum = (lengths * solver.backward.Feedforwards[row]) + current.Actions[row];
                    for (int i = 0; i < n; i++)
                    {
                        sum += (x[i] - current.States[(t * n) + i]) * solver.backward.Gains[(row * stride) + i];
                    }

                    action[a] = DoubleLanes.Min(DoubleLanes.Max(sum, solver.low[a]), solver.high[a]);
                }

                cost -= solver.model.Predict((ReadOnlySpan<DoubleLanes>)x, action, next) * weight;
                var old = x;
                x = next;
                next = old;
            }

            cost.Store(costs, 0);
            for (int lane = 0; lane < DoubleLanes.Count; lane++)
            {
                for (int i = 0; i < n; i++)
                {
                    final[i] = x[i].Value[lane];
                }

                costs[lane] -= weight * solver.model.FinalReward(final);
                costs[lane] = double.IsFinite(costs[lane]) ? costs[lane] : double.PositiveInfinity;
            }

            return costs;
        }

        /// <summary>What a full step changes the cost by in the quadratic expansion, its gaps closed.</summary>
        public double ModelChange(IterativeLqr solver)
        {
            var expansion = solver.expansion;
            int stride = expansion.Stride, w = n + m;
            double change = 0.0, weight = 1.0;
            Array.Clear(deviation);
            for (int t = 0; t < horizon; t++, weight *= solver.discount)
            {
                for (int a = 0; a < m; a++)
                {
                    int row = (t * m) + a;
                    deviation[n + a] = solver.backward.Feedforwards[row] + Dense.Dot(solver.backward.Gains.AsSpan(row * stride, n), deviation.AsSpan(0, n));
                }

                change += weight * Quadratic(expansion.CostGradients.AsSpan(t * stride), expansion.CostHessians.AsSpan(t * w * stride), stride, deviation);
                for (int i = 0; i < n; i++)
                {
                    following[i] = solver.gaps[(t * n) + i] + Dense.Dot(expansion.Jacobians.AsSpan(((t * n) + i) * stride, w), deviation);
                }

                following.CopyTo(deviation, 0);
            }

            return change + (weight * Quadratic(expansion.CostGradients.AsSpan(horizon * stride), expansion.FinalHessian, stride, deviation.AsSpan(0, n)));
        }

        private static double Quadratic(ReadOnlySpan<double> slope, ReadOnlySpan<double> hessian, int stride, ReadOnlySpan<double> deviation)
        {
            double sum = 0.0;
            for (int i = 0; i < deviation.Length; i++)
            {
                sum += deviation[i] * (slope[i] + (0.5 * Dense.Dot(hessian.Slice(i * stride, deviation.Length), deviation)));
            }

            return sum;
        }
    }
}
