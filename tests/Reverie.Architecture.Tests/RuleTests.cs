using System.Reflection;
using System.Text.Json;
using Mono.Cecil;

namespace Reverie.Architecture.Tests;

/// <summary>Rules of design that a compiler does not check.</summary>
public sealed class RuleTests
{
    private const int LineCeiling = 500;

    private static readonly string[] Ambient =
    [
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today",
        "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
        "System.Random::get_Shared", "System.Random::.ctor", "System.Guid::NewGuid",
    ];

    [Fact]
    public void The_managed_library_has_no_native_code()
    {
        using var module = ModuleDefinition.ReadModule(Assembly.Load("Reverie").Location);
        Assert.Empty(PInvokes(module));
        Assert.Empty(NativeAssets("Reverie"));
    }

    [Fact]
    public void Native_code_is_found_where_it_is()
    {
        using var module = ModuleDefinition.ReadModule(Assembly.Load("TorchSharp").Location);
        Assert.NotEmpty(PInvokes(module));
        Assert.NotEmpty(NativeAssets("Reverie.Neural"));
    }

    [Theory]
    [InlineData("Reverie")]
    [InlineData("Reverie.Neural")]
    public void Nothing_ambient_is_used(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(Assembly.Load(assembly).Location);
        Assert.Empty(AmbientCalls(module));
    }

    [Fact]
    public void Ambient_calls_are_found()
    {
        using var module = ModuleDefinition.ReadModule(typeof(RuleTests).Assembly.Location);
        string call = Assert.Single(AmbientCalls(module));
        Assert.Contains(nameof(UsesTheClock), call, StringComparison.Ordinal);
    }

    [Fact]
    public void No_source_file_is_longer_than_the_ceiling()
    {
        string[] files = [.. Directory.EnumerateFiles(Metadata("Sources"), "*.cs", SearchOption.AllDirectories)];
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, f => File.ReadLines(f).Count() > LineCeiling);
    }

    private static string Metadata(string key) =>
        typeof(RuleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static List<string> PInvokes(ModuleDefinition module) =>
        [.. module.GetTypes().SelectMany(t => t.Methods).Where(m => m.IsPInvokeImpl).Select(m => m.FullName)];

    /// <summary>Native files of all packages that a project's restore found.</summary>
    private static List<string> NativeAssets(string project)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Metadata("Intermediates"), project, "project.assets.json")));
        return
        [
            .. from package in assets.RootElement.GetProperty("libraries").EnumerateObject()
               where package.Value.TryGetProperty("files", out _)
               from file in package.Value.GetProperty("files").EnumerateArray()
               let path = file.GetString()!
               where path.StartsWith("runtimes/", StringComparison.Ordinal) && path.Contains("/native/", StringComparison.Ordinal)
               select $"{package.Name}: {path}",
        ];
    }

    private static List<string> AmbientCalls(ModuleDefinition module) =>
    [
        .. from type in module.GetTypes()
           from method in type.Methods
           where method.HasBody
           from instruction in method.Body.Instructions
           where instruction.Operand is MethodReference called
              && Ambient.Contains($"{called.DeclaringType.FullName}::{called.Name}")
           select $"{method.FullName}: {instruction.Operand}",
    ];

    private static DateTime UsesTheClock() => DateTime.UtcNow;
}
