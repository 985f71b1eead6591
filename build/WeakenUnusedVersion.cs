// Compiled by the build itself (Reverie.Torch.targets, for netstandard 2.0) and by its tests: one file.
#nullable enable

#pragma warning disable IDE0005 // The build's compilation has no implicit usings, that of the tests has.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
#pragma warning restore IDE0005

namespace Reverie.Build;

/// <summary>
/// Build task: makes a native library loadable that requires a newer libstdc++ than many systems have, for a symbol that it
/// never uses. The source file stays as it is; only where something is to change, a changed copy is written.
/// </summary>
public sealed class WeakenUnusedVersion : Microsoft.Build.Utilities.Task
{
    /// <summary>The library as its package has it.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>Where the changed copy goes.</summary>
    [Required]
    public string Destination { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            byte[] image = File.ReadAllBytes(Source);
            var result = ElfVersions.Weaken(image, "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv");
            if (result.Outcome == ElfOutcome.Weakened)
            {
                WriteAtomically(Destination, image);
                Log.LogMessage(MessageImportance.High, "{0}: {1} Written to {2}", Path.GetFileName(Source), result.Message, Destination);
                return true;
            }

            // A copy of an earlier version of the library must not stand in for this one.
            File.Delete(Destination);
            if (result.Outcome == ElfOutcome.Refused)
            {
                Log.LogWarning("{0} is used as it is: {1}", Source, result.Message);
            }
            else
            {
                Log.LogMessage(MessageImportance.Low, "{0} is used as it is: {1}", Source, result.Message);
            }

            return true;
        }
        catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
        {
            Log.LogErrorFromException(e);
            return false;
        }
    }

    /// <summary>Writes to a new file and renames it: outputs are hard links, and writing into one would change its other names too.</summary>
    private static void WriteAtomically(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Delete(path);
            File.Move(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>What became of an image.</summary>
public enum ElfOutcome
{
    /// <summary>It does not require the version, or already only weakly. Nothing was changed.</summary>
    NotNeeded,

    /// <summary>One flag was set.</summary>
    Weakened,

    /// <summary>It is not the kind of file that is understood, is damaged, or really uses the version. Nothing was changed.</summary>
    Refused,
}

/// <summary>An outcome and the reason for it.</summary>
public readonly struct ElfResult
{
    /// <summary>An outcome and the reason for it.</summary>
    public ElfResult(ElfOutcome outcome, string message)
    {
        Outcome = outcome;
        Message = message;
    }

    /// <summary>What became of the image.</summary>
    public ElfOutcome Outcome { get; }

    /// <summary>The reason, a sentence.</summary>
    public string Message { get; }
}

/// <summary>
/// Changes a required symbol version of a 64-bit little-endian ELF image to a weak one, which the dynamic linker may fail to find
/// (flag VER_FLG_WEAK; Linux Standard Base 5.0 Core, section "Symbol Versioning").
/// </summary>
/// <remarks>All tables are found the way the dynamic linker finds them, by PT_DYNAMIC, so that a stripped file is no exception.</remarks>
public static class ElfVersions
{
    private const int ProgramLoad = 1, ProgramDynamic = 2;
    private const int WeakFlag = 2, IndexMask = 0x7fff, RelocationSize = 24;

    // Tags of the dynamic section.
    private const long PltRelSize = 2, Hash = 4, StringTable = 5, SymbolTable = 6, Rela = 7, RelaSize = 8, RelaEntry = 9, Rel = 17,
        PltRel = 20, JmpRel = 23, GnuHash = 0x6ffffef5, VersionSymbols = 0x6ffffff0, VersionNeed = 0x6ffffffe;

    /// <summary>
    /// Sets the weak flag of the required <paramref name="version"/>, if <paramref name="symbol"/> is the only symbol that carries
    /// it and no relocation refers to that symbol.
    /// </summary>
    /// <param name="image">The whole file; at most one byte changes.</param>
    /// <param name="version">The version's name, e.g. <c>GLIBCXX_3.4.32</c>.</param>
    /// <param name="symbol">The symbol's mangled name.</param>
    public static ElfResult Weaken(byte[] image, string version, string symbol)
    {
        try
        {
            return new Image(image).Weaken(version, symbol);
        }
        catch (InvalidDataException e)
        {
            return new ElfResult(ElfOutcome.Refused, e.Message);
        }
    }

    private sealed class Image
    {
        private readonly byte[] bytes;
        private readonly List<(long Address, long Offset, long Size)> segments = new List<(long, long, long)>();
        private readonly Dictionary<long, long> dynamic = new Dictionary<long, long>();

        public Image(byte[] bytes)
        {
            this.bytes = bytes;
            if (bytes.Length < 64 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F')
            {
                throw new InvalidDataException("It is not an ELF file.");
            }

            if (bytes[4] != 2 || bytes[5] != 1)
            {
                throw new InvalidDataException("It is not a 64-bit little-endian ELF file.");
            }

            ReadSegments();
        }

        public ElfResult Weaken(string version, string symbol)
        {
            if (!dynamic.ContainsKey(VersionNeed))
            {
                return new ElfResult(ElfOutcome.NotNeeded, "It requires no symbol versions.");
            }

            long entry = FindNeed(version);
            if (entry < 0)
            {
                return new ElfResult(ElfOutcome.NotNeeded, $"It does not require {version}.");
            }

            // Elf64_Vernaux: hash u32, flags u16, other u16, name u32, next u32.
            if ((U16(entry + 4) & WeakFlag) != 0)
            {
                return new ElfResult(ElfOutcome.NotNeeded, $"It requires {version} only weakly.");
            }

            int index = U16(entry + 6) & IndexMask;
            var carriers = SymbolsWithVersion(index);
            if (carriers.Count != 1 || carriers[0] != symbol)
            {
                throw new InvalidDataException($"It requires {version} for [{string.Join(", ", carriers)}]; only {symbol} is known to be unused.");
            }

            RefuseIfRelocated(index, version);

            bytes[entry + 4] |= WeakFlag;
            return new ElfResult(ElfOutcome.Weakened, $"it requires {version} for {symbol} alone, which it never uses; that requirement is now weak.");
        }

        private void ReadSegments()
        {
            // Elf64_Ehdr: phoff at 32, phentsize at 54, phnum at 56. Elf64_Phdr: type 0, offset 8, vaddr 16, filesz 32.
            long table = I64(32);
            int size = U16(54);
            int count = U16(56);
            long dynamicOffset = -1;
            long dynamicSize = 0;
            for (int i = 0; i < count; i++)
            {
                long header = table + ((long)i * size);
                uint type = U32(header);
                if (type == ProgramLoad)
                {
                    segments.Add((I64(header + 16), I64(header + 8), I64(header + 32)));
                }
                else if (type == ProgramDynamic)
                {
                    (dynamicOffset, dynamicSize) = (I64(header + 8), I64(header + 32));
                }
            }

            if (dynamicOffset < 0)
            {
                return;
            }

            for (long at = dynamicOffset; at < dynamicOffset + dynamicSize; at += 16)
            {
                long tag = I64(at);
                if (tag == 0)
                {
                    return;
                }

                dynamic[tag] = I64(at + 8);
            }
        }

        /// <summary>Offset of the version's Elf64_Vernaux, or −1.</summary>
        private long FindNeed(string version)
        {
            // Elf64_Verneed: version u16, cnt u16, file u32, aux u32, next u32. The last of a list has next = 0.
            uint nextNeed;
            for (long need = OffsetOf(VersionNeed); ; need += nextNeed)
            {
                nextNeed = U32(need + 12);
                uint nextEntry;
                for (long entry = need + U32(need + 8); ; entry += nextEntry)
                {
                    nextEntry = U32(entry + 12);
                    if (string.Equals(StringAt(U32(entry + 8)), version, StringComparison.Ordinal))
                    {
                        return entry;
                    }

                    if (nextEntry == 0)
                    {
                        break;
                    }
                }

                if (nextNeed == 0)
                {
                    return -1;
                }
            }
        }

        private List<string> SymbolsWithVersion(int index)
        {
            var names = new List<string>();
            long symbols = OffsetOf(SymbolTable);
            long count = UndefinedSymbolCount();
            for (long i = 0; i < count; i++)
            {
                if (VersionOf(i) == index)
                {
                    names.Add(StringAt(U32(symbols + (24 * i))));
                }
            }

            return names;
        }

        /// <summary>Symbols among which are all undefined ones, the only ones that may carry a required version.</summary>
        private long UndefinedSymbolCount() => dynamic.ContainsKey(Hash)
            ? U32(OffsetOf(Hash) + 4) // nbucket, nchain: one link of a chain for every symbol
            : U32(OffsetOf(GnuHash) + 4); // nbuckets, symoffset: undefined symbols stand before the hashed ones

        private int VersionOf(long symbol) => U16(OffsetOf(VersionSymbols) + (2 * symbol)) & IndexMask;

        private void RefuseIfRelocated(int index, string version)
        {
            if (dynamic.ContainsKey(Rel) || (dynamic.ContainsKey(JmpRel) && Value(PltRel) != Rela))
            {
                throw new InvalidDataException("Its relocations are not of the kind with addends.");
            }

            if (dynamic.ContainsKey(Rela) && Value(RelaEntry) != RelocationSize)
            {
                throw new InvalidDataException($"Its relocations have {Value(RelaEntry)} bytes; {RelocationSize} are expected.");
            }

            if ((dynamic.ContainsKey(Rela) && Refers(OffsetOf(Rela), Value(RelaSize), index))
                || (dynamic.ContainsKey(JmpRel) && Refers(OffsetOf(JmpRel), Value(PltRelSize), index)))
            {
                throw new InvalidDataException($"It uses {version}: a relocation refers to it.");
            }
        }

        private bool Refers(long table, long size, int index)
        {
            if (size < 0 || size > bytes.Length)
            {
                throw new InvalidDataException($"Its relocations take {size} bytes; its length is {bytes.Length}.");
            }

            // Elf64_Rela: offset u64, type u32, symbol u32, addend i64.
            for (long at = table; at < table + size; at += RelocationSize)
            {
                uint symbol = U32(at + 12);
                if (symbol != 0 && VersionOf(symbol) == index)
                {
                    return true;
                }
            }

            return false;
        }

        private long Value(long tag) =>
            dynamic.TryGetValue(tag, out long value) ? value : throw new InvalidDataException($"Its dynamic section lacks the entry 0x{tag:x}.");

        private long OffsetOf(long tag)
        {
            long address = Value(tag);
            foreach (var (start, offset, size) in segments)
            {
                if (address >= start && address - start < size)
                {
                    return address - start + offset;
                }
            }

            throw new InvalidDataException($"Address 0x{address:x} lies in none of its segments.");
        }

        private string StringAt(long index)
        {
            long start = OffsetOf(StringTable) + index;
            long end = start;
            while (U8(end) != 0)
            {
                end++;
            }

            return Encoding.ASCII.GetString(bytes, (int)start, (int)(end - start));
        }

        private byte U8(long at)
        {
            Check(at, 1);
            return bytes[at];
        }

        private int U16(long at)
        {
            Check(at, 2);
            return bytes[at] | (bytes[at + 1] << 8);
        }

        private uint U32(long at) => (uint)U16(at) | ((uint)U16(at + 2) << 16);

        private long I64(long at) => U32(at) | ((long)U32(at + 4) << 32);

        private void Check(long at, int size)
        {
            if (at < 0 || at > bytes.Length - size)
            {
                throw new InvalidDataException($"It is cut short: {size} bytes are expected at {at}, its length is {bytes.Length}.");
            }
        }
    }
}
