using System.Security.Cryptography;
using System.Text;

namespace Reverie.Experience;

/// <summary>
/// A checksum inside a Parquet file's key-value metadata: the SHA-256 of the file with the digits of the checksum themselves
/// written as zeros. Other readers see one more key.
/// </summary>
internal static class ParquetDigest
{
    /// <summary>The metadata's key.</summary>
    public const string Key = "reverie.sha256";

    /// <summary>The value to write at first.</summary>
    public static readonly string Placeholder = new('0', 2 * SHA256.HashSizeInBytes);

    // As Thrift writes it: the key, the header of a text field, its length, then the digits.
    private static readonly byte[] Mark = [.. Encoding.ASCII.GetBytes(Key), 0x18, 2 * SHA256.HashSizeInBytes];

    /// <summary>Puts the checksum in the place of <see cref="Placeholder"/> in a file that is otherwise finished.</summary>
    /// <param name="stream">The file, readable, writable, seekable.</param>
    /// <param name="footer">Where its metadata begin.</param>
    public static void Write(Stream stream, long footer)
    {
        long place = Find(stream, footer);
        byte[] digits = Compute(stream, place);
        stream.Position = place;
        stream.Write(digits);
    }

    /// <summary>Whether a file matches its checksum, or has none.</summary>
    /// <inheritdoc cref="Write"/>
    public static bool Matches(Stream stream, long footer)
    {
        long place = Find(stream, footer);
        if (place < 0)
        {
            return true;
        }

        byte[] digits = new byte[Placeholder.Length];
        stream.Position = place;
        stream.ReadExactly(digits);
        return digits.AsSpan().SequenceEqual(Compute(stream, place));
    }

    /// <summary>Where the digits stand; −1 if nowhere.</summary>
    private static long Find(Stream stream, long footer)
    {
        byte[] metadata = new byte[stream.Length - footer];
        stream.Position = footer;
        stream.ReadExactly(metadata);
        int mark = metadata.AsSpan().LastIndexOf(Mark);
        return mark >= 0 && mark + Mark.Length + Placeholder.Length <= metadata.Length ? footer + mark + Mark.Length : -1;
    }

    private static byte[] Compute(Stream stream, long place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        stream.Position = 0;
        Append(place);
        hash.AppendData(Encoding.ASCII.GetBytes(Placeholder));
        stream.Position = place + Placeholder.Length;
        Append(stream.Length - stream.Position);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));

        void Append(long length)
        {
            while (length > 0)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(length, buffer.Length));
                stream.ReadExactly(part);
                hash.AppendData(part);
                length -= part.Length;
            }
        }
    }
}
