using System.Globalization;
using System.Text;

namespace Reverie.Experience;

/// <summary>Reads trajectories from comma-separated values with a header; memory is bounded by what is kept, whatever the file holds.</summary>
internal static class CsvTrajectories
{
    /// <summary>The longest line that is read [characters].</summary>
    public const int MaxLineLength = 1 << 20;

    public static void Read(Stream stream, TrajectoryLog.LogSink sink)
    {
        using var lines = new LineReader(new StreamReader(stream, Encoding.UTF8), MaxLineLength);
        if (!lines.TryRead(out var line) || line.IsWhiteSpace())
        {
            throw sink.RefuseFile(lines.TooLong ? $"its first line is longer than {MaxLineLength} characters" : "is empty: there is no header");
        }

        string[] header = line.ToString().Split(',', StringSplitOptions.TrimEntries);
        sink.Begin(header, world: "");
        double[] row = new double[header.Length];
        bool blank = false;
        while (lines.TryRead(out line))
        {
            if (blank)
            {
                throw sink.RefuseNext("the line is empty");
            }

            blank = line.IsWhiteSpace(); // allowed at the end only
            if (!blank)
            {
                sink.Add(row, Parse(line, header, row, sink));
            }
        }

        if (lines.TooLong)
        {
            throw sink.RefuseNext($"the line is longer than {MaxLineLength} characters");
        }
    }

    /// <summary>Parses a line's cells into <paramref name="row"/>.</summary>
    /// <returns>The episode's number.</returns>
    private static long Parse(ReadOnlySpan<char> line, string[] header, double[] row, TrajectoryLog.LogSink sink)
    {
        int columns = line.Count(',') + 1;
        if (columns != header.Length)
        {
            throw sink.RefuseNext($"has {columns} columns; the header has {header.Length}");
        }

        long episode = 0;
        int column = 0;
        foreach (var range in line.Split(','))
        {
            var cell = line[range].Trim();
            bool valid = column == sink.Columns.Episode ? long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out episode)
                : column == sink.Columns.Terminated || column == sink.Columns.Truncated ? TryParseTruth(cell, out row[column])
                : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out row[column]);
            if (!valid)
            {
                throw sink.RefuseNext($"'{TrajectoryColumns.Shorten(cell.ToString())}' is no value for the column '{header[column]}'");
            }

            column++;
        }

        return episode;
    }

    private static bool TryParseTruth(ReadOnlySpan<char> cell, out double value)
    {
        bool truth = false;
        bool valid = cell is "0" or "1" || bool.TryParse(cell, out truth);
        value = cell is "1" || truth ? 1 : 0;
        return valid;
    }

    /// <summary>Reads lines up to a length, without ever holding more than one of them.</summary>
    private sealed class LineReader(StreamReader reader, int maxLength) : IDisposable
    {
        private char[] buffer = new char[1 << 14];
        private int start;
        private int end;

        /// <summary>Whether reading stopped at a line that is too long.</summary>
        public bool TooLong { get; private set; }

        /// <summary>The next line without its ending, valid until the next call; false at the end or at a line too long.</summary>
        public bool TryRead(out ReadOnlySpan<char> line)
        {
            for (int searched = 0; ;)
            {
                int ahead = buffer.AsSpan(start + searched, end - start - searched).IndexOf('\n');
                int length = ahead < 0 ? end - start : searched + ahead;
                if (length > maxLength)
                {
                    TooLong = true;
                    line = default;
                    return false;
                }

                if (ahead >= 0 || !Fill())
                {
                    line = buffer.AsSpan(start, length).TrimEnd('\r');
                    start = Math.Min(start + length + 1, end);
                    return ahead >= 0 || length > 0;
                }

                searched = length;
            }
        }

        public void Dispose() => reader.Dispose();

        private bool Fill()
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }

            int read = reader.Read(buffer, end, buffer.Length - end);
            end += read;
            return read > 0;
        }
    }
}
