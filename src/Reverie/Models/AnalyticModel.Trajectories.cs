using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reverie.Numerics;

namespace Reverie.Models;

/// <content>What optimisers of trajectories ask at one state or step: the step alone, the final reward and the constraints, and the expansion of the last two.</content>
public sealed partial class AnalyticModel<TDynamics>
{
    private CurvaturePattern? pattern;

    /// <inheritdoc/>
    public int ConstraintSize => constraintSize;

    /// <inheritdoc/>
    public bool HasDynamicsCurvature => true;

    /// <inheritdoc/>
    public bool HasResiduals => residualSize > 0;

    /// <inheritdoc/>
    public bool HasFinalReward => Pattern.HasFinal;

    private CurvaturePattern Pattern => pattern ??= CurvaturePattern.Of(dynamics);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        RequirePoint(state, action);
        Shapes.Require(next.Length, stateSize, nameof(next));
        Span<Real> noise = stackalloc Real[noiseSize];
        noise.Clear();
        var x = MemoryMarshal.Cast<double, Real>(state);
        var u = MemoryMarshal.Cast<double, Real>(action);
        var y = MemoryMarshal.Cast<double, Real>(next);
        dynamics.Step(x, u, noise, y);
        return dynamics.Reward<Real>(x, u, y);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public DoubleLanes Predict(ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> next)
    {
        Shapes.Require(states.Length, stateSize, nameof(states));
        Shapes.Require(actions.Length, actionSize, nameof(actions));
        Shapes.Require(next.Length, stateSize, nameof(next));
        Span<DoubleLanes> noise = stackalloc DoubleLanes[noiseSize];
        noise.Clear();
        dynamics.Step(states, actions, noise, next);
        return dynamics.Reward(states, actions, (ReadOnlySpan<DoubleLanes>)next);
    }

    /// <inheritdoc/>
    public double FinalReward(ReadOnlySpan<double> state)
    {
        Shapes.Require(state.Length, stateSize, nameof(state));
        return !HasFinalReward ? 0.0 : dynamics.FinalReward(MemoryMarshal.Cast<double, Real>(state));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian)
    {
        int n = stateSize;
        Shapes.Require(state.Length, n, nameof(state));
        Shapes.Require(gradient.Length, n, nameof(gradient));
        Shapes.Require(hessian.Length, n * n, nameof(hessian));
        gradient.Clear();
        hessian.Clear();
        var pairs = Pattern.Final;
        Span<HyperLanes> x = stackalloc HyperLanes[n];
        Span<double> slope = stackalloc double[DoubleLanes.Count], bend = stackalloc double[DoubleLanes.Count];
        Span<double> isI = stackalloc double[DoubleLanes.Count], isJ = stackalloc double[DoubleLanes.Count];

        // Here the lanes are eight pairs at the one state.
        for (int first = 0; first < pairs.Length; first += DoubleLanes.Count)
        {
            int count = Math.Min(DoubleLanes.Count, pairs.Length - first);
            for (int d = 0; d < n; d++)
            {
                for (int lane = 0; lane < DoubleLanes.Count; lane++)
                {
                    var (i, j) = pairs[first + Math.Min(lane, count - 1)];
                    (isI[lane], isJ[lane]) = (i == d ? 1.0 : 0.0, j == d ? 1.0 : 0.0);
                }

                x[d] = new(System.Runtime.Intrinsics.Vector512.Create(state[d]), DoubleLanes.Load(isI, 0).Value, DoubleLanes.Load(isJ, 0).Value, default);
            }

            var reward = dynamics.FinalReward<HyperLanes>(x);
            new DoubleLanes(reward.First).Store(slope, 0);
            new DoubleLanes(reward.Cross).Store(bend, 0);
            for (int lane = 0; lane < count; lane++)
            {
                var (i, j) = pairs[first + lane];
                gradient[i] = slope[lane];
                hessian[(i * n) + j] = hessian[(j * n) + i] = bend[lane];
            }
        }
    }

    /// <inheritdoc/>
    public void Constrain(ReadOnlySpan<double> state, Span<double> values)
    {
        Shapes.Require(state.Length, stateSize, nameof(state));
        Shapes.Require(values.Length, ConstraintSize, nameof(values));
        dynamics.Constrain(MemoryMarshal.Cast<double, Real>(state), MemoryMarshal.Cast<double, Real>(values));
    }

    /// <summary>c and ∂c/∂x at the states after the actions.</summary>
    [SkipLocalsInit]
    private void ExpandConstraints(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int n = stateSize, count = ConstraintSize;
        Span<Dual<DoubleLanes>> x = stackalloc Dual<DoubleLanes>[n];
        Span<Dual<DoubleLanes>> values = stackalloc Dual<DoubleLanes>[count];
        for (int i = 0; i < n; i++)
        {
            x[i] = new(block.Read(i), 0.0);
        }

        for (int j = 0; j < n; j++)
        {
            x[j] = new(x[j].Value, 1.0);
            dynamics.Constrain((ReadOnlySpan<Dual<DoubleLanes>>)x, values);
            x[j] = new(x[j].Value, 0.0);
            for (int k = 0; k < count; k++)
            {
                block.Write(values[k].Value.Value, expansion.Constraints, count, k);
                block.Write(values[k].Tangent.Value, expansion.ConstraintJacobians, count * n, (k * n) + j);
            }
        }
    }

    [SkipLocalsInit]
    private void ExpandEnd(ReadOnlySpan<double> state, TrajectoryExpansion expansion)
    {
        int n = stateSize, end = expansion.Horizon;
        expansion.Costs[end] = -FinalReward(state);
        Span<double> gradient = stackalloc double[n];
        Span<double> hessian = stackalloc double[n * n];
        QuadratizeFinalReward(state, gradient, hessian);
        for (int i = 0; i < n; i++)
        {
            expansion.CostGradients[(end * expansion.Stride) + i] = -gradient[i];
            for (int j = 0; j < n; j++)
            {
                expansion.FinalHessian[(i * expansion.Stride) + j] = -hessian[(i * n) + j];
            }
        }
    }
}
