using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// Short rollouts of the learner's own policy in a model, branched from states of the replay (Janner et al. 2019, algorithm 2, lines 7 to 9).
/// A rollout ends where the task ends, with nothing to be bootstrapped; one that ends at its horizon is not terminal.
/// </summary>
internal sealed class BranchedRollouts
{
    private readonly IModelFreeLearner learner;
    private readonly ImaginedBuffer buffer;
    private readonly ImaginedStates states;
    private readonly ValueBounds bounds;
    private readonly EnsembleModel? unsure;
    private readonly double penalty;
    private readonly int width;
    private readonly int actionSize;
    private readonly bool[] alive;

    /// <summary>Rollouts of <paramref name="count"/> states at a time.</summary>
    /// <param name="model">The model; its state is the observation.</param>
    /// <param name="learner">Whose policy is rolled out.</param>
    /// <param name="bounds">Told of penalised rewards.</param>
    /// <param name="embedding">How observations become features.</param>
    /// <param name="buffer">Receives the transitions.</param>
    /// <param name="count">Rollouts side by side, N.</param>
    /// <param name="penalty">λ: rewards are lowered by λ times the model's uncertainty (Yu et al. 2020, equation 4); 0 for none.</param>
    public BranchedRollouts(ISimulator model, IModelFreeLearner learner, ValueBounds bounds, ObservationEmbedding embedding, ImaginedBuffer buffer, int count, double penalty)
    {
        (this.learner, this.bounds, this.buffer, this.penalty) = (learner, bounds, buffer, penalty);
        states = new ImaginedStates(model, embedding, count);
        unsure = penalty > 0 ? (EnsembleModel)model : null;
        (width, actionSize) = (embedding.ObservationWidth, learner.ActionSize);
        alive = new bool[count];
    }

    /// <summary>Draws start states from the replay, rolls the policy out from each, and remembers what was imagined.</summary>
    /// <param name="replay">Where rollouts start.</param>
    /// <param name="horizon">n, imagined steps.</param>
    /// <param name="random">Draws starts, actions and the model's noise.</param>
    /// <returns>The mean reward of what was remembered.</returns>
    public double Run(ReplayBuffer replay, int horizon, RandomStream random)
    {
        for (int i = 0; i < states.Count; i++)
        {
            states.Set(i, replay.Observation(random.NextInt32(replay.Count)));
            alive[i] = true;
        }

        double sum = 0;
        long kept = 0;
        for (int t = 0; t < horizon; t++)
        {
            learner.Act(states.Features, states.Count, states.Actions, explore: true, random);
            states.Step(random.NextKey(), unsure);
            for (int i = 0; i < states.Count; i++)
            {
                alive[i] &= states.IsFinite(i);
                if (!alive[i])
                {
                    continue;
                }

                bool terminated = states.Terminated[i] > 0.5f;
                float reward = states.Rewards[i] - (float)(penalty * states.Uncertainty[i]);
                if (unsure is not null)
                {
                    bounds.SeePenalised(reward);
                }

                buffer.Add(
                    states.Features.AsSpan(i * width, width),
                    states.Actions.AsSpan(i * actionSize, actionSize),
                    reward,
                    terminated ? 0f : (float)learner.Discount,
                    states.NextFeatures.AsSpan(i * width, width));
                alive[i] = !terminated;
                sum += reward;
                kept++;
            }

            states.Advance();
        }

        return kept == 0 ? 0.0 : sum / kept;
    }
}
