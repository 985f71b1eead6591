using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>
/// The narrow waist for any simulator: steps all candidates together, H times, and adds up rewards until termination.
/// </summary>
/// <remarks>Buffers grow to the largest number of candidates seen and are then reused. An instance evaluates one batch at a time.</remarks>
public sealed class RolloutEvaluator : IEvaluator
{
    private readonly ISimulator model;
    private readonly double discount;
    private readonly Lanes[] block;
    private float[] states = [];
    private float[] next = [];
    private float[] rewards = [];
    private float[] terminated = [];
    private Lanes[] totals = [];
    private Lanes[] alive = [];

    /// <summary>Scores sequences on <paramref name="model"/>.</summary>
    /// <param name="model">What imagines the steps.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The discount is out of range.</exception>
    public RolloutEvaluator(ISimulator model, double discount = 1.0)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(discount > 0.0 && discount <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }

        (this.model, this.discount) = (model, discount);
        block = new Lanes[model.StateSize];
    }

    /// <inheritdoc/>
    public int StateSize => model.StateSize;

    /// <inheritdoc/>
    public ActionSpace Actions => model.Actions;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

    /// <inheritdoc/>
    /// <remarks>Step t draws under <c>key.Split(t)</c>.</remarks>
    /// <exception cref="ArgumentException">The state, the candidates or the returns have the wrong shape.</exception>
    public unsafe void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
    {
        Shapes.RequireEvaluate(state, candidates, returns, StateSize, Actions.Size);
        int count = candidates.Count, stride = Batch.StrideOf(count), blocks = stride / Lanes.Count;
        Reserve(stride);
        for (int i = 0; i < StateSize; i++)
        {
            states.AsSpan(i * stride, stride).Fill((float)state[i]);
        }

        totals.AsSpan(0, blocks).Fill(0.0);
        alive.AsSpan(0, blocks).Fill(1.0);
        double weight = 1.0;
        for (int t = 0; t < candidates.Horizon; t++, weight *= discount)
        {
            model.Step(
                new Batch(states, StateSize, count, stride),
                candidates.At(t),
                new Batch(next, StateSize, count, stride),
                rewards,
                terminated,
                key.Split(t));
            fixed (float* y = next)
            {
                for (int b = 0; b < blocks; b++)
                {
                    int lane = b * Lanes.Count;
                    LaneBlocks.Load(y + lane, stride, block);
                    LaneBlocks.Collect(Lanes.Load(rewards, lane), Lanes.Load(terminated, lane), block, weight, ref totals[b], ref alive[b]);
                }
            }

            (states, next) = (next, states);
        }

        model.FinalRewards(new Batch(states, StateSize, count, stride), rewards);
        fixed (float* x = states)
        {
            for (int b = 0; b < blocks; b++)
            {
                int lane = b * Lanes.Count;
                LaneBlocks.Load(x + lane, stride, block);
                LaneBlocks.Collect(Lanes.Load(rewards, lane), 0.0, block, weight, ref totals[b], ref alive[b]);
            }
        }

        for (int b = 0; b < blocks; b++)
        {
            int lane = b * Lanes.Count;
            LaneBlocks.StoreReturns(totals[b], returns[lane..Math.Min(lane + Lanes.Count, count)]);
        }
    }

    private void Reserve(int stride)
    {
        if (rewards.Length < stride)
        {
            (states, next) = (new float[StateSize * stride], new float[StateSize * stride]);
            (rewards, terminated) = (new float[stride], new float[stride]);
            (totals, alive) = (new Lanes[stride / Lanes.Count], new Lanes[stride / Lanes.Count]);
        }
    }
}
