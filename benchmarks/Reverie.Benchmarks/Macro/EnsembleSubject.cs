using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>What the neural benchmarks measure: ensembles of 4 × 200 SiLU networks on random experience of <c>cartpole-continuous</c>.</summary>
internal static class EnsembleSubject
{
    private const int Transitions = 2048;

    /// <summary>The world.</summary>
    public static CartPoleContinuous Dynamics { get; } = new(new CartPoleContinuousOptions());

    /// <summary>4 × 200, batch 256; a short training.</summary>
    public static DynamicsOptions Options { get; } = new() { HiddenLayers = 4, HiddenSize = 200, BatchSize = 256, MaxSteps = 100 };

    /// <summary>An untrained ensemble.</summary>
    public static DynamicsEnsemble Ensemble(DynamicsOptions options, Workers? workers = null) =>
        new(Dynamics.Spec, options, new RandomStream(RandomKey.FromSeed(1)), workers);

    /// <summary>Random steps in the world.</summary>
    public static ReplayBuffer Experience()
    {
        var world = new ContinuousWorld<CartPoleContinuous>(Dynamics, RandomKey.FromSeed(2));
        var agent = new RandomAgent(world.Spec, RandomKey.FromSeed(3));
        var replay = new ReplayBuffer(world.Spec.ObservationSize, world.Spec.Actions.Size, Transitions, 0.1);
        var (observation, next, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.ObservationSize], new double[1]);
        world.Reset(observation);
        for (int i = 0; i < Transitions; i++)
        {
            agent.Act(observation, action);
            var step = world.Step(action, next);
            replay.Add(new Transition
            {
                Observation = observation,
                Action = action,
                Reward = step.Reward,
                NextObservation = next,
                Terminated = step.Terminated,
                Truncated = step.Truncated,
            });
            next.CopyTo(observation, 0);
            if (step.Done)
            {
                world.Reset(observation);
            }
        }

        return replay;
    }

    /// <summary>Floating-point operations of one input through one member, forward: a product and a sum for each weight.</summary>
    public static double Flops(DynamicsEnsemble ensemble)
    {
        var sizes = ensemble.Network.Sizes;
        return 2.0 * Enumerable.Range(0, sizes.Count - 1).Sum(l => sizes[l] * sizes[l + 1]);
    }

    /// <summary>The thread counts that are measured: one and all.</summary>
    public static int[] ThreadCounts => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    /// <summary>E.g. <c>2 threads</c>.</summary>
    public static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
}
