using Reverie.Models;
using Reverie.Planning;
using Reverie.Planning.Control;

namespace Reverie.Experiments;

/// <summary>An optimiser of whole trajectories, bound to a model and to the actions that it starts from.</summary>
/// <param name="Solve">Optimises from a start, until cancelled.</param>
/// <param name="Trajectory">The trajectory found last.</param>
/// <param name="Costs">The costs of the last solve, iteration by iteration.</param>
/// <param name="CopyGain">Copies the gain at a step.</param>
internal sealed record TrajectorySolver(
    Func<double[], CancellationToken, TrajectorySolution> Solve, Func<Trajectory> Trajectory, Func<TrajectorySolution, double[]> Costs, Action<int, double[]> CopyGain)
{
    /// <summary>The optimiser that options are for.</summary>
    /// <param name="options">With horizon and discount set.</param>
    /// <param name="model">The model.</param>
    /// <param name="actions">The actions to start from, <c>[T m]</c>.</param>
    /// <param name="time">The clock for deadlines.</param>
    /// <param name="onIteration">Told the number and the cost of iterations, or null.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the model lacks what they ask for.</exception>
    public static TrajectorySolver Of(PlannerOptions options, ILinearizer model, double[] actions, TimeProvider time, Action<int, double>? onIteration)
    {
        if (options is LqrOptions lqr)
        {
            var regulator = new RegulatorTrajectory(model, lqr);
            return new TrajectorySolver((start, _) => regulator.Solve(start), () => regulator.Trajectory, solution => [solution.Cost], (t, gain) => regulator.CopyGain(t, gain));
        }

        var solver = new IterativeLqr(model, (IlqrOptions)options, time) { Progress = onIteration };
        return new TrajectorySolver((start, cancel) => solver.Solve(start, actions, cancel), () => solver.Trajectory, _ => solver.Costs.ToArray(), (t, gain) => solver.CopyGain(t, gain));
    }
}
