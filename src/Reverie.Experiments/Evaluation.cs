using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>Measures a policy on fresh episodes.</summary>
public static class Evaluation
{
    /// <summary>The key of a run's evaluation: apart from all that the run itself draws.</summary>
    public static RandomKey Key(long seed) => RandomKey.FromSeed(seed).Split("evaluation");

    /// <summary>The metric that evaluations during learning are told as: the mean return.</summary>
    public const string Metric = "evaluation/return";

    /// <summary>The key of an evaluation during learning, after <paramref name="step"/> environment steps.</summary>
    public static RandomKey Key(long seed, long step) => RandomKey.FromSeed(seed).Split("evaluation while learning").Split(step);

    /// <summary>Evaluates what <paramref name="agent"/> has learned, in a world of its own; leaves no trace in the agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="createWorld">Makes a fresh world.</param>
    /// <param name="episodes">Fresh episodes, ≥ 0.</param>
    /// <param name="key">The randomness of world and policy.</param>
    /// <param name="onEpisode">Told the number, from 1, and the return of each.</param>
    /// <param name="cancel">Ends the evaluation between two steps.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static EvaluationResult Run(
        IAgent agent, Func<RandomKey, IWorld> createWorld, int episodes, RandomKey key, Action<int, double>? onEpisode, CancellationToken cancel)
    {
        var world = createWorld(key.Split("world"));
        var policy = agent.Policy(new RandomStream(key.Split("policy")));
        var returns = new double[episodes];
        for (int i = 0; i < episodes; i++)
        {
            returns[i] = Episode(world, policy, cancel);
            onEpisode?.Invoke(i + 1, returns[i]);
        }

        return EvaluationResult.Of(returns);
    }

    /// <summary>The return of one fresh episode.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static double Episode(IWorld world, IPolicy policy, CancellationToken cancel)
    {
        var observation = new double[world.Spec.ObservationSize];
        var action = new double[world.Spec.Actions.Size];
        world.Reset(observation);
        policy.Reset();
        double sum = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            policy.Act(observation, action);
            var result = world.Step(action, observation);
            sum += result.Reward;
            if (result.Done)
            {
                return sum;
            }
        }
    }
}
