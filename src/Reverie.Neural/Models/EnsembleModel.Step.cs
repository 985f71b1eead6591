using System.Runtime.Intrinsics;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <content>One imagined step of a tile, and the simulate power.</content>
public sealed unsafe partial class EnsembleModel
{
    /// <inheritdoc/>
    /// <remarks>
    /// Items are dealt to the elite members in turn by tiles of 64 (TS∞: the same item keeps its member from step to step);
    /// TS1 draws a member for each tile and step; the mean propagation averages the members' means.
    /// Moment matching is defined for the particles of a candidate only: here it steps as TS1 does.
    /// </remarks>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        Require(states.Features, stateSize, nameof(states));
        Require(actions.Features, actionSize, nameof(actions));
        Require(next.Features, stateSize, nameof(next));
        Require(actions.Count, states.Count, nameof(actions));
        Require(next.Count, states.Count, nameof(next));
        int padded = Batch.StrideOf(states.Count);
        Require(Math.Min(rewards.Length, padded), padded, nameof(rewards));
        Require(Math.Min(terminated.Length, padded), padded, nameof(terminated));
        var s = Rent();
        int tiles = (states.Count + Tile - 1) / Tile;
        for (int tile = 0; tile < tiles; tile++)
        {
            int first = tile * Tile;
            int width = Math.Min(Tile, padded - first);
            CopyIn(states, first, width, s.States);
            CopyIn(actions, first, width, s.Actions);
            var noise = new LaneStream(key.Split("noise"), (uint)tile);
            int member = ensemble.Options.Propagation == Propagation.TrajectorySamplingInfinite
                ? ensemble.Elites[tile % ensemble.Elites.Length]
                : DrawMember(key, (uint)tile);
            StepTile(s, s.States, member, ref noise);
            for (int d = 0; d < stateSize; d++)
            {
                new ReadOnlySpan<float>(s.Next + (d * Tile), width).CopyTo(next.Feature(d)[first..]);
            }

            new ReadOnlySpan<float>(s.Rewards, width).CopyTo(rewards[first..]);
            new ReadOnlySpan<float>(s.Terminated, width).CopyTo(terminated[first..]);
        }

