using Reverie.Neural.Networks;
using Reverie.Numerics;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// A <see cref="LikelihoodPolicy"/> on batches of a fixed size: draws, likelihoods, and the gradient of the loss L = −Σᵢ (wᵢ log π(aᵢ|sᵢ) + βᵢ H(π(·|sᵢ))).
/// Fill the rows, <see cref="Forward"/>, read, weigh every row, <see cref="Backward"/>.
/// </summary>
internal sealed unsafe class PolicyPasses
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2.0 * Math.PI);

    private readonly LikelihoodPolicy policy;
    private readonly FusedPasses passes;
    private readonly int inputs;
    private readonly int outputs;
    private readonly double[] logProbabilities;
    private readonly double[] deviationPull;

    public PolicyPasses(LikelihoodPolicy policy, int batch)
    {
        (this.policy, Batch) = (policy, batch);
        passes = new FusedPasses(policy.Network, batch, policy.Workers);
        (inputs, outputs) = (policy.Network.Sizes[0], policy.Network.Sizes[^1]);
        logProbabilities = new double[outputs];
        deviationPull = new double[outputs];
    }

    /// <summary>Rows.</summary>
    public int Batch { get; }

    private bool IsDiscrete => policy.Actions.IsDiscrete;

    /// <summary>What state <paramref name="row"/> is.</summary>
    public void Show(int row, ReadOnlySpan<double> observation) => policy.Features.Write(observation, passes.Inputs.AsSpan(row * inputs, inputs));

    public void Forward() => passes.Forward();

    /// <summary>z ~ π(·|s).</summary>
    public void Draw(int row, RandomStream random, Span<double> draw)
    {
        var output = Output(row);
        if (IsDiscrete)
        {
            LogSoftmax(output);
            double quantile = random.NextDouble();
            int a = 0;
            for (; a < outputs - 1 && quantile >= Math.Exp(logProbabilities[a]); a++)
            {
                quantile -= Math.Exp(logProbabilities[a]);
            }

            draw[0] = a;
            return;
        }

        for (int i = 0; i < outputs; i++)
        {
            draw[i] = output[i] + (Math.Exp(LogDeviation(i)) * random.NextNormal());
        }
    }

    /// <summary>The likeliest z.</summary>
    public void Mode(int row, Span<double> draw)
    {
        var output = Output(row);
        if (IsDiscrete)
        {
            int best = 0;
            for (int a = 1; a < outputs; a++)
            {
                best = output[a] > output[best] ? a : best;
            }

            draw[0] = best;
            return;
        }

        for (int i = 0; i < outputs; i++)
        {
            draw[i] = output[i];
        }
    }

    /// <summary>log π(z|s): z_a − log Σ_b exp z_b, or −Σᵢ (½ ((zᵢ − μᵢ) / σᵢ)² + log σᵢ + ½ log 2π).</summary>
    public double LogProbability(int row, ReadOnlySpan<double> draw)
    {
        var output = Output(row);
        if (IsDiscrete)
        {
            LogSoftmax(output);
            return logProbabilities[(int)draw[0]];
        }

        double sum = 0;
        for (int i = 0; i < outputs; i++)
        {
            double logSigma = LogDeviation(i), e = (draw[i] - output[i]) / Math.Exp(logSigma);
            sum -= (0.5 * e * e) + logSigma + HalfLogTwoPi;
        }

        return sum;
    }

    /// <summary>H(π(·|s)): −Σ_a π log π, or Σᵢ (log σᵢ + ½ + ½ log 2π).</summary>
    public double Entropy(int row)
    {
        double sum = 0;
        if (IsDiscrete)
        {
            LogSoftmax(Output(row));
            foreach (double l in logProbabilities)
            {
                sum -= Math.Exp(l) * l;
            }

            return sum;
        }

        for (int i = 0; i < outputs; i++)
        {
            sum += LogDeviation(i) + 0.5 + HalfLogTwoPi;
        }

        return sum;
    }

    /// <summary>
    /// Gives row i its part of the loss, −w log π(z|s) − β H. Softmax: ∂ log π(a)/∂z_j = 1[j = a] − π_j, ∂H/∂z_j = −π_j (log π_j + H).
    /// Normal: ∂ log π/∂μ = (z − μ) / σ², ∂ log π/∂ log σ = ((z − μ) / σ)² − 1, ∂H/∂ log σ = 1; and, with a weight ρ, a pull on means outside the box,
    /// ½ ρ max(0, |μ| − 1)²: there all draws are executed alike, and no advantage would tell the way back.
    /// </summary>
    public void Weigh(int row, ReadOnlySpan<double> draw, double weight, double entropyWeight, double pullWeight = 0.0)
    {
        var output = Output(row);
        var error = passes.OutputErrors.AsSpan(row * outputs, outputs);
        if (IsDiscrete)
        {
            double entropy = Entropy(row);
            for (int j = 0; j < outputs; j++)
            {
                double l = logProbabilities[j], p = Math.Exp(l), chosen = j == (int)draw[0] ? 1.0 : 0.0;
                error[j] = (float)((-weight * (chosen - p)) + (entropyWeight * p * (l + entropy)));
            }

            return;
        }

        for (int i = 0; i < outputs; i++)
        {
            double sigma = Math.Exp(LogDeviation(i)), e = (draw[i] - output[i]) / sigma;
            double outside = output[i] - Math.Clamp(output[i], -1.0, 1.0);
            error[i] = (float)((-weight * e / sigma) + (pullWeight * outside));
            deviationPull[i] -= (weight * ((e * e) - 1.0)) + entropyWeight;
        }
    }

    /// <summary>Writes ∂L/∂θ into the network's gradient.</summary>
    public void Backward()
    {
        passes.Backward();
        if (!IsDiscrete)
        {
            float* gradient = policy.Network.ExtraGradient(0);
            for (int i = 0; i < outputs; i++)
            {
                gradient[i] = (float)deviationPull[i];
            }

            Array.Clear(deviationPull);
        }
    }

    private ReadOnlySpan<float> Output(int row) => passes.Outputs.AsSpan(row * outputs, outputs);

    private double LogDeviation(int i) => policy.Network.ExtraParameters(0)[i];

    private void LogSoftmax(ReadOnlySpan<float> z)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float value in z)
        {
            largest = Math.Max(largest, value);
        }

        foreach (float value in z)
        {
            sum += Math.Exp(value - largest);
        }

        double logSum = largest + Math.Log(sum);
        for (int j = 0; j < z.Length; j++)
        {
            logProbabilities[j] = z[j] - logSum;
        }
    }
}
