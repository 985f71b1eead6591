using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;

namespace Reverie.Experiments.Studies;

/// <summary>How errors of open-loop imagination grow with the horizon, after training on random steps.</summary>
/// <param name="Measured">Root mean square error after k steps, in units of the observation's standard deviations, <c>[H + 1]</c>; 0 at k = 0.</param>
/// <param name="Lipschitz">L, the median over held-out steps of the norm of the model's Jacobian ∂ô'/∂o in these units.</param>
internal sealed record ImaginationErrorTrial(double[] Measured, double Lipschitz)
{
    private const int HeldOut = 400;

    /// <summary>ε, the error of one step.</summary>
    public double OneStep => Measured[1];

    /// <summary>k ε: errors add up and do not grow by themselves.</summary>
    public double[] Linear => [.. Measured.Select((_, k) => k * OneStep)];

    /// <summary>ε Σ_{i&lt;k} Lⁱ, from ‖ôₖ₊₁ − oₖ₊₁‖ ≤ L ‖ôₖ − oₖ‖ + ε: each step's error is stretched by all that follow.</summary>
    public double[] Stretched
    {
        get
        {
            var sums = new double[Measured.Length];
            for (int k = 1; k < sums.Length; k++)
            {
                sums[k] = (Lipschitz * sums[k - 1]) + OneStep;
            }

            return sums;
        }
    }

    /// <summary>Trains on random steps, and imagines fresh random episodes from each of their steps.</summary>
    public static ImaginationErrorTrial Run(StudyWorld world, int steps, int horizon, long seed, CancellationToken cancel)
    {
        var key = RandomKey.FromSeed(seed);
        var heldOut = LearnedModel.RandomEpisodes(world, HeldOut, key.Split("held out"), cancel);
        double[] scales = OpenLoop.Scales(world.Spec, heldOut);
        using var learned = LearnedModel.OfRandomSteps(world, LearnedModel.Networks, steps, key, cancel);
        double[] errors = PredictionErrors.ByHorizon(learned.Model, world.Spec, scales, heldOut, horizon, cancel);
        double[] norms = [.. heldOut.SelectMany(e => Enumerable.Range(0, e.Steps).Select(t => Stretch(learned.Model, e.Observations[t], e.Action(t), scales))).Order()];
        return new ImaginationErrorTrial([0.0, .. errors], StudyCell.Quantile(norms, 0.5));
    }

    /// <summary>The spectral norm of D⁻¹ A D, A the model's Jacobian and D the scales on the diagonal.</summary>
    private static double Stretch(EnsembleModel model, double[] observation, ReadOnlySpan<double> action, double[] scales)
    {
        int n = scales.Length;
        var expansion = new Linearization(n, action.Length);
        model.Linearize(observation, action, expansion);
        var scaled = new double[n * n];
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = expansion.StateJacobian[i] * scales[i % n] / scales[i / n];
        }

        return SmallMatrices.Norm(scaled, n);
    }
}
