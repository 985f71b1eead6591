namespace Reverie.Experiments;

/// <summary>Writes a file so that a kill at any instant leaves either the old file or the new one: temporary name, flush to disk, rename.</summary>
public static class AtomicFile
{
    /// <summary>What temporary names end with; such files are left-overs of a kill and may be deleted.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Replaces <paramref name="path"/> by what <paramref name="write"/> writes to the file name it is given.</summary>
    /// <exception cref="IOException">The disk is full or the folder is not writable; the old file is untouched.</exception>
    public static void Write(string path, Action<string> write)
    {
        string temporary = path + TemporarySuffix;
        write(temporary);
        using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Replaces the text of <paramref name="path"/>.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WriteText(string path, string text) => Write(path, temporary => File.WriteAllText(temporary, text));
}
