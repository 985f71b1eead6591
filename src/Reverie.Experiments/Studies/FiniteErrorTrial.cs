using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Studies;

/// <summary>How far a counted model's distribution over states drifts from the world's, by steps counted.</summary>
internal static class FiniteErrorTrial
{
    /// <summary>
    /// Counts steps of a world in which every other action, by chance, is the optimal policy's and the others are random, and at each amount follows the optimal policy in the world and in what was counted.
    /// </summary>
    /// <param name="world">The world's name.</param>
    /// <param name="assignments">Its options.</param>
    /// <param name="amounts">Steps counted, ascending.</param>
    /// <param name="horizon">Steps to follow the policy.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancel">Ends the trial.</param>
    /// <returns>One for each amount.</returns>
    public static ChainDistance[] Run(string world, string[] assignments, int[] amounts, int horizon, long seed, CancellationToken cancel)
    {
        var entry = Laboratory.World(world);
        object options = OptionBinder.Bind([Laboratory.Target(entry)], assignments)[0];
        var mdp = entry.CreateProblem(options).Mdp;
        int[] policy = new PolicyIteration(new PolicyIterationOptions()).Solve(mdp, null, cancel).Policy;
        double[][] truth = ChainDistance.Chain(mdp, policy);
        double[] start = [.. mdp.Start, 0.0];
        var key = RandomKey.FromSeed(seed);
        var counter = new Counter(entry.CreateWorld(options, key.Split("world")), mdp, policy, new RandomStream(key.Split("actions")));
        return [.. amounts.Select(amount =>
        {
            counter.CountTo(amount, cancel);
            return ChainDistance.Between(start, truth, ChainDistance.Chain(counter.Model.Tabulate(), policy), horizon);
        })];
    }

    /// <summary>Acts and counts.</summary>
    private sealed class Counter(IWorld world, FiniteMdp mdp, int[] policy, RandomStream random)
    {
        private readonly double[] before = new double[1], after = new double[1], action = new double[1];
        private bool done = true;

        public EmpiricalModel Model { get; } = new(mdp.States, mdp.Actions, mdp.Discount);

        public void CountTo(int steps, CancellationToken cancel)
        {
            while (Model.Steps < steps)
            {
                cancel.ThrowIfCancellationRequested();
                if (done)
                {
                    world.Reset(before);
                }

                int state = (int)before[0];
                int choice = random.NextDouble() < 0.5 ? policy[state] : random.NextInt32(mdp.Actions);
                action[0] = choice;
                var result = world.Step(action, after);
                Model.Record(state, choice, result.Reward, (int)after[0], result.Terminated);
                (before[0], done) = (after[0], result.Done);
            }
        }
    }
}
