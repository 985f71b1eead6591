using CsCheck;
using Reverie.Experience;

namespace Reverie.Tests.Experience;

public sealed class TrajectoryLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Parquet_brings_every_log_back_bit_for_bit()
    {
        var finite = Gen.Double.Where(double.IsFinite);
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[0, 40], Gen.Int, Gen.String).Sample(
            (observationSize, actionSize, count, seed, world) =>
            {
                var log = Logs.Random(world, observationSize, actionSize, count, seed);
                log.Write(Target("log.parquet"));
                Logs.AssertSame(log, TrajectoryLog.Read(Target("log.parquet"), observationSize, actionSize));
            },
            iter: 40,
            threads: 1);
        Assert.Equal([Target("log.parquet")], Directory.GetFiles(folder));
    }

    [Fact]
    public void Equal_logs_give_equal_files_and_long_ones_several_row_groups()
    {
        var log = Logs.Random("pendulum", 2, 1, 70_000, seed: 3);
        log.Write(Target("a.parquet"));
        log.Write(Target("b.parquet"));

        Assert.Equal(File.ReadAllBytes(Target("a.parquet")), File.ReadAllBytes(Target("b.parquet")));
        Logs.AssertSame(log, TrajectoryLog.Read(Target("a.parquet")));
    }

    [Fact]
    public void The_parts_of_a_folder_are_read_in_order_as_one_log()
    {
        var whole = Logs.Random("w", 2, 1, 100, seed: 1);
        int written = 0;
        foreach (int end in (int[])[30, 31, 77, 100])
        {
            var part = new TrajectoryLog("w", 2, 1, whole.Episode(written), whole.Step(written));
            for (; written < end; written++)
            {
                part.Add(whole.Episode(written), whole.Step(written), whole[written]);
            }

            part.Write(Target($"part-{end:D3}.parquet"));
        }

        File.WriteAllText(Target("notes.txt"), "no log");
        File.WriteAllText(Target("part-999.parquet.tmp"), "torn");
        Logs.AssertSame(whole, TrajectoryLog.Read(folder));

        File.Delete(Target("part-077.parquet"));
        var e = Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(folder));
        Assert.Equal(Target("part-100.parquet"), e.File);
        Assert.Equal(1, e.Row);
    }

    [Fact]
    public void A_log_feeds_a_replay_buffer_episode_by_episode()
    {
        var log = Logs.Random("w", 2, 1, 50, seed: 5);
        var buffer = new ReplayBuffer(2, 1, 64);
        log.AddTo(buffer);
        log.AddTo(new ReplayBuffer(2, 1, 8));

        Assert.Equal(50, buffer.Count);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(log.Observation(i), buffer.Observation(i));
            Assert.Equal(log.Step(i), buffer.Step(i));
            Assert.Equal(i > 0 && log.Episode(i) == log.Episode(i - 1), i > 0 && buffer.Episode(i) == buffer.Episode(i - 1));
        }

        Assert.Throws<ArgumentException>(() => log.AddTo(new ReplayBuffer(3, 1, 8)));
    }

    [Fact]
    public void Adding_counts_episodes_and_refuses_what_a_log_cannot_hold()
    {
        var log = new TrajectoryLog("w", 1, 1, firstEpisode: 7, firstStep: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Reward(0));
        log.Add(Step(terminated: true));
        log.Add(Step());
        log.BreakEpisode();
        log.BreakEpisode();
        log.Add(Step());

        Assert.Equal([7L, 8L, 9L], Enumerable.Range(0, 3).Select(log.Episode));
        Assert.Equal([2, 0, 0], Enumerable.Range(0, 3).Select(log.Step));
        Assert.Throws<ArgumentException>(() => log.Add(9, 2, Step()));
        Assert.Throws<ArgumentException>(() => log.Add(8, 0, Step()));
        Assert.Throws<ArgumentException>(() => log.Add(Step(reward: double.NaN)));
        Assert.Throws<ArgumentException>(() => log.Add(new Transition { Observation = [1, 2], Action = [0], Reward = 0, NextObservation = [1], Terminated = false, Truncated = false }));
        Assert.Equal(3, log.Count);

        static Transition Step(bool terminated = false, double reward = 0) =>
            new() { Observation = [1.0], Action = [0.0], Reward = reward, NextObservation = [2.0], Terminated = terminated, Truncated = false };
    }

    [Fact]
    public void Files_of_other_widths_or_worlds_are_refused()
    {
        Logs.Random("one", 3, 2, 9, seed: 0).Write(Target("1.parquet"));
        Assert.Contains("3 observation columns; 4 are expected", Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(Target("1.parquet"), 4, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("2 action columns; 1 are expected", Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(Target("1.parquet"), 3, 1)).Message, StringComparison.Ordinal);

        Logs.Random("two", 3, 2, 9, seed: 0).Write(Target("2.parquet"));
        Assert.Contains("of the world 'two'", Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_empty_folders_and_files_are_refused()
    {
        Assert.Contains(Target("none"), Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(Target("none"))).Message, StringComparison.Ordinal);
        Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(folder));
        File.WriteAllBytes(Target("empty.parquet"), []);
        File.WriteAllBytes(Target("empty.csv"), []);
        Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(Target("empty.parquet")));
        Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(Target("empty.csv")));
    }

    private string Target(string name) => Path.Combine(folder, name);
}
