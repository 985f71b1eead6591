using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds;

public class WorldCatalogTests
{
    [Fact]
    public void Every_entry_makes_its_world_model_and_task()
    {
        Assert.Equal(WorldCatalog.Entries.Count, WorldCatalog.Entries.Select(e => e.Name).Distinct().Count());
        foreach (var entry in WorldCatalog.Entries)
        {
            Assert.True(WorldCatalog.TryFind(entry.Name, out var found));
            Assert.Same(entry, found);
            var options = Activator.CreateInstance(entry.OptionsType)!;
            var world = entry.CreateWorld(options, RandomKey.FromSeed(1));
            Assert.Equal(entry.Name, world.Spec.Name);
            var observation = new double[world.Spec.ObservationSize];
            world.Reset(observation);
            Assert.All(observation, x => Assert.True(double.IsFinite(x)));
            var model = entry.CreateModel(options, 0.99);
            Assert.IsType<ISimulator>(model, exactMatch: false);
            Assert.IsType<IEvaluator>(model, exactMatch: false);
            Assert.Equal(world.Spec.Actions.Size, model.Actions.Size);
            Assert.Equal(entry.IsFinite, world.Spec.IsFinite);
            Assert.Equal(entry.IsFinite, entry.CreateTask(options) is null);
            if (entry.IsFinite)
            {
                Assert.IsType<ITabulator>(model, exactMatch: false);
            }
            else
            {
                Assert.IsType<ILinearizer>(model, exactMatch: false);
            }

            Assert.NotEmpty(entry.Summary);
        }
    }

    [Fact]
    public void An_unknown_name_is_not_found()
    {
        Assert.False(WorldCatalog.TryFind("cart-pole", out var entry));
        Assert.Null(entry);
    }

    [Fact]
    public void Options_of_another_world_are_refused()
    {
        Assert.True(WorldCatalog.TryFind("pendulum", out var entry));
        var message = Assert.Throws<ArgumentException>(() => entry.CreateWorld(new CartPoleOptions(), default)).Message;
        Assert.Contains("PendulumOptions", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_among_the_options_has_a_range_that_holds_its_default_and_is_enforced()
    {
        foreach (var entry in WorldCatalog.Entries)
        {
            foreach (var property in entry.OptionsType.GetProperties().Where(p => p.PropertyType == typeof(double) || p.PropertyType == typeof(int)))
            {
                var range = property.GetCustomAttribute<RangeAttribute>();
                Assert.True(range is not null, $"{entry.Name}: {property.Name} has no range");
                Assert.True(range.IsValid(property.GetValue(entry.DefaultOptions)), $"{entry.Name}: {property.Name}");

                var options = Activator.CreateInstance(entry.OptionsType)!;
                property.SetValue(options, property.PropertyType == typeof(int) ? (object)int.MaxValue : double.NaN);
                var message = Assert.Throws<ArgumentException>(() => entry.Describe(options)).Message;
                Assert.Contains(property.Name, message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_process_of_the_same_options_is_built_once()
    {
        var entry = WorldEntry.Finite<RandomMdpOptions>("random-mdp", "", RandomMdp.Create);
        var options = new RandomMdpOptions { States = 20 };
        var problem = entry.CreateProblem(options);
        Assert.Same(problem.Mdp, ((FiniteWorld)entry.CreateWorld(options, default)).Mdp);
        Assert.Same(problem.Mdp, ((ITabulator)entry.CreateModel(options)).Tabulate());
        Assert.Same(problem.Spec, entry.Describe(options));
        Assert.NotSame(problem, entry.CreateProblem(options with { }));
    }
}
