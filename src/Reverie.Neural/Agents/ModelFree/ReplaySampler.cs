using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>Draws real transitions from a replay, with n-step returns.</summary>
/// <param name="replay">The replay.</param>
/// <param name="embedding">How observations become features.</param>
/// <param name="discount">γ.</param>
/// <param name="horizon">n, steps of a return, ≥ 1.</param>
internal sealed class ReplaySampler(ReplayBuffer replay, ObservationEmbedding embedding, double discount, int horizon)
{
    private readonly ActionScale scale = new(embedding.Actions);
    private readonly int width = embedding.ObservationWidth;
    private readonly int actionSize = embedding.Actions.Size;

    /// <summary>
    /// Fills rows of a minibatch with transitions drawn uniformly, R = Σₖ γᵏ rₖ over up to n steps of the episode (Sutton and Barto 2018, equation 7.1).
    /// Where the task ends, R stops there and nothing is bootstrapped; where time runs out, or the newest transition is reached, R stops there and
    /// the value of what was seen last is bootstrapped.
    /// </summary>
    public void Fill(LearnerBatch batch, int first, int count, RandomStream random)
    {
        for (int b = first; b < first + count; b++)
        {
            Fill(batch, b, random.NextInt32(replay.Count));
        }
    }

    /// <summary>Fills one row from the transition number <paramref name="index"/> on.</summary>
    internal void Fill(LearnerBatch batch, int row, int index)
    {
        double sum = 0, weight = 1;
        int last = index;
        for (int k = 0; k < horizon; k++, last++)
        {
            sum += weight * replay.Reward(last);
            weight *= discount;
            bool goesOn = !replay.Terminated(last) && !replay.Truncated(last) && last + 1 < replay.Count && replay.Episode(last + 1) == replay.Episode(index);
            if (!goesOn)
            {
                break;
            }
        }

        last = Math.Min(last, index + horizon - 1);
        embedding.Embed(replay.Observation(index), batch.Features.AsSpan(row * width, width));
        embedding.Embed(replay.NextObservation(last), batch.NextFeatures.AsSpan(row * width, width));
        var action = replay.Action(index);
        for (int i = 0; i < actionSize; i++)
        {
            batch.Actions[(row * actionSize) + i] = scale.ToLearner(i, action[i]);
        }

        batch.Last[row] = last;
        batch.Rewards[row] = (float)sum;
        batch.Discounts[row] = replay.Terminated(last) ? 0f : (float)weight;
    }
}
