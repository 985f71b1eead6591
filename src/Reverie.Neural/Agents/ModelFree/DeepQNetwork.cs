using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// The learner DQN (Mnih et al. 2015) for numbered actions, with a target network that follows at every step, and double Q-learning
/// (van Hasselt, Guez, Silver 2016): V(s) = Q'(s, argmaxₐ Q(s, a)).
/// </summary>
internal sealed class DeepQNetwork : IModelFreeLearner
{
    private readonly DeepQOptions options;
    private readonly int width;
    private readonly int choices;
    private readonly int batchSize;
    private readonly TrainedNetwork network;
    private readonly TrainedNetwork target;
    private readonly int[] best;
    private readonly (RunningMean Loss, RunningMean Value) measured = (new(), new());
    private long steps;

    /// <summary>A learner that knows nothing.</summary>
    /// <param name="width">Features of an observation, W.</param>
    /// <param name="choices">Numbered actions, C.</param>
    /// <param name="options">The options, checked.</param>
    /// <param name="key">Its randomness.</param>
    /// <param name="workers">Threads for passes.</param>
    public DeepQNetwork(int width, int choices, DeepQOptions options, RandomKey key, Workers workers)
    {
        (this.width, this.choices, this.options, batchSize) = (width, choices, options, options.BatchSize);
        int[] sizes = [width, .. Enumerable.Repeat(options.HiddenSize, options.HiddenLayers), choices];
        network = new TrainedNetwork(1, sizes, batchSize, new RandomStream(key.Split("network")), workers);
        target = new TrainedNetwork(1, sizes, batchSize, new RandomStream(key.Split("network")), workers);
        best = new int[batchSize];
    }

    /// <inheritdoc/>
    public int BatchSize => batchSize;

    /// <inheritdoc/>
    public int ActionSize => 1;

    /// <inheritdoc/>
    public int Critics => 1;

    /// <inheritdoc/>
    public double Discount => options.Discount;

    /// <inheritdoc/>
    public (double Least, double Most) BonusRange => (0.0, 0.0);

    /// <summary>ε, the present share of random actions.</summary>
    public double Exploration =>
        options.LastExploration + ((options.FirstExploration - options.LastExploration) * Math.Max(0.0, 1.0 - ((double)steps / options.ExplorationSteps)));

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<float> features, int count, Span<float> actions, bool explore, RandomStream random)
    {
        for (int first = 0; first < count;)
        {
            int rows = Greedy(features, first, count);
            for (int b = 0; b < rows; b++)
            {
                bool draw = explore && random.NextDouble() < Exploration;
                actions[first + b] = draw ? random.NextInt32(choices) : best[b];
            }

            first += rows;
        }
    }

    /// <inheritdoc/>
    public void Draw(ReadOnlySpan<float> features, int count, Span<float> actions, Span<float> bonuses)
    {
        for (int first = 0; first < count;)
        {
            int rows = Greedy(features, first, count);
            for (int b = 0; b < rows; b++)
            {
                actions[first + b] = best[b];
            }

            first += rows;
        }

        bonuses[..count].Clear();
    }

    /// <inheritdoc/>
    public void Values(ReadOnlySpan<float> features, int count, Span<float> values)
    {
        for (int first = 0; first < count;)
        {
            int rows = options.DoubleLearning ? Greedy(features, first, count) : Math.Min(count - first, batchSize);
            var passes = target.PassesFor(rows);
            features.Slice(first * width, rows * width).CopyTo(passes.Inputs);
            passes.Forward();
            for (int b = 0; b < rows; b++)
            {
                int choice = options.DoubleLearning ? best[b] : ArgMax(passes.Outputs.AsSpan(b * choices, choices));
                values[first + b] = passes.Outputs[(b * choices) + choice];
            }

            first += rows;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Q ← Q − λ ∇ h(Q(s, a) − y), h Huber's loss.</remarks>
    public void Learn(LearnerBatch batch)
    {
        var passes = network.Passes;
        batch.Features.CopyTo(passes.Inputs, 0);
        passes.Forward();
        passes.OutputErrors.AsSpan().Clear();
        double loss = 0, value = 0;
        float limit = (float)options.ErrorLimit;
        for (int b = 0; b < batchSize; b++)
        {
            int at = (b * choices) + (int)batch.Actions[b];
            float error = passes.Outputs[at] - batch.Targets[b];
            float limited = Math.Clamp(error, -limit, limit);
            passes.OutputErrors[at] = limited / batchSize;
            loss += limited * (error - (0.5 * limited));
            value += passes.Outputs[at];
        }

        passes.Backward();
        network.Step(options.LearningRate);
        target.Network.MoveTowards(network.Network, options.TargetRate);
        measured.Loss.Add(loss / batchSize);
        measured.Value.Add(value / batchSize);
        steps++;
    }

    /// <inheritdoc/>
    public void Report(MetricSink metrics)
    {
        measured.Loss.Report(metrics, "critic/loss");
        measured.Value.Report(metrics, "critic/value");
        metrics("policy/exploration", Exploration);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        network.Save(state, $"{prefix}/network");
        target.Save(state, $"{prefix}/target");
        state.Set($"{prefix}/steps", [steps]);
        measured.Loss.Save(state, $"{prefix}/measured/loss");
        measured.Value.Save(state, $"{prefix}/measured/value");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        network.Load(state, $"{prefix}/network");
        target.Load(state, $"{prefix}/target");
        steps = state.GetInt64($"{prefix}/steps", 1)[0];
        measured.Loss.Load(state, $"{prefix}/measured/loss");
        measured.Value.Load(state, $"{prefix}/measured/value");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        target.Dispose();
    }

    private static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    /// <summary>argmaxₐ Q(s, a) of as many rows from <paramref name="first"/> as one pass takes.</summary>
    /// <returns>The rows done.</returns>
    private int Greedy(ReadOnlySpan<float> features, int first, int count)
    {
        int rows = Math.Min(count - first, batchSize);
        var passes = network.PassesFor(rows);
        features.Slice(first * width, rows * width).CopyTo(passes.Inputs);
        passes.Forward();
        for (int b = 0; b < rows; b++)
        {
            best[b] = ArgMax(passes.Outputs.AsSpan(b * choices, choices));
        }

        return rows;
    }
}
