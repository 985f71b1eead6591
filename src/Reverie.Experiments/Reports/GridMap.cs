using Reverie.Agents.Finite;
using Reverie.Experience;

namespace Reverie.Experiments.Reports;

/// <summary>A grid world as an agent sees it at the end of a run.</summary>
/// <param name="Title">E.g. the run's name.</param>
/// <param name="Rows">Rows of cells, from the top.</param>
/// <param name="Columns">Columns, from the left.</param>
/// <param name="Values">What the agent believes each cell to be worth, <c>[Rows·Columns]</c>; 0 where the task is over, NaN for a wall.</param>
/// <param name="Moves">Where its policy goes from each cell, as (rows, columns), <c>[Rows·Columns]</c>; (0, 0) where it does not move.</param>
/// <param name="Visits">How often the run was in each cell, <c>[Rows·Columns]</c>.</param>
public sealed record GridMap(
    string Title, int Rows, int Columns, IReadOnlyList<double> Values, IReadOnlyList<(int Rows, int Columns)> Moves, IReadOnlyList<long> Visits)
{
    /// <summary>The map of a run; null where the world is no grid, the agent keeps no table, or nothing was saved yet.</summary>
    /// <exception cref="RunException">The checkpoint is damaged.</exception>
    /// <exception cref="RequestException">The run's agent or world is not known.</exception>
    /// <exception cref="LogFormatException">The log is damaged.</exception>
    internal static GridMap? Of(RunDirectory run)
    {
        var entry = Laboratory.World(run.Request.World);
        if (!entry.IsFinite || !File.Exists(run.CheckpointPath))
        {
            return null;
        }

        var problem = entry.CreateProblem(OptionBinder.FromJson(Laboratory.Target(entry), run.Request.WorldOptions));
        using var parts = Laboratory.Restore(run);
        if (problem.Layout is not { } layout || parts.Agent is not ITabularAgent agent)
        {
            return null;
        }

        int cells = layout.Rows * layout.Columns;
        var (policy, believed) = (new int[problem.Mdp.States], new double[problem.Mdp.States]);
        agent.GreedyPolicy(policy);
        agent.Values(believed);
        var (values, moves, visits) = (new double[cells], new (int, int)[cells], new long[cells]);
        Array.Fill(values, double.NaN);
        for (int s = 0; s < policy.Length; s++)
        {
            // Of states that share a cell the best is shown.
            int cell = layout.Cells[s];
            bool over = problem.Mdp.IsAbsorbing(s);
            double worth = over ? 0 : believed[s];
            if (cell >= 0 && !(values[cell] >= worth))
            {
                values[cell] = worth;
                moves[cell] = over ? (0, 0) : layout.Moves[policy[s]];
            }
        }

        foreach (string part in run.TransitionParts())
        {
            var log = TrajectoryLog.Read(part, 1, 1);
            for (int i = 0; i < log.Count; i++)
            {
                int cell = layout.Cells[(int)log.Observation(i)[0]];
                visits[Math.Max(cell, 0)] += cell >= 0 ? 1 : 0;
            }
        }

        return new GridMap(run.Name, layout.Rows, layout.Columns, values, moves, visits);
    }
}
