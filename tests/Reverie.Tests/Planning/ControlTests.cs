using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Tests.Planning;

/// <summary>Planners on exact models: what they allocate, and what they achieve.</summary>
public class ControlTests
{
    public static TheoryData<string> Names => [.. EveryPlanner.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decision_allocates_nothing(string name)
    {
        foreach (string world in (string[])["pendulum", "cartpole"])
        {
            foreach (int threads in (int[])[0, 1, 2])
            {
                using var workers = threads > 0 ? new Workers(threads) : null;
                var (entry, model) = Model(world, workers);
                Assert.True(PlannerCatalog.TryFind(name, out var found));
                var planner = found.Create(found.DefaultOptions with { Population = 100, Horizon = 8 }, model, entry.Describe(entry.DefaultOptions));
                var (state, action) = (new double[model.StateSize], new double[1]);
                long before = 0;
                for (int k = 0; k < 40; k++)
                {
                    before = k == 30 ? GC.GetAllocatedBytesForCurrentThread() : before;
                    planner.Plan(state, action, new RandomKey((ulong)k));
                }

                Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_number_of_threads_changes_nothing(string name)
    {
        using var workers = new Workers(3);
        Assert.Equal(Return(name, "cartpole-swingup", 1, 5, null), Return(name, "cartpole-swingup", 1, 5, workers));
    }

    [Theory]
    [InlineData("cem", -220)]
    [InlineData("icem", -220)]
    [InlineData("mppi", -220)]
    [InlineData("random-shooting", -290)]
    public void The_pendulum_is_swung_up(string name, double threshold)
    {
        double mean = Enumerable.Range(1, 2).Average(seed => Return(name, "pendulum", seed, 200, null));
        TestContext.Current.SendDiagnosticMessage($"{name}: {mean}");
        Assert.InRange(mean, threshold, 0.0);
    }

    [Theory]
    [InlineData("cem", 26)]
    [InlineData("icem", 26)]
    [InlineData("mppi", 26)]
    [InlineData("random-shooting", 20)]
    public void The_cart_pole_is_swung_up(string name, double threshold)
    {
        double mean = Enumerable.Range(1, 2).Average(seed => Return(name, "cartpole-swingup", seed, 40, null));
        TestContext.Current.SendDiagnosticMessage($"{name}: {mean}");
        Assert.InRange(mean, threshold, 40.0);
    }

    private static (WorldEntry Entry, IEvaluator Model) Model(string world, Workers? workers)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        return (entry, (IEvaluator)entry.CreateModel(entry.DefaultOptions, 1.0, workers));
    }

    private static double Return(string name, string worldName, long seed, int steps, Workers? workers)
    {
        var (entry, model) = Model(worldName, workers);
        var world = entry.CreateWorld(entry.DefaultOptions, RandomKey.FromSeed(seed));
        Assert.True(PlannerCatalog.TryFind(name, out var found));
        var policy = new MpcPolicy(model, found.Create(found.DefaultOptions, model, world.Spec), new RandomStream(RandomKey.FromSeed(seed).Split("planner")));
        var (observation, action) = (new double[world.Spec.ObservationSize], new double[1]);
        world.Reset(observation);
        double sum = 0;
        for (int t = 0; t < steps; t++)
        {
            policy.Act(observation, action);
            sum += world.Step(action, observation).Reward;
        }

        return sum;
    }
}
