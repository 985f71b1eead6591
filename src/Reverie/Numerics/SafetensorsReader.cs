using System.Security.Cryptography;
using System.Text.Json;

namespace Reverie.Numerics;

/// <content>Reading: nothing in the file is believed before it is checked against the file's real length.</content>
public static partial class Safetensors
{
    private readonly record struct Placed(string Name, string Type, int[] Shape, long Begin, long End);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="StateException">The file is missing, cannot be read, is truncated, damaged, or no safetensors file; the message names it.</exception>
    public static StateDictionary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return Read(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StateException(e is FormatException ? $"'{path}' is no intact safetensors file: {e.Message}" : $"cannot read '{path}': {e.Message}", e);
        }
    }

    private static StateDictionary Read(FileStream stream)
    {
        long fileLength = stream.Length;
        byte[] start = new byte[LengthSize];
        if (stream.ReadAtLeast(start, LengthSize, throwOnEndOfStream: false) < LengthSize)
        {
            throw new FormatException($"it has {fileLength} bytes, too few for a header length");
        }

        ulong headerLength = LittleEndian(BitConverter.ToUInt64(start));
        if (headerLength > (ulong)Math.Min(MaxHeaderLength, fileLength - LengthSize))
        {
            throw new FormatException($"it claims a header of {headerLength} bytes; the file has {fileLength} and a header at most {MaxHeaderLength}");
        }

        byte[] header = new byte[(int)headerLength];
        stream.ReadExactly(header);
        long dataLength = fileLength - LengthSize - header.Length;
        var entries = Entries(header, dataLength);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[]? digest = TakeDigest(header);
        hash.AppendData(start);
        hash.AppendData(header);
        var state = new StateDictionary();
        foreach (var entry in entries)
        {
            var array = Allocate(entry);
            stream.ReadExactly(Bytes(array));
            hash.AppendData(Bytes(array));
            state.SetArray(entry.Name, array, entry.Shape);
        }

        return digest is null || digest.AsSpan().SequenceEqual(Digits(hash))
            ? state
            : throw new FormatException("its content does not match its checksum");
    }

    /// <summary>The digits of the digest, which are replaced by zeros in the header; null where there are none.</summary>
    private static byte[]? TakeDigest(Span<byte> header)
    {
        if (!header.StartsWith(DigestPrefix) || header.Length < DigestPrefix.Length + DigestDigits)
        {
            return null;
        }

        var place = header.Slice(DigestPrefix.Length, DigestDigits);
        byte[] digest = place.ToArray();
        NoDigest.CopyTo(place);
        return digest;
    }

    /// <summary>The arrays in the order of their places, which must fill the data without gap or overlap.</summary>
    private static List<Placed> Entries(byte[] header, long dataLength)
    {
        var entries = new List<Placed>();
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("its header is no JSON object");
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != Metadata)
                {
                    entries.Add(Place(property.Name, property.Value, dataLength));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Invalid UTF-8 inside a string surfaces as InvalidOperationException.
            throw new FormatException($"its header is no valid JSON ({e.Message})", e);
        }

        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
            {
                throw new FormatException($"array {Quote(entry.Name)} begins at byte {entry.Begin} of the data, where {end} is due");
            }

            end = entry.End;
        }

        return end == dataLength ? entries : throw new FormatException($"its arrays take {end} bytes, but {dataLength} follow the header");
    }

    private static Placed Place(string name, JsonElement value, long dataLength)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2
            || !TryGetLength(offsets[0], out long begin) || !TryGetLength(offsets[1], out long end))
        {
            throw new FormatException($"array {Quote(name)} lacks a proper dtype, shape or data_offsets");
        }

        int size = type.GetString() switch
        {
            "F64" or "I64" => 8,
            "F32" => 4,
            "U8" => 1,
            var other => throw new FormatException($"array {Quote(name)} has the type {Quote(other!)}; F64, F32, I64 and U8 are read"),
        };
        int[] extents = new int[shape.GetArrayLength()];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = TryGetLength(shape[i], out long extent) && extent <= int.MaxValue ? (int)extent : -1;
        }

        long count = StateDictionary.CountOf(extents, Array.MaxLength);
        if (count < 0)
        {
            throw new FormatException($"array {Quote(name)} has a shape that no array can have");
        }

        if (begin > end || end > dataLength || end - begin != count * size)
        {
            throw new FormatException($"array {Quote(name)} of {count} numbers of {size} bytes cannot stand at bytes {begin} to {end} of {dataLength}");
        }

        return new Placed(name, type.GetString()!, extents, begin, end);
    }

    /// <summary>A name from the file, fit for one line of a message.</summary>
    private static string Quote(string name) =>
        $"'{string.Concat(name.Take(60).Select(c => char.IsControl(c) ? '?' : c))}{(name.Length > 60 ? "…" : "")}'";

    private static bool TryGetLength(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value) && value >= 0;
    }

    private static Array Allocate(Placed entry)
    {
        long bytes = entry.End - entry.Begin;
        return entry.Type switch
        {
            "F64" => new double[bytes / 8],
            "I64" => new long[bytes / 8],
            "F32" => new float[bytes / 4],
            _ => new byte[bytes],
        };
    }
}
