using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Reverie.Experiments;

/// <summary>What a run was asked to do: <c>run.json</c>. Together with the same machine it determines every bit of the run.</summary>
public sealed record RunRequest
{
    /// <summary>What <see cref="Format"/> must say.</summary>
    public const string CurrentFormat = "reverie-run-1";

    /// <summary>Marks the file as a run's, with the version of the layout.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>The agent's name.</summary>
    public required string Agent { get; init; }

    /// <summary>The world's name.</summary>
    public required string World { get; init; }

    /// <summary>The seed that all randomness of the run derives from.</summary>
    public required long Seed { get; init; }

    /// <summary>What is learned from, where that is logged data rather than the world itself; null else.</summary>
    public RunData? Data { get; init; }

    /// <summary>
    /// Environment steps after which the run ends, ≥ 1; null where episodes are the limit. Of a run that learns from data, its steps of learning; null where it ends when there is
    /// nothing left to learn.
    /// </summary>
    public long? Steps { get; init; }

    /// <summary>Episodes after which the run ends, ≥ 1; null where steps are the limit.</summary>
    public int? Episodes { get; init; }

    /// <summary>Fresh episodes that the final policy is evaluated on, ≥ 0. Default 10.</summary>
    public int EvaluationEpisodes { get; init; } = 10;

    /// <summary>Steps, counted as in <see cref="Steps"/>, after each of which the policy learned so far is evaluated, ≥ 1; 0 for never. Default 0.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Fresh episodes of each of those evaluations, ≥ 1. Default 5.</summary>
    public int EvaluateEpisodes { get; init; } = 5;

    /// <summary>Whether a checkpoint is written at the end of every episode, however short. Default true; false where steps cost little.</summary>
    public bool CheckpointEpisodes { get; init; } = true;

    /// <summary>Steps since the last checkpoint after which the next is written, ≥ 1. Default 1000.</summary>
    public int CheckpointSteps { get; init; } = 1000;

    /// <summary>Worker threads, ≥ 1.</summary>
    public required int Threads { get; init; }

    /// <summary>All options of the world, by name.</summary>
    public required JsonElement WorldOptions { get; init; }

    /// <summary>All options of the agent, by name.</summary>
    public required JsonElement AgentOptions { get; init; }

    /// <summary>What the run was made with.</summary>
    public RunVersions Versions { get; init; } = RunVersions.Current;
}

/// <summary>The software that a run was made with.</summary>
/// <param name="Reverie">Version of Reverie.</param>
/// <param name="DotNet">Version of the .NET runtime.</param>
/// <param name="LibTorch">Version of libtorch.</param>
/// <param name="Platform">Operating system and architecture.</param>
public sealed record RunVersions(string Reverie, string DotNet, string LibTorch, string Platform)
{
    /// <summary>Of this process.</summary>
    public static RunVersions Current { get; } = new(
        typeof(RunVersions).Assembly.GetName().Version!.ToString(3),
        Environment.Version.ToString(),
        Metadata("LibtorchVersion"),
        RuntimeInformation.RuntimeIdentifier);

    private static string Metadata(string key) => typeof(RunVersions).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value ?? "unknown";
}
