using Parquet;
using Parquet.Schema;
using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Tests.Experience;

public sealed class ParquetFileTests : IDisposable
{
    private readonly string folder;
    private readonly string target;

    public ParquetFileTests()
    {
        folder = Directory.CreateTempSubdirectory("reverie").FullName;
        target = Path.Combine(folder, "log.parquet");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_columns_are_the_documented_ones_to_any_reader()
    {
        Logs.Random("pendulum", 2, 1, 10, seed: 1).Write(target);
        await using var reader = await ParquetReader.CreateAsync(target, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(
            "episode:Int64 step:Int32 observation_0:Double observation_1:Double action_0:Double reward:Double next_observation_0:Double next_observation_1:Double terminated:Boolean truncated:Boolean",
            string.Join(' ', reader.Schema.DataFields.Select(field => $"{field.Name}:{field.ClrType.Name}")));
        Assert.DoesNotContain(reader.Schema.DataFields, field => field.IsNullable);
        Assert.Equal("pendulum", reader.CustomMetadata["reverie.world"]);
        Assert.Equal(("1", "2", "1"), (reader.CustomMetadata["reverie.schema"], reader.CustomMetadata["reverie.observation_size"], reader.CustomMetadata["reverie.action_size"]));
    }

    [Fact]
    public async Task Files_of_other_writers_with_other_number_types_are_read()
    {
        await WriteForeign(step: 1, reward: 2.5);
        var log = TrajectoryLog.Read(target);

        Assert.Equal((2, 1, 1, ""), (log.Count, log.ObservationSize, log.ActionSize, log.World));
        Assert.Equal((0.5, 2.0, 2.5, 1, 3L), (log.Observation(0)[0], log.Action(1)[0], log.Reward(1), log.Step(1), log.Episode(1)));
        Assert.True(log.Terminated(1));
    }

    [Fact]
    public async Task A_bad_row_is_named()
    {
        await WriteForeign(step: 2, reward: 2.5);
        AssertRefused("row 2: step 2 of episode 3 follows step 0", row: 2);
        await WriteForeign(step: 1, reward: double.NaN);
        AssertRefused("row 2: reward is NaN", row: 2);
        await WriteForeign(step: 1, reward: null);
        AssertRefused("row 2: reward is null", row: 2);
    }

    [Fact]
    public async Task Wrong_types_missing_columns_and_other_schemas_are_refused()
    {
        await WriteForeign(1, 2.5, new Dictionary<string, string> { ["reverie.schema"] = "2" });
        AssertRefused("reverie.schema = '2'; 1 is expected");
        await WriteForeign(1, 2.5, new Dictionary<string, string> { ["reverie.observation_size"] = "4" });
        AssertRefused("reverie.observation_size = '4'; 1 is expected");
        await WriteForeign(1, 2.5, textEpisode: true);
        AssertRefused("the column 'episode' holds");
        await WriteForeign(1, 2.5, truncatedName: "timeout");
        AssertRefused("lacks the column 'truncated'");
    }

    [Theory]
    [InlineData("", "too few")]
    [InlineData("PAR1", "too few")]
    [InlineData("episode,step,reward\n0,0,1\n", "does not begin")]
    [InlineData("PAR1\0\0\0\0\0\0\0\0\0\0\0\0\0PAR2", "torn")]
    [InlineData("PAR1\0\0\0\0\0\0\0\0PAR1", "claims 0 bytes")]
    [InlineData("PAR1\0\0\0\0\xFF\xFF\xFF\x7FPAR1", "claims 2147483647 bytes")]
    [InlineData("PAR1\0\0\0\0\xFF\xFF\xFF\xFFPAR1", "claims -1 bytes")]
    [InlineData("PAR1\x15\u0080\x02\0\0\0PAR1", "end too early")] // a number without end
    [InlineData("PAR1\x29\u00FC\u00FF\u00FF\u00FF\u00FF\x07\x07\0\0\0PAR1", "a list that cannot be")] // two billion columns
    [InlineData("PAR1\x1C\0\0\x03\0\0\0PAR1", "field 1 of type 12 where 5 is due")]
    [InlineData("PAR1\x0A\u00C8\x01\0\x04\0\0\0PAR1", "unknown type")]
    [InlineData("PAR1\x0C\u00C8\x01\0\0\x05\0\0\0PAR1", "unknown structure (field 100)")]
    [InlineData("PAR1\x06\u0080\u0080\u0080\x01\0\x06\0\0\0PAR1", "too long")]
    public void Files_that_are_no_parquet_are_refused(string text, string problem)
    {
        File.WriteAllBytes(target, System.Text.Encoding.Latin1.GetBytes(text));
        AssertRefused(problem);
    }

    [Fact]
    public void Any_truncation_is_noticed()
    {
        Logs.Random("w", 1, 1, 20, seed: 1).Write(target);
        byte[] good = File.ReadAllBytes(target);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(target, good[..length]);
            Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(target));
        }
    }

