using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Models;

/// <content>
/// Derivatives along trajectories, eight steps at a time in the lanes of a register: forward-mode passes, one for three directions, and for second derivatives one a pair of
/// directions that interact at all (<see cref="CurvaturePattern"/>).
/// </content>
public sealed partial class AnalyticModel<TDynamics>
{
    private int[]? allColumns;

    private int[] AllColumns => allColumns ??= [.. Enumerable.Range(0, stateSize + actionSize)];

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The world's actions are numbered, or Gauss-Newton is asked for and it states no residuals.</exception>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public void Expand(Trajectory trajectory, TrajectoryExpansion expansion)
    {
        expansion.Require(stateSize, actionSize, ConstraintSize, trajectory);
        RequirePoint(trajectory.State(0), trajectory.Action(0));
        bool residuals = expansion.Curvature == CostCurvature.GaussNewton;
        if (residuals && !HasResiduals)
        {
            throw new InvalidOperationException($"World '{dynamics.Spec.Name}' states no residuals; only the exact curvature of its cost is known.");
        }

        // The first time all columns are written, from then on those that vary.
        var pairs = expansion.HasDynamicsCurvature ? (Pattern.RewardUsesNext ? Pattern.Both : Pattern.Dynamics) : Pattern.Reward;
        bool all = expansion.Reserve(Pattern, expansion.HasDynamicsCurvature ? pairs : []);
        for (int first = 0; first < expansion.Horizon; first += DoubleLanes.Count)
        {
            int count = Math.Min(DoubleLanes.Count, expansion.Horizon - first);
            var block = new TrajectoryBlock(trajectory, first, count);
            ExpandDynamics(block, all ? AllColumns : Pattern.Columns, expansion);
            if (Pattern.IsQuadratic && !all)
            {
                ExpandRewardSlope(block, expansion);
            }
            else if (!Pattern.RewardUsesNext)
            {
                ExpandReward(block, expansion);
            }

            if (Pattern.Reward.Length == 0)
            {
                ExpandSteps(block, expansion);
            }

            if (Pattern.RewardUsesNext || expansion.HasDynamicsCurvature)
            {
                ExpandCurvature(block, pairs, expansion);
            }

            if (residuals)
            {
                ExpandResiduals(block, expansion);
            }

            if (ConstraintSize > 0)
            {
                ExpandConstraints(new TrajectoryBlock(trajectory, first + 1, count), expansion);
            }
        }

        ExpandEnd(trajectory.State(expansion.Horizon), expansion);
    }

    /// <summary>F: a pass for three components of z.</summary>
    [SkipLocalsInit]
    private void ExpandDynamics(TrajectoryBlock block, int[] columns, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize;
        Span<TangentLanes> buffer = stackalloc TangentLanes[w + n + noiseSize];
        var z = buffer[..w];
        var next = buffer.Slice(w, n);
        var noise = buffer[(w + n)..];
        noise.Clear();
        for (int i = 0; i < w; i++)
        {
            z[i] = TangentLanes.Variable(block.Read(i), -1);
        }

        for (int first = 0; first < columns.Length; first += TangentLanes.Width)
        {
            int count = Math.Min(TangentLanes.Width, columns.Length - first);
            for (int c = 0; c < count; c++)
            {
                ref var component = ref z[columns[first + c]];
                component = TangentLanes.Variable(new DoubleLanes(component.Value), c);
            }

            Step(z[..n], z[n..], noise, next);
            for (int c = 0; c < count; c++)
            {
                int j = columns[first + c];
                for (int i = 0; i < n; i++)
                {
                    block.Write(in TangentLanes.Tangent(in next[i], c), expansion.Jacobians, n * expansion.Stride, (i * expansion.Stride) + j);
                }

                z[j] = TangentLanes.Variable(new DoubleLanes(z[j].Value), -1);
            }
        }
    }

    /// <summary>ℓ and ∂ℓ/∂z where ∂²ℓ/∂z² is the same everywhere: a pass for three components of z.</summary>
    [SkipLocalsInit]
    private void ExpandRewardSlope(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize;
        Span<TangentLanes> buffer = stackalloc TangentLanes[w + n];
        var z = buffer[..w];
        var unused = buffer[w..];
        unused.Clear();
        for (int i = 0; i < w; i++)
        {
            z[i] = TangentLanes.Variable(block.Read(i), -1);
        }

        int[] entering = Pattern.RewardVariables;
        for (int first = 0; first < entering.Length; first += TangentLanes.Width)
        {
            int count = Math.Min(TangentLanes.Width, entering.Length - first);
            for (int c = 0; c < count; c++)
            {
                ref var component = ref z[entering[first + c]];
                component = TangentLanes.Variable(new DoubleLanes(component.Value), c);
            }

            var reward = Reward<TangentLanes>(z[..n], z[n..], unused);
            for (int c = 0; c < count; c++)
            {
                int j = entering[first + c];
                block.Write(-TangentLanes.Tangent(in reward, c), expansion.CostGradients, expansion.Stride, j);
                z[j] = TangentLanes.Variable(new DoubleLanes(z[j].Value), -1);
            }

            block.Write(-reward.Value, expansion.Costs, 1, 0);
        }
    }

