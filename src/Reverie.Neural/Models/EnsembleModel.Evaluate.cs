using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <content>The evaluate power: candidates × particles × steps in one pass.</content>
public sealed unsafe partial class EnsembleModel
{
    private readonly EvaluationJob evaluation;

    /// <summary>Particles that score a candidate: one where nothing is random.</summary>
    public int Particles => ensemble.Options.Propagation == Propagation.Mean ? 1 : ensemble.Options.Particles;

    /// <inheritdoc/>
    /// <remarks>
    /// Trajectory sampling (Chua et al. 2018, section 5): every candidate is followed by P particles, and scored by their mean return.
    /// A member is drawn for a particle (TS∞) or for a particle and step (TS1), the same for all candidates: common random numbers make
    /// the comparison between candidates sharper, and a tile of 64 candidates one matrix product. A task's final reward counts for particles that live to the end.
    /// </remarks>
    /// <exception cref="ArgumentException">The state, the candidates or the returns have the wrong size.</exception>
    public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
    {
        Require(state.Length, stateSize, nameof(state));
        Require(candidates.ActionSize, actionSize, nameof(candidates));
        Require(Math.Min(returns.Length, candidates.Count), candidates.Count, nameof(returns));
        evaluation.Prepare(state, candidates, key);
        workers.Run(evaluation, evaluation.Items);
        evaluation.Collect(returns);
    }

    /// <summary>An item is a tile of 64 candidates with one particle; with moment matching, with all its particles, which then meet at every step.</summary>
    private sealed class EvaluationJob(EnsembleModel model) : IParallelJob
    {
        private readonly float[] start = new float[model.stateSize];
        private float[] totals = [];
        private ActionSequences? candidates;
        private RandomKey key;
        private RandomKey noiseKey;
        private int tiles;
        private int particlesPerItem;

        public int Items => tiles * (model.Particles / particlesPerItem);

        public void Prepare(ReadOnlySpan<double> state, ActionSequences sequences, RandomKey randomKey)
        {
            for (int d = 0; d < start.Length; d++)
            {
                start[d] = (float)state[d];
            }

            (candidates, key, noiseKey) = (sequences, randomKey, randomKey.Split("noise"));
            tiles = (sequences.Count + Tile - 1) / Tile;
            particlesPerItem = model.ensemble.Options.Propagation == Propagation.MomentMatching ? model.Particles : 1;
            if (totals.Length < model.Particles * tiles * Tile)
            {
                totals = new float[model.Particles * tiles * Tile];
            }
        }

        /// <summary>Rolls one tile out: for every step, for every particle of the item, step and add up what it earns while it lives.</summary>
        public void Run(int index)
        {
            int tile = index % tiles;
            int firstParticle = index / tiles * particlesPerItem;
            var s = model.Rent();
            Start(s);
            for (int t = 0; t < candidates!.Horizon; t++)
            {
                var actions = candidates.At(t);
                CopyIn(actions, tile * Tile, Math.Min(Tile, actions.Stride - (tile * Tile)), s.Actions);
                for (int p = 0; p < particlesPerItem; p++)
                {
                    float* state = s.States + (p * model.stateSize * Tile);
                    var noise = new LaneStream(noiseKey, (uint)(((((firstParticle + p) * tiles) + tile) * candidates.Horizon) + t));
                    model.StepTile(s, state, Member(firstParticle + p, t), ref noise);
                    Advance(s, p, state);
                }

                if (particlesPerItem > 1)
                {
                    MatchMoments(s, tile, t);
                }
            }

            for (int p = 0; p < particlesPerItem && model.HasFinalReward; p++)
            {
                Finish(s, p);
            }

            for (int p = 0; p < particlesPerItem; p++)
            {
                new ReadOnlySpan<float>(s.Totals + (p * Tile), Tile).CopyTo(totals.AsSpan((((firstParticle + p) * tiles) + tile) * Tile, Tile));
            }

            model.Return(s);
        }

