using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Studies;

/// <summary>What an agent that explores went through, and what its policies were really worth.</summary>
/// <param name="Rewards">Cumulative, <c>[steps + 1]</c>.</param>
/// <param name="GoodFrom">Steps after which every policy looked at was ε-optimal; +∞ if the last was not.</param>
/// <param name="Settled">Whether it had stopped exploring.</param>
/// <param name="Loss">What the last policy loses from where episodes start, as a part of the optimal value there.</param>
internal sealed record ExplorationTrial(double[] Rewards, double GoodFrom, bool Settled, double Loss)
{
    /// <summary>A policy is ε-optimal that loses no more than this part of the optimal value where episodes start.</summary>
    public const double Epsilon = 0.1;

    private const int CheckEvery = 25;

    /// <summary>The process of a world as it is by default.</summary>
    public static FiniteMdp Truth(string world)
    {
        var entry = Laboratory.World(world);
        return entry.CreateProblem(entry.DefaultOptions).Mdp;
    }

    /// <summary>Lets an agent learn.</summary>
    /// <param name="contestant">The agent.</param>
    /// <param name="world">The world's name.</param>
    /// <param name="truth">Its process.</param>
    /// <param name="optimal">Its optimal values, <c>[S]</c>.</param>
    /// <param name="steps">Steps to learn for.</param>
    /// <param name="untilSettled">Whether to end when it has stopped exploring.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancel">Ends the trial.</param>
    public static ExplorationTrial Run(
        Contestant contestant, string world, FiniteMdp truth, double[] optimal, int steps, bool untilSettled, long seed, CancellationToken cancel)
    {
        double best = truth.AtStart(optimal);
        double goodFrom = double.PositiveInfinity;
        var known = new Dictionary<string, double>();
        var policy = new int[truth.States];
        var trial = LearningTrial.Run(contestant, world, seed, steps, episodes: null, Check, cancel);
        double loss = (best - Worth((ITabularAgent)trial.Agent)) / best;
        return new ExplorationTrial(trial.Cumulative(), goodFrom, HasSettled(trial.Agent, truth, policy), loss);

        bool Check(IAgent agent, IWorld stage, long step)
        {
            if (step % CheckEvery != 0)
            {
                return false;
            }

            bool good = best - Worth((ITabularAgent)agent) <= Epsilon * best;
            goodFrom = !good ? double.PositiveInfinity : Math.Min(goodFrom, step);
            return untilSettled && HasSettled(agent, truth, policy);
        }

        // There are few different policies, and each is evaluated once.
        double Worth(ITabularAgent agent)
        {
            agent.GreedyPolicy(policy);
            string key = string.Join(',', policy);
            if (!known.TryGetValue(key, out double value))
            {
                known.Add(key, value = truth.AtStart(PolicyValue.Of(truth, policy)));
            }

            return value;
        }
    }

    /// <summary>E³ has ended with its plan; R-max knows the action that it takes in every state that its policy can come to.</summary>
    private static bool HasSettled(IAgent agent, FiniteMdp truth, int[] policy)
    {
        if (agent is not RMaxAgent rmax)
        {
            return agent is E3Agent { Finished: true };
        }

        var (seen, open) = (new bool[truth.States], new Stack<int>(Enumerable.Range(0, truth.States).Where(s => truth.Start[s] > 0)));
        while (open.TryPop(out int state))
        {
            if (seen[state])
            {
                continue;
            }

            seen[state] = true;
            if (rmax.Model.Visits(truth.Row(state, policy[state])) < rmax.K)
            {
                return false;
            }

            int row = truth.Row(state, policy[state]);
            for (int i = truth.RowStart[row]; i < truth.RowLive[row]; i++)
            {
                open.Push(truth.Successors[i]);
            }
        }

        return true;
    }
}
