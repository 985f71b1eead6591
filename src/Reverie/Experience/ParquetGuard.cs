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

        byte[] buffer = new byte[MaxPageHeaderLength];
        var page = new Dictionary<int, long>();
        long position = new[] { column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0 }.Where(offset => offset != 0).DefaultIfEmpty().Min();
        for (long values = 0; values < rows;)
        {
            if (position < MagicLength || position >= end)
            {
                throw new FormatException($"a page is due at byte {position}, outside of the data");
            }

            var bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position));
            Fill(stream, position, bytes);
            page.Clear();
            position += ParquetShapes.PageHeader.Check(bytes, page);
            values += CheckPage(page, values, rows, end - position);
            position += page.GetValueOrDefault(ParquetShapes.PackedLength);
        }
    }

    /// <summary>Checks what a page's header says.</summary>
    /// <returns>How many of the column's values the page holds.</returns>
    private static long CheckPage(Dictionary<int, long> page, long before, long rows, long bytesLeft)
    {
        long Number(int place) => page.GetValueOrDefault(place);

        var type = (PageType)Number(ParquetShapes.PageType);
        var (unpacked, packed) = (Number(ParquetShapes.UnpackedLength), Number(ParquetShapes.PackedLength));
        if (unpacked is < 0 or > MaxPageLength || packed < 0 || packed > bytesLeft)
        {
            throw new FormatException($"a page claims {packed} bytes, {unpacked} unpacked; {bytesLeft} are left and {MaxPageLength} are allowed");
        }

        if (type == PageType.DICTIONARY_PAGE)
        {
            long entries = Number(ParquetShapes.DictionaryValues);
            return before == 0 && entries >= 0 && entries <= unpacked
                ? 0
                : throw new FormatException($"a dictionary of {entries} values in {unpacked} bytes cannot stand after {before} values");
        }

        long count = type switch
        {
            PageType.DATA_PAGE => Number(ParquetShapes.DataValues),
            PageType.DATA_PAGE_V2 => Number(ParquetShapes.DataValues2),
            _ => throw new FormatException($"a page is of the unknown type {(int)type}"),
        };
        // Of a page of the first kind the parts of the second are 0.
        var (nulls, definitions, repetitions) = (Number(ParquetShapes.DataNulls2), Number(ParquetShapes.DefinitionLength2), Number(ParquetShapes.RepetitionLength2));
        bool valid = count > 0 && count <= rows - before && nulls >= 0 && nulls <= count && definitions >= 0 && repetitions >= 0 && definitions + repetitions <= packed;
        return valid ? count : throw new FormatException($"a page of type {(int)type} with {count} values cannot stand where it does");
    }

    private static void Fill(Stream stream, long position, Span<byte> bytes)
    {
        stream.Position = position;
        stream.ReadExactly(bytes);
    }
}
