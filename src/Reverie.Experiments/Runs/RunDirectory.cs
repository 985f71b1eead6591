using System.Globalization;
using System.Text.Json;
using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>
/// A run on disk, which stands alone: what was asked, every real transition, metrics over time, the last checkpoint and the result.
/// </summary>
/// <remarks>
/// <c>checkpoint.safetensors</c> is the single point of commitment: it says how much of the other files is valid. Whatever stands beyond is cut on resume.
/// <code>
/// run.json                          what was asked                    (RunRequest)
/// transitions/part-00001.parquet …  every real transition, one part per checkpoint interval
/// metrics.jsonl                     what the agent measured           (MetricRecord a line)
/// episodes.jsonl                    the finished episodes             (EpisodeRecord a line)
/// timing.jsonl                      where time went                   (TimingRecord a line)
/// checkpoint.safetensors            world, agent and counters
/// result.json                       what came of it                   (RunResult)
/// run.lock                          held by the process that runs it
/// </code>
/// </remarks>
public sealed class RunDirectory
{
    private RunDirectory(string path, RunRequest request, byte[] requestBytes) => (Path, Request, RequestBytes) = (path, request, requestBytes);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>What was asked.</summary>
    public RunRequest Request { get; }

    /// <summary>Where the metrics stand.</summary>
    public string MetricsPath => In("metrics.jsonl");

    /// <summary>Where the episodes stand.</summary>
    public string EpisodesPath => In("episodes.jsonl");

    /// <summary>Where the timings stand.</summary>
    public string TimingPath => In("timing.jsonl");

    /// <summary>Where the checkpoint stands, if there is one yet.</summary>
    public string CheckpointPath => In("checkpoint.safetensors");

    /// <summary>Where the result stands, if the run is done.</summary>
    public string ResultPath => In("result.json");

    /// <summary>Where the last measurement of the model's open-loop error stands, if there was one.</summary>
    public string ImaginationPath => In("imagination.json");

    /// <summary>The folder of the transitions.</summary>
    public string TransitionsPath => In("transitions");

    /// <summary>The bytes of run.json, which a checkpoint is tied to.</summary>
    internal byte[] RequestBytes { get; }

    /// <summary>The file of part <paramref name="number"/> of the transitions, from 1.</summary>
    public string TransitionPart(int number) =>
        System.IO.Path.Combine(TransitionsPath, string.Create(CultureInfo.InvariantCulture, $"part-{number:D5}.parquet"));

    /// <summary>The files of the transitions, in order.</summary>
    public IReadOnlyList<string> TransitionParts()
    {
        var parts = new List<string>();
        while (File.Exists(TransitionPart(parts.Count + 1)))
        {
            parts.Add(TransitionPart(parts.Count + 1));
        }

        return parts;
    }

    /// <summary>The finished episodes so far.</summary>
    /// <exception cref="RunException">A line is damaged.</exception>
    public IReadOnlyList<EpisodeRecord> ReadEpisodes() => AppendLog.Read<EpisodeRecord>(EpisodesPath);

    /// <summary>The metrics so far.</summary>
    /// <exception cref="RunException">A line is damaged.</exception>
    public IReadOnlyList<MetricRecord> ReadMetrics() => AppendLog.Read<MetricRecord>(MetricsPath);

    /// <summary>The timings so far.</summary>
    /// <exception cref="RunException">A line is damaged.</exception>
    public IReadOnlyList<TimingRecord> ReadTiming() => AppendLog.Read<TimingRecord>(TimingPath);

    /// <summary>The result, or null while the run is not done.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public RunResult? ReadResult() => File.Exists(ResultPath) ? ReadDocument<RunResult>(ResultPath) : null;

    /// <summary>Writes the result.</summary>
    internal void WriteResult(RunResult result) =>
        AtomicFile.Write(ResultPath, stream => JsonSerializer.Serialize(stream, result, RunJson.Document));

    /// <summary>The last measurement of the model's open-loop error, or null.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public OpenLoopResult? ReadImagination() => File.Exists(ImaginationPath) ? ReadDocument<OpenLoopResult>(ImaginationPath) : null;

    /// <summary>Keeps a measurement of the model's open-loop error beside the run.</summary>
    public void WriteImagination(OpenLoopResult result) =>
        AtomicFile.Write(ImaginationPath, stream => JsonSerializer.Serialize(stream, result, RunJson.Line));

    /// <summary>Opens an existing run.</summary>
    /// <exception cref="RequestException">There is no such directory, or it is no run.</exception>
    /// <exception cref="RunException">Its run.json is damaged.</exception>
    public static RunDirectory Open(string path)
    {
        path = FullPath(path);
        if (!Directory.Exists(path))
        {
            throw new RequestException(File.Exists(path) ? $"{path} is a file, not a run directory" : $"there is no run directory {path}");
        }

        string description = System.IO.Path.Combine(path, "run.json");
        if (!File.Exists(description))
        {
            throw new RequestException($"{path} is no run directory: it has no run.json");
        }

        byte[] bytes = File.ReadAllBytes(description);
        string? format;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            format = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out var value) ? value.ToString() : null;
        }
        catch (JsonException e)
        {
            throw new RunException($"{description} is damaged: it is no whole JSON document", e);
        }

        if (format != RunRequest.CurrentFormat)
        {
            throw new RequestException($"{path} is no run directory of this version: its run.json has the format '{format}', not '{RunRequest.CurrentFormat}'");
        }

        return new RunDirectory(path, ReadDocument<RunRequest>(description), bytes);
    }

    /// <summary>Makes a new run.</summary>
    /// <param name="path">A directory that does not exist yet or is empty.</param>
    /// <param name="request">What is asked.</param>
    /// <exception cref="RequestException">The directory exists and is not empty, or cannot be made.</exception>
    public static RunDirectory Create(string path, RunRequest request)
    {
        path = FullPath(path);
        if (File.Exists(path))
        {
            throw new RequestException($"{path} is a file; a run needs a directory of its own");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsLeftover(entry)))
        {
            throw new RequestException(File.Exists(System.IO.Path.Combine(path, "run.json"))
                ? $"{path} already holds a run: resume it, or choose another directory with --out"
                : $"{path} is not empty: choose another directory with --out");
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "transitions"));
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(request, RunJson.Document);
            AtomicFile.Write(System.IO.Path.Combine(path, "run.json"), stream => stream.Write(bytes));
            return new RunDirectory(path, request, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"the run directory {path} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>The first of <c>runs/agent-world-seedS-1, -2, …</c> under <paramref name="root"/> that does not exist.</summary>
    public static string DefaultPath(string root, string agent, string world, long seed)
    {
        for (int n = 1; ; n++)
        {
            string path = System.IO.Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{agent}-{world}-seed{seed}-{n}"));
            if (!Directory.Exists(path) && !File.Exists(path))
            {
                return path;
            }
        }
    }

    /// <summary>Keeps other processes from running this run until the result is disposed; a killed process lets go by itself.</summary>
    /// <exception cref="RequestException">Another process runs it.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(In("run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"{Path} is being run by another process, or is not writable", e);
        }
    }

    private static string FullPath(string path) => path.Length > 0
        ? System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))
        : throw new RequestException("the run directory's path is empty");

    private static bool IsLeftover(string entry) =>
        entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
        || System.IO.Path.GetFileName(entry) == "run.lock"
        || (System.IO.Path.GetFileName(entry) == "transitions" && Directory.Exists(entry) && !Directory.EnumerateFileSystemEntries(entry).Any());

    private static T ReadDocument<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), RunJson.Document) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RunException($"{path} is damaged: {Messages.OneLine(e)}", e);
        }
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
