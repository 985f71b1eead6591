using System.Text.Json;

namespace Reverie.Experiments;

/// <summary>
/// A file of JSON lines that only grows, except that on opening it is cut to the length that the last checkpoint vouches for.
/// </summary>
internal sealed class AppendLog : IDisposable
{
    private readonly FileStream stream;
    private long flushed;

    /// <summary>Opens or makes the file and cuts it to <paramref name="length"/> bytes.</summary>
    /// <exception cref="RunException">The file is shorter than the checkpoint says.</exception>
    public AppendLog(string path, long length)
    {
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (stream.Length < length)
        {
            long given = stream.Length;
            stream.Dispose();
            throw new RunException($"{path} has {given} bytes where the checkpoint has {length}: the run directory is truncated");
        }

        stream.SetLength(length);
        stream.Seek(length, SeekOrigin.Begin);
        flushed = length;
    }

    /// <summary>Bytes written.</summary>
    public long Length => stream.Position;

    /// <summary>Adds one line.</summary>
    public void Append<T>(T value)
    {
        JsonSerializer.Serialize(stream, value, RunJson.Line);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>Makes what was written survive a kill, and a power cut where <paramref name="toDisk"/>.</summary>
    public void Flush(bool toDisk)
    {
        if (Length > flushed)
        {
            stream.Flush(toDisk);
            flushed = Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    /// <summary>Bytes up to the end of the last whole line; 0 where there is no file.</summary>
    public static long WholeLines(string path) =>
        File.Exists(path) ? Array.LastIndexOf(File.ReadAllBytes(path), (byte)'\n') + 1L : 0;

    /// <summary>All whole lines of a log; a last line without its end is a left-over of a kill and is ignored.</summary>
    /// <exception cref="RunException">A line is no valid entry; file and line are named.</exception>
    public static IReadOnlyList<T> Read<T>(string path)
    {
        var entries = new List<T>();
        if (!File.Exists(path))
        {
            return entries;
        }

        string text;
        using (var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)))
        {
            text = reader.ReadToEnd();
        }

        int number = 0;
        for (int start = 0, end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
        {
            number++;
            try
            {
                entries.Add(JsonSerializer.Deserialize<T>(text.AsSpan(start, end - start), RunJson.Line)
                    ?? throw new JsonException("null"));
            }
            catch (JsonException e)
            {
                throw new RunException($"{path}, line {number} is damaged", e);
            }
        }

        return entries;
    }
}
