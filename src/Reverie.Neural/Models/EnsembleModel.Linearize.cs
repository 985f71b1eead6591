using System.Runtime.InteropServices;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <content>The linearize power: exact derivatives of the mean over elite members, and of the known reward, in double precision.</content>
public sealed partial class EnsembleModel
{
    private readonly (int I, int J)[] finalPairs;
    private EnsembleDerivatives? derivatives;
    private Trajectory? lonePoint;
    private TrajectoryExpansion? loneExpansion;

    /// <inheritdoc/>
    public bool HasFinalReward => finalPairs.Length > 0;

    /// <inheritdoc/>
    /// <remarks>Buffers are made once: this, like all of this power but the final reward, is for one caller at a time.</remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
    {
        Require(result.Next.Length, stateSize, nameof(result));
        Require(result.RewardAction.Length, actionSize, nameof(result));
        var point = ExpandPoint(state, action);
        Derivatives().CopyNext(result.Next);
        for (int d = 0; d < stateSize; d++)
        {
            var row = point.Jacobians.AsSpan(d * point.Stride);
            row[..stateSize].CopyTo(result.StateJacobian.AsSpan(d * stateSize));
            row.Slice(stateSize, actionSize).CopyTo(result.ActionJacobian.AsSpan(d * actionSize));
        }

        result.Reward = -point.Costs[0];
        Dense.Negate(point.CostGradients.AsSpan(0, stateSize), result.RewardState);
        Dense.Negate(point.CostGradients.AsSpan(stateSize, actionSize), result.RewardAction);
    }

    /// <inheritdoc/>
    /// <remarks>The curvature of the mean dynamics is left out (Gauss-Newton): x' enters through its first-order expansion. For one caller at a time.</remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian)
    {
        int columns = stateSize + actionSize;
        Require(hessian.Length, columns * columns, nameof(hessian));
        var point = ExpandPoint(state, action);
        for (int i = 0; i < columns; i++)
        {
            Dense.Negate(point.CostHessians.AsSpan(i * point.Stride, columns), hessian[(i * columns)..]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The mean over elite members in double precision. For one caller at a time.</remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        Require(state.Length, stateSize, nameof(state));
        Require(action.Length, actionSize, nameof(action));
        Require(next.Length, stateSize, nameof(next));
        return Derivatives().Predict(state, action, next);
    }

    /// <inheritdoc/>
    /// <remarks>Each lane has the bits of a step alone. For one caller at a time.</remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    public DoubleLanes Predict(ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> next)
    {
        Require(states.Length, stateSize, nameof(states));
        Require(actions.Length, actionSize, nameof(actions));
        Require(next.Length, stateSize, nameof(next));
        return Derivatives().Predict(states, actions, next);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Eight steps of the trajectory and their tangents are one matrix product a layer. The reward's second derivatives are those of
    /// <see cref="QuadratizeReward"/>. For one caller at a time; it allocates nothing.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, the reward is learned, or the expansion asks for other second derivatives than those of the reward.</exception>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public void Expand(Trajectory trajectory, TrajectoryExpansion expansion)
    {
        expansion.Require(stateSize, actionSize, 0, trajectory);
        if (expansion.HasDynamicsCurvature || expansion.Curvature != CostCurvature.Exact)
        {
            throw new InvalidOperationException("A neural ensemble yields first derivatives of its dynamics and exact second ones of the reward; neither second ones of the dynamics nor Gauss-Newton matrices.");
        }

        var steps = Derivatives();
        expansion.Forget();
        for (int first = 0; first < expansion.Horizon; first += DoubleLanes.Count)
        {
            steps.Expand(trajectory, first, Math.Min(DoubleLanes.Count, expansion.Horizon - first), expansion);
        }

        ExpandEnd(trajectory.State(expansion.Horizon), expansion);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state has the wrong length.</exception>
    public double FinalReward(ReadOnlySpan<double> state)
    {
        Require(state.Length, stateSize, nameof(state));
        return HasFinalReward ? task!.FinalReward<Real>(MemoryMarshal.Cast<double, Real>(state)) : 0.0;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian)
    {
        int n = stateSize;
        Require(state.Length, n, nameof(state));
        Require(gradient.Length, n, nameof(gradient));
        Require(hessian.Length, n * n, nameof(hessian));
        gradient.Clear();
        hessian.Clear();
        Span<HyperLanes> x = stackalloc HyperLanes[n];
        foreach (var (i, j) in finalPairs)
        {
            for (int d = 0; d < n; d++)
            {
                x[d] = HyperLanes.Variable(state[d], d == i, d == j);
            }

            var reward = task!.FinalReward<HyperLanes>(x);
            hessian[(i * n) + j] = hessian[(j * n) + i] = reward.Cross[0];
            gradient[i] = reward.First[0];
        }
    }

    private void ExpandEnd(ReadOnlySpan<double> state, TrajectoryExpansion expansion)
    {
        int n = stateSize, end = expansion.Horizon;
        Span<double> gradient = stackalloc double[n], hessian = stackalloc double[n * n];
        QuadratizeFinalReward(state, gradient, hessian);
        expansion.Costs[end] = -FinalReward(state);
        Dense.Negate(gradient, expansion.CostGradients.AsSpan(end * expansion.Stride));
        for (int i = 0; i < n; i++)
        {
            Dense.Negate(hessian.Slice(i * n, n), expansion.FinalHessian.AsSpan(i * expansion.Stride));
        }
    }

    /// <summary>A point as a trajectory of one step.</summary>
    private TrajectoryExpansion ExpandPoint(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        var steps = Derivatives();
        Require(state.Length, stateSize, nameof(state));
        Require(action.Length, actionSize, nameof(action));
        lonePoint ??= new Trajectory(stateSize, actionSize, 1);
        loneExpansion ??= new TrajectoryExpansion(stateSize, actionSize, 1);
        state.CopyTo(lonePoint.State(0));
        action.CopyTo(lonePoint.Action(0));
        steps.Expand(lonePoint, 0, 1, loneExpansion);
        return loneExpansion;
    }

    private EnsembleDerivatives Derivatives()
    {
        if (derivatives is not null)
        {
            return derivatives;
        }

        if (Actions.IsDiscrete)
        {
            throw new InvalidOperationException("A model of discrete actions has no derivative with respect to them.");
        }

        if (ensemble.Options.LearnReward)
        {
            throw new InvalidOperationException("The reward is learned; its derivatives are not provided. Set learnReward to false and give a task.");
        }

        return derivatives = new EnsembleDerivatives(ensemble, task!, networks);
    }
}
