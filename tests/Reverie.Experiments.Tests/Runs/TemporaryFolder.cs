namespace Reverie.Experiments.Tests.Runs;

/// <summary>A folder that is deleted with its contents.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("reverie-test-").FullName;

    public string Path { get; }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Every file of a run but those that hold clock times, by relative name.</summary>
    public static SortedDictionary<string, string> Contents(string run)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            string name = System.IO.Path.GetRelativePath(run, file);
            if (name is not ("timing.jsonl" or "run.lock"))
            {
                files[name] = Convert.ToHexString(File.ReadAllBytes(file));
            }
        }

        return files;
    }

    /// <summary>Fails, naming the files, unless two runs are the same byte for byte.</summary>
    public static void AssertSameRun(string expected, string actual)
    {
        var (a, b) = (Contents(expected), Contents(actual));
        Assert.Equal(a.Keys, b.Keys);
        string[] differing = [.. a.Keys.Where(name => a[name] != b[name])];
        Assert.Equal([], differing);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
