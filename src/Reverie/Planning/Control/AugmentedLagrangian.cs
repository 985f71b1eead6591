using Reverie.Models;

namespace Reverie.Planning.Control;

/// <summary>
/// Inequalities c(x) ≤ 0 by multipliers (Hestenes 1969, Powell 1969, Rockafellar 1973): the cost gains Σ (max(0, λ + ρ c)² − λ²) / 2ρ at every state after the first; when that is
/// minimised, λ ← max(0, λ + ρ c) and, where the violation has not shrunk enough, ρ grows.
/// </summary>
/// <remarks>Allocates only when it is made.</remarks>
internal sealed class AugmentedLagrangian(ILinearizer model, int horizon)
{
    private const double LargestPenalty = 1e10;

    private readonly int n = model.StateSize, p = model.ConstraintSize;
    private readonly double[] multipliers = new double[(horizon + 1) * model.ConstraintSize];
    private readonly double[] values = new double[model.ConstraintSize];
    private double penalty, violationBefore;

    /// <summary>Whether there are constraints at all.</summary>
    public bool IsNeeded => p > 0;

    /// <summary>λ at every state, <c>[T + 1, p]</c>.</summary>
    public double[] Multipliers => multipliers;

    /// <summary>Starts anew.</summary>
    public void Reset(double initialPenalty)
    {
        Array.Clear(multipliers);
        (penalty, violationBefore) = (initialPenalty, double.PositiveInfinity);
    }

    /// <summary>What the state at step t adds to the cost.</summary>
    public double Cost(int t, ReadOnlySpan<double> state)
    {
        model.Constrain(state, values);
        double sum = 0.0;
        for (int i = 0; i < p; i++)
        {
            double lambda = multipliers[(t * p) + i];
            double active = Math.Max(0.0, lambda + (penalty * values[i]));
            sum += ((active * active) - (lambda * lambda)) / (2.0 * penalty);
        }

        return sum;
    }

    /// <summary>Adds the derivatives, the second ones as (∂c)ᵀρ ∂c of what is active (Gauss-Newton).</summary>
    public void AddTo(TrajectoryExpansion expansion)
    {
        int stride = expansion.Stride, w = n + expansion.ActionSize;
        for (int t = 1; t <= horizon; t++)
        {
            var gradient = expansion.CostGradients.AsSpan(t * stride, n);
            var hessian = t < horizon ? expansion.CostHessians.AsSpan(t * w * stride) : expansion.FinalHessian;
            for (int c = 0; c < p; c++)
            {
                double active = multipliers[(t * p) + c] + (penalty * expansion.Constraints[(t * p) + c]);
                if (!(active > 0.0))
                {
                    continue;
                }

                var slope = expansion.ConstraintJacobians.AsSpan(((t * p) + c) * n, n);
                for (int i = 0; i < n; i++)
                {
                    gradient[i] += active * slope[i];
                    for (int j = 0; j < n; j++)
                    {
                        hessian[(i * stride) + j] += penalty * slope[i] * slope[j];
                    }
                }
            }
        }
    }

    /// <summary>The largest max(0, c) along a trajectory.</summary>
    public double Violation(Trajectory trajectory)
    {
        double worst = 0.0;
        for (int t = 1; t <= horizon; t++)
        {
            model.Constrain(trajectory.State(t), values);
            foreach (double value in values)
            {
                worst = Math.Max(worst, value);
            }
        }

        return worst;
    }

    /// <summary>λ ← max(0, λ + ρ c), then a larger ρ where the violation is not a quarter of what it was.</summary>
    /// <returns>Whether ρ may still grow.</returns>
    public bool Update(Trajectory trajectory, double violation, double factor)
    {
        for (int t = 1; t <= horizon; t++)
        {
            model.Constrain(trajectory.State(t), values);
            for (int i = 0; i < p; i++)
            {
                ref double lambda = ref multipliers[(t * p) + i];
                lambda = Math.Max(0.0, lambda + (penalty * values[i]));
            }
        }

        if (violation > 0.25 * violationBefore)
        {
            penalty *= factor;
        }

        violationBefore = violation;
        return penalty <= LargestPenalty;
    }
}
