using Reverie.Agents;
using Reverie.Agents.Local;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Agents.Local;

public sealed class NeighboursConformanceTests() : LocalModelsConformance(LocalFit.Neighbours);

public sealed class MixtureConformanceTests() : LocalModelsConformance(LocalFit.Mixture);

public abstract class LocalModelsConformance(LocalFit fit) : AgentConformance
{
    protected override WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "point-mass");

    protected override object WorldOptions => Options;

    private static PointMassOptions Options { get; } = new() { MaxSteps = 7, NoiseForce = 0.1 };

    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) =>
        new LocalModelsAgent(spec, new KnownTask<PointMass>(new PointMass(Options)), new LocalModelsOptions { Fit = fit, Rollouts = 2, PointsPerCluster = 10 }, key);
}

public class LocalModelsAgentTests
{
    private static readonly PointMassOptions Unlimited = new() { StartX = 1.0, StartY = 1.0, StartSpread = 0.0, MaxForce = 100.0, MaxSteps = 50 };

    [Theory]
    [InlineData(LocalFit.Neighbours, 1)]
    [InlineData(LocalFit.Neighbours, 2)]
    [InlineData(LocalFit.Mixture, 1)]
    [InlineData(LocalFit.Mixture, 2)]
    public void A_point_mass_is_optimal_after_ten_rollouts_and_stays_so(LocalFit fit, long seed)
    {
        var world = new PointMass(Unlimited);
        double optimum = Optimum(world);
        var options = fit == LocalFit.Neighbours
            ? new LocalModelsOptions { Step = 10.0 }
            : new LocalModelsOptions { Fit = fit, Rollouts = 4, PriorStrength = 0.01, Memory = 40, Step = 10.0 };
        var agent = new LocalModelsAgent(world.Spec, new KnownTask<PointMass>(world), options, RandomKey.FromSeed(seed));
        var real = new ContinuousWorld<PointMass>(world, RandomKey.FromSeed(seed));
        for (int i = 0; i < 10; i++)
        {
            Roll(real, agent);
        }

        Assert.InRange(agent.BestCost, optimum * (1.0 - 1e-9), 1.003 * optimum);
        for (int i = 10; i < 100; i++)
        {
            Roll(real, agent);
        }

        Assert.InRange(agent.BestCost, optimum * (1.0 - 1e-9), 1.0001 * optimum);
    }

    [Fact]
    public void A_pole_is_swung_up_nearly_as_well_as_can_be_in_two_hundred_rollouts()
    {
        const double Optimum = 1.41149337;
        var world = new CartPoleAltro(new CartPoleAltroOptions());
        var options = new LocalModelsOptions { InitialDeviation = 3.0, LeastDeviation = 0.1 };
        var agent = new LocalModelsAgent(world.Spec, new KnownTask<CartPoleAltro>(world), options, RandomKey.FromSeed(11));
        var real = new ContinuousWorld<CartPoleAltro>(world, RandomKey.FromSeed(11));
        for (int i = 0; i < 200; i++)
        {
            Roll(real, agent);
        }

        Assert.InRange(agent.BestCost, Optimum, 1.6);
    }

    [Fact]
    public void Worlds_that_it_cannot_learn_are_refused()
    {
        var discrete = new CartPole(new CartPoleOptions());
        Assert.Contains("numbered actions", Assert.Throws<ArgumentException>(() => new LocalModelsAgent(discrete.Spec, new KnownTask<CartPole>(discrete), new(), default)).Message, StringComparison.Ordinal);
        var ends = new CartPoleContinuous(new CartPoleContinuousOptions());
        var agent = new LocalModelsAgent(ends.Spec, new KnownTask<CartPoleContinuous>(ends), new(), default);
        var world = new ContinuousWorld<CartPoleContinuous>(ends, default);
        Assert.Contains("terminated", Assert.Throws<InvalidOperationException>(() => Roll(world, agent)).Message, StringComparison.Ordinal);
        var mass = new PointMass(Unlimited);
        Assert.Contains("prior", Assert.Throws<ArgumentException>(() => new LocalModelsAgent(mass.Spec, new KnownTask<PointMass>(mass), new() { Fit = LocalFit.Ensemble }, default)).Message, StringComparison.Ordinal);
        Assert.Contains("memory", Assert.Throws<ArgumentException>(() => new LocalModelsAgent(mass.Spec, new KnownTask<PointMass>(mass), new() { Rollouts = 9, Memory = 8 }, default)).Message, StringComparison.Ordinal);
    }

    private static double Optimum(PointMass world)
    {
        var stage = new LinearQuadraticStage(4, 2);
        new LinearQuadraticExpansion(new AnalyticModel<PointMass>(world)).Expand(new double[4], new double[2], stage);
        var regulator = new FiniteHorizonRegulator(4, 2, world.Spec.MaxSteps);
        regulator.Solve(stage, new Reverie.Planning.Control.QuadraticCost(4));
        return regulator.Value(0, [1.0, 1.0, 0.0, 0.0]);
    }

    private static void Roll<TDynamics>(ContinuousWorld<TDynamics> world, LocalModelsAgent agent)
        where TDynamics : struct, IDynamics
    {
        double[] observation = new double[world.Spec.ObservationSize], next = new double[world.Spec.ObservationSize], action = new double[world.Spec.Actions.Size];
        world.Reset(observation);
        for (bool done = false; !done; (observation, next) = (next, observation))
        {
            agent.Act(observation, action);
            var result = world.Step(action, next);
            agent.Observe(new Transition
            {
                Observation = observation,
                Action = action,
                Reward = result.Reward,
                NextObservation = next,
                Terminated = result.Terminated,
                Truncated = result.Truncated,
            });
            done = result.Done;
        }
    }
}