        /// <summary>A candidate's return is the mean over its particles, added in the same order whatever the threads did.</summary>
        public void Collect(Span<float> returns)
        {
            int particles = model.Particles;
            for (int n = 0; n < candidates!.Count; n++)
            {
                double sum = 0;
                for (int p = 0; p < particles; p++)
                {
                    sum += totals[(((p * tiles) + (n / Tile)) * Tile) + (n % Tile)];
                }

                float mean = (float)(sum / particles);
                returns[n] = float.IsFinite(mean) ? mean : float.NegativeInfinity;
            }

            candidates = null;
        }

        private int Member(int particle, int step)
        {
            int[] elites = model.ensemble.Elites;
            return model.ensemble.Options.Propagation == Propagation.TrajectorySamplingInfinite
                ? elites[particle % elites.Length]
                : model.DrawMember(key, (uint)((particle * candidates!.Horizon) + step));
        }

        private void Start(EnsembleScratch s)
        {
            for (int p = 0; p < particlesPerItem; p++)
            {
                for (int d = 0; d < start.Length; d++)
                {
                    new Span<float>(s.States + (((p * start.Length) + d) * Tile), Tile).Fill(start[d]);
                }
            }

            new Span<float>(s.Alive, particlesPerItem * Tile).Fill(1f);
            new Span<float>(s.Totals, particlesPerItem * Tile).Clear();
        }

        /// <summary>G ← G + w r, w ← γ w (1 − terminated), x ← x'.</summary>
        private void Advance(EnsembleScratch s, int particle, float* state)
        {
            Lanes discount = model.discount;
            float* alive = s.Alive + (particle * Tile);
            float* total = s.Totals + (particle * Tile);
            for (int i = 0; i < Tile; i += Lanes.Count)
            {
                var weight = Load(alive + i);

                // 0·Σx' is NaN where the imagined state is no longer finite: that spoils the return, whatever the reward. A particle that has
                // ended adds nothing, not even NaN.
                Lanes sum = 0.0;
                for (int d = 0; d < model.stateSize; d++)
                {
                    sum += Load(s.Next + (d * Tile) + i);
                }

                var gain = Lanes.SelectLess(0.0, weight, (weight * Load(s.Rewards + i)) + (sum * 0.0), 0.0);
                Store(Load(total + i) + gain, total + i);
                Store(Lanes.SelectLess(0.5, Load(s.Terminated + i), 0.0, weight * discount), alive + i);
            }

            new ReadOnlySpan<float>(s.Next, model.stateSize * Tile).CopyTo(new Span<float>(state, model.stateSize * Tile));
        }

        /// <summary>G ← G + w r_H: only particles that are alive count how they end.</summary>
        private void Finish(EnsembleScratch s, int particle)
        {
            float* alive = s.Alive + (particle * Tile);
            float* total = s.Totals + (particle * Tile);
            model.FinalRewards(new Batch(new Span<float>(s.States + (particle * model.stateSize * Tile), model.stateSize * Tile), model.stateSize, Tile, Tile), new Span<float>(s.Rewards, Tile));
            for (int i = 0; i < Tile; i += Lanes.Count)
            {
                var weight = Load(alive + i);
                Store(Load(total + i) + Lanes.SelectLess(0.0, weight, weight * Load(s.Rewards + i), 0.0), total + i);
            }
        }

        /// <summary>For every candidate and feature: redraw its particles from the normal distribution with their mean and variance.</summary>
        private void MatchMoments(EnsembleScratch s, int tile, int step)
        {
            Lanes share = 1.0 / particlesPerItem;
            int stride = model.stateSize * Tile;
            var noise = new LaneStream(key.Split("moments"), (uint)((tile * candidates!.Horizon) + step));
            for (int i = 0; i < stride; i += Lanes.Count)
            {
                Lanes mean = 0.0;
                for (int p = 0; p < particlesPerItem; p++)
                {
                    mean += share * Load(s.States + (p * stride) + i);
                }

                Lanes variance = 0.0;
                for (int p = 0; p < particlesPerItem; p++)
                {
                    var d = Load(s.States + (p * stride) + i) - mean;
                    variance += share * d * d;
                }

                var deviation = Lanes.Sqrt(variance);
                for (int p = 0; p < particlesPerItem; p++)
                {
                    Store(mean + (deviation * noise.NextNormal()), s.States + (p * stride) + i);
                }
            }
        }
    }
}
