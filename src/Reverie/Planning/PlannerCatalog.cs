using System.Diagnostics.CodeAnalysis;
using Reverie.Models;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>A planner that can be asked for by name.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="DefaultOptions">Options with their defaults; their type is the planner's options type.</param>
/// <param name="Power">The power that it asks of a model: <see cref="IEvaluator"/>, <see cref="ISimulator"/> or <see cref="ILinearizer"/>.</param>
/// <param name="Create">
/// Makes the planner from options of that type and a model of the world; what the options leave open is the world's. An <see cref="ArgumentException"/>
/// says so where the model lacks the power.
/// </param>
public sealed record PlannerEntry(
    string Name,
    string Summary,
    PlannerOptions DefaultOptions,
    Type Power,
    Func<PlannerOptions, IModel, WorldSpec, IPlanner> Create)
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
        Entry<CrossEntropyOptions, IEvaluator>("cem", "Cross-entropy method", (options, model) => new CrossEntropyMethod(model, options)),
        Entry<DdpOptions, ILinearizer>("ddp", "Differential dynamic programming: iLQR with the dynamics' second derivatives", (options, model, world) => new IlqrPlanner(model, options, world.InitialAction)),
        Entry<ImprovedCrossEntropyOptions, IEvaluator>("icem", "Improved cross-entropy method: coloured noise, kept elites", (options, model) => new ImprovedCrossEntropyMethod(model, options)),
        Entry<IlqrOptions, ILinearizer>("ilqr", "Iterative linear-quadratic regulator: optimises a whole trajectory by its derivatives", (options, model, world) => new IlqrPlanner(model, options, world.InitialAction)),
        Entry<LqrOptions, ILinearizer>("lqr", "Linear-quadratic regulator of the model expanded around a point (smooth models)", (options, model) => new LqrPlanner(model, options)),
        Entry<PathIntegralOptions, IEvaluator>("mppi", "Model-predictive path integral control", (options, model) => new PathIntegral(model, options)),
        Entry<RandomShootingOptions, IEvaluator>("random-shooting", "The best of many random plans", (options, model) => new RandomShooting(model, options)),
        Entry<UctOptions, ISimulator>("uct", "Tree search by simulated episodes, upper confidence bounds (discrete actions)", (options, model) => new Uct(model, options)),
    ];

    /// <summary>Finds a planner by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out PlannerEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }

    private static PlannerEntry Entry<TOptions, TPower>(string name, string summary, Func<TOptions, TPower, IPlanner> create)
        where TOptions : PlannerOptions, new()
        where TPower : class, IModel => Entry<TOptions, TPower>(name, summary, (options, model, _) => create(options, model));

    private static PlannerEntry Entry<TOptions, TPower>(string name, string summary, Func<TOptions, TPower, WorldSpec, IPlanner> create)
        where TOptions : PlannerOptions, new()
        where TPower : class, IModel =>
        new(name, summary, new TOptions(), typeof(TPower), (options, model, world) => model is TPower powerful
            ? create((TOptions)options.For(world), powerful, world)
            : throw new ArgumentException($"Planner '{name}' needs a model that is an {typeof(TPower).Name}; {model?.GetType().Name ?? "null"} is none.", nameof(model)));
}
