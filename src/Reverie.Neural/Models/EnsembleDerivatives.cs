using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reverie.Models;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <summary>
/// The mean over elite members in double precision, eight points at once, with its exact Jacobian, and the known reward's first and second derivatives along it.
/// All buffers are made once.
/// </summary>
internal sealed unsafe class EnsembleDerivatives
{
    private const int Points = DoubleLanes.Count;

    private readonly DynamicsEnsemble ensemble;
    private readonly ITask task;
    private readonly PackedNetwork[] source;
    private readonly DifferentiableNetwork[] networks;
    private readonly AlignedDoubles inputs, first, second, mean;
    private readonly (int I, int J)[] pairs;
    private readonly DoubleLanes[] point, next, jacobian;
    private readonly HyperLanes[] variables, following;
    private readonly int n, m;
    private bool isStale = true;

    /// <summary>Makes room.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="task">The known reward.</param>
    /// <param name="networks">All members' present weights.</param>
    public EnsembleDerivatives(DynamicsEnsemble ensemble, ITask task, PackedNetwork[] networks)
    {
        (this.ensemble, this.task, source) = (ensemble, task, networks);
        (n, m) = (ensemble.Embedding.ObservationSize, ensemble.Embedding.Actions.Size);

        // Of the outputs only the changes of the state: the mean needs no log-variances.
        int[] sizes = [.. ensemble.Network.Sizes.Take(ensemble.Network.Sizes.Count - 1), n];
        this.networks = [.. networks.Select(_ => new DifferentiableNetwork(sizes))];
        int rows = Points * (1 + n + m);
        inputs = new AlignedDoubles(rows * this.networks[0].InputStride);
        first = new AlignedDoubles(rows * this.networks[0].Width);
        second = new AlignedDoubles(rows * this.networks[0].Width);
        mean = new AlignedDoubles(rows * this.networks[0].OutputStride);
        pairs = CurvaturePattern.OfReward(task, n, m);
        (point, next, jacobian) = (new DoubleLanes[n + m], new DoubleLanes[n], new DoubleLanes[n * (n + m)]);
        (variables, following) = (new HyperLanes[n + m], new HyperLanes[n]);
    }

    /// <summary>Has the members' weights read again before the next use.</summary>
    public void Forget() => isStale = true;

