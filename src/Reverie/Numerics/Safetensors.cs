using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Reverie.Numerics;

/// <summary>
/// Stores a <see cref="StateDictionary"/> as a file in the safetensors format (Hugging Face 2022): eight bytes of header length,
/// a JSON header with type, shape and place of each array, the arrays' bytes, all little-endian. Reading one never executes code.
/// </summary>
/// <remarks>
/// Equal content gives equal bytes: arrays are ordered by element size, largest first, then by name. The header's metadata carry
/// <c>sha256</c>, the digest of the file with the digits of the digest themselves written as zeros; it is verified when it is
/// there, so that a single flipped bit is noticed. Files by other writers, without it, are read too.
/// </remarks>
public static partial class Safetensors
{
    /// <summary>The longest header that is read [bytes], as in the reference implementation.</summary>
    public const int MaxHeaderLength = 100_000_000;

    private const int LengthSize = sizeof(ulong);
    private const string Metadata = "__metadata__";
    private const string DigestKey = "sha256";
    private const int DigestDigits = 2 * SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> DigestPrefix => "{\"__metadata__\":{\"sha256\":\""u8;

    private static ReadOnlySpan<byte> NoDigest => "0000000000000000000000000000000000000000000000000000000000000000"u8;

    /// <summary>Writes a state to a file, which is replaced as a whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="state">What to write.</param>
    /// <exception cref="StateException">An entry's name is not allowed in the format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, StateDictionary state)
    {
        var names = state.Names.OrderByDescending(name => Marshal.SizeOf(state.GetArray(name).GetType().GetElementType()!))
            .ThenBy(name => name, StringComparer.Ordinal).ToArray();
        byte[] header = Header(state, names);
        AtomicFile.Write(path, stream =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Append(BitConverter.GetBytes(LittleEndian((ulong)header.Length)));
            Append(header);
            foreach (string name in names)
            {
                Append(Bytes(state.GetArray(name)));
            }

            stream.Position = LengthSize + DigestPrefix.Length;
            stream.Write(Digits(hash));

            void Append(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            }
        });
    }

    private static byte[] Header(StateDictionary state, string[] names)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(Metadata);
            json.WriteString(DigestKey, NoDigest);
            json.WriteEndObject();
            long offset = 0;
            foreach (string name in names)
            {
                if (name == Metadata)
                {
                    throw new StateException($"an entry of a safetensors file cannot be named '{Metadata}'");
                }

                var array = state.GetArray(name);
                json.WriteStartObject(name);
                json.WriteString("dtype", TypeName(array));
                json.WriteStartArray("shape");
                foreach (int extent in state.Shape(name))
                {
                    json.WriteNumberValue(extent);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += Buffer.ByteLength(array));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % sizeof(double) != 0)
        {
            buffer.WriteByte((byte)' '); // keeps every array on a multiple of its element size
        }

        return buffer.Length <= MaxHeaderLength
            ? buffer.ToArray()
            : throw new StateException($"the names and shapes of the state take {buffer.Length} bytes; a safetensors file allows {MaxHeaderLength}");
    }

    private static string TypeName(Array array) => array switch
    {
        double[] => "F64",
        long[] => "I64",
        float[] => "F32",
        _ => "U8",
    };

    private static Span<byte> Bytes(Array array) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), Buffer.ByteLength(array));

    private static byte[] Digits(IncrementalHash hash) =>
        System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));

    private static ulong LittleEndian(ulong value) => BitConverter.IsLittleEndian
        ? value
        : throw new PlatformNotSupportedException("Safetensors files are read and written on little-endian machines only.");
}
