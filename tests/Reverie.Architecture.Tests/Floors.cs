using System.Reflection;
using NetArchTest.Rules;

namespace Reverie.Architecture.Tests;

/// <summary>Namespaces by floor; a namespace's children live on its floor. A type may depend on its own floor and on those below.</summary>
internal sealed class Floors(params (int Floor, string Namespace)[] rooms)
{
    /// <summary>The house as it is designed.</summary>
    public static Floors House { get; } = new(
        (0, "Reverie.Numerics"),
        (1, "Reverie.Worlds"),
        (1, "Reverie.Experience"),
        (1, "Reverie.Models"),
        (1, "Reverie.Networks"),
        (1, "Reverie.Neural.Models"),
        (1, "Reverie.Neural.Networks"),
        (2, "Reverie.Planning"),
        (3, "Reverie.Agents"),
        (3, "Reverie.Neural.Agents"),
        (4, "Reverie.Experiments"),
        (5, "Reverie.Cli"));

    /// <summary>Types that depend on a floor above their own, each with that floor's rooms.</summary>
    public List<string> Violations(params Assembly[] assemblies)
    {
        var found = new List<string>();
        foreach (var (floor, room) in rooms)
        {
            string[] above = [.. rooms.Where(r => r.Floor > floor).Select(r => r.Namespace)];
            if (above.Length == 0)
            {
                continue;
            }

            var result = Types.InAssemblies(assemblies).That().ResideInNamespaceMatching(Pattern(room)).ShouldNot().HaveDependencyOnAny(above).GetResult();
            found.AddRange((result.FailingTypeNames ?? []).Select(type => $"{type} (floor {floor}) depends on one of {string.Join(", ", above)}"));
        }

        return found;
    }

    /// <summary>Types, written by hand, in a namespace that has no floor.</summary>
    public List<string> Unplaced(params Assembly[] assemblies) =>
    [
        .. assemblies.SelectMany(a => a.GetTypes())
            .Where(t => !t.IsNested && t.Namespace is { } name
                && name.StartsWith("Reverie", StringComparison.Ordinal)
                && !rooms.Any(r => name == r.Namespace || name.StartsWith(r.Namespace + ".", StringComparison.Ordinal)))
            .Select(t => t.FullName!),
    ];

    private static string Pattern(string room) => $"^{room.Replace(".", "\\.", StringComparison.Ordinal)}(\\.|$)";
}
