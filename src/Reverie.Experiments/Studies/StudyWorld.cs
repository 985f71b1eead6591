using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>A world under options, as a study uses it.</summary>
/// <param name="entry">The world.</param>
/// <param name="options">Its options.</param>
internal sealed class StudyWorld(WorldEntry entry, object options)
{
    /// <summary>What may be known of it.</summary>
    public WorldSpec Spec { get; } = entry.Describe(options);

    /// <summary>The world of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="assignments">Options as <c>name=value</c>; the others stay at their defaults.</param>
    /// <exception cref="RequestException">An unknown name or a value that is not allowed.</exception>
    public static StudyWorld Of(string name, params IEnumerable<string> assignments)
    {
        var entry = Laboratory.World(name);
        return new StudyWorld(entry, OptionBinder.Bind([Laboratory.Target(entry)], assignments)[0]);
    }

    /// <summary>The world to act in.</summary>
    public IWorld Create(RandomKey key) => entry.CreateWorld(options, key);

    /// <summary>Reward and termination.</summary>
    public ITask Task() => entry.CreateTask(options) ?? throw new InvalidOperationException($"World '{entry.Name}' has no task of its own.");

    /// <summary>The exact model.</summary>
    public IEvaluator Exact() => (IEvaluator)entry.CreateModel(options);
}
