namespace Reverie.Planning.Control;

/// <content>The expansion, the backward pass and what it tells.</content>
public sealed partial class IterativeLqr
{
    /// <summary>All derivatives along the present trajectory.</summary>
    /// <returns>Σ |ℓ|, by which changes of the cost are judged: unlike their sum it is not small because they cancel.</returns>
    private double Expand()
    {
        if (lagrangian.IsNeeded)
        {
            expansion.Forget();
        }

        model.Expand(current, expansion);
        double scale = 0.0;
        foreach (double cost in expansion.Costs)
        {
            scale += Math.Abs(cost);
        }

        if (lagrangian.IsNeeded)
        {
            lagrangian.AddTo(expansion);
        }

        return scale;
    }

    private bool TryBackward(double damping) =>
        backward.TryRun(expansion, current, isConnected ? default : gaps, low, high, damping, options.Damping, discount);

    /// <summary>Repeats the pass with the least damping that lets it succeed: what is small only because it is damped is no solution.</summary>
    /// <returns>The last step at which the expansion has no minimum without damping, or −1.</returns>
    private int Relax(double damping)
    {
        var least = new DampingSchedule(0.0, options.DampingFactor);
        int bent = -1;
        while (!TryBackward(Math.Min(least.Value, damping)))
        {
            bent = Math.Max(bent, backward.FailedStep);
            least.Increase();
        }

        return bent;
    }

    /// <summary>
    /// Where the slope is zero but the expansion bends downwards, at a saddle or a maximum, a small change of an action may decrease the cost all the same: tries some, of each action at that
    /// step alone.
    /// </summary>
    /// <returns>Whether one did; the trajectory is then the one that it leads to.</returns>
    private bool TryEscape(int step, double least, ref double cost)
    {
        for (int trialNumber = 0; step >= 0 && trialNumber < 6 * m; trialNumber++)
        {
            int component = trialNumber / 6;
            trial.CopyFrom(current);
            ref double action = ref trial.Actions[(step * m) + component];
            double change = Math.Pow(10.0, -3 + (trialNumber % 6 / 2)) * (1.0 + Math.Abs(action));
            action = Math.Clamp(action + (trialNumber % 2 == 0 ? change : -change), low[component], high[component]);
            double reached = RollOut(trial);
            if (reached < cost - least)
            {
                (current, trial) = (trial, current);
                cost = reached;
                return true;
            }
        }

        return false;
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
