using System.Reflection;
using Reverie.Architecture.Tests.Sample.Agents;

namespace Reverie.Architecture.Tests;

public sealed class FloorTests
{
    private static readonly Assembly[] House =
        [.. new[] { "Reverie", "Reverie.Neural", "Reverie.Experiments", "Reverie.Cli" }.Select(Assembly.Load)];

    [Fact]
    public void No_type_depends_on_a_floor_above_its_own() => AssertNone(Floors.House.Violations(House));

    [Fact]
    public void Every_type_has_a_floor() => AssertNone(Floors.House.Unplaced(House));

    [Theory]
    [InlineData("Reverie", new string[0])]
    [InlineData("Reverie.Neural", new[] { "Reverie" })]
    [InlineData("Reverie.Experiments", new[] { "Reverie", "Reverie.Neural" })]
    public void An_assembly_refers_to_those_below_only(string name, string[] allowed)
    {
        var referred = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(a => a.StartsWith("Reverie", StringComparison.Ordinal));
        Assert.Empty(referred.Except(allowed));
    }

    /// <summary>The checks above can fail: a planner that knows an agent is found, in a signature or in a body alike.</summary>
    [Fact]
    public void A_dependency_upwards_is_found()
    {
        const string Sample = "Reverie.Architecture.Tests.Sample";
        var floors = new Floors((2, Sample + ".Planning"), (3, Sample + ".Agents"));

        var found = floors.Violations(typeof(SampleAgent).Assembly);

        Assert.Equal(
            ["KnowsInBody", "KnowsInConstraint", "KnowsInSignature"],
            found.Select(v => v.Split(' ')[0].Split('.')[^1].Split('`')[0]).Order());
    }

    [Fact]
    public void A_type_without_a_floor_is_found()
    {
        var floors = new Floors((0, "Reverie.Architecture.Tests.Sample"));
        Assert.Contains(typeof(FloorTests).FullName, floors.Unplaced(typeof(FloorTests).Assembly));
        Assert.DoesNotContain(typeof(SampleAgent).FullName, floors.Unplaced(typeof(FloorTests).Assembly));
    }

    private static void AssertNone(List<string> found) => Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
}
