using System.Buffers.Binary;
using System.Collections;
using System.Reflection;
using Microsoft.Build.Framework;

namespace Reverie.Build.Tests;

/// <summary>The task on the library that it is for, as the package has it.</summary>
public sealed class TorchSharpLibraryTests : IDisposable
{
    private static readonly string Library = Path.Combine(
        typeof(TorchSharpLibraryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TorchSharpPackage").Value!,
        "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-build-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Exactly_the_flag_of_the_version_changes()
    {
        byte[] before = File.ReadAllBytes(Library);
        byte[] after = [.. before];

        var result = ElfVersions.Weaken(after, SyntheticElf.Version, SyntheticElf.Symbol);

        Assert.Equal(ElfOutcome.Weakened, result.Outcome);
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];
        int flags = Assert.Single(changed);
        Assert.Equal((0, 2), (before[flags], after[flags]));
        // The entry begins with the name's hash by the System V ABI, computed here anew.
        Assert.Equal(SystemVHash(SyntheticElf.Version), BinaryPrimitives.ReadUInt32LittleEndian(before.AsSpan(flags - 4)));
        Assert.Equal(ElfOutcome.NotNeeded, ElfVersions.Weaken(after, SyntheticElf.Version, SyntheticElf.Symbol).Outcome);
    }

    [Fact]
    public void The_task_writes_a_changed_copy_says_so_and_leaves_every_other_name_of_the_old_one()
    {
        byte[] original = File.ReadAllBytes(Library);
        string source = Path.Combine(folder, "libLibTorchSharp.so");
        string destination = Path.Combine(folder, "out", "libLibTorchSharp.so");
        File.Copy(Library, source);
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        File.Copy(Library, destination);
        // The open handle stands for another name of the destination, such as a hard link in the package cache.
        using var otherName = new FileStream(destination, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var engine = new Engine();

        Assert.True(new WeakenUnusedVersion { BuildEngine = engine, Source = source, Destination = destination }.Execute());

        Assert.Equal(original, File.ReadAllBytes(source));
        Assert.NotEqual(original, File.ReadAllBytes(destination));
        byte[] old = new byte[original.Length];
        otherName.ReadExactly(old);
        Assert.Equal(original, old);
        Assert.Contains(engine.Said, m => m.Importance == MessageImportance.High && m.Message!.Contains("now weak", StringComparison.Ordinal));
        Assert.Equal(destination, Assert.Single(Directory.GetFiles(Path.Combine(folder, "out"))));
    }

    [Fact]
    public void The_task_writes_nothing_where_nothing_is_needed()
    {
        string source = Path.Combine(folder, "weak.so");
        string destination = Path.Combine(folder, "copy.so");
        File.WriteAllBytes(source, new SyntheticElf { AlreadyWeak = true }.Build());
        File.WriteAllText(destination, "left from another version");
        var engine = new Engine();

        Assert.True(new WeakenUnusedVersion { BuildEngine = engine, Source = source, Destination = destination }.Execute());

        Assert.False(File.Exists(destination));
        Assert.DoesNotContain(engine.Said, m => m.Importance == MessageImportance.High);
        Assert.Empty(engine.Warned);
    }

    [Fact]
    public void The_task_warns_of_a_library_that_it_does_not_understand()
    {
        string source = Path.Combine(folder, "text.so");
        File.WriteAllText(source, "text");
        var engine = new Engine();

        Assert.True(new WeakenUnusedVersion { BuildEngine = engine, Source = source, Destination = Path.Combine(folder, "copy.so") }.Execute());

        Assert.Contains("not an ELF file", Assert.Single(engine.Warned), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "copy.so")));
    }

    private static uint SystemVHash(string name)
    {
        uint h = 0;
        foreach (char c in name)
        {
            h = (h << 4) + c;
            uint top = h & 0xf0000000;
            h = (h ^ (top >> 24)) & ~top;
        }

        return h;
    }

    private sealed class Engine : IBuildEngine
    {
        public List<BuildMessageEventArgs> Said { get; } = [];

        public List<string> Warned { get; } = [];

        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "";

        public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => false;

        public void LogCustomEvent(CustomBuildEventArgs e)
        {
        }

        public void LogErrorEvent(BuildErrorEventArgs e) => Assert.Fail(e.Message ?? "error");

        public void LogMessageEvent(BuildMessageEventArgs e) => Said.Add(e);

        public void LogWarningEvent(BuildWarningEventArgs e) => Warned.Add(e.Message ?? "");
    }
}
