using System.ComponentModel.DataAnnotations;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Options of <see cref="ModifiedPolicyIteration"/>.</summary>
public sealed record ModifiedPolicyIterationOptions : SweepOptions
{
    /// <summary>Sweeps of evaluation after each improvement, m. Default 8; 0 (value iteration) to 100,000.</summary>
    [Range(0, 100_000)]
    public int EvaluationSweeps { get; init; } = 8;
}

/// <summary>
/// Modified policy iteration (Puterman and Shin 1978): π greedy for V, then V ← (T_π)ᵐ TV. Stops by the bounds of the improvement, TV − V, and leaves out
/// actions that they show not to be optimal.
/// </summary>
/// <remarks>An undiscounted problem in which some policies never end starts from the value of one that does: V ≤ TV, which the method then keeps.</remarks>
public sealed class ModifiedPolicyIteration : IFiniteSolver
{
    private readonly ModifiedPolicyIterationOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ModifiedPolicyIteration(ModifiedPolicyIterationOptions options)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(options.EvaluationSweeps);
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var sweep = new BellmanSweep(mdp, workers);
        var (values, next) = (FirstValues(mdp, bounds, sweep, cancel), new double[mdp.States]);
        double slack = double.PositiveInfinity;
        long sweeps = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();

            // Improve.
            var residual = sweep.Improve(values, next, slack, pick: true);
            sweeps++;
            double width = bounds.HalfWidth(residual);
            if (width <= options.Precision || residual.Change <= residual.Rounding || sweeps >= options.MaxSweeps)
            {
                var reason = width <= options.Precision ? StopReason.Bounds : residual.Change <= residual.Rounding ? StopReason.Change : StopReason.Limit;
                return bounds.Solution(residual, values, next, sweep, sweeps, sweeps * mdp.States, reason);
            }

            (values, next) = (next, values);

            // Evaluate a little; what changes all values alike needs no more of it.
            double fall = 0, rise = 0;
            for (int i = 0; i < options.EvaluationSweeps; i++)
            {
                cancel.ThrowIfCancellationRequested();
                var change = sweep.Follow(values, next);
                sweeps++;
                (fall, rise) = (fall + change.Low - change.Rounding, rise + change.High + change.Rounding);
                (values, next) = (next, values);
            }

            slack = bounds.Slack(residual, fall, rise);
        }
    }

    private static double[] FirstValues(FiniteMdp mdp, ErrorBounds bounds, BellmanSweep sweep, CancellationToken cancel)
    {
        var values = new double[mdp.States];
        if (bounds is CostBounds or NoBounds)
        {
            int[] order = StateOrder.FromGoals(mdp, new Predecessors(mdp));
            int[] policy = PolicyIteration.FirstPolicy(mdp, bounds, sweep, order, values, new double[mdp.States]);
            new PolicyEquations(mdp, order).Solve(policy, values, 1e-12, cancel);
            (bounds as CostBounds)?.Lower(values);
        }

        return values;
    }
}
