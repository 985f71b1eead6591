using System.Runtime.Intrinsics;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Networks;

/// <summary>
/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019) over one flat array of parameters:
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α(m̂ / (√v̂ + ε) + λθ), with decay on the weights only.
/// </summary>
/// <remarks>On the CPU a step is one fused pass in managed code over all four arrays; elsewhere it is a handful of tensor operations.</remarks>
public sealed class FlatAdam : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly EnsembleNetwork network;
    private readonly Tensor mean;
    private readonly Tensor variance;
    private readonly Workers? workers;
    private readonly AdamJob? job;

    /// <summary>An optimiser of <paramref name="network"/>, at step 0.</summary>
    /// <param name="network">What to optimise.</param>
    /// <param name="workers">Threads for the fused pass; null for tensor operations.</param>
    public FlatAdam(EnsembleNetwork network, Workers? workers = null)
    {
        this.network = network;
        bool fused = workers is not null && network.Parameters.device_type == TorchSharp.DeviceType.CPU;
        this.workers = fused ? workers : null;
        job = fused ? new AdamJob() : null;
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
        double correction1 = 1.0 - Math.Pow(Beta1, Steps);
        double correction2 = Math.Sqrt(1.0 - Math.Pow(Beta2, Steps));
        double rate = learningRate * correction2 / correction1;
        if (job is not null)
        {
            job.Prepare(network, mean, variance, rate, Epsilon * correction2, 1.0 - (learningRate * weightDecay));
            workers!.Run(job, job.Items);
            return;
        }

        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var g = network.Gradient;
        mean.mul_(Beta1).add_(g, 1.0 - Beta1);
        variance.mul_(Beta2).addcmul_(g, g, 1.0 - Beta2);

        // m̂ / (√v̂ + ε) with the bias corrections folded into the step size and ε.
        var denominator = variance.sqrt().add_(Epsilon * correction2);
        if (weightDecay > 0)
        {
            network.Parameters.narrow(0, 0, network.WeightCount).mul_(1.0 - (learningRate * weightDecay));
        }

        network.Parameters.addcdiv_(mean, denominator, -rate);
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

    /// <summary>The fused pass, in blocks of parameters.</summary>
    private sealed unsafe class AdamJob : IParallelJob
    {
        private const int BlockSize = 1 << 14;

        private float* parameters;
        private float* gradient;
        private float* mean;
        private float* variance;
        private int count;
        private int weights;
        private float rate;
        private float epsilon;
        private float keep;

        public int Items => (count + BlockSize - 1) / BlockSize;

        public void Prepare(EnsembleNetwork network, Tensor m, Tensor v, double stepSize, double scaledEpsilon, double weightKeep)
        {
            parameters = network.Parameters.Pointer();
            gradient = network.Gradient.Pointer();
            mean = m.Pointer();
            variance = v.Pointer();
            (count, weights) = ((int)network.Parameters.NumberOfElements, network.WeightCount);
            (rate, epsilon, keep) = ((float)stepSize, (float)scaledEpsilon, (float)weightKeep);
        }

        public void Run(int index)
        {
            int first = index * BlockSize;
            int last = Math.Min(first + BlockSize, count);
            int i = first;
            for (; i + Lanes.Count <= last; i += Lanes.Count)
            {
                var g = Vector512.Load(gradient + i);
                var m = (Vector512.Load(mean + i) * (float)Beta1) + (g * (float)(1.0 - Beta1));
                var v = (Vector512.Load(variance + i) * (float)Beta2) + (g * g * (float)(1.0 - Beta2));
                var theta = Vector512.Load(parameters + i);

                // A vector that spans the last weight and the first bias decays item by item below.
                theta = i + Lanes.Count <= weights ? theta * keep : i >= weights ? theta : Decay(theta, weights - i);
                (theta - (m * rate / (Vector512.Sqrt(v) + Vector512.Create(epsilon)))).Store(parameters + i);
                m.Store(mean + i);
                v.Store(variance + i);
                Vector512<float>.Zero.Store(gradient + i);
            }

            for (; i < last; i++)
            {
                float g = gradient[i];
                mean[i] = (mean[i] * (float)Beta1) + (g * (float)(1.0 - Beta1));
                variance[i] = (variance[i] * (float)Beta2) + (g * g * (float)(1.0 - Beta2));
                float theta = i < weights ? parameters[i] * keep : parameters[i];
                parameters[i] = theta - (mean[i] * rate / (MathF.Sqrt(variance[i]) + epsilon));
                gradient[i] = 0f;
            }
        }

        private Vector512<float> Decay(Vector512<float> theta, int lanes)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                theta = theta.WithElement(lane, theta.GetElement(lane) * keep);
            }

            return theta;
        }
    }
}
