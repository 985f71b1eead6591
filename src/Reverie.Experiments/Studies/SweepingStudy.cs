using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Studies;

/// <summary>
/// Prioritized sweeping against Dyna-Q: backups until the greedy path is within 1.2 of the shortest, in the maze of Sutton and Barto (2018) at growing
/// resolution (their example 8.4, after Peng and Williams 1993).
/// </summary>
internal static class SweepingStudy
{
    private const double Within = 1.2;
    private const int PlanningSteps = 5;
    private const int MostSteps = 2_000_000;

    /// <summary>Cells of the maze of scale 1, walls not counted, and its shortest path.</summary>
    private const int Cells = 47, Shortest = 14;

    private static readonly int[] Scales = [1, 2, 3, 4, 5, 6];

    private static readonly Contestant[] Contestants =
    [
        new("dyna-q", "dyna-q", [$"PlanningSteps={PlanningSteps}", "Alpha=0.5", "Epsilon=0.1"]),
        new("dyna-ps", "dyna-ps", [$"PlanningSteps={PlanningSteps}", "Epsilon=0.1"]),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "prioritized-sweeping", "Backups of Dyna-Q and of prioritized sweeping until the path is within 1.2 of the shortest, in growing mazes (Sutton and Barto 2018, example 8.4)", 30, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var rows = new List<StudyRow>();
        var lines = new List<StudyLine>();
        double[] cells = [.. Scales.Select(k => (double)Cells * k * k)];
        foreach (var contestant in Contestants)
        {
            var backups = Scales.Select(scale => setup.Trials($"scale {scale}, {contestant.Label}", seed => Backups(contestant, scale, seed, setup.Cancel))).ToArray();
            rows.Add(new StudyRow(contestant.Label, [.. backups.Select(b => StudyCell.Median(b))]));
            double[][] trials = [.. Enumerable.Range(0, setup.Seeds).Select(i => backups.Select(b => b[i]).ToArray())];
            lines.Add(StudyLine.Median(contestant.Label, cells, trials));
        }

        return new StudyReport("prioritized-sweeping", "Prioritized sweeping and Dyna-Q in growing mazes", setup.Seeds,
        [
            new StudyTable(
                $"Backups until the greedy path is at most {Within} times the shortest, median (quartiles) over {setup.Seeds} seeds; both agents make at most {PlanningSteps} backups a real step beside learning from it.",
                "agent", [.. cells.Select(c => $"{c:#,0} states")], rows, AroundMean: false),
        ])
        {
            Figures =
            [
                StudyFigure.Of("prioritized-sweeping", "Backups until the path is within 1.2 of the shortest", $"Median over {setup.Seeds} seeds; band: quartiles.",
                    [new StudyPanel("", "states", "backups", lines, Logarithmic: true)]),
            ],
        };
    }

    /// <summary>Backups until the greedy path is short enough; +∞ if it never was.</summary>
    private static double Backups(Contestant contestant, int scale, long seed, CancellationToken cancel)
    {
        var inWorld = contestant with { Assignments = [.. contestant.Assignments, $"Scale={scale}"] };
        double backups = double.PositiveInfinity;
        var policy = Array.Empty<int>();
        int every = 5 * scale * scale;
        LearningTrial.Run(inWorld, "dyna-maze", seed, MostSteps, episodes: null, Check, cancel);
        return backups;

        bool Check(IAgent agent, IWorld stage, long step)
        {
            if (step % every != 0)
            {
                return false;
            }

            var mdp = ((FiniteWorld)stage).Mdp;
            policy = policy.Length == mdp.States ? policy : new int[mdp.States];
            ((ITabularAgent)agent).GreedyPolicy(policy);
            bool found = PathLength(mdp, policy) <= Within * Shortest * scale;
            if (found)
            {
                // Dyna-Q backs up once for the real step and once for each planned one.
                backups = agent is DynaPsAgent sweeping ? sweeping.Backups : step * (1.0 + PlanningSteps);
            }

            return found;
        }
    }

    /// <summary>Steps of the policy's path from the start to the goal in a world without chance; +∞ if it goes round in a circle.</summary>
    private static double PathLength(FiniteMdp mdp, int[] policy)
    {
        int state = mdp.DrawStart(0.0);
        for (int step = 1; step <= mdp.States; step++)
        {
            var outcome = mdp.Draw(mdp.Row(state, policy[state]), 0.0);
            if (outcome.Terminated || mdp.IsTerminal(outcome.Next))
            {
                return step;
            }

            state = outcome.Next;
        }

        return double.PositiveInfinity;
    }
}
