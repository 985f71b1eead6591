using Reverie.Agents;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>
/// Learn a controller from logs alone: no step is taken while it learns. Where the model is unsure, imagined rewards are lowered, so that
/// the controller stays near what the logs have seen (MOPO).
/// </summary>
public static class LearnFromLog
{
    /// <summary>Learns from a Parquet file such as <see cref="TrainFromLog.WriteLog"/> writes, then tries the policy.</summary>
    /// <param name="path">The file.</param>
    /// <param name="improvements">Rounds of learning.</param>
    /// <param name="options">The agent's options.</param>
    /// <returns>The return of one episode of the pendulum.</returns>
    public static double Run(string path, int improvements, ModelBasedOptions options)
    {
        var equations = new Pendulum(new PendulumOptions());
        var world = new ContinuousWorld<Pendulum>(equations, RandomKey.FromSeed(1));
        using var workers = new Workers(Environment.ProcessorCount);
        using var agent = new ModelBasedAgent(world.Spec, new KnownTask<Pendulum>(equations), options, RandomKey.FromSeed(2), workers);

        agent.Remember(TrajectoryLog.Read(path));
        for (int i = 0; i < improvements && agent.Improve(); i++)
        {
        }

        return Try(world, agent.Policy(new RandomStream(RandomKey.FromSeed(3))));
    }

    private static double Try(ContinuousWorld<Pendulum> world, IPolicy policy)
    {
        var (observation, action) = (new double[3], new double[1]);
        double total = 0;
        StepResult step;
        world.Reset(observation);
        do
        {
            policy.Act(observation, action);
            step = world.Step(action, observation);
            total += step.Reward;
        }
        while (!step.Done);
        return total;
    }
}
