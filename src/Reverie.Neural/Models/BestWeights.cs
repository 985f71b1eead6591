using static TorchSharp.torch;

namespace Reverie.Neural.Models;

/// <summary>Early stopping: remembers each member's weights at its least validation loss, and ranks the members by it.</summary>
/// <remarks>
/// A member that never improved on the weights it began with keeps its last ones: put back each time, a member whose first weights happen to suit
/// the few held-out rows of the beginning would never learn again.
/// </remarks>
internal sealed class BestWeights
{
    private const double Improvement = 0.01;

    private readonly DynamicsEnsemble ensemble;
    private readonly TrainingData validation;
    private readonly float[] losses;
    private readonly bool[] improved;
    private readonly List<Tensor> kept;
    private int roundsWithout;

    /// <summary>Starts from the present weights.</summary>
    public BestWeights(DynamicsEnsemble ensemble, TrainingData validation)
    {
        (this.ensemble, this.validation) = (ensemble, validation);
        losses = Validate();
        improved = new bool[losses.Length];
        using var guard = no_grad();
        kept = validation.Count == 0 ? [] : [.. ensemble.Network.Leaves().Select(leaf => leaf.detach().clone())];
    }

    /// <summary>Mean over the elites of the loss of their weights; NaN without validation data.</summary>
    public double EliteLoss => validation.Count == 0 ? double.NaN : ensemble.Elites.Average(e => (double)losses[e]);

    /// <summary>Validates every member and keeps those that improved.</summary>
    /// <returns>How many rounds have passed since a member improved.</returns>
    public int Update()
    {
        if (validation.Count == 0)
        {
            return 0;
        }

        var now = Validate();
        roundsWithout++;
        using var guard = no_grad();
        for (int e = 0; e < now.Length; e++)
        {
            if (now[e] < losses[e])
            {
                if (now[e] < losses[e] * (1 - Improvement))
                {
                    roundsWithout = 0;
                }

                losses[e] = now[e];
                improved[e] = true;
                using var scope = NewDisposeScope();
                foreach (var (leaf, copy) in ensemble.Network.Leaves().Zip(kept))
                {
                    copy[e].copy_(leaf.detach()[e]);
                }
            }
        }

        return roundsWithout;
    }

    /// <summary>Puts every member that improved back to its best weights and ranks the elites.</summary>
    public void Restore()
    {
        if (validation.Count == 0)
        {
            return;
        }

        Update();
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        float[] now = Validate();
        foreach (int e in Enumerable.Range(0, losses.Length).Where(e => !improved[e]))
        {
            losses[e] = now[e];
            foreach (var (leaf, copy) in ensemble.Network.Leaves().Zip(kept))
            {
                copy[e].copy_(leaf.detach()[e]);
            }
        }

        foreach (var (leaf, copy) in ensemble.Network.Leaves().Zip(kept))
        {
            leaf.detach().copy_(copy);
            copy.Dispose();
        }

        int[] ranking = [.. Enumerable.Range(0, losses.Length).OrderBy(e => losses[e])];
        ranking.AsSpan(0, ensemble.Elites.Length).CopyTo(ensemble.Elites);
    }

    /// <summary>Squared error of the means on the held-out rows, member by member.</summary>
    private float[] Validate()
    {
        if (validation.Count == 0)
        {
            return new float[ensemble.Options.Members];
        }

        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var inputs = validation.Inputs.unsqueeze(0).expand(ensemble.Options.Members, -1, -1);
        var mean = ensemble.Network.Forward(inputs).narrow(2, 0, ensemble.Targets);
        return (mean - validation.Targets.unsqueeze(0)).square().mean([1, 2]).cpu().data<float>().ToArray();
    }
}
