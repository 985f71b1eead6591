using Reverie.Experience;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Models;

/// <summary>What a training came to.</summary>
/// <param name="Steps">Gradient steps taken.</param>
/// <param name="TrainingLoss">Mean loss over members and minibatches of the last round: negative log-likelihood, or squared error, in normalised units.</param>
/// <param name="ValidationLoss">Mean over the elites of their least squared error on held-out transitions, in normalised units; NaN if none were held out.</param>
public readonly record struct TrainingResult(int Steps, double TrainingLoss, double ValidationLoss);

/// <summary>Trains a <see cref="DynamicsEnsemble"/> on real transitions, with early stopping on held-out ones.</summary>
public static class EnsembleTrainer
{
    /// <summary>Weight of the pull that keeps the log-variance bounds tight (Chua et al. 2018, appendix A.1).</summary>
    internal const double BoundPull = 0.01;

    /// <summary>
    /// Trains from the present weights: refit the normalisers; repeat rounds of minibatch steps, each member on its own minibatches;
    /// after each round validate, and keep each member's best weights; stop when no member improves; choose the elites.
    /// </summary>
    /// <param name="ensemble">What to train.</param>
    /// <param name="replay">The transitions; those for which <see cref="ReplayBuffer.IsValidation"/> holds are not trained on.</param>
    /// <param name="metrics">Receives <c>model/trainingLoss</c>, <c>model/validationLoss</c> and <c>model/gradientSteps</c> at the end.</param>
    /// <exception cref="InvalidOperationException">There are no transitions.</exception>
    public static TrainingResult Train(DynamicsEnsemble ensemble, ReplayBuffer replay, MetricSink? metrics = null)
    {
        var options = ensemble.Options;
        using var scope = NewDisposeScope();
        using var training = TrainingData.From(ensemble, replay, validation: false, fit: true);
        using var validation = TrainingData.From(ensemble, replay, validation: true, fit: false);
        if (training.Count == 0)
        {
            throw new InvalidOperationException("There are no transitions to train on.");
        }

        int batch = Math.Min(options.BatchSize, training.Count);
        int stepsPerRound = Math.Max(options.StepsPerRound, training.Count / batch);
        var best = new BestWeights(ensemble, validation);
        var sampler = new MinibatchSampler(options.Members, training.Count, batch, ensemble.Random);
        int steps = 0;
        double trainingLoss;
        do
        {
            int end = Math.Min(steps + stepsPerRound, options.MaxSteps);
            double sum = 0;
            int first = steps;
            for (; steps < end; steps++)
            {
                sum += Step(ensemble, training, sampler.Next());
            }

            trainingLoss = sum / (end - first);
        }
        while (steps < options.MaxSteps && best.Update() < options.Patience);
        best.Restore();

        var result = new TrainingResult(steps, trainingLoss, best.EliteLoss);
        metrics?.Invoke("model/trainingLoss", result.TrainingLoss);
        if (!double.IsNaN(result.ValidationLoss))
        {
            metrics?.Invoke("model/validationLoss", result.ValidationLoss);
        }

        metrics?.Invoke("model/gradientSteps", result.Steps);
        return result;
    }

    /// <summary>One gradient step of every member on its own minibatch.</summary>
    /// <param name="ensemble">What to train.</param>
    /// <param name="data">The transitions.</param>
    /// <param name="indices">Rows, <c>[E·B]</c>, member by member.</param>
    /// <returns>The mean loss over members.</returns>
    internal static double Step(DynamicsEnsemble ensemble, TrainingData data, long[] indices)
    {
        double loss = ensemble.Fused(indices.Length / ensemble.Options.Members) is { } fused
            ? fused.Gradient(data, indices)
            : Gradient(ensemble, data, indices);
        ensemble.Optimizer.Step(ensemble.Options.LearningRate, ensemble.Options.WeightDecay);
        return loss / ensemble.Options.Members;
    }

    /// <summary>Adds the loss's gradient to the network's, by libtorch's automatic differentiation.</summary>
    internal static double Gradient(DynamicsEnsemble ensemble, TrainingData data, long[] indices)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(indices, device: ensemble.Device);
        Tensor Gather(Tensor table) => table.index_select(0, rows).view(ensemble.Options.Members, -1, table.shape[1]);

        var outputs = ensemble.Network.Forward(Gather(data.Inputs));
        var loss = Loss(ensemble, outputs, Gather(data.Targets), data.Ends is null ? null : Gather(data.Ends));
        loss.backward();
        return loss.item<float>();
    }

    /// <summary>
    /// The sum over members of their mean loss. Gaussian members: ½[(μ − y)² e⁻ˡ + l] summed over targets (Chua et al. 2018, equation 1), each
    /// weighted by eᵝˡ, through which no gradient goes (Seitzer et al. 2022), with a small pull that keeps the log-variance bounds tight; deterministic members: ½(μ − y)². Termination: binary cross-entropy.
    /// </summary>
    internal static Tensor Loss(DynamicsEnsemble ensemble, Tensor outputs, Tensor targets, Tensor? ends)
    {
        int k = ensemble.Targets;
        var error = (outputs.narrow(2, 0, k) - targets).square();
        Tensor loss;
        if (ensemble.Options.Stochastic)
        {
            var logVariance = ensemble.BoundedLogVariance(outputs.narrow(2, k, k));
            var bounds = ensemble.Network.Extra!;
            var weight = exp(ensemble.Options.VarianceWeight * logVariance).detach();
            loss = 0.5 * (weight * ((error * exp(-logVariance)) + logVariance)).sum(2).mean([1]).sum();
            loss = loss + (BoundPull * (bounds.narrow(2, 0, k).sum() - bounds.narrow(2, k, k).sum()));
        }
        else
        {
            loss = 0.5 * error.sum(2).mean([1]).sum();
        }

        if (ends is not null)
        {
            var logit = outputs.narrow(2, outputs.shape[2] - 1, 1);
            loss = loss + nn.functional.binary_cross_entropy_with_logits(logit, ends, reduction: nn.Reduction.None).mean([1, 2]).sum();
        }

        return loss;
    }
}
