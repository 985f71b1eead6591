using System.Buffers.Binary;
using System.Text;

namespace Reverie.Build.Tests;

/// <summary>Builds the smallest shared library that the dynamic linker's tables can be read from. One segment, address = offset + 0x1000.</summary>
internal sealed record SyntheticElf
{
    public const string Version = "GLIBCXX_3.4.32";
    public const string Symbol = "_ZSt21ios_base_library_initv";

    private const int Base = 0x1000, Dynamic = 0x100, Hashes = 0x280, Needs = 0x300, Versions = 0x380, Symbols = 0x400, Relocations = 0x480, Jumps = 0x4c0, Strings = 0x500;

    /// <summary>Offset of the byte that is to change: vna_flags of the second of two versions.</summary>
    public const int FlagOffset = Needs + 16 + 16 + 4;

    /// <summary>Version indices of the symbols 1, 2 and 3: printf, the symbol in question, another one of libstdc++.</summary>
    public int[] VersionIndices { get; init; } = [2, 3, 2];

    /// <summary>The symbols that relocations of data and of calls refer to.</summary>
    public int RelocatedSymbol { get; init; } = 1;

    public int CalledSymbol { get; init; } = 3;

    public bool AlreadyWeak { get; init; }

    public bool WithGnuHash { get; init; } = true;

    public bool WithVersions { get; init; } = true;

    public bool WithoutAddends { get; init; }

    public string RequiredVersion { get; init; } = Version;

    public byte[] Build()
    {
        var image = new byte[0x600];
        "\u007fELF"u8.CopyTo(image);
        (image[4], image[5], image[6]) = (2, 1, 1);
        Put(image, 32, 64L); // phoff
        Put16(image, 54, 56);
        Put16(image, 56, 2);
        Header(image, 64, type: 1, offset: 0, size: image.Length);
        Header(image, 64 + 56, type: 2, offset: Dynamic, size: 0x180);

        var strings = new MemoryStream();
        strings.WriteByte(0);
        int Text(string text)
        {
            int at = (int)strings.Position;
            strings.Write(Encoding.ASCII.GetBytes(text + "\0"));
            return at;
        }

        // Two versions required of one library: 2 = GLIBCXX_3.4, 3 = the one in question.
        Put16(image, Needs, 1);
        Put16(image, Needs + 2, 2);
        Put32(image, Needs + 4, Text("libstdc++.so.6"));
        Put32(image, Needs + 8, 16);
        Need(image, Needs + 16, Text("GLIBCXX_3.4"), index: 2, next: 16);
        Need(image, Needs + 32, Text(RequiredVersion), index: 3, next: 0);
        image[FlagOffset] = (byte)(AlreadyWeak ? 2 : 0);

        string[] names = ["printf", Symbol, "_ZSt4cout"];
        for (int i = 1; i <= 3; i++)
        {
            Put32(image, Symbols + (24 * i), Text(names[i - 1]));
            Put16(image, Versions + (2 * i), VersionIndices[i - 1]);
        }

        Put32(image, Hashes, 1);
        Put32(image, Hashes + 4, 4); // nchain, or symoffset
        Put32(image, Relocations + 12, RelocatedSymbol);
        Put32(image, Jumps + 12, CalledSymbol);
        strings.ToArray().CopyTo(image, Strings);

        int at = Dynamic;
        void Entry(long tag, long value)
        {
            Put(image, at, tag);
            Put(image, at + 8, value);
            at += 16;
        }

        Entry(5, Strings + Base);
        Entry(6, Symbols + Base);
        Entry(WithGnuHash ? 0x6ffffef5 : 4, Hashes + Base);
        Entry(WithoutAddends ? 17 : 7, Relocations + Base);
        Entry(8, 24);
        Entry(9, 24);
        Entry(23, Jumps + Base);
        Entry(2, 24);
        Entry(20, 7);
        if (WithVersions)
        {
            Entry(0x6ffffff0, Versions + Base);
            Entry(0x6ffffffe, Needs + Base);
            Entry(0x6fffffff, 1);
        }

        return image;
    }

    private static void Header(byte[] image, int at, int type, long offset, long size)
    {
        Put32(image, at, type);
        Put(image, at + 8, offset);
        Put(image, at + 16, offset + Base);
        Put(image, at + 32, size);
    }

    private static void Need(byte[] image, int at, int name, int index, int next)
    {
        Put16(image, at + 6, index);
        Put32(image, at + 8, name);
        Put32(image, at + 12, next);
    }

    private static void Put(byte[] image, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);

    private static void Put32(byte[] image, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(at), value);

    private static void Put16(byte[] image, int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(image.AsSpan(at), (short)value);
}
