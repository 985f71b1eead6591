using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>Counts how often what happened lies within what a model's particles span.</summary>
/// <param name="horizon">The longest horizon, H.</param>
/// <param name="levels">Nominal coverages of central intervals, each in (0, 1).</param>
internal sealed class PredictiveIntervals(int horizon, double[] levels)
{
    /// <summary>Particles of a prediction: 64 for each of five members (<see cref="EnsembleModel.Step"/> deals tiles of 64 to the members in turn).</summary>
    public const int Particles = 320;

    private readonly long[,] covered = new long[horizon, levels.Length];
    private readonly double[,] widths = new double[horizon, levels.Length];
    private readonly long[] predictions = new long[horizon];

    /// <summary>The part of the predictions k ≥ 1 steps ahead whose interval held what happened.</summary>
    public double Coverage(int k, int level) => (double)covered[k - 1, level] / predictions[k - 1];

    /// <summary>The mean width of these intervals, in units of the components' scales.</summary>
    public double Width(int k, int level) => widths[k - 1, level] / predictions[k - 1];

    /// <summary>Counts one component of one prediction.</summary>
    /// <param name="k">Steps ahead, ≥ 1.</param>
    /// <param name="differences">Particles less what happened, ascending.</param>
    /// <param name="scale">The component's scale.</param>
    public void Count(int k, double[] differences, double scale)
    {
        predictions[k - 1]++;
        for (int l = 0; l < levels.Length; l++)
        {
            // The central interval of level p lies between the (1 − p)/2 and the (1 + p)/2 quantile.
            double low = StudyCell.Quantile(differences, 0.5 * (1.0 - levels[l])), high = StudyCell.Quantile(differences, 0.5 * (1.0 + levels[l]));
            covered[k - 1, l] += low <= 0.0 && high >= 0.0 ? 1 : 0;
            widths[k - 1, l] += (high - low) / scale;
        }
    }

    /// <summary>Predicts an episode from some of its steps under its own actions by trajectory sampling, TS∞, and counts every component of every step ahead.</summary>
    /// <param name="model">The model, of one or of five members.</param>
    /// <param name="spec">The world.</param>
    /// <param name="scales">The components' scales, <c>[F]</c>.</param>
    /// <param name="episode">What really happened.</param>
    /// <param name="every">Steps from one start to the next.</param>
    /// <param name="key">The particles' randomness.</param>
    public void Add(ISimulator model, WorldSpec spec, double[] scales, RealEpisode episode, int every, RandomKey key)
    {
        int features = spec.ObservationSize;
        var (states, next) = (new float[features * Particles], new float[features * Particles]);
        var actions = new float[spec.Actions.Size * Particles];
        var (rewards, terminated) = (new float[Particles], new float[Particles]);
        var differences = new double[Particles];
        for (int start = 0; start + horizon <= episode.Steps; start += every)
        {
            for (int f = 0; f < features; f++)
            {
                states.AsSpan(f * Particles, Particles).Fill((float)episode.Observations[start][f]);
            }

            for (int k = 1; k <= horizon; k++)
            {
                var action = episode.Action(start + k - 1);
                for (int a = 0; a < action.Length; a++)
                {
                    actions.AsSpan(a * Particles, Particles).Fill((float)action[a]);
                }

                model.Step(
                    new Batch(states, features, Particles, Particles), new Batch(actions, action.Length, Particles, Particles), new Batch(next, features, Particles, Particles),
                    rewards, terminated, key.Split(start).Split(k));
                (states, next) = (next, states);
                for (int f = 0; f < features; f++)
                {
                    for (int i = 0; i < Particles; i++)
                    {
                        differences[i] = Known(OpenLoopErrors.Difference(spec.Observation[f].Kind, states[(f * Particles) + i], episode.Observations[start + k][f]));
                    }

                    Array.Sort(differences);
                    Count(k, differences, scales[f]);
                }
            }
        }

        // A particle that has left the finite numbers stands beyond all others.
        static double Known(double value) => double.IsFinite(value) ? value : double.MaxValue;
    }
}
