using System.ComponentModel.DataAnnotations;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Options of <see cref="BackwardInduction"/>.</summary>
public sealed record BackwardInductionOptions : FiniteSolverOptions
{
    /// <summary>Steps after which the task is over, H. Default 100; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Horizon { get; init; } = 100;
}

/// <summary>
/// Backward induction (Bellman 1957; Puterman 1994, section 4.5): V_H = 0, V_t(s) = maxₐ r(s,a) + γ Σ p(s'|s,a) V_{t+1}(s'), for t = H − 1 … 0. The solution is
/// optimal for H steps: its values and policy are those of the first step, and <see cref="FiniteSolution.Stages"/> has those of every step.
/// </summary>
/// <remarks>Exact but for rounding, which the bounds allow for; any discount does, and no value is infinite. Memory: 12 bytes a state and step.</remarks>
public sealed class BackwardInduction : IFiniteSolver
{
    private readonly BackwardInductionOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public BackwardInduction(BackwardInductionOptions options)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Horizon);
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        int horizon = options.Horizon;
        var sweep = new BellmanSweep(mdp, workers);
        var values = new double[horizon + 1][];
        var policy = new int[horizon][];
        values[horizon] = new double[mdp.States];
        double error = 0;
        for (int t = horizon - 1; t >= 0; t--)
        {
            cancel.ThrowIfCancellationRequested();
            values[t] = new double[mdp.States];
            var residual = sweep.Improve(values[t + 1], values[t]);
            policy[t] = sweep.Greedy(values[t + 1]);
            error = (error * mdp.Discount * (1.0 + 1e-12)) + residual.Rounding;
        }

        double Widen(int s, double by) => mdp.IsTerminal(s) ? 0.0 : values[0][s] + by;
        return new FiniteSolution
        {
            Values = values[0],
            Lower = [.. Enumerable.Range(0, mdp.States).Select(s => Widen(s, -error))],
            Upper = [.. Enumerable.Range(0, mdp.States).Select(s => Widen(s, error))],
            Policy = policy[0],
            Sweeps = horizon,
            Backups = (long)horizon * mdp.States,
            StopReason = StopReason.Horizon,
            Stages = new FiniteStages(values, policy),
        };
    }
}
