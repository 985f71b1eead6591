using System.Diagnostics.CodeAnalysis;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>A planner that can be asked for by name.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="DefaultOptions">Options with their defaults; their type is the planner's options type.</param>
/// <param name="Create">Makes the planner from options of that type and a model of the world; what the options leave open is the world's.</param>
public sealed record PlannerEntry(
    string Name,
    string Summary,
    PlannerOptions DefaultOptions,
    Func<PlannerOptions, IEvaluator, WorldSpec, IPlanner> Create)
{
    /// <summary>The type of the options.</summary>
    public Type OptionsType => DefaultOptions.GetType();
}

/// <summary>The planners by name.</summary>
public static class PlannerCatalog
{
    /// <summary>All planners, in alphabetical order.</summary>
    public static IReadOnlyList<PlannerEntry> Entries { get; } =
    [
        Entry<CrossEntropyOptions>("cem", "Cross-entropy method", (options, model) => new CrossEntropyMethod(model, options)),
        Entry<ImprovedCrossEntropyOptions>("icem", "Improved cross-entropy method: coloured noise, kept elites", (options, model) => new ImprovedCrossEntropyMethod(model, options)),
        Entry<PathIntegralOptions>("mppi", "Model-predictive path integral control", (options, model) => new PathIntegral(model, options)),
        Entry<RandomShootingOptions>("random-shooting", "The best of many random plans", (options, model) => new RandomShooting(model, options)),
    ];

    /// <summary>Finds a planner by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out PlannerEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }

    private static PlannerEntry Entry<TOptions>(string name, string summary, Func<TOptions, IEvaluator, IPlanner> create)
        where TOptions : PlannerOptions, new() =>
        new(name, summary, new TOptions(), (options, model, world) => create((TOptions)options.For(world), model));
}