    /// <summary>x' = x + Δ(x, u).</summary>
    /// <returns>r.</returns>
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> after)
    {
        Embed(state, action, 0, withJacobian: false);
        Run(1, 0);
        for (int d = 0; d < n; d++)
        {
            after[d] = state[d] + mean.Pointer[d];
        }

        return task.Reward<Real>(MemoryMarshal.Cast<double, Real>(state), MemoryMarshal.Cast<double, Real>(action), MemoryMarshal.Cast<double, Real>(after));
    }

    /// <summary>Eight of them.</summary>
    public DoubleLanes Predict(ReadOnlySpan<DoubleLanes> states, ReadOnlySpan<DoubleLanes> actions, Span<DoubleLanes> after)
    {
        Span<double> x = stackalloc double[n], u = stackalloc double[m];
        for (int lane = 0; lane < Points; lane++)
        {
            for (int i = 0; i < n; i++)
            {
                x[i] = states[i].Value[lane];
            }

            for (int i = 0; i < m; i++)
            {
                u[i] = actions[i].Value[lane];
            }

            Embed(x, u, lane, withJacobian: false);
        }

        Run(Points, 0);
        for (int d = 0; d < n; d++)
        {
            after[d] = states[d] + Gather(d, networks[0].OutputStride, Points);
        }

        return task.Reward<DoubleLanes>(states, actions, after);
    }

    /// <summary>All derivatives at up to eight steps of a trajectory.</summary>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="start">The first step.</param>
    /// <param name="count">1 to 8 steps.</param>
    /// <param name="expansion">Receives F and the derivatives of ℓ = −r; what the reward does not depend on is left as it is.</param>
    public void Expand(Trajectory trajectory, int start, int count, TrajectoryExpansion expansion)
    {
        int w = n + m, stride = expansion.Stride, rows = 1 + w;
        for (int p = 0; p < count; p++)
        {
            Embed(trajectory.State(start + p), trajectory.Action(start + p), p * rows, withJacobian: true);
        }

        Run(count, w);
        var block = new TrajectoryBlock(trajectory, start, count);
        int outputStride = networks[0].OutputStride, pointStride = rows * outputStride;
        for (int i = 0; i < w; i++)
        {
            point[i] = block.Read(i);
        }

        for (int d = 0; d < n; d++)
        {
            next[d] = point[d] + Gather(d, pointStride, count);
            for (int c = 0; c < w; c++)
            {
                var slope = Gather(((1 + c) * outputStride) + d, pointStride, count) + (c == d ? 1.0 : 0.0);
                jacobian[(d * w) + c] = slope;
                block.Write(in slope.Value, expansion.Jacobians, n * stride, (d * stride) + c);
            }
        }

        ExpandReward(block, expansion);
    }

    /// <summary>x' at the first point of the last <see cref="Expand"/>.</summary>
    public void CopyNext(Span<double> after)
    {
        for (int d = 0; d < n; d++)
        {
            after[d] = next[d].Value[0];
        }
    }

    /// <summary>Derivatives of r(x, u, x') with x' to first order in (x, u): a pass for every pair of components that interact.</summary>
    private void ExpandReward(TrajectoryBlock block, TrajectoryExpansion expansion)
    {
        int w = n + m, stride = expansion.Stride;
        foreach (var (i, j) in pairs)
        {
            for (int k = 0; k < w; k++)
            {
                variables[k] = HyperLanes.Variable(point[k], k == i, k == j);
            }

            for (int d = 0; d < n; d++)
            {
                following[d] = new HyperLanes(next[d].Value, jacobian[(d * w) + i].Value, jacobian[(d * w) + j].Value, Vector512<double>.Zero);
            }

            var reward = task.Reward<HyperLanes>(variables.AsSpan(0, n), variables.AsSpan(n), following);
            block.Write(-reward.Cross, expansion.CostHessians, w * stride, (i * stride) + j);
            block.Write(-reward.Cross, expansion.CostHessians, w * stride, (j * stride) + i);
            if (i == j)
            {
                block.Write(-reward.First, expansion.CostGradients, stride, i);
                block.Write(-reward.Value, expansion.Costs, 1, 0);
            }
        }
    }

    /// <summary>mean ← the average over elite members of their outputs.</summary>
    private void Run(int points, int tangents)
    {
        if (isStale)
        {
            for (int e = 0; e < networks.Length; e++)
            {
                networks[e].CopyFrom(source[e]);
            }

            isStale = false;
        }

        int count = points * (1 + tangents) * networks[0].OutputStride;
        var share = Vector512.Create(1.0 / ensemble.Elites.Length);
        mean.Span[..count].Clear();
        foreach (int member in ensemble.Elites)
        {
            double* outputs = networks[member].Forward(inputs.Pointer, points, tangents, first.Pointer, second.Pointer);
            for (int i = 0; i < count; i += DoubleLanes.Count)
            {
                Vector512.FusedMultiplyAdd(share, Vector512.Load(outputs + i), Vector512.Load(mean.Pointer + i)).Store(mean.Pointer + i);
            }
        }
    }

    /// <summary>A number of up to eight points; lanes that are left over repeat the last one.</summary>
    private DoubleLanes Gather(int offset, int pointStride, int count)
    {
        Span<double> values = stackalloc double[Points];
        for (int lane = 0; lane < Points; lane++)
        {
            values[lane] = mean.Pointer[(Math.Min(lane, count - 1) * pointStride) + offset];
        }

        return DoubleLanes.Load(values, 0);
    }

    /// <summary>The inputs, and where asked in the rows after them their Jacobian to (x, u): 1 for a linear feature, (−sin θ, cos θ) for an angle.</summary>
    private void Embed(ReadOnlySpan<double> state, ReadOnlySpan<double> action, int row, bool withJacobian)
    {
        int stride = networks[0].InputStride, column = 0;
        var actions = ensemble.Embedding.Actions;
        double* input = inputs.Pointer + (row * stride);
        double* tangents = input + stride;
        if (withJacobian)
        {
            new Span<double>(tangents, (n + m) * stride).Clear();
        }

        for (int d = 0; d < n; d++)
        {
            if (ensemble.Embedding.Kind(d) == FeatureKind.Angle)
            {
                var (sin, cos) = Math.SinCos(state[d]);
                Set(d, cos, -sin);
                Set(d, sin, cos);
            }
            else
            {
                Set(d, state[d], 1.0);
            }
        }

        for (int a = 0; a < m; a++)
        {
            // At a limit the derivative is 1, as that of IScalar's Clamp.
            bool within = action[a] >= actions.Low[a] && action[a] <= actions.High[a];
            Set(n + a, Math.Clamp(action[a], actions.Low[a], actions.High[a]), within ? 1.0 : 0.0);
        }

        void Set(int variable, double value, double slope)
        {
            input[column] = value;
            if (withJacobian)
            {
                tangents[(variable * stride) + column] = slope;
            }

            column++;
        }
    }
}
