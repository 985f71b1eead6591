using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>Errors of one network, each J a share above the optimum's.</summary>
/// <param name="Derivatives">J of the trajectory found with the network's derivatives and the world's rollouts.</param>
/// <param name="Feedback">J in the world of the plan made in the network alone, carried out with its feedback.</param>
/// <param name="Actions">J in the world of that plan's actions alone.</param>
/// <param name="Belief">|J in the network of that plan − optimum|, as a share of the optimum.</param>
/// <param name="Jacobians">√(Σ(F̂ − F)² / Σ(F − I)²) along the optimal trajectory.</param>
internal sealed record NeuralDerivativesTrial(double Derivatives, double Feedback, double Actions, double Belief, double Jacobians)
{
    /// <summary>The world.</summary>
    public const string World = "pendulum-altro";

    private const int Hold = 5;
    private const double Torque = 8.0, LeastAngle = -0.5 * Math.PI, MostAngle = 1.5 * Math.PI, MostSpeed = 8.0;

    /// <summary>The network and its training.</summary>
    private static readonly DynamicsOptions Network = new()
    {
        Members = 1,
        Elites = 1,
        HiddenLayers = 2,
        HiddenSize = 64,
        Stochastic = false,
        BatchSize = 256,
        MaxSteps = 10_000,
        WeightDecay = 0.0,
        ValidationFraction = 0.0,
        Device = TrainingDevice.Cpu,
        Propagation = Propagation.Mean,
    };

    /// <summary>Collects transitions under random torques, trains a network on them, and optimises the trajectory with its derivatives.</summary>
    public static NeuralDerivativesTrial Run(int transitions, long seed)
    {
        var entry = WorldCatalog.TryFind(World, out var found) ? found : throw new RequestException($"unknown world '{World}'");
        var spec = entry.Describe(entry.DefaultOptions);
        var key = RandomKey.FromSeed(seed);
        var replay = Collect(entry.CreateWorld(entry.DefaultOptions, key.Split("world")), transitions, new RandomStream(key.Split("torques")));
        using var workers = new Workers(1);
        using var ensemble = new DynamicsEnsemble(spec, Network, new RandomStream(key.Split("model")), workers);
        EnsembleTrainer.Train(ensemble, replay);
        var learned = new EnsembleModel(ensemble, entry.CreateTask(entry.DefaultOptions), workers);
        var world = (ILinearizer)entry.CreateModel(entry.DefaultOptions);

        var options = new IlqrOptions { Horizon = spec.PlanningHorizon, Discount = 1.0 };
        var start = new double[spec.ObservationSize];
        var torques = new double[spec.PlanningHorizon];
        Array.Fill(torques, spec.InitialAction);
        var best = new IterativeLqr(world, options);
        double optimum = best.Solve(start, torques).Cost;
        double derivatives = new IterativeLqr(new SplitLinearizer(world, learned), options).Solve(start, torques).Cost;
        var plan = new IterativeLqr(learned, options);
        double belief = plan.Solve(start, torques).Cost;
        return new NeuralDerivativesTrial(
            (derivatives / optimum) - 1.0,
            (CarryOut(world, plan, withFeedback: true) / optimum) - 1.0,
            (CarryOut(world, plan, withFeedback: false) / optimum) - 1.0,
            Math.Abs((belief / optimum) - 1.0),
            JacobianError(world, learned, best.Trajectory));
    }

    /// <summary>Torques drawn uniformly and held for five steps; an episode also ends where the pendulum leaves the states that a swing up needs.</summary>
    private static ReplayBuffer Collect(IWorld world, int transitions, RandomStream random)
    {
        var replay = new ReplayBuffer(2, 1, transitions);
        var (before, after, torque) = (new double[2], new double[2], new double[1]);
        for (bool done = true; replay.Count < transitions;)
        {
            if (done)
            {
                world.Reset(before);
            }

            if (done || replay.Count % Hold == 0)
            {
                torque[0] = random.NextDouble(-Torque, Torque);
            }

            var result = world.Step(torque, after);
            done = result.Done || after[0] < LeastAngle || after[0] > MostAngle || Math.Abs(after[1]) > MostSpeed;
            replay.Add(new Transition { Observation = before, Action = torque, Reward = result.Reward, NextObservation = after, Terminated = result.Terminated, Truncated = done });
            after.CopyTo(before, 0);
        }

        return replay;
    }

    /// <summary>J of a plan in a world.</summary>
    private static double CarryOut(ILinearizer world, IterativeLqr plan, bool withFeedback)
    {
        var (state, next, action) = (new double[2], new double[2], new double[1]);
        double cost = 0.0;
        for (int t = 0; t < plan.Horizon; t++)
        {
            plan.Trajectory.Action(t).CopyTo(action);
            if (withFeedback)
            {
                plan.Act(t, state, action);
            }

            cost -= world.Predict(state, action, next);
            (state, next) = (next, state);
        }

        return cost - world.FinalReward(state);
    }

    private static double JacobianError(ILinearizer world, ILinearizer learned, Trajectory trajectory)
    {
        int n = trajectory.StateSize, m = trajectory.ActionSize;
        var (wanted, got) = (new TrajectoryExpansion(n, m, trajectory.Horizon), new TrajectoryExpansion(n, m, trajectory.Horizon));
        world.Expand(trajectory, wanted);
        learned.Expand(trajectory, got);
        double error = 0.0, size = 0.0;
        for (int i = 0; i < wanted.Jacobians.Length; i++)
        {
            int row = i / wanted.Stride % n, column = i % wanted.Stride;
            error += Math.Pow(got.Jacobians[i] - wanted.Jacobians[i], 2);
            size += Math.Pow(wanted.Jacobians[i] - (row == column ? 1.0 : 0.0), 2);
        }

        return Math.Sqrt(error / size);
    }
}
