using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>Learn a policy rather than plan: SAC learns mostly from short rollouts in a learned model (MBPO). Acting is then one pass through a small network.</summary>
public static class LearnInImagination
{
    /// <summary>Lets a pendulum be swung up, for some real steps.</summary>
    /// <param name="steps">Real steps, whole episodes of 200.</param>
    /// <param name="options">The agent's options.</param>
    /// <returns>The return of each episode.</returns>
    public static double[] Run(int steps, ModelBasedOptions options)
    {
        var equations = new Pendulum(new PendulumOptions());
        var world = new ContinuousWorld<Pendulum>(equations, RandomKey.FromSeed(1));
        using var workers = new Workers(Environment.ProcessorCount);
        using var agent = new ModelBasedAgent(world.Spec, new KnownTask<Pendulum>(equations), options, RandomKey.FromSeed(2), workers);

        var (before, after, action) = (new double[3], new double[3], new double[1]);
        var returns = new double[steps / world.Spec.MaxSteps];
        for (int episode = 0; episode < returns.Length; episode++)
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
