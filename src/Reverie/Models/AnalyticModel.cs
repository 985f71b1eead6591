using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>
/// A world's exact model, with all three powers: its dynamics over <see cref="Lanes"/> simulate and evaluate, over
/// <see cref="Dual"/> they linearize.
/// </summary>
/// <remarks>
/// Results do not depend on the number of threads. Nothing is allocated after construction. An instance simulates and evaluates one
/// batch at a time: give each concurrent user its own. Linearizing keeps no state and may run concurrently.
/// </remarks>
/// <typeparam name="TDynamics">The world's equations.</typeparam>
public sealed partial class AnalyticModel<TDynamics> : ISimulator, IEvaluator, ILinearizer
    where TDynamics : struct, IDynamics
{
    /// <summary>The most components of state, action and noise together: they stand on the stack.</summary>
    public const int MaxWidth = 256;

    private readonly TDynamics dynamics;
    private readonly double discount;
    private readonly Workers? workers;
    private readonly int stateSize;
    private readonly int actionSize;
    private readonly int noiseSize;
    private readonly int constraintSize;
    private readonly int residualSize;
    private readonly StepJob stepJob;
    private readonly EvaluateJob evaluateJob;

    /// <summary>The model of a world.</summary>
    /// <param name="dynamics">The equations.</param>
    /// <param name="discount">γ in (0, 1], by which <see cref="Evaluate"/> weighs rewards.</param>
    /// <param name="workers">Threads to share large batches; none for the caller's thread alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The discount is out of range, or the world is too wide.</exception>
    public AnalyticModel(TDynamics dynamics, double discount = 1.0, Workers? workers = null)
    {
        if (!(discount > 0.0 && discount <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }

        (this.dynamics, this.discount, this.workers) = (dynamics, discount, workers);
        Actions = dynamics.Spec.Actions;
        (stateSize, actionSize, noiseSize) = (dynamics.StateSize, Actions.Size, dynamics.NoiseSize);

        // Read once: a member that a world leaves to its interface boxes the world at every call.
        (constraintSize, residualSize) = (dynamics.ConstraintSize, dynamics.ResidualSize);
        if (stateSize + actionSize + noiseSize > MaxWidth)
        {
            throw new ArgumentOutOfRangeException(nameof(dynamics), stateSize + actionSize + noiseSize, $"State, action and noise may have {MaxWidth} components together.");
        }

        stepJob = new StepJob(this);
        evaluateJob = new EvaluateJob(this);
    }

    /// <inheritdoc/>
    public int StateSize => stateSize;

    /// <inheritdoc/>
    public ActionSpace Actions { get; }

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state)
    {
        Shapes.Require(observation.Length, dynamics.Spec.ObservationSize, nameof(observation));
        Shapes.Require(state.Length, stateSize, nameof(state));
        dynamics.Locate(MemoryMarshal.Cast<double, Real>(observation), MemoryMarshal.Cast<double, Real>(state));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    public unsafe void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        Shapes.RequireStep(states, actions, next, rewards, terminated, stateSize, actionSize);
        fixed (float* x = states.Data, u = actions.Data, y = next.Data, r = rewards, end = terminated)
        {
            stepJob.Bind(x, states.Stride, u, actions.Stride, y, next.Stride, r, end, states.Count, key);
            Share(stepJob, stepJob.Items);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has the wrong shape.</exception>
    [SkipLocalsInit]
    public unsafe void FinalRewards(Batch states, Span<float> rewards)
    {
        Shapes.RequireBatch(states, stateSize, states.Count, nameof(states));
        Shapes.RequirePadded(rewards.Length, states.Count, nameof(rewards));
        rewards.Clear();
        Span<Lanes> x = stackalloc Lanes[stateSize];
        fixed (float* data = states.Data, r = rewards)
        {
            for (int lane = 0; lane < states.Count && HasFinalReward; lane += Lanes.Count)
            {
                LaneBlocks.Load(data + lane, states.Stride, x);
                LaneBlocks.Store(dynamics.FinalReward<Lanes>(x), r + lane);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>One draw of the disturbances a candidate. The same numbers as <see cref="RolloutEvaluator"/> on <see cref="Step"/>.</remarks>
    /// <exception cref="ArgumentException">The state, the candidates or the returns have the wrong shape.</exception>
    public unsafe void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
    {
        Shapes.RequireEvaluate(state, candidates, returns, stateSize, actionSize);
        fixed (double* x = state)
        fixed (float* u = candidates.Data, scores = returns)
        {
            evaluateJob.Bind(x, u, candidates, scores, key);
            Share(evaluateJob, evaluateJob.Items);
        }
    }

    private void Share(IParallelJob job, int items)
    {
        if (workers is not null)
        {
            workers.Run(job, items);
            return;
        }

        for (int i = 0; i < items; i++)
        {
            job.Run(i);
        }
    }

    /// <summary>One step of a batch; an item is a tile of consecutive blocks of sixteen.</summary>
    private sealed unsafe class StepJob(AnalyticModel<TDynamics> model) : IParallelJob
    {
        private const int BlocksPerItem = 64;

        private float* states, actions, next, rewards, terminated;
        private int stateStride, actionStride, nextStride, blocks;
        private RandomKey key;

        public int Items => (blocks + BlocksPerItem - 1) / BlocksPerItem;

        public void Bind(float* x, int xStride, float* u, int uStride, float* y, int yStride, float* r, float* end, int count, RandomKey randomKey)
        {
            states = x;
            actions = u;
            next = y;
            rewards = r;
            terminated = end;
            (stateStride, actionStride, nextStride) = (xStride, uStride, yStride);
            blocks = Batch.StrideOf(count) / Lanes.Count;
            key = randomKey;
        }

        [SkipLocalsInit]
        public void Run(int index)
        {
            var dynamics = model.dynamics;
            Span<Lanes> buffer = stackalloc Lanes[(2 * model.stateSize) + model.actionSize + model.noiseSize];
            var x = buffer[..model.stateSize];
            var y = buffer.Slice(model.stateSize, model.stateSize);
            var u = buffer.Slice(2 * model.stateSize, model.actionSize);
            var w = buffer[((2 * model.stateSize) + model.actionSize)..];
            int end = Math.Min(blocks, (index + 1) * BlocksPerItem);
            for (int block = index * BlocksPerItem; block < end; block++)
            {
                int lane = block * Lanes.Count;
                LaneBlocks.Load(states + lane, stateStride, x);
                LaneBlocks.Load(actions + lane, actionStride, u);
                LaneBlocks.Draw(key, block, w);
                dynamics.Step(x, u, w, y);
                LaneBlocks.Store(y, next + lane, nextStride);
                LaneBlocks.Store(dynamics.Reward<Lanes>(x, u, y), rewards + lane);
                LaneBlocks.Store(dynamics.Terminated<Lanes>(y), terminated + lane);
            }
        }
    }

    /// <summary>Whole rollouts; an item is a tile of blocks of sixteen candidates that step together, to keep the processor's units busy.</summary>
    private sealed unsafe class EvaluateJob(AnalyticModel<TDynamics> model) : IParallelJob
    {
        private const int BlocksPerItem = 4;

        private double* start;
        private float* actions, returns;
        private int horizon, stride, count;
        private RandomKey key;

        public int Items => (count + (BlocksPerItem * Lanes.Count) - 1) / (BlocksPerItem * Lanes.Count);

        public void Bind(double* x, float* u, ActionSequences candidates, float* scores, RandomKey randomKey)
        {
            start = x;
            actions = u;
            returns = scores;
            key = randomKey;
            (horizon, stride, count) = (candidates.Horizon, candidates.Stride, candidates.Count);
        }

        [SkipLocalsInit]
        public void Run(int index)
        {
            var dynamics = model.dynamics;
            int n = model.stateSize, m = model.actionSize;
            int first = index * BlocksPerItem;
            int blocks = Math.Min(BlocksPerItem, (Batch.StrideOf(count) / Lanes.Count) - first);

            // Two states a block, the present and the next, which change places every step.
            Span<Lanes> buffer = stackalloc Lanes[(2 * n * BlocksPerItem) + m + model.noiseSize];
            Span<Lanes> totals = stackalloc Lanes[BlocksPerItem];
            Span<Lanes> alive = stackalloc Lanes[BlocksPerItem];
            var u = buffer.Slice(2 * n * BlocksPerItem, m);
            var w = buffer[((2 * n * BlocksPerItem) + m)..];
            for (int b = 0; b < BlocksPerItem; b++)
            {
                (totals[b], alive[b]) = (0.0, 1.0);
                for (int i = 0; i < n; i++)
                {
                    buffer[(2 * n * b) + i] = start[i];
                }
            }

            double weight = 1.0;
            for (int t = 0; t < horizon; t++, weight *= model.discount)
            {
                int present = (t & 1) * n;
                var stepKey = model.noiseSize > 0 ? key.Split(t) : key;
                for (int b = 0; b < blocks; b++)
                {
                    var x = buffer.Slice((2 * n * b) + present, n);
                    var y = buffer.Slice((2 * n * b) + n - present, n);
                    LaneBlocks.Load(actions + (t * m * stride) + ((first + b) * Lanes.Count), stride, u);
                    LaneBlocks.Draw(stepKey, first + b, w);
                    dynamics.Step(x, u, w, y);
                    LaneBlocks.Collect(dynamics.Reward<Lanes>(x, u, y), dynamics.Terminated<Lanes>(y), y, weight, ref totals[b], ref alive[b]);
                }
            }

            for (int b = 0; b < blocks; b++)
            {
                if (model.HasFinalReward)
                {
                    var end = buffer.Slice((2 * n * b) + ((horizon & 1) * n), n);
                    LaneBlocks.Collect(dynamics.FinalReward<Lanes>(end), 0.0, end, weight, ref totals[b], ref alive[b]);
                }

                int lane = (first + b) * Lanes.Count;
                LaneBlocks.StoreReturns(totals[b], new Span<float>(returns + lane, Math.Min(Lanes.Count, count - lane)));
            }
        }
    }
}
