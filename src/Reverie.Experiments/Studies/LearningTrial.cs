using Reverie.Agents;
using Reverie.Experience;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>What an agent met while it learned, step by step and episode by episode.</summary>
/// <param name="Rewards">The reward of each step, in order.</param>
/// <param name="EpisodeSteps">The steps of each finished episode, in order.</param>
/// <param name="Agent">The agent as it was at the end.</param>
internal sealed record LearningTrial(double[] Rewards, int[] EpisodeSteps, IAgent Agent)
{
    /// <summary>Rewards up to each step, <c>[steps + 1]</c>; the first is 0.</summary>
    public double[] Cumulative()
    {
        var sums = new double[Rewards.Length + 1];
        for (int t = 0; t < Rewards.Length; t++)
        {
            sums[t + 1] = sums[t] + Rewards[t];
        }

        return sums;
    }

    /// <summary>Lets an agent learn in memory: the same bits as a run of that seed, without its files.</summary>
    /// <param name="contestant">The agent.</param>
    /// <param name="world">The world's name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="steps">Steps to run for, or null.</param>
    /// <param name="episodes">Episodes to run for, or null; one of the two limits is given.</param>
    /// <param name="onStep">Told the number of steps so far, after each; true ends the trial.</param>
    /// <param name="cancel">Ends the trial between two steps.</param>
    /// <exception cref="RequestException">An unknown name or a value that is not allowed.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static LearningTrial Run(
        Contestant contestant, string world, long seed, long? steps, int? episodes, Func<IAgent, IWorld, long, bool>? onStep, CancellationToken cancel)
    {
        var request = Laboratory.Request(contestant.Agent, world, seed, contestant.Assignments, steps, episodes, threads: 1);
        using var parts = Laboratory.Parts(request);
        var (stage, agent) = (parts.World, parts.Agent);
        var action = new double[stage.Spec.Actions.Size];
        var (observation, next) = (new double[stage.Spec.ObservationSize], new double[stage.Spec.ObservationSize]);
        var (rewards, lengths) = (new List<double>(), new List<int>());
        for (bool stop = false; !stop && !(lengths.Count >= episodes);)
        {
            stage.Reset(observation);
            int length = 0;
            for (bool done = false; !done && !stop;)
            {
                cancel.ThrowIfCancellationRequested();
                agent.Act(observation, action);
                var result = stage.Step(action, next);
                agent.Observe(new Transition
                {
                    Observation = observation,
                    Action = action,
                    Reward = result.Reward,
                    NextObservation = next,
                    Terminated = result.Terminated,
                    Truncated = result.Truncated,
                });
                (observation, next) = (next, observation);
                rewards.Add(result.Reward);
                length++;
                done = result.Done;
                stop = rewards.Count >= steps || (onStep?.Invoke(agent, stage, rewards.Count) ?? false);
            }

            lengths.Add(length);
        }

        return new LearningTrial([.. rewards], [.. lengths], agent);
    }
}
