using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// The learner SAC: soft actor-critic with twin critics and automatic temperature (Haarnoja et al. 2018, "Soft actor-critic algorithms
/// and applications", algorithm 1). It maximises return and entropy, J = E Σ γᵗ (r + α H(π)).
/// </summary>
/// <remarks>Numbers stand row-major; actions are in [−1, 1]. All passes run in managed code on the CPU: the same bits for any number of threads.</remarks>
internal sealed class SoftActorCritic : IModelFreeLearner
{
    private const int Twins = 2;

    private readonly SoftActorCriticOptions options;
    private readonly int width;
    private readonly int actionSize;
    private readonly int batchSize;
    private readonly RandomStream random;
    private readonly TrainedNetwork actor;
    private readonly TrainedNetwork critics;
    private readonly TrainedNetwork targets;
    private readonly ScalarAdam temperature;
    private readonly float[] noise;
    private readonly float[] sampled;
    private readonly float[] logDensity;
    private readonly SquashedGaussian[] draws;
    private readonly (RunningMean Loss, RunningMean Value, RunningMean Entropy) measured = (new(), new(), new());

    /// <summary>A learner that knows nothing.</summary>
    /// <param name="width">Features of an observation, W.</param>
    /// <param name="actionSize">Components of an action, m.</param>
    /// <param name="options">The options, checked.</param>
    /// <param name="key">Its randomness.</param>
    /// <param name="workers">Threads for passes.</param>
    public SoftActorCritic(int width, int actionSize, SoftActorCriticOptions options, RandomKey key, Workers workers)
    {
        (this.width, this.actionSize, this.options, batchSize) = (width, actionSize, options, options.BatchSize);
        random = new RandomStream(key.Split("noise"));
        var hidden = Enumerable.Repeat(options.HiddenSize, options.HiddenLayers).ToArray();
        TrainedNetwork Make(string name, int members, int inputs, int outputs) =>
            new(members, [inputs, .. hidden, outputs], batchSize, new RandomStream(key.Split(name)), workers);

        actor = Make("actor", 1, width, 2 * actionSize);
        critics = Make("critics", Twins, width + actionSize, 1);
        targets = Make("critics", Twins, width + actionSize, 1);
        temperature = new ScalarAdam(Math.Log(options.InitialTemperature));
        noise = new float[batchSize * actionSize];
        sampled = new float[batchSize * actionSize];
        logDensity = new float[batchSize];
        draws = new SquashedGaussian[batchSize * actionSize];
    }

    /// <inheritdoc/>
    public int BatchSize => batchSize;

    /// <inheritdoc/>
    public int ActionSize => actionSize;

    /// <inheritdoc/>
    public int Critics => Twins;

    /// <inheritdoc/>
    public double Discount => options.Discount;

    /// <inheritdoc/>
    /// <remarks>Of all distributions on [−1, 1]ᵐ the uniform has the greatest entropy, m ln 2.</remarks>
    public (double Least, double Most) BonusRange => (double.NegativeInfinity, Temperature * actionSize * Math.Log(2.0));

