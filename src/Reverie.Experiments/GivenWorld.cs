using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;
using Reverie.Worlds.Finite.Formats;

namespace Reverie.Experiments;

/// <summary>A world whose model a planner is given, by name or from a file.</summary>
/// <param name="Spec">What may be known of it.</param>
/// <param name="Create">Makes a world to act in.</param>
/// <param name="Model">Makes its exact model.</param>
/// <param name="PlannerOptions">The planner's options, bound.</param>
/// <param name="WorldOptions">The world's options, bound; null for a file.</param>
internal sealed record GivenWorld(WorldSpec Spec, Func<RandomKey, IWorld> Create, Func<Workers, IModel> Model, object PlannerOptions, object? WorldOptions = null)
{
    /// <summary>Finds a world: one of the catalogue, else the finite world of a file.</summary>
    /// <param name="world">The world's name or the file.</param>
    /// <param name="planner">The planner, whose options are bound together with the world's.</param>
    /// <param name="assignments">Options as <c>name=value</c>; a file has none of its own.</param>
    /// <exception cref="RequestException">An unknown name, a value that is not allowed, or a file that is no finite world.</exception>
    public static GivenWorld Find(string world, OptionTarget planner, IEnumerable<string> assignments)
    {
        try
        {
            if (!WorldCatalog.TryFind(world, out _) && (File.Exists(world) || Laboratory.IsFileName(world)))
            {
                var problem = FiniteFile.Read(world);
                return new GivenWorld(
                    problem.Spec, key => new FiniteWorld(problem, key), _ => new FiniteModel(problem.Mdp), OptionBinder.Bind([planner], assignments)[0]);
            }

            var entry = Laboratory.World(world);
            object[] options = OptionBinder.Bind([Laboratory.Target(entry), planner], assignments);
            return new GivenWorld(
                entry.Describe(options[0]), key => entry.CreateWorld(options[0], key), workers => entry.CreateModel(options[0], workers: workers), options[1], options[0]);
        }
        catch (Exception e) when (e is ArgumentException or FiniteFileException)
        {
            throw new RequestException(Messages.OneLine(e), e);
        }
    }
}
