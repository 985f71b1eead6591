using System.Text;
using Reverie.Numerics;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>
/// Finite worlds in files. The ending of the name tells the format: <c>.mdp</c> Cassandra's, <c>.json</c> explicit transitions, <c>.txt</c> and
/// <c>.map</c> a map of a grid. <c>docs/finite-files.md</c> describes them.
/// </summary>
public static class FiniteFile
{
    /// <summary>Steps after which an episode is truncated where the file does not say.</summary>
    public const int DefaultMaxSteps = 10_000;

    /// <summary>Reads a world. Its name is the one that a JSON file gives, else the file's without ending; its least and greatest reward are those of its outcomes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FiniteFileException">The file cannot be read, or what it says is no finite world.</exception>
    public static FiniteProblem Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return Read(path, stream);
        }
        catch (FileNotFoundException e)
        {
            throw new FiniteFileException(path, null, "there is no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FiniteFileException(path, null, $"it cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a world from a stream.</summary>
    /// <param name="path">What it is called: the ending tells the format.</param>
    /// <param name="stream">What is read, to its end.</param>
    /// <exception cref="FiniteFileException">What it says is no finite world.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static FiniteProblem Read(string path, Stream stream)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".MDP" => new MdpReader(path, reader).Read(),
            ".JSON" => JsonProcess.Read(path, stream),
            ".TXT" or ".MAP" => new MapReader(path, reader).Read(),
            _ => throw new FiniteFileException(path, null, "the ending of its name is none of .mdp, .json, .txt and .map."),
        };
    }

    /// <summary>
    /// Writes a world's process as JSON, such that reading it gives the same process to the bit. Changes and the layout are not written.
    /// </summary>
    /// <param name="path">The file, which is replaced as a whole; its ending must be <c>.json</c>.</param>
    /// <param name="problem">The world.</param>
    /// <exception cref="ArgumentException">The ending is another.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, FiniteProblem problem)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(problem);
        if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"Finite worlds are written as .json; given '{path}'.", nameof(path));
        }

        AtomicFile.Write(path, stream => JsonProcess.Write(stream, problem));
    }
}