        Return(s);
    }

    /// <inheritdoc/>
    /// <remarks>The task's; 0 where there is none.</remarks>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public void FinalRewards(Batch states, Span<float> rewards)
    {
        Require(states.Features, stateSize, nameof(states));
        int padded = Batch.StrideOf(states.Count);
        Require(Math.Min(rewards.Length, padded), padded, nameof(rewards));
        if (!HasFinalReward)
        {
            rewards.Clear();
            return;
        }

        Span<Lanes> x = stackalloc Lanes[stateSize];
        for (int i = 0; i < padded; i += Lanes.Count)
        {
            for (int d = 0; d < stateSize; d++)
            {
                x[d] = Lanes.Load(states.Feature(d), i);
            }

            task!.FinalReward<Lanes>(x).Store(rewards, i);
        }
    }

    private static void Require(int given, int wanted, string name)
    {
        if (given != wanted)
        {
            throw new ArgumentException($"'{name}' has {given} numbers; {wanted} are wanted.", name);
        }
    }

    private static void CopyIn(Batch batch, int first, int width, float* tile)
    {
        for (int d = 0; d < batch.Features; d++)
        {
            batch.Feature(d).Slice(first, width).CopyTo(new Span<float>(tile + (d * Tile), Tile));
        }
    }

    private int DrawMember(RandomKey key, uint index) =>
        ensemble.Elites[(int)(key.Split("member").Split((int)index).Value % (ulong)ensemble.Elites.Length)];

    /// <summary>Steps 64 items: embed, forward, sample, score.</summary>
    /// <param name="s">Scratch; its actions are the input, next, rewards and terminated the output.</param>
    /// <param name="state"><c>[StateSize][64]</c>.</param>
    /// <param name="member">The member that predicts, unless the mean is propagated.</param>
    /// <param name="noise">Draws the members' own noise.</param>
    private void StepTile(EnsembleScratch s, float* state, int member, ref LaneStream noise)
    {
        int inputSize = ensemble.Embedding.InputSize;
        ensemble.Embedding.Embed(
            new ReadOnlySpan<float>(state, stateSize * Tile),
            new ReadOnlySpan<float>(s.Actions, actionSize * Tile),
            new Span<float>(s.Inputs, inputSize * Tile),
            Tile);
        float* outputs = ensemble.Options.Propagation == Propagation.Mean ? MeanOutputs(s) : networks[member].Forward(s.Inputs, s.First, s.Second);
        bool sample = ensemble.Options.Stochastic && ensemble.Options.Propagation != Propagation.Mean;
        for (int k = 0; k < targets; k++)
        {
            float* mean = outputs + (k * Tile);
            float* logVariance = outputs + ((targets + k) * Tile);
            float* target = k < stateSize ? s.Next + (k * Tile) : s.Rewards;
            for (int i = 0; i < Tile; i += Lanes.Count)
            {
                var value = Load(mean + i);
                if (sample)
                {
                    // y = μ + σ ε, σ = exp(½ l).
                    var l = Bound(Load(logVariance + i), lowestLogVariance[member][k], highestLogVariance[member][k]);
                    value += Lanes.Exp(l * 0.5) * noise.NextNormal();
                }

                Store(k < stateSize ? Load(state + (k * Tile) + i) + value : value, target + i);
            }
        }

        Score(s, state, outputs);
    }

    /// <summary>The mean over elite members of their outputs.</summary>
    private float* MeanOutputs(EnsembleScratch s)
    {
        int rows = ensemble.Network.Sizes[^1] * Tile;
        new Span<float>(s.Mean, rows).Clear();
        Lanes share = 1.0 / ensemble.Elites.Length;
        foreach (int member in ensemble.Elites)
        {
            float* outputs = networks[member].Forward(s.Inputs, s.First, s.Second);
            for (int i = 0; i < rows; i += Lanes.Count)
            {
                Store(Load(s.Mean + i) + (share * Load(outputs + i)), s.Mean + i);
            }
        }

        return s.Mean;
    }

    /// <summary>Rewards and terminations: known where a task is given, else predicted.</summary>
    private void Score(EnsembleScratch s, float* state, float* outputs)
    {
        bool learnReward = ensemble.Options.LearnReward, learnEnd = ensemble.Options.LearnTermination;
        float* kept = s.Inputs;
        if (learnReward)
        {
            new ReadOnlySpan<float>(s.Rewards, Tile).CopyTo(new Span<float>(kept, Tile));
        }

        if (task is not null)
        {
            task.Score(
                new Batch(new Span<float>(state, stateSize * Tile), stateSize, Tile, Tile),
                new Batch(new Span<float>(s.Actions, actionSize * Tile), actionSize, Tile, Tile),
                new Batch(new Span<float>(s.Next, stateSize * Tile), stateSize, Tile, Tile),
                new Span<float>(s.Rewards, Tile),
                new Span<float>(s.Terminated, Tile));
        }

        if (learnReward)
        {
            new ReadOnlySpan<float>(kept, Tile).CopyTo(new Span<float>(s.Rewards, Tile));
        }

        if (learnEnd)
        {
            // p(terminated) > ½ where the logit is positive.
            float* logit = outputs + (targets * (ensemble.Options.Stochastic ? 2 : 1) * Tile);
            for (int i = 0; i < Tile; i += Lanes.Count)
            {
                Store(Lanes.SelectLess(0.0, Load(logit + i), 1.0, 0.0), s.Terminated + i);
            }
        }
    }

    /// <summary>l ← max − softplus(max − l), then l ← min + softplus(l − min).</summary>
    private static Lanes Bound(Lanes l, float lowest, float highest)
    {
        Lanes high = highest, low = lowest;
        var bounded = high - Softplus(high - l);
        return low + Softplus(bounded - low);
    }

    /// <summary>ln(1 + eˣ), as max(x, 0) + ln(1 + e^−|x|).</summary>
    private static Lanes Softplus(Lanes x)
    {
        Lanes one = 1.0;
        return Lanes.Max(x, 0.0) + Lanes.Log(one + Lanes.Exp(-Lanes.Abs(x)));
    }

    private static Lanes Load(float* p) => new(Vector512.Load(p));

    private static void Store(Lanes value, float* p) => value.Value.Store(p);
}
