using System.Text;
using Reverie.Agents.Finite;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;
using Reverie.Worlds.Finite.Formats;

namespace Reverie.Samples;

/// <summary>Learn a finite world: R-max finds its way through a grid drawn as text. What it has not tried K times it takes to be as good as can be.</summary>
public static class LearnMap
{
    private const string Map = """
        slip: 0.1
        maxSteps: 200

        S..#....
        .#.#.##.
        .#...#H.
        .####...
        ......#G
        """;

    /// <summary>The world: the same text in a file would do as well, by its path.</summary>
    public static FiniteProblem World() => FiniteFile.Read("garden.map", new MemoryStream(Encoding.UTF8.GetBytes(Map)));

    /// <summary>Learns for some episodes.</summary>
    /// <param name="episodes">Episodes.</param>
    /// <returns>The agent.</returns>
    public static RMaxAgent Run(int episodes)
    {
        var world = new FiniteWorld(World(), RandomKey.FromSeed(1));
        var agent = new RMaxAgent(world.Spec, new RMaxOptions { K = 20 }, RandomKey.FromSeed(2));
        var (before, after, action) = (new double[1], new double[1], new double[1]);
        for (int episode = 0; episode < episodes; episode++)
        {
            StepResult step;
            world.Reset(before);
            do
            {
                agent.Act(before, action);
                step = world.Step(action, after);
                agent.Observe(new Transition
                {
                    Observation = before,
                    Action = action,
                    Reward = step.Reward,
                    NextObservation = after,
                    Terminated = step.Terminated,
                    Truncated = step.Truncated,
                });
                (before, after) = (after, before);
            }
            while (!step.Done);
        }

        return agent;
    }

    /// <summary>The grid with the agent's way out of each cell.</summary>
    public static string Draw(RMaxAgent agent)
    {
        var (mdp, layout) = (World().Mdp, World().Layout!);
        var policy = new int[mdp.States];
        agent.GreedyPolicy(policy);
        var cells = new StringBuilder(new string('#', layout.Rows * layout.Columns));
        for (int s = 0; s < mdp.States; s++)
        {
            cells[layout.Cells[s]] = mdp.IsTerminal(s) ? '.' : "^v><"[policy[s]];
        }

        return string.Join('\n', cells.ToString().Chunk(layout.Columns).Select(row => new string(row)));
    }
}
