using Google.OrTools.LinearSolver;
using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments;

/// <summary>Options of <see cref="LinearProgram"/>. The linear solver has its own tolerances, around 1e-7: the precision is only compared with the bounds.</summary>
public sealed record LinearProgramOptions : FiniteSolverOptions
{
}

/// <summary>
/// Linear programming (d'Epenoux 1963; Puterman 1994, section 6.9): V* is the least V with V(s) ≥ r(s,a) + γ Σ p(s'|s,a) V(s') for all s and a, so minimize Σ V(s).
/// Solved by GLOP, the simplex method of OR-Tools: a check on the other solvers that shares nothing with them but the bounds.
/// </summary>
public sealed class LinearProgram(LinearProgramOptions options) : IFiniteSolver
{
    /// <summary>The solver for a catalogue of solvers.</summary>
    public static FiniteSolverEntry Entry { get; } = new(
        "linear-program", "The least values that no action exceeds, by the simplex method (a cross-check)", new LinearProgramOptions(), o => new LinearProgram((LinearProgramOptions)o));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The linear solver failed.</exception>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var solver = Solver.CreateSolver("GLOP") ?? throw new InvalidOperationException("OR-Tools' linear solver GLOP is not available on this platform.");
        var values = new Variable[mdp.States];
        for (int s = 0; s < values.Length; s++)
        {
            double limit = mdp.IsAbsorbing(s) ? 0.0 : double.PositiveInfinity;
            values[s] = solver.MakeNumVar(-limit, limit, "");
            solver.Objective().SetCoefficient(values[s], 1.0);
        }

        var weights = new Dictionary<int, double>();
        for (int row = 0; row < mdp.Rewards.Length; row++)
        {
            if (mdp.RowStart[row] == mdp.RowStart[row + 1])
            {
                continue;
            }

            weights.Clear();
            weights[row / mdp.Actions] = 1.0;
            for (int i = mdp.RowStart[row]; i < mdp.RowLive[row]; i++)
            {
                int next = mdp.Successors[i];
                weights[next] = weights.GetValueOrDefault(next) - (mdp.Discount * mdp.Probabilities[i]);
            }

            using var constraint = solver.MakeConstraint(mdp.Rewards[row], double.PositiveInfinity, "");
            foreach (var (state, weight) in weights)
            {
                constraint.SetCoefficient(values[state], weight);
            }
        }

        solver.Objective().SetMinimization();
        var status = solver.Solve();
        return status switch
        {
            Solver.ResultStatus.OPTIMAL => Certified(mdp, [.. values.Select(v => v.SolutionValue())], workers, cancel),
            Solver.ResultStatus.INFEASIBLE or Solver.ResultStatus.UNBOUNDED => throw new ArgumentException($"The process has no finite values: its linear program is {status}.", nameof(mdp)),
            _ => throw new InvalidOperationException($"The linear solver stopped with {status}."),
        };
    }

    private FiniteSolution Certified(FiniteMdp mdp, double[] values, Workers? workers, CancellationToken cancel)
    {
        var solution = FiniteCertificate.Certify(mdp, values, StopReason.Optimal, workers, cancel);
        bool close = true;
        for (int s = 0; s < values.Length; s++)
        {
            close &= solution.Upper[s] - solution.Lower[s] <= 2 * options.Precision;
        }

        return close ? solution with { StopReason = StopReason.Bounds } : solution;
    }
}
