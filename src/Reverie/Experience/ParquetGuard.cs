using System.Buffers.Binary;
using Parquet.Meta;

namespace Reverie.Experience;

/// <summary>
/// Checks a Parquet file before it is decoded. Parquet.Net trusts what it reads: metadata whose types are wrong or that end too
/// early can make it read for ever or reserve any amount of memory. Nothing gets to it that was not checked here.
/// </summary>
internal static class ParquetGuard
{
    private const int MagicLength = 4;
    private const int TailLength = sizeof(int) + MagicLength;
    private const int MaxFooterLength = 1 << 26;
    private const int MaxPageHeaderLength = 1 << 16;

    /// <summary>The largest page that is read, unpacked [bytes].</summary>
    private const int MaxPageLength = 1 << 28;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Checks head, tail and metadata of a file, which may then be opened.</summary>
    /// <returns>Where the metadata begin.</returns>
    /// <exception cref="FormatException">The file is torn, damaged or no Parquet file.</exception>
    public static long CheckFooter(Stream stream)
    {
        if (stream.Length < MagicLength + TailLength)
        {
            throw new FormatException($"it has {stream.Length} bytes, too few for a Parquet file");
        }

        Span<byte> head = stackalloc byte[MagicLength];
        Span<byte> tail = stackalloc byte[TailLength];
        Fill(stream, 0, head);
        Fill(stream, stream.Length - TailLength, tail);
        if (!head.SequenceEqual(Magic))
        {
            throw new FormatException("it does not begin as a Parquet file does");
        }

        if (!tail[sizeof(int)..].SequenceEqual(Magic))
        {
            throw new FormatException("it does not end as a Parquet file does: it is torn");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        long start = stream.Length - TailLength - length;
        if (length is <= 0 or > MaxFooterLength || start < MagicLength)
        {
            throw new FormatException($"it claims {length} bytes of metadata; the file has {stream.Length} and metadata at most {MaxFooterLength}");
        }

        byte[] footer = new byte[length];
        Fill(stream, start, footer);
        ParquetShapes.Footer.Check(footer);
        return start;
    }

    /// <summary>Checks one column of a row group, page by page; it may then be read.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="column">Its place, from checked metadata.</param>
    /// <param name="rows">The row group's rows.</param>
    /// <param name="end">Where the file's metadata begin.</param>
    /// <exception cref="FormatException">Its pages do not hold as many values as there are rows, or do not lie within the file.</exception>
    public static void CheckColumn(Stream stream, ColumnMetaData column, long rows, long end)
    {
        if (column.NumValues != rows)
        {
            throw new FormatException($"a column claims {column.NumValues} values for {rows} rows");
        }

        byte[] header = new byte[MaxPageHeaderLength];
        long[] n = new long[ParquetShapes.PageNumbers];
        long position = new[] { column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0 }.Where(offset => offset != 0).DefaultIfEmpty().Min();
        for (long values = 0; values < rows;)
        {
            if (position < MagicLength || position >= end)
            {
                throw new FormatException($"a page is due at byte {position}, outside of the data");
            }

            var bytes = header.AsSpan(0, (int)Math.Min(header.Length, end - position));
            Fill(stream, position, bytes);
            Array.Clear(n);
            position += ParquetShapes.PageHeader.Check(bytes, n);
            var (type, unpacked, packed) = ((PageType)n[1], n[2], n[3]);
            if (unpacked is < 0 or > MaxPageLength || packed < 0 || packed > end - position)
            {
                throw new FormatException($"a page claims {packed} bytes, {unpacked} unpacked; {end - position} are left and {MaxPageLength} are allowed");
            }

            long count = type == PageType.DATA_PAGE ? n[21] : type == PageType.DATA_PAGE_V2 ? n[61] : 0;
            bool valid = type switch
            {
                PageType.DATA_PAGE => count > 0 && count <= rows - values,
                PageType.DATA_PAGE_V2 => count > 0 && count <= rows - values && n[62] >= 0 && n[62] <= count && n[65] >= 0 && n[66] >= 0 && n[65] + n[66] <= packed,
                PageType.DICTIONARY_PAGE => values == 0 && n[41] >= 0 && n[41] <= unpacked,
                _ => false,
            };
            if (!valid)
            {
                throw new FormatException($"a page of type {(int)type} with {Math.Max(count, n[41])} values cannot stand where it does");
            }

            values += count;
            position += packed;
        }
    }

    private static void Fill(Stream stream, long position, Span<byte> bytes)
    {
        stream.Position = position;
        stream.ReadExactly(bytes);
    }
}