    [Fact]
    public void A_flipped_bit_is_noticed()
    {
        Logs.Random("w", 1, 1, 20, seed: 1).Write(target);
        byte[] good = File.ReadAllBytes(target);
        // In the checksum's own key a flip hides the checksum but leaves the content.
        int key = good.AsSpan().IndexOf("reverie.sha256"u8);
        for (int i = 0; i < good.Length; i++)
        {
            if (i < key || i >= key + "reverie.sha256".Length + 2)
            {
                byte[] bad = [.. good];
                bad[i] ^= (byte)(1 << (i % 8));
                File.WriteAllBytes(target, bad);
                Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(target));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_that_no_checksum_shows_brings_no_other_exception_and_no_endless_reading(bool foreign)
    {
        if (foreign)
        {
            await WriteForeign(1, 2.5);
        }
        else
        {
            Logs.Random("w", 2, 1, 200, seed: 2).Write(target);
        }

        byte[] good = File.ReadAllBytes(target);
        int key = good.AsSpan().IndexOf("reverie.sha256"u8);
        if (key >= 0)
        {
            good[key] = (byte)'x';
        }

        int footer = good.Length - 8 - BitConverter.ToInt32(good, good.Length - 8);
        var random = new RandomStream(RandomKey.FromSeed(foreign ? 1 : 2));
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bad = [.. good];
            int changes = 1 + random.NextInt32(3);
            for (int k = 0; k < changes; k++)
            {
                // Half of them in the metadata, which are the smaller but the more fragile part.
                int place = random.NextInt32(2) == 0 ? footer + random.NextInt32(bad.Length - footer) : random.NextInt32(bad.Length);
                bad[place] = random.NextInt32(3) switch
                {
                    0 => (byte)(bad[place] ^ (1 << random.NextInt32(8))),
                    1 => (byte)random.NextUInt32(),
                    _ => 0xFF,
                };
            }

            File.WriteAllBytes(target, bad);
            try
            {
                TrajectoryLog.Read(target);
            }
            catch (LogFormatException e)
            {
                Assert.Contains(target, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, Mutations / 4, Mutations);
    }

    private const int Mutations = 400;

    private void AssertRefused(string problem, long? row = null)
    {
        var e = Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(target));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.Equal((target, row), (e.File, e.Row));
    }

    /// <summary>Two rows as data frames are often written: optional columns, narrow and whole numbers where they do.</summary>
    private async Task WriteForeign(long step, double? reward, Dictionary<string, string>? metadata = null, bool textEpisode = false, string truncatedName = "truncated")
    {
        DataField[] fields =
        [
            textEpisode ? new DataField<double>("episode") : new DataField<int?>("episode"), new DataField<long>("step"), new DataField<float?>("observation_0"),
            new DataField<long?>("action_0"), new DataField<double?>("reward"), new DataField<double>("next_observation_0"),
            new DataField<bool?>("terminated"), new DataField<bool>(truncatedName),
        ];
        await using var stream = File.Create(target);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        writer.CustomMetadata = metadata ?? [];
        using var group = writer.CreateRowGroup();
        if (textEpisode)
        {
            await group.WriteAsync<double>(fields[0], new double[] { 3, 3 });
        }
        else
        {
            await group.WriteAsync<int>(fields[0], new int?[] { 3, 3 });
        }

        await group.WriteAsync<long>(fields[1], new long[] { 0, step });
        await group.WriteAsync<float>(fields[2], new float?[] { 0.5f, 1.5f });
        await group.WriteAsync<long>(fields[3], new long?[] { 1, 2 });
        await group.WriteAsync<double>(fields[4], new double?[] { 1.5, reward });
        await group.WriteAsync<double>(fields[5], new double[] { 5, 6 });
        await group.WriteAsync<bool>(fields[6], new bool?[] { false, true });
        await group.WriteAsync<bool>(fields[7], new bool[] { false, false });
    }
}
