using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Models;

/// <summary>An optimal trajectory found by the derivatives of a network that has learned the world from its transitions.</summary>
public sealed class NeuralDerivativesTests
{
    private const int Horizon = 50, Transitions = 5000;

    [Fact]
    public void Learned_derivatives_find_the_optimal_swing_up()
    {
        const string World = "pendulum-altro";
        using var workers = new Workers(1);
        var options = new DynamicsOptions
        {
            Members = 1,
            Elites = 1,
            HiddenLayers = 2,
            HiddenSize = 64,
            Stochastic = false,
            BatchSize = 128,
            MaxSteps = 4000,
            WeightDecay = 0.0,
            ValidationFraction = 0.0,
            Device = TrainingDevice.Cpu,
            Propagation = Propagation.Mean,
        };
        using var ensemble = new DynamicsEnsemble(Ensembles.Spec(World), options, new RandomStream(RandomKey.FromSeed(1)), workers);
        EnsembleTrainer.Train(ensemble, Collect(World));
        var (world, learned) = (Ensembles.Exact(World), new EnsembleModel(ensemble, Ensembles.Task(World), workers));
        var ilqr = new IlqrOptions { Horizon = Horizon, Discount = 1.0 };
        double[] start = [0.0, 0.0], torques = [.. Enumerable.Repeat(0.1, Horizon)];

        // The reference cost of this problem, from these torques.
        const double Optimum = 1.09082492;
        double reached = new IterativeLqr(new SplitLinearizer(world, learned), ilqr).Solve(start, torques, TestContext.Current.CancellationToken).Cost;
        Assert.InRange(reached / Optimum, 1.0 - 1e-6, 1.0 + 1e-4);

        // The plan made in the network alone is carried out with its own feedback.
        var plan = new IterativeLqr(learned, ilqr);
        Assert.True(plan.Solve(start, torques, TestContext.Current.CancellationToken).IsSolved);
        double cost = 0.0;
        var (state, next, action) = (new double[2], new double[2], new double[1]);
        for (int t = 0; t < Horizon; t++)
        {
            plan.Act(t, state, action);
            cost -= world.Predict(state, action, next);
            (state, next) = (next, state);
        }

        Assert.InRange((cost - world.FinalReward(state)) / Optimum, 1.0 - 1e-6, 1.01);
    }

    /// <summary>Torques drawn uniformly and held for five steps; an episode also ends where the pendulum leaves the states that a swing up needs.</summary>
    private static ReplayBuffer Collect(string name)
    {
        Assert.True(WorldCatalog.TryFind(name, out var entry));
        var (world, random) = (entry.CreateWorld(entry.DefaultOptions, RandomKey.FromSeed(2)), new RandomStream(RandomKey.FromSeed(3)));
        var replay = new ReplayBuffer(2, 1, Transitions);
        var (before, after, torque) = (new double[2], new double[2], new double[1]);
        for (bool done = true; replay.Count < Transitions;)
        {
            if (done)
            {
                world.Reset(before);
            }

            if (done || replay.Count % 5 == 0)
            {
                torque[0] = random.NextDouble(-8.0, 8.0);
            }

            var result = world.Step(torque, after);
            done = result.Done || after[0] < -0.5 * Math.PI || after[0] > 1.5 * Math.PI || Math.Abs(after[1]) > 8.0;
            replay.Add(new Transition { Observation = before, Action = torque, Reward = result.Reward, NextObservation = after, Terminated = false, Truncated = done });
            after.CopyTo(before, 0);
        }

        return replay;
    }
}
