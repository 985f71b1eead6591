using Reverie.Neural.Networks;
using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <summary>A minibatch's gradient in managed code from end to end: gather, forward, loss, backward.</summary>
internal sealed class FusedGradient
{
    private readonly Workers workers;
    private readonly FusedPasses passes;
    private readonly FusedLoss loss;

    /// <summary>Gradients of minibatches of <paramref name="batch"/> rows a member.</summary>
    public FusedGradient(DynamicsEnsemble ensemble, int batch, Workers workers)
    {
        (Batch, this.workers) = (batch, workers);
        passes = new FusedPasses(ensemble.Network, batch, workers);
        loss = new FusedLoss(ensemble, batch, passes.Outputs, passes.OutputErrors);
    }

    /// <summary>Rows of a member.</summary>
    public int Batch { get; }

    /// <summary>Writes the gradient into the network's.</summary>
    /// <returns>The sum of the members' losses.</returns>
    public double Gradient(TrainingData data, long[] indices)
    {
        data.Gather(indices, passes.Inputs, loss.Targets, loss.Ends);
        passes.Forward();
        double sum = loss.Run(workers);
        passes.Backward();
        return sum;
    }
}
