using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>Learn: PETS learns to balance a pole from its own experience. The loop is the caller's: a game's update would do as well.</summary>
public static class LearningLoop
{
    /// <summary>Learns for some episodes.</summary>
    /// <param name="episodes">Episodes.</param>
    /// <param name="options">The agent's options.</param>
    /// <returns>Their returns.</returns>
    public static double[] Run(int episodes, PetsOptions options)
    {
        var equations = new CartPoleContinuous(new CartPoleContinuousOptions());
        var world = new ContinuousWorld<CartPoleContinuous>(equations, RandomKey.FromSeed(1));
        using var workers = new Workers(Environment.ProcessorCount);
        using var agent = new PetsAgent(world.Spec, new KnownTask<CartPoleContinuous>(equations), options, RandomKey.FromSeed(2), workers);

        var (before, after, action) = (new double[4], new double[4], new double[1]);
        var returns = new double[episodes];
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
                returns[episode] += step.Reward;
                (before, after) = (after, before);
            }
            while (!step.Done);
        }

        return returns;
    }
}
