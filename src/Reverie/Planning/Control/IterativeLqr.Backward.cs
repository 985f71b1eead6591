using Reverie.Models;

namespace Reverie.Planning.Control;

/// <content>The expansion, the backward pass and what it tells.</content>
public sealed partial class IterativeLqr
{
    /// <summary>All derivatives along the present trajectory.</summary>
    /// <returns>Σ |ℓ|, by which changes of the cost are judged: unlike their sum it is not small because they cancel.</returns>
    private double Expand(TrajectoryExpansion into)
    {
        if (lagrangian.IsNeeded)
        {
            into.Forget();
        }

        model.Expand(current, into);
        double scale = 0.0;
        foreach (double cost in into.Costs)
        {
            scale += Math.Abs(cost);
        }

        if (lagrangian.IsNeeded)
        {
            lagrangian.AddTo(into);
        }

        return scale;
    }

    private bool TryBackward(double damping) =>
        backward.TryRun(expansion, current, isConnected ? default : gaps, low, high, damping, options.Damping, discount);

    /// <summary>Repeats the pass with the least damping that lets it succeed: what is small only because it is damped is no solution.</summary>
    private void Relax(double damping)
    {
        var least = new DampingSchedule(0.0, options.DampingFactor);
        while (!TryBackward(Math.Min(least.Value, damping)))
        {
            least.Increase();
        }
    }

    /// <summary>What a full step is expected to gain.</summary>
    private double Promise() => -(backward.Slope + backward.Bend);

    /// <summary>max |k| / (1 + |u|).</summary>
    private double Gradient()
    {
        double largest = 0.0;
        double[] steps = backward.Feedforwards, actions = current.Actions;
        for (int i = 0; i < steps.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(steps[i]) / (1.0 + Math.Abs(actions[i])));
        }

        return largest;
    }

    private bool IsDifferentiable() =>
        Array.TrueForAll(expansion.Jacobians, double.IsFinite) && Array.TrueForAll(expansion.DynamicsCurvatures, double.IsFinite)
        && Array.TrueForAll(expansion.CostGradients, double.IsFinite) && Array.TrueForAll(expansion.CostHessians, double.IsFinite) && Array.TrueForAll(expansion.FinalHessian, double.IsFinite);
}
