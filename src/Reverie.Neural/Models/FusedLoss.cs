using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <summary>
/// The loss of <see cref="EnsembleTrainer.Loss"/> and its gradient, written out by hand over plain arrays; a test compares both.
/// </summary>
internal sealed class FusedLoss(DynamicsEnsemble ensemble, int batch, float[] outputs, float[] errors) : IParallelJob
{
    private readonly int members = ensemble.Options.Members;
    private readonly int targets = ensemble.Targets;
    private readonly int width = ensemble.Network.Sizes[^1];
    private readonly double[] losses = new double[ensemble.Options.Members];

    /// <summary>Normalised targets, <c>[E, B, K]</c>.</summary>
    public float[] Targets { get; } = new float[ensemble.Options.Members * batch * ensemble.Targets];

    /// <summary>1 where the task ended, <c>[E, B]</c>.</summary>
    public float[] Ends { get; } = new float[ensemble.Options.Members * batch];

    /// <summary>Writes ∂L/∂outputs and the gradient of the log-variance bounds.</summary>
    /// <returns>The sum of the members' losses.</returns>
    public double Run(Workers workers)
    {
        workers.Run(this, members);
        return losses.Sum();
    }

    /// <inheritdoc/>
    public unsafe void Run(int index)
    {
        bool stochastic = ensemble.Options.Stochastic;
        double beta = ensemble.Options.VarianceWeight;
        float* bounds = ensemble.Network.ExtraParameters(index);
        Span<double> pull = stackalloc double[stochastic ? 2 * targets : 0];
        double share = 1.0 / batch, loss = 0;
        for (int b = 0; b < batch; b++)
        {
            int row = (index * batch) + b;
            var y = Targets.AsSpan(row * targets, targets);
            var output = outputs.AsSpan(row * width, width);
            var error = errors.AsSpan(row * width, width);
            for (int k = 0; k < targets; k++)
            {
                double d = output[k] - y[k];
                if (!stochastic)
                {
                    loss += 0.5 * d * d;
                    error[k] = (float)(d * share);
                    continue;
                }

                // l₁ = max − softplus(max − l₀); l = min + softplus(l₁ − min); softplus' = σ.
                double high = bounds[k], low = bounds[targets + k];
                double a = high - output[targets + k];
                double c = high - Softplus(a) - low;
                double l = low + Softplus(c);
                double precision = Math.Exp(-l);
                double weight = beta == 0.0 ? 1.0 : Math.Exp(beta * l);
                loss += 0.5 * weight * ((d * d * precision) + l);
                error[k] = (float)(weight * d * precision * share);
                double dl = 0.5 * weight * (1.0 - (d * d * precision)) * share;
                double sa = Sigmoid(a), sc = Sigmoid(c);
                error[targets + k] = (float)(dl * sc * sa);
                pull[k] += dl * sc * (1.0 - sa);
                pull[targets + k] += dl * (1.0 - sc);
            }

            if (ensemble.Options.LearnTermination)
            {
                // −y ln σ(z) − (1 − y) ln(1 − σ(z)) = softplus(z) − y z.
                double z = output[width - 1];
                loss += Softplus(z) - (Ends[row] * z);
                error[width - 1] = (float)((Sigmoid(z) - Ends[row]) * share);
            }
        }

        loss *= share;
        if (stochastic)
        {
            float* gradient = ensemble.Network.ExtraGradient(index);
            for (int k = 0; k < targets; k++)
            {
                loss += EnsembleTrainer.BoundPull * (bounds[k] - bounds[targets + k]);
                gradient[k] = (float)(pull[k] + EnsembleTrainer.BoundPull);
                gradient[targets + k] = (float)(pull[targets + k] - EnsembleTrainer.BoundPull);
            }
        }

        losses[index] = loss;
    }

    private static double Softplus(double x) => Math.Max(x, 0.0) + Math.Log(1.0 + Math.Exp(-Math.Abs(x)));

    private static double Sigmoid(double x) => 1.0 / (1.0 + Math.Exp(-x));
}