    /// <summary>ℓ, ∂ℓ/∂z and ∂²ℓ/∂z² where the reward depends on z alone: a pass for every pair of components that interact.</summary>
    [SkipLocalsInit]
    private void ExpandReward(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize;
        Span<HyperLanes> buffer = stackalloc HyperLanes[w + n];
        var z = buffer[..w];
        var unused = buffer[w..];
        unused.Clear();
        Read(block, z);
        foreach (var (i, j) in Pattern.Reward)
        {
            Direct(z, i, j, true);
            WriteCost(block, i, j, Reward<HyperLanes>(z[..n], z[n..], unused), expansion);
            Direct(z, i, j, false);
        }
    }

    /// <summary>∂²f/∂z², and where the reward depends on f also the cost's derivatives: a pass for every pair of components that interact.</summary>
    [SkipLocalsInit]
    private void ExpandCurvature(TrajectoryBlock block, (int I, int J)[] pairs, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize;
        Span<HyperLanes> buffer = stackalloc HyperLanes[w + n + noiseSize];
        var z = buffer[..w];
        var next = buffer.Slice(w, n);
        var noise = buffer[(w + n)..];
        noise.Clear();
        Read(block, z);
        for (int p = 0; p < pairs.Length; p++)
        {
            var (i, j) = pairs[p];
            Direct(z, i, j, true);
            Step(z[..n], z[n..], noise, next);
            for (int k = 0; k < n && expansion.HasDynamicsCurvature; k++)
            {
                block.Write(in next[k].Cross, expansion.DynamicsCurvatures, pairs.Length * n, (p * n) + k);
            }

            if (Pattern.RewardUsesNext)
            {
                WriteCost(block, i, j, Reward<HyperLanes>(z[..n], z[n..], next), expansion);
            }

            Direct(z, i, j, false);
        }
    }

    /// <summary>ℓ where it has no derivatives.</summary>
    [SkipLocalsInit]
    private void ExpandSteps(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize;
        Span<DoubleLanes> z = stackalloc DoubleLanes[w + n];
        for (int i = 0; i < w; i++)
        {
            z[i] = block.Read(i);
        }

        var cost = -Predict(z[..n], z[n..w], z[w..]).Value;
        block.Write(in cost, expansion.Costs, 1, 0);
    }

    private static void Read(TrajectoryBlock block, Span<HyperLanes> z)
    {
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = HyperLanes.Variable(block.Read(i), false, false);
        }
    }

    /// <summary>Lets zᵢ change along the first direction and zⱼ along the second, or neither.</summary>
    private static void Direct(Span<HyperLanes> z, int i, int j, bool on)
    {
        z[i] = HyperLanes.Variable(new DoubleLanes(z[i].Value), on, on && i == j);
        z[j] = HyperLanes.Variable(new DoubleLanes(z[j].Value), on && i == j, on);
    }

    private void WriteCost(TrajectoryBlock block, int i, int j, in HyperLanes reward, TrajectoryExpansion expansion)
    {
        int stride = expansion.Stride, step = (stateSize + actionSize) * stride;
        var second = -reward.Cross;
        block.Write(in second, expansion.CostHessians, step, (i * stride) + j);
        if (i != j)
        {
            block.Write(in second, expansion.CostHessians, step, (j * stride) + i);
            return;
        }

        // Every component that enters the reward is once paired with itself.
        block.Write(-reward.First, expansion.CostGradients, stride, i);
        block.Write(-reward.Value, expansion.Costs, 1, 0);
    }

    /// <summary>(∂ρ)ᵀ∂ρ in place of ∂²ℓ/∂z².</summary>
    [SkipLocalsInit]
    private void ExpandResiduals(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int n = stateSize, w = n + actionSize, stride = expansion.Stride, count = residualSize;
        Span<Dual<DoubleLanes>> z = stackalloc Dual<DoubleLanes>[w];
        Span<Dual<DoubleLanes>> residuals = stackalloc Dual<DoubleLanes>[count];
        Span<DoubleLanes> slopes = stackalloc DoubleLanes[w * count];
        for (int i = 0; i < w; i++)
        {
            z[i] = new(block.Read(i), 0.0);
        }

        for (int j = 0; j < w; j++)
        {
            z[j] = new(z[j].Value, 1.0);
            Residuals(z[..n], z[n..], residuals);
            z[j] = new(z[j].Value, 0.0);
            for (int k = 0; k < count; k++)
            {
                slopes[(j * count) + k] = residuals[k].Tangent;
            }

            for (int i = 0; i <= j; i++)
            {
                DoubleLanes sum = 0.0;
                for (int k = 0; k < count; k++)
                {
                    sum += slopes[(i * count) + k] * slopes[(j * count) + k];
                }

                block.Write(in sum.Value, expansion.CostHessians, w * stride, (i * stride) + j);
                block.Write(in sum.Value, expansion.CostHessians, w * stride, (j * stride) + i);
            }
        }
    }

    // The equations stand in methods of their own: inlined into longer ones they exceed what the just-in-time compiler is willing to inline, and operators become calls.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T> => dynamics.Step(state, action, noise, next);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => dynamics.Reward(state, action, next);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Residuals<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, Span<T> values)
        where T : unmanaged, IScalar<T> => dynamics.Residuals(state, action, values);
}
