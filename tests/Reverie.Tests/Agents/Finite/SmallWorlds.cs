using Reverie.Agents;
using Reverie.Experience;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Agents.Finite;

/// <summary>Worlds of a few states, and a loop to live in them.</summary>
internal static class SmallWorlds
{
    /// <summary>What an agent knows of a world of some states and actions.</summary>
    public static WorldSpec Spec(int states, int actions, double discount = 0.9, double minReward = 0, double maxReward = 1, int maxSteps = 100) =>
        new("small", [new Feature("state")], ActionSpace.Discrete(actions), maxSteps, 0)
        {
            States = states,
            Discount = discount,
            MinReward = minReward,
            MaxReward = maxReward,
        };

    /// <summary>River-swim (Strehl and Littman 2008): against the stream to the great reward, or with it to the small one.</summary>
    public static FiniteProblem RiverSwim(int maxSteps = 1_000_000)
    {
        var builder = new FiniteMdpBuilder(6, 2);
        for (int s = 0; s < 6; s++)
        {
            builder.Add(s, 0, Math.Max(s - 1, 0), 1.0, s == 0 ? 5 : 0);
        }

        builder.Add(0, 1, 0, 0.7, 0);
        builder.Add(0, 1, 1, 0.3, 0);
        for (int s = 1; s < 5; s++)
        {
            builder.Add(s, 1, s - 1, 0.1, 0);
            builder.Add(s, 1, s, 0.6, 0);
            builder.Add(s, 1, s + 1, 0.3, 0);
        }

        builder.Add(5, 1, 4, 0.7, 0);
        builder.Add(5, 1, 5, 0.3, 10_000);
        return new FiniteProblem(Spec(6, 2, 0.95, 0, 10_000, maxSteps), builder.Build([0, 0.5, 0.5, 0, 0, 0], 0.95));
    }

    /// <summary>A grid with walls; the four moves up, down, right, left; 1 for reaching the goal, which ends the task.</summary>
    public static FiniteProblem Maze(string map, int maxSteps = 100_000, double discount = 0.95)
    {
        string[] rows = map.Split('/');
        int height = rows.Length, width = rows[0].Length, start = 0;
        var builder = new FiniteMdpBuilder(height * width, 4);
        (int Y, int X)[] moves = [(-1, 0), (1, 0), (0, 1), (0, -1)];
        for (int s = 0; s < height * width; s++)
        {
            int y = s / width, x = s % width;
            start = rows[y][x] == 'S' ? s : start;
            for (int a = 0; a < 4 && rows[y][x] is not ('#' or 'G'); a++)
            {
                int ny = Math.Clamp(y + moves[a].Y, 0, height - 1), nx = Math.Clamp(x + moves[a].X, 0, width - 1);
                (ny, nx) = rows[ny][nx] == '#' ? (y, x) : (ny, nx);
                bool goal = rows[ny][nx] == 'G';
                builder.Add(s, a, (ny * width) + nx, 1.0, goal ? 1 : 0, goal);
            }
        }

        var starts = new double[height * width];
        starts[start] = 1;
        return new FiniteProblem(Spec(height * width, 4, discount, 0, 1, maxSteps), builder.Build(starts, discount));
    }

    /// <summary>Tells an agent of one step.</summary>
    public static void Tell(this IAgent agent, int state, int action, double reward, int next, bool terminated = false, bool truncated = false) =>
        agent.Observe(new Transition
        {
            Observation = [state],
            Action = [action],
            Reward = reward,
            NextObservation = [next],
            Terminated = terminated,
            Truncated = truncated,
        });

    /// <summary>What an agent does in a state.</summary>
    public static int Ask(this IAgent agent, int state)
    {
        Span<double> action = [0];
        agent.Act([state], action);
        return (int)action[0];
    }

    /// <summary>Lives for some episodes, or steps at most; the steps of each episode and the sum of rewards.</summary>
    public static (List<int> Episodes, double Return) Live(this IAgent agent, IWorld world, int episodes, long steps = long.MaxValue)
    {
        double[] observation = new double[1], next = new double[1], action = new double[1];
        List<int> lengths = [];
        double sum = 0;
        while (lengths.Count < episodes && steps > 0)
        {
            world.Reset(observation);
            for (int length = 1; ; length++)
            {
                agent.Act(observation, action);
                var result = world.Step(action, next);
                agent.Observe(new Transition
                {
                    Observation = observation,
                    Action = action,
                    Reward = result.Reward,
                    NextObservation = next,
                    Terminated = result.Terminated,
                    Truncated = result.Truncated,
                });
                sum += result.Reward;
                next.CopyTo(observation, 0);
                if (--steps == 0 || result.Done)
                {
                    lengths.Add(length);
                    break;
                }
            }
        }

        return (lengths, sum);
    }
}
