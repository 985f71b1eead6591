using System.Security.Cryptography;
using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>The checkpoint of a run: tied to its run.json, replaced as a whole or not at all.</summary>
internal static class RunCheckpoint
{
    private const string RequestEntry = "runner/request";

    /// <summary>Replaces the checkpoint.</summary>
    public static void Write(RunDirectory directory, StateDictionary state)
    {
        state.Set(RequestEntry, SHA256.HashData(directory.RequestBytes));
        Safetensors.Write(directory.CheckpointPath, state);
    }

    /// <summary>The saved state, or null where the run has not come to its first checkpoint.</summary>
    /// <exception cref="RunException">It is damaged, missing though there must be one, or belongs to another run.</exception>
    public static StateDictionary? Read(RunDirectory directory)
    {
        if (!File.Exists(directory.CheckpointPath))
        {
            return File.Exists(directory.ResultPath) || directory.TransitionParts().Count > 1
                ? throw new RunException($"{directory.CheckpointPath} is missing: the run directory is truncated")
                : null;
        }

        StateDictionary? state = null;
        Restore(directory, () =>
        {
            state = Safetensors.Read(directory.CheckpointPath);
            if (!state.GetBytes(RequestEntry).SequenceEqual(SHA256.HashData(directory.RequestBytes)))
            {
                throw new RunException($"{directory.CheckpointPath} belongs to another run, or run.json was changed since");
            }
        });
        return state;
    }

    /// <summary>Does <paramref name="load"/>; what is wrong with the state becomes one clear line.</summary>
    /// <exception cref="RunException">The state is damaged or does not fit.</exception>
    public static void Restore(RunDirectory directory, Action load)
    {
        try
        {
            load();
        }
        catch (StateException e)
        {
            string file = e.Message.Contains(directory.CheckpointPath, StringComparison.Ordinal) ? "" : directory.CheckpointPath + ": ";
            throw new RunException(file + Messages.OneLine(e), e);
        }
    }
}