    /// <summary>α.</summary>
    public double Temperature => Math.Exp(temperature.Value);

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<float> features, int count, Span<float> actions, bool explore, RandomStream random)
    {
        for (int first = 0; first < count;)
        {
            int rows = Sample(features, first, count, explore ? random : null);
            sampled.AsSpan(0, rows * actionSize).CopyTo(actions[(first * actionSize)..]);
            first += rows;
        }
    }

    /// <inheritdoc/>
    public void Draw(ReadOnlySpan<float> features, int count, Span<float> actions, Span<float> bonuses)
    {
        float alpha = (float)Temperature;
        for (int first = 0; first < count;)
        {
            int rows = Sample(features, first, count, random);
            sampled.AsSpan(0, rows * actionSize).CopyTo(actions[(first * actionSize)..]);
            for (int b = 0; b < rows; b++)
            {
                bonuses[first + b] = -alpha * logDensity[b];
            }

            first += rows;
        }
    }

    /// <inheritdoc/>
    /// <remarks>V(s) = Q'(s, a) − α ln π(a|s), a ~ π(·|s): one draw.</remarks>
    public void Values(ReadOnlySpan<float> features, int count, Span<float> values)
    {
        float alpha = (float)Temperature;
        for (int first = 0; first < count;)
        {
            int rows = Sample(features, first, count, random);
            var passes = targets.PassesFor(rows);
            FillCritics(passes.Inputs, passes.Batch, features.Slice(first * width, rows * width), sampled, rows);
            passes.Forward();
            for (int k = 0; k < Twins; k++)
            {
                for (int b = 0; b < rows; b++)
                {
                    values[(k * count) + first + b] = passes.Outputs[(k * passes.Batch) + b] - (alpha * logDensity[b]);
                }
            }

            first += rows;
        }
    }

    /// <inheritdoc/>
    public void Learn(LearnerBatch batch)
    {
        FitCritics(batch);
        ImprovePolicy(batch);
        AdjustTemperature();
        targets.Network.MoveTowards(critics.Network, options.TargetRate);
    }

    /// <inheritdoc/>
    public void Report(MetricSink metrics)
    {
        measured.Loss.Report(metrics, "critic/loss");
        measured.Value.Report(metrics, "critic/value");
        measured.Entropy.Report(metrics, "policy/entropy");
        metrics("policy/temperature", Temperature);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        actor.Save(state, $"{prefix}/actor");
        critics.Save(state, $"{prefix}/critics");
        targets.Save(state, $"{prefix}/targets");
        temperature.Save(state, $"{prefix}/temperature");
        random.Save(state, $"{prefix}/random");
        measured.Loss.Save(state, $"{prefix}/measured/loss");
        measured.Value.Save(state, $"{prefix}/measured/value");
        measured.Entropy.Save(state, $"{prefix}/measured/entropy");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        actor.Load(state, $"{prefix}/actor");
        critics.Load(state, $"{prefix}/critics");
        targets.Load(state, $"{prefix}/targets");
        temperature.Load(state, $"{prefix}/temperature");
        random.Load(state, $"{prefix}/random");
        measured.Loss.Load(state, $"{prefix}/measured/loss");
        measured.Value.Load(state, $"{prefix}/measured/value");
        measured.Entropy.Load(state, $"{prefix}/measured/entropy");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        actor.Dispose();
        critics.Dispose();
        targets.Dispose();
    }

    /// <summary>Q ← Q − λ ∇ ½ (Q(s, a) − y)², both twins on the same y.</summary>
    private void FitCritics(LearnerBatch batch)
    {
        var passes = critics.Passes;
        FillCritics(passes.Inputs, batchSize, batch.Features, batch.Actions, batchSize);
        passes.Forward();
        double loss = 0, value = 0;
        for (int k = 0; k < Twins; k++)
        {
            for (int b = 0; b < batchSize; b++)
            {
                int row = (k * batchSize) + b;
                float error = passes.Outputs[row] - batch.Targets[b];
                passes.OutputErrors[row] = error / batchSize;
                loss += 0.5 * error * error;
                value += passes.Outputs[row];
            }
        }

        passes.Backward();
        critics.Step(options.CriticRate);
        measured.Loss.Add(loss / (Twins * batchSize));
        measured.Value.Add(value / (Twins * batchSize));
    }

    /// <summary>π ← π − λ ∇ E[α ln π(a|s) − min Q(s, a) + ρ (μ² + z²)], a = tanh(μ(s) + σ(s) ε).</summary>
    private void ImprovePolicy(LearnerBatch batch)
    {
        Sample(batch.Features, 0, batchSize, random);
        var passes = critics.Passes;
        FillCritics(passes.Inputs, batchSize, batch.Features, sampled, batchSize);
        passes.Forward();
        FollowLesser(passes.Outputs, passes.OutputErrors, batchSize);
        passes.Backward(parameters: false, inputs: true);
        float alpha = (float)Temperature / batchSize, pull = (float)(2.0 * options.OutputPenalty) / batchSize;
        int inputs = width + actionSize;
        for (int b = 0; b < batchSize; b++)
        {
            for (int i = 0; i < actionSize; i++)
            {
                float slope = passes.InputErrors[(b * inputs) + width + i] + passes.InputErrors[((batchSize + b) * inputs) + width + i];
                int at = (b * actionSize) + i, mean = (b * 2 * actionSize) + i, spread = mean + actionSize;
                var (dMean, dSpread) = draws[at].Gradient(noise[at], alpha, slope);
                actor.Passes.OutputErrors[mean] = dMean + (pull * actor.Passes.Outputs[mean]);
                actor.Passes.OutputErrors[spread] = dSpread + (pull * actor.Passes.Outputs[spread]);
            }
        }

        actor.Passes.Backward();
        actor.Step(options.ActorRate);
    }

    /// <summary>The slope of −E[min Q] over both twins' outputs, <c>[2, B]</c>.</summary>
    internal static void FollowLesser(ReadOnlySpan<float> values, Span<float> slopes, int count)
    {
        for (int b = 0; b < count; b++)
        {
            bool first = values[b] <= values[count + b];
            (slopes[b], slopes[count + b]) = first ? (-1f / count, 0f) : (0f, -1f / count);
        }
    }

    /// <summary>ln α ← ln α + λ E[ln π(a|s) + H̄], by Adam: α grows while the entropy is below its target H̄.</summary>
    private void AdjustTemperature()
    {
        double sum = 0;
        for (int b = 0; b < batchSize; b++)
        {
            sum += logDensity[b];
        }

        double entropy = -sum / batchSize;
        measured.Entropy.Add(entropy);
        temperature.Step(entropy - (options.TargetEntropy * actionSize), options.TemperatureRate);
    }

    /// <summary>Runs the actor on as many rows from <paramref name="first"/> as one pass takes; fills <see cref="sampled"/> and <see cref="logDensity"/>.</summary>
    /// <param name="features">s, <c>[count, W]</c>.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows in all.</param>
    /// <param name="source">Where ε is drawn from; null for ε = 0.</param>
    /// <returns>The rows done.</returns>
    private int Sample(ReadOnlySpan<float> features, int first, int count, RandomStream? source)
    {
        int rows = Math.Min(count - first, batchSize);
        var passes = actor.PassesFor(rows);
        features.Slice(first * width, rows * width).CopyTo(passes.Inputs);
        passes.Forward();
        for (int b = 0; b < rows; b++)
        {
            logDensity[b] = 0f;
            for (int i = 0; i < actionSize; i++)
            {
                int at = (b * actionSize) + i, output = b * 2 * actionSize;
                noise[at] = source is null ? 0f : (float)source.NextNormal();
                draws[at] = SquashedGaussian.At(passes.Outputs[output + i], passes.Outputs[output + actionSize + i], noise[at]);
                sampled[at] = draws[at].Action;
                logDensity[b] += draws[at].LogDensity;
            }
        }

        return rows;
    }

    /// <summary>(s, a) for both twins, <c>[2, B, W + m]</c>; rows to spare stay as they are.</summary>
    private void FillCritics(float[] inputs, int batch, ReadOnlySpan<float> features, ReadOnlySpan<float> actions, int rows)
    {
        int size = width + actionSize;
        for (int b = 0; b < rows; b++)
        {
            var row = inputs.AsSpan(b * size, size);
            features.Slice(b * width, width).CopyTo(row);
            actions.Slice(b * actionSize, actionSize).CopyTo(row[width..]);
            row.CopyTo(inputs.AsSpan((batch + b) * size, size));
        }
    }
}
