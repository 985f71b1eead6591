using System.Text.Json;
using Reverie.Numerics;

namespace Reverie.Experiments.Comparisons;

/// <summary>
/// A comparison on disk: what was asked, a run directory for each of its runs, and what came of them.
/// </summary>
/// <remarks>
/// <code>
/// comparison.json                      what was asked                        (ComparisonRequest)
/// runs/agent-world-seed1 …             an ordinary run directory each        (RunDirectory)
/// comparison.md, comparison.png, .svg  table and figure, once no run is left
/// comparison.lock                      held by the process that runs it
/// </code>
/// </remarks>
public sealed class ComparisonDirectory
{
    private const string RequestFile = "comparison.json";
    private const string LockFile = "comparison.lock";

    private ComparisonDirectory(string path, ComparisonPlan plan) => (Path, Plan) = (path, plan);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Its runs.</summary>
    public ComparisonPlan Plan { get; }

    /// <summary>Makes a comparison, or opens the one that is there, perhaps with more agents, worlds or seeds than it had.</summary>
    /// <param name="path">A directory that does not exist yet, is empty, or holds a comparison that the plan goes on with.</param>
    /// <param name="plan">What is asked.</param>
    /// <exception cref="RequestException">The directory cannot be made, or what it holds is no part of the plan.</exception>
    public static ComparisonDirectory Open(string path, ComparisonPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        path = FullPath(path);
        var directory = new ComparisonDirectory(path, plan);
        if (Read(path) is { } before)
        {
            ComparisonDifference.Refuse(path, before, plan);
        }
        else if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsLeftover(entry)))
        {
            throw new RequestException($"{path} is not empty and holds no comparison: choose another directory with --out");
        }

        foreach (var cell in plan.Cells.Where(directory.Exists))
        {
            ComparisonDifference.Refuse(directory.Run(cell), cell);
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "runs"));
            AtomicFile.Write(System.IO.Path.Combine(path, RequestFile), stream => JsonSerializer.Serialize(stream, plan.Request, RunJson.Document));
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"the directory {path} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>What was asked of the comparison that a directory holds; null where it holds none.</summary>
    /// <exception cref="RequestException">It was made by another version.</exception>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static ComparisonRequest? Read(string path)
    {
        string file = System.IO.Path.Combine(FullPath(path), RequestFile);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var request = JsonSerializer.Deserialize<ComparisonRequest>(File.ReadAllBytes(file), RunJson.Document) ?? throw new JsonException("it is null");
            return request.Format == ComparisonRequest.CurrentFormat
                ? request
                : throw new RequestException($"{file} has the format '{request.Format}', not '{ComparisonRequest.CurrentFormat}'");
        }
        catch (JsonException e)
        {
            throw new RunException($"{file} is damaged: {Messages.OneLine(e)}", e);
        }
    }

    /// <summary>Whether a run was started.</summary>
    public bool Exists(ComparisonCell cell) => File.Exists(System.IO.Path.Combine(RunPath(cell), "run.json"));

    /// <summary>The directory of a run that was started.</summary>
    /// <exception cref="RequestException">It is no run.</exception>
    /// <exception cref="RunException">Its run.json is damaged.</exception>
    public RunDirectory Run(ComparisonCell cell) => RunDirectory.Open(RunPath(cell));

    /// <summary>Whether a run is done.</summary>
    public bool IsDone(ComparisonCell cell) => Exists(cell) && File.Exists(Run(cell).ResultPath);

    /// <summary>The directory of a run, made where it was not started yet.</summary>
    internal RunDirectory OpenOrCreate(ComparisonCell cell) => Exists(cell) ? Run(cell) : RunDirectory.Create(RunPath(cell), cell.Request);

    /// <summary>Keeps other processes from running this comparison until the result is disposed; a killed process lets go by itself.</summary>
    /// <exception cref="RequestException">Another process runs it.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(Path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{Path} is being run by another process, or is not writable", e);
        }
    }

    private static string FullPath(string path) => path.Length > 0
        ? System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))
        : throw new RequestException("the comparison's path is empty");

    private static bool IsLeftover(string entry) =>
        entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
        || System.IO.Path.GetFileName(entry) == LockFile
        || (System.IO.Path.GetFileName(entry) == "runs" && Directory.Exists(entry) && !Directory.EnumerateFileSystemEntries(entry).Any());

    private string RunPath(ComparisonCell cell) => System.IO.Path.Combine(Path, "runs", cell.Name);
}
