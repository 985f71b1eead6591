using System.Runtime.CompilerServices;
using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Worlds;

/// <summary>A world by name: how to make it, its exact model and its task from its options record.</summary>
public sealed class WorldEntry
{
    private readonly Func<object, WorldSpec> spec;
    private readonly Func<object, RandomKey, IWorld> world;
    private readonly Func<object, double, Workers?, IModel> model;
    private readonly Func<object, ITask?> task;
    private readonly Func<object, FiniteProblem>? problem;

    private WorldEntry(
        string name,
        string summary,
        object defaultOptions,
        Func<object, WorldSpec> spec,
        Func<object, RandomKey, IWorld> world,
        Func<object, double, Workers?, IModel> model,
        Func<object, ITask?> task,
        Func<object, FiniteProblem>? problem = null)
    {
        (Name, Summary, DefaultOptions) = (name, summary, defaultOptions);
        (this.spec, this.world, this.model, this.task, this.problem) = (spec, world, model, task, problem);
    }

    /// <summary>The world's name in commands.</summary>
    public string Name { get; }

    /// <summary>One line on what is to be done.</summary>
    public string Summary { get; }

    /// <summary>The options record's type.</summary>
    public Type OptionsType => DefaultOptions.GetType();

    /// <summary>Options with every property at its default.</summary>
    public object DefaultOptions { get; }

    /// <summary>Whether it is a finite world, with numbered states.</summary>
    public bool IsFinite => problem is not null;

    /// <summary>What an agent may know of the world under these options.</summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <exception cref="ArgumentException">The options are of another type, or one is out of range.</exception>
    public WorldSpec Describe(object options) => spec(options);

    /// <summary>The world agents act in.</summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <param name="key">The randomness of starts and disturbances.</param>
    /// <exception cref="ArgumentException">The options are of another type, or one is out of range.</exception>
    public IWorld CreateWorld(object options, RandomKey key) => world(options, key);

    /// <summary>
    /// The exact model. A continuous world's is an <see cref="AnalyticModel{TDynamics}"/>: an <see cref="ISimulator"/>, <see cref="IEvaluator"/> and
    /// <see cref="ILinearizer"/>; a finite one's a <see cref="FiniteModel"/>: an <see cref="ISimulator"/>, <see cref="IEvaluator"/> and <see cref="ITabulator"/>.
    /// </summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <param name="discount">γ in (0, 1] of a continuous world's returns; a finite process has its own.</param>
    /// <param name="workers">Threads to share large batches.</param>
    /// <exception cref="ArgumentException">The options are of another type, or one is out of range.</exception>
    public IModel CreateModel(object options, double discount = 1.0, Workers? workers = null) => model(options, discount, workers);

    /// <summary>Reward and termination as functions of observations, a <see cref="KnownTask{TDynamics}"/>; null for a finite world.</summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <exception cref="ArgumentException">The options are of another type, or one is out of range.</exception>
    public ITask? CreateTask(object options) => task(options);

    /// <summary>The definition of a finite world: the same one for the same instance of options.</summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <exception cref="ArgumentException">The options are of another type, or one is out of range.</exception>
    /// <exception cref="InvalidOperationException">The world is not finite.</exception>
    public FiniteProblem CreateProblem(object options) => problem is null ? throw new InvalidOperationException($"World '{Name}' is not finite.") : problem(options);

    /// <summary>An entry for dynamics made from an options record.</summary>
    internal static WorldEntry Of<TOptions, TDynamics>(string name, string summary, Func<TOptions, TDynamics> make)
        where TOptions : class, new()
        where TDynamics : struct, IDynamics
    {
        TDynamics Make(object options) => options is TOptions typed
            ? make(typed)
            : throw new ArgumentException($"World '{name}' takes {typeof(TOptions).Name}; given {options?.GetType().Name ?? "null"}.", nameof(options));

        return new WorldEntry(
            name,
            summary,
            new TOptions(),
            options => Make(options).Spec,
            (options, key) => new ContinuousWorld<TDynamics>(Make(options), key),
            (options, discount, workers) => new AnalyticModel<TDynamics>(Make(options), discount, workers),
            options => new KnownTask<TDynamics>(Make(options)));
    }

    /// <summary>An entry for a finite world made from an options record.</summary>
    internal static WorldEntry Finite<TOptions>(string name, string summary, Func<TOptions, FiniteProblem> make)
        where TOptions : class, new()
    {
        // The spec, the world and the model of the same options are made one after the other: a large process is built once for all of them.
        var problems = new ConditionalWeakTable<object, FiniteProblem>();
        FiniteProblem Make(object options) => options is TOptions typed
            ? problems.GetValue(typed, _ => make(typed))
            : throw new ArgumentException($"World '{name}' takes {typeof(TOptions).Name}; given {options?.GetType().Name ?? "null"}.", nameof(options));

        return new WorldEntry(
            name,
            summary,
            new TOptions(),
            options => Make(options).Spec,
            (options, key) => new FiniteWorld(Make(options), key),
            (options, _, _) => new FiniteModel(Make(options).Mdp),
            _ => null,
            Make);
    }
}
