using CsCheck;

namespace Reverie.Build.Tests;

public sealed class ElfVersionsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Exactly_the_flag_changes(bool gnuHash)
    {
        byte[] before = new SyntheticElf { WithGnuHash = gnuHash }.Build();
        byte[] after = [.. before];

        Assert.Equal(ElfOutcome.Weakened, Weaken(after).Outcome);

        byte[] expected = [.. before];
        expected[SyntheticElf.FlagOffset] = 2;
        Assert.Equal(expected, after);
    }

    [Fact]
    public void A_second_time_nothing_is_needed()
    {
        byte[] image = new SyntheticElf().Build();
        Weaken(image);
        AssertUntouched(image, ElfOutcome.NotNeeded);
    }

    [Fact]
    public void Nothing_is_needed_where_the_version_is_weak_or_absent()
    {
        AssertUntouched(new SyntheticElf { AlreadyWeak = true }.Build(), ElfOutcome.NotNeeded);
        AssertUntouched(new SyntheticElf { RequiredVersion = "GLIBCXX_3.4.30" }.Build(), ElfOutcome.NotNeeded);
        AssertUntouched(new SyntheticElf { WithVersions = false }.Build(), ElfOutcome.NotNeeded);
    }

    [Fact]
    public void A_library_that_uses_the_symbol_is_refused()
    {
        AssertUntouched(new SyntheticElf { RelocatedSymbol = 2 }.Build(), ElfOutcome.Refused);
        AssertUntouched(new SyntheticElf { CalledSymbol = 2 }.Build(), ElfOutcome.Refused);
    }

    [Fact]
    public void A_library_that_needs_the_version_for_another_symbol_too_is_refused()
    {
        AssertUntouched(new SyntheticElf { VersionIndices = [2, 3, 3], CalledSymbol = 1 }.Build(), ElfOutcome.Refused);
        AssertUntouched(new SyntheticElf { VersionIndices = [2, 2, 3], CalledSymbol = 1 }.Build(), ElfOutcome.Refused);
        AssertUntouched(new SyntheticElf { VersionIndices = [2, 2, 2] }.Build(), ElfOutcome.Refused);
    }

    [Fact]
    public void Relocations_of_another_kind_are_refused() =>
        AssertUntouched(new SyntheticElf { WithoutAddends = true }.Build(), ElfOutcome.Refused);

    [Fact]
    public void Other_files_are_refused()
    {
        AssertUntouched([], ElfOutcome.Refused);
        AssertUntouched("MZ not an ELF file, but long enough to hold the header of one, and then some more"u8.ToArray(), ElfOutcome.Refused);

        byte[] narrow = new SyntheticElf().Build();
        narrow[4] = 1; // 32-bit
        AssertUntouched(narrow, ElfOutcome.Refused);

        byte[] bigEndian = new SyntheticElf().Build();
        bigEndian[5] = 2;
        AssertUntouched(bigEndian, ElfOutcome.Refused);
    }

    [Fact]
    public void A_file_cut_short_anywhere_before_its_last_table_is_refused()
    {
        byte[] whole = new SyntheticElf().Build();
        int end = Array.FindLastIndex(whole, b => b != 0);
        for (int length = 0; length < end - 64; length++)
        {
            AssertUntouched(whole[..length], ElfOutcome.Refused);
        }
    }

    [Fact]
    public void A_damaged_file_never_throws_and_never_changes_elsewhere()
    {
        byte[] whole = new SyntheticElf().Build();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).List[1, 4].Sample(damage =>
        {
            byte[] before = [.. whole];
            foreach (var (at, value) in damage)
            {
                before[at] = value;
            }

            byte[] after = [.. before];
            var outcome = Weaken(after).Outcome;
            int changed = before.Zip(after).Count(pair => pair.First != pair.Second);
            Assert.Equal(outcome == ElfOutcome.Weakened ? 1 : 0, changed);
        }, iter: 20_000, threads: 1);
    }

    private static ElfResult Weaken(byte[] image) => ElfVersions.Weaken(image, SyntheticElf.Version, SyntheticElf.Symbol);

    private static void AssertUntouched(byte[] image, ElfOutcome expected)
    {
        byte[] before = [.. image];
        Assert.Equal(expected, Weaken(image).Outcome);
        Assert.Equal(before, image);
    }
}
