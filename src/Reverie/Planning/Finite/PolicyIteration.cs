using System.ComponentModel.DataAnnotations;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Options of <see cref="PolicyIteration"/>.</summary>
public sealed record PolicyIterationOptions : FiniteSolverOptions
{
    /// <summary>The most policies to evaluate, after which to stop with <see cref="StopReason.Limit"/>. Default 100,000; at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPolicies { get; init; } = 100_000;
}

/// <summary>
/// Policy iteration (Howard 1960; Puterman 1994, section 6.4): solve V = r_π + γ P_π V, take π'(s) ∈ argmaxₐ r(s,a) + γ Σ p(s'|s,a) V(s') and keep π(s) wherever
/// it is as good, until it is everywhere. <see cref="FiniteSolution.Sweeps"/> counts policies.
/// </summary>
/// <remarks>
/// The first policy is greedy after a few sweeps from the goals outwards, or, for an undiscounted problem, one that ends with certainty. The equations are
/// solved by a preconditioned Krylov method to within rounding; where that is not reached in a policy, the bounds say so, as they do not rely on it.
/// </remarks>
public sealed class PolicyIteration : IFiniteSolver
{
    private const int FirstSweeps = 4;

    private readonly PolicyIterationOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PolicyIteration(PolicyIterationOptions options)
    {
        options.Validate();
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var sweep = new BellmanSweep(mdp, workers);
        var (values, next) = (new double[mdp.States], new double[mdp.States]);
        int[] order = StateOrder.FromGoals(mdp, new Predecessors(mdp));
        var equations = new PolicyEquations(mdp, order);
        int[] policy = FirstPolicy(mdp, bounds, sweep, order, values, next);
        for (long n = 1; ; n++)
        {
            // Evaluate.
            double error = equations.Solve(policy, values, 8 * sweep.Rounding(Residual.NormOf(values)), cancel);

            // Improve.
            var residual = sweep.Improve(values, next, pick: true);
            double noise = 2 * (error + residual.Rounding);
            bool changed = false;
            for (int s = 0; s < policy.Length; s++)
            {
                if (policy[s] != sweep.Best[s] && next[s] - values[s] > noise)
                {
                    policy[s] = sweep.Best[s];
                    changed = true;
                }
            }

            if (!changed || n >= options.MaxPolicies)
            {
                return bounds.Solution(residual, values, next, sweep, n, n * mdp.States, changed ? StopReason.Limit : StopReason.Optimal);
            }
        }
    }

    /// <summary>A policy whose equations can be solved.</summary>
    internal static int[] FirstPolicy(FiniteMdp mdp, ErrorBounds bounds, BellmanSweep sweep, int[] order, double[] values, double[] next)
    {
        if (bounds is NoBounds)
        {
            throw new ArgumentException(
                "The undiscounted process has policies that never end, at steps that cost nothing: the equations of such a policy have no single solution. "
                + "Use value-iteration, or give a discount below 1.",
                nameof(mdp));
        }

        if (bounds is CostBounds)
        {
            return Undiscounted.Of(mdp).ProperRows!;
        }

        for (int i = 0; i < FirstSweeps; i++)
        {
            InPlace.Sweep(mdp, values, order, reverse: i % 2 != 0);
        }

        sweep.Improve(values, next, pick: true);
        return [.. sweep.Best];
    }
}
