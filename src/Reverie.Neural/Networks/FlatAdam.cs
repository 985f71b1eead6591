using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Networks;

/// <summary>
/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019) over one flat array of parameters:
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α(m̂ / (√v̂ + ε) + λθ), with decay on the weights only.
/// </summary>
public sealed class FlatAdam : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly EnsembleNetwork network;
    private readonly Tensor mean;
    private readonly Tensor variance;

    /// <summary>An optimiser of <paramref name="network"/>, at step 0.</summary>
    public FlatAdam(EnsembleNetwork network)
    {
        this.network = network;
        mean = zeros_like(network.Parameters).DetachFromDisposeScope();
        variance = zeros_like(network.Parameters).DetachFromDisposeScope();
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>One step along the network's gradient, which is then set to zero.</summary>
    /// <param name="learningRate">α.</param>
    /// <param name="weightDecay">λ.</param>
    public void Step(double learningRate, double weightDecay)
    {
        Steps++;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var g = network.Gradient;
        mean.mul_(Beta1).add_(g, 1.0 - Beta1);
        variance.mul_(Beta2).addcmul_(g, g, 1.0 - Beta2);
        double correction1 = 1.0 - Math.Pow(Beta1, Steps);
        double correction2 = Math.Sqrt(1.0 - Math.Pow(Beta2, Steps));

        // m̂ / (√v̂ + ε) with the bias corrections folded into the step size and ε.
        var denominator = variance.sqrt().add_(Epsilon * correction2);
        if (weightDecay > 0)
        {
            network.Parameters.narrow(0, 0, network.WeightCount).mul_(1.0 - (learningRate * weightDecay));
        }

        network.Parameters.addcdiv_(mean, denominator, -learningRate * correction2 / correction1);
        g.zero_();
    }

    /// <summary>Forgets the moments.</summary>
    public void Reset()
    {
        Steps = 0;
        mean.zero_();
        variance.zero_();
    }

    /// <summary>Writes moments and step count under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/mean", mean.ToFloats());
        state.Set($"{prefix}/variance", variance.ToFloats());
        state.Set($"{prefix}/steps", [Steps]);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        mean.CopyFrom(state.GetSingle($"{prefix}/mean", (int)mean.NumberOfElements));
        variance.CopyFrom(state.GetSingle($"{prefix}/variance", (int)variance.NumberOfElements));
        Steps = state.GetInt64($"{prefix}/steps", 1)[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        mean.Dispose();
        variance.Dispose();
    }
}
