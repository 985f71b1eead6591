namespace Reverie.Numerics;

/// <summary>Replaces files as a whole, so that a kill at any instant leaves either the old content or the new one.</summary>
public static class AtomicFile
{
    /// <summary>What is appended to a file's name while it is being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>
    /// Writes a file under a temporary name in the same folder, flushes it to the disk and renames it over <paramref name="path"/>.
    /// If <paramref name="write"/> throws, the old file stays as it was.
    /// </summary>
    /// <param name="path">The file to replace or create; its folder must exist.</param>
    /// <param name="write">Writes the content to a seekable stream; need not flush.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);

        // One fixed name: what a killed process left behind is overwritten by the next.
        string temporary = path + TemporarySuffix;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
