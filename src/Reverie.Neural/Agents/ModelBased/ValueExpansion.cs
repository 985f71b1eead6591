using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// Targets that look ahead in a model: after a real step to s', the policy's own steps are imagined,
/// Tₙ = r + γ d Σᵢ₌₀ⁿ⁻¹ γⁱ r̂ᵢ + γⁿ⁺¹ V(ŝₙ), d and all that follows 0 once the task has ended.
/// </summary>
/// <remarks>
/// With a fixed horizon, y = T_H (model-based value expansion, Feinberg et al. 2018, equation 3). Weighted by uncertainty,
/// y = Σₙ wₙ T̄ₙ, wₙ ∝ 1 / Var Tₙ for n = 0 … H, mean and variance over the members of the ensemble and the critics (STEVE, Buckman et al. 2018,
/// equations 5 and 6). T̄ₙ takes the least of the critics, as the learner does without a model; STEVE's authors take their mean.
/// </remarks>
internal sealed class ValueExpansion
{
    /// <summary>Added to variances, so that estimates which happen to agree do not take all the weight.</summary>
    private const double LeastVariance = 1e-6;

    /// <summary>Rows that an ensemble gives to the same member: a tile (see <see cref="EnsembleModel.Step"/>).</summary>
    private const int Tile = 64;

    private readonly IModelFreeLearner learner;
    private readonly ValueBounds bounds;
    private readonly int horizon;
    private readonly bool weighted;
    private readonly int members;
    private readonly int batchSize;
    private readonly ImaginedStates states;
    private readonly float[] values;
    private readonly float[] bonuses;
    private readonly double[] returns;
    private readonly double[] factors;
    private readonly double[] estimates;

    /// <summary>Targets for the learner's minibatches.</summary>
    /// <param name="model">The model; its state is the observation.</param>
    /// <param name="learner">Whose policy is imagined and whose values are bootstrapped.</param>
    /// <param name="bounds">What bootstrapped values can be.</param>
    /// <param name="embedding">How observations become features.</param>
    /// <param name="horizon">H, imagined steps.</param>
    /// <param name="weighted">Whether horizons up to H are weighted by uncertainty.</param>
    public ValueExpansion(ISimulator model, IModelFreeLearner learner, ValueBounds bounds, ObservationEmbedding embedding, int horizon, bool weighted)
    {
        (this.bounds, this.learner, this.horizon, this.weighted, batchSize) = (bounds, learner, horizon, weighted, learner.BatchSize);
        members = weighted && model is EnsembleModel ensemble ? ensemble.Members : 1;
        int rows = members == 1 ? batchSize : (batchSize + Tile - 1) / Tile * Tile * members;
        states = new ImaginedStates(model, embedding, rows);
        values = new float[learner.Critics * rows];
        bonuses = new float[rows];
        (returns, factors) = (new double[rows], new double[rows]);
        estimates = new double[(horizon + 1) * learner.Critics * rows];
    }

    /// <summary>Sets the targets of a minibatch of real transitions.</summary>
    /// <param name="batch">The minibatch, all from <paramref name="replay"/>.</param>
    /// <param name="replay">Where it comes from.</param>
    /// <param name="random">The model's noise.</param>
    public void Fill(LearnerBatch batch, ReplayBuffer replay, RandomStream random)
    {
        Start(batch, replay);
        for (int n = 0; ; n++)
        {
            Estimate(n);
            if (n == horizon)
            {
                break;
            }

            Imagine(random);
        }

        for (int b = 0; b < batchSize; b++)
        {
            batch.Targets[b] = (float)(weighted ? Weighted(b) : Mean(b, horizon).Least);
        }
    }

    /// <summary>The row of item <paramref name="b"/> under member <paramref name="k"/>: tiles are dealt to the members in turn.</summary>
    private int Row(int b, int k) => members == 1 ? b : ((((b / Tile) * members) + k) * Tile) + (b % Tile);

    private void Start(LearnerBatch batch, ReplayBuffer replay)
    {
        // Rows to spare repeat the last item.
        int padded = states.Count / members;
        for (int i = 0; i < padded; i++)
        {
            int b = Math.Min(i, batchSize - 1);
            for (int k = 0; k < members; k++)
            {
                int row = Row(i, k);
                states.Set(row, replay.NextObservation(batch.Last[b]));
                returns[row] = batch.Rewards[b];
                factors[row] = batch.Discounts[b];
            }
        }
    }

    /// <summary>Tₙ of every row by every critic.</summary>
    private void Estimate(int n)
    {
        if (n < horizon && !weighted)
        {
            return;
        }

        var (low, high) = bounds.Now();
        learner.Values(states.Features, states.Count, values);
        for (int i = 0; i < learner.Critics * states.Count; i++)
        {
            int row = i % states.Count;
            estimates[(n * learner.Critics * states.Count) + i] = returns[row] + (factors[row] == 0 ? 0.0 : factors[row] * Math.Clamp(values[i], low, high));
        }
    }

    /// <summary>One imagined step: the return grows by factor · (r̂ + bonus), the factor shrinks by γ, to 0 where the task ends.</summary>
    private void Imagine(RandomStream random)
    {
        learner.Draw(states.Features, states.Count, states.Actions, bonuses);
        states.Step(random.NextKey());
        for (int row = 0; row < states.Count; row++)
        {
            // Past the end of the task, or of the finite numbers, nothing counts any more.
            if (factors[row] == 0 || !states.IsFinite(row))
            {
                factors[row] = 0;
                continue;
            }

            returns[row] += factors[row] * (states.Rewards[row] + bonuses[row]);
            factors[row] *= states.Terminated[row] > 0.5f ? 0.0 : learner.Discount;
        }

        states.Advance();
    }

    private double Weighted(int b)
    {
        double sum = 0, weights = 0;
        for (int n = 0; n <= horizon; n++)
        {
            var (least, variance) = Mean(b, n);
            double weight = 1.0 / (variance + LeastVariance);
            sum += weight * least;
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>The mean over members of the least critic's Tₙ, and the variance over members and critics.</summary>
    private (double Least, double Variance) Mean(int b, int n)
    {
        double leastSum = 0, sum = 0, squares = 0;
        int critics = learner.Critics, offset = n * critics * states.Count;
        for (int k = 0; k < members; k++)
        {
            double least = double.PositiveInfinity;
            for (int c = 0; c < critics; c++)
            {
                double estimate = estimates[offset + (c * states.Count) + Row(b, k)];
                least = Math.Min(least, estimate);
                sum += estimate;
                squares += estimate * estimate;
            }

            leastSum += least;
        }

        int count = members * critics;
        double mean = sum / count;
        return (leastSum / members, Math.Max(0.0, (squares / count) - (mean * mean)));
    }
}
