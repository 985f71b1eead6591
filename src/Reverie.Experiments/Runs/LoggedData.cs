using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reverie.Experience;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>The logged trajectories that a run learns from, instead of from steps of its own.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Transitions">How many it held.</param>
/// <param name="Digest">SHA-256 of the transitions themselves, whatever files they stand in.</param>
public sealed record RunData(string Path, long Transitions, string Digest);

/// <summary>Reads logged trajectories for a run.</summary>
public static class LoggedData
{
    /// <summary>Reads a log for a world.</summary>
    /// <param name="path">A Parquet or CSV file, a folder of them, or a run directory.</param>
    /// <param name="spec">The world.</param>
    /// <returns>The log, and how a run refers to it.</returns>
    /// <exception cref="RequestException">There is no such log, it is damaged, or it is not of this world; the message names the file.</exception>
    public static (TrajectoryLog Log, RunData Data) Read(string path, WorldSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (string.IsNullOrEmpty(path))
        {
            throw new RequestException("the path of the data is empty");
        }

        string full = Path.GetFullPath(path);
        if (File.Exists(Path.Combine(full, "run.json")))
        {
            full = Path.Combine(full, "transitions");
        }

        try
        {
            var log = TrajectoryLog.Read(full, spec.ObservationSize, spec.Actions.Size);
            Check(full, log, spec);
            return (log, new RunData(full, log.Count, Digest(log)));
        }
        catch (LogFormatException e)
        {
            throw new RequestException(Messages.OneLine(e), e);
        }
    }

    /// <summary>Reads the log of a run again.</summary>
    /// <exception cref="RequestException">It is no longer there.</exception>
    /// <exception cref="RunException">It is not what it was.</exception>
    internal static TrajectoryLog ReadAgain(RunData data, WorldSpec spec)
    {
        var (log, now) = Read(data.Path, spec);
        return now.Digest == data.Digest ? log : throw new RunException($"{data.Path} was changed since the run was asked to learn from it");
    }

    private static void Check(string path, TrajectoryLog log, WorldSpec spec)
    {
        if (log.Count == 0)
        {
            throw new RequestException($"{path} holds no transition");
        }

        if (log.World.Length > 0 && log.World != spec.Name)
        {
            throw new RequestException($"{path} is of world '{log.World}', not '{spec.Name}'");
        }

        for (int i = 0; i < log.Count; i++)
        {
            try
            {
                spec.Actions.Validate(log.Action(i));
            }
            catch (ArgumentException e)
            {
                throw new RequestException($"{path}, step {log.Step(i)} of episode {log.Episode(i)}: {Messages.OneLine(e)}", e);
            }
        }
    }

    private static string Digest(TrajectoryLog log)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < log.Count; i++)
        {
            long[] marks = [log.Episode(i), log.Step(i), log.Terminated(i) ? 1 : 0, log.Truncated(i) ? 1 : 0];
            hash.AppendData(MemoryMarshal.AsBytes(marks.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(log.Observation(i)));
            hash.AppendData(MemoryMarshal.AsBytes(log.Action(i)));
            hash.AppendData(BitConverter.GetBytes(log.Reward(i)));
            hash.AppendData(MemoryMarshal.AsBytes(log.NextObservation(i)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
