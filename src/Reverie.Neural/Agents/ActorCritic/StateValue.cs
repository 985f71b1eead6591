using Reverie.Neural.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// A network V̂(s) = m + d y(s) that learns returns of any size: mean m and deviation d follow the targets, and whenever they change the last layer is rescaled so that
/// V̂ stays as it is (Pop-Art: van Hasselt, Guez, Hessel, Mnih, Silver 2016, equations 2 and 3).
/// </summary>
public sealed class StateValue : IDisposable
{
    private const double Smallest = 1e-4;

    private double mean;
    private double square;
    private double deviation = 1.0;
    private long rescalings;

    /// <summary>A value with random weights.</summary>
    /// <param name="features">What it sees; shared with whoever else does.</param>
    /// <param name="hidden">Widths of the hidden layers; none for a value that is linear in its features.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="workers">Threads.</param>
    public StateValue(ObservationFeatures features, IReadOnlyList<int> hidden, RandomStream random, Workers workers)
    {
        (Features, Workers) = (features, workers);
        Network = new EnsembleNetwork(1, [features.Size, .. hidden, 1], 0, random, CPU);
        Optimizer = new FlatAdam(Network, workers);
    }

    /// <summary>What it sees.</summary>
    public ObservationFeatures Features { get; }

    internal EnsembleNetwork Network { get; }

    internal FlatAdam Optimizer { get; }

    internal Workers Workers { get; }

    /// <summary>V̂ of an output y.</summary>
    internal double ValueOf(float output) => mean + (deviation * output);

    /// <summary>The output y that a value V̂ needs.</summary>
    internal double OutputOf(double value) => (value - mean) / deviation;

    /// <summary>Lets mean and deviation follow some targets, V̂ unchanged.</summary>
    /// <param name="targets">The targets; those that are not finite do not count, and where none is nothing changes.</param>
    /// <param name="rate">Share of the new targets; the first of them count in full, the second by half …</param>
    public void Rescale(ReadOnlySpan<double> targets, double rate)
    {
        int count = 0;
        foreach (double target in targets)
        {
            count += double.IsFinite(target) ? 1 : 0;
        }

        if (count == 0)
        {
            return;
        }

        double first = 0, second = 0;
        foreach (double target in targets)
        {
            if (double.IsFinite(target))
            {
                first += target / count;
                second += target * target / count;
            }
        }

        rescalings++;
        double share = Math.Max(rate, 1.0 / rescalings), m = mean + (share * (first - mean));
        square += share * (second - square);
        SetScale(m, Math.Max(Smallest, Math.Sqrt(Math.Max(0.0, square - (m * m)))));
    }

    /// <summary>Follows another's weights slowly, θ ← θ + τ (θ' − θ), at that other's scale.</summary>
    internal unsafe void Follow(StateValue other, double tau)
    {
        SetScale(other.mean, other.deviation);
        float* own = Network.Parameters.Pointer();
        float* theirs = other.Network.Parameters.Pointer();
        for (long i = 0; i < Network.Parameters.NumberOfElements; i++)
        {
            own[i] += (float)tau * (theirs[i] - own[i]);
        }
    }

    /// <summary>One step of the optimiser along the network's gradient, limited to a norm.</summary>
    internal void Descend(double learningRate, double largestNorm)
    {
        Gradients.Limit(Network, largestNorm);
        Optimizer.Step(learningRate, 0.0);
    }

    /// <summary>Writes weights, optimiser and scale under <paramref name="prefix"/>; the features are their owner's.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/parameters", Network.Parameters.ToFloats());
        state.Set($"{prefix}/scale", [mean, square, deviation]);
        state.Set($"{prefix}/rescalings", [rescalings]);
        Optimizer.Save(state, $"{prefix}/adam");
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Network.Parameters.CopyFrom(state.GetSingle($"{prefix}/parameters", (int)Network.Parameters.NumberOfElements));
        var scale = state.GetDouble($"{prefix}/scale", 3);
        (mean, square, deviation) = (scale[0], scale[1], scale[2]);
        rescalings = state.GetInt64($"{prefix}/rescalings", 1)[0];
        Optimizer.Load(state, $"{prefix}/adam");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }

    /// <summary>W ← W d / d', b ← (d b + m − m') / d' in the last layer.</summary>
    private void SetScale(double newMean, double newDeviation)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        int last = Network.Sizes.Count - 2;
        Network.Weights(last).mul_(deviation / newDeviation);
        Network.Biases(last).mul_(deviation).add_(mean - newMean).div_(newDeviation);
        (mean, deviation) = (newMean, newDeviation);
    }
}
