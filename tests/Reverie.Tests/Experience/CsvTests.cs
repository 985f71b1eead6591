using System.Text;
using Reverie.Experience;

namespace Reverie.Tests.Experience;

public sealed class CsvTests : IDisposable
{
    private const string Header = "episode,step,observation_0,action_0,reward,next_observation_0,terminated,truncated";

    private readonly string folder = Directory.CreateTempSubdirectory("reverie").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rows_are_read_whatever_the_order_of_columns_and_the_line_ends()
    {
        var log = Read("\uFEFFtruncated, reward,step,episode,observation_1,observation_0,next_observation_0,next_observation_1,action_0,terminated\r\n"
            + "0,-1.5,0,4,2e3,1,10,20,-0.5,false\r\nTrue,7,1,4,3,4,5,6,1,0");

        Assert.Equal((2, 2, 1, ""), (log.Count, log.ObservationSize, log.ActionSize, log.World));
        Assert.Equal([1.0, 2000.0], log.Observation(0).ToArray());
        Assert.Equal([10.0, 20.0], log.NextObservation(0).ToArray());
        Assert.Equal((-1.5, 4L, 1), (log.Reward(0), log.Episode(1), log.Step(1)));
        Assert.Equal((false, true), (log.Truncated(0), log.Truncated(1)));
        Assert.False(log.Terminated(0) || log.Terminated(1));
    }

    [Fact]
    public void The_short_spelling_of_recordings_is_read_too()
    {
        var log = Read("episode,t,s0,s1,a0,next0,next1,reward,terminated\n0,0,1,2,3,4,5,6,0\n0,1,4,5,3,7,8,9,1\n1,0,1,2,3,4,5,6,0\n\n");

        Assert.Equal(3, log.Count);
        Assert.Equal([4.0, 5.0], log.Observation(1).ToArray());
        Assert.Equal([7.0, 8.0], log.NextObservation(1).ToArray());
        Assert.True(log.Terminated(1) && !log.Truncated(1) && !log.Terminated(2));
    }

    [Theory]
    [InlineData("0,0,1,2,3,4,0,0\n0,1,1,2,NaN,4,0,0", 2, "reward is NaN")]
    [InlineData("0,0,1,2,3,1e999,0,0", 1, "next_observation_0 is Infinity")]
    [InlineData("0,0,-Infinity,2,3,4,0,0", 1, "observation_0 is -Infinity")]
    [InlineData("0,0,1,2,3,4,0", 1, "7 columns")]
    [InlineData("0,0,1,2,3,4,0,0\n0,1,1,2,3,4,0,0,9", 2, "9 columns")]
    [InlineData("0,0,1,two,3,4,0,0", 1, "'two' is no value for the column 'action_0'")]
    [InlineData("0,0,1,,3,4,0,0", 1, "'' is no value")]
    [InlineData("0,0,1,2,3,4,maybe,0", 1, "'maybe'")]
    [InlineData("0.5,0,1,2,3,4,0,0", 1, "'0.5' is no value for the column 'episode'")]
    [InlineData("0,0.5,1,2,3,4,0,0", 1, "step is 0.5")]
    [InlineData("0,-1,1,2,3,4,0,0", 1, "step is -1")]
    [InlineData("0,0,1,2,3,4,0,0\n0,2,1,2,3,4,0,0", 2, "step 2 of episode 0 follows step 0")]
    [InlineData("0,0,1,2,3,4,1,0\n0,1,1,2,3,4,0,0", 2, "goes on after its end")]
    [InlineData("0,0,1,2,3,4,0,1\n0,1,1,2,3,4,0,0", 2, "goes on after its end")]
    [InlineData("1,0,1,2,3,4,0,0\n0,0,1,2,3,4,0,0", 2, "must increase")]
    [InlineData("0,0,1,2,3,4,0,0\n1,1,1,2,3,4,0,0", 2, "starts with step 1")]
    [InlineData("0,0,1,2,3,4,0,0\n\n0,1,1,2,3,4,0,0", 2, "empty")]
    public void A_bad_row_is_named(string rows, long row, string problem)
    {
        var e = Assert.Throws<LogFormatException>(() => Read(Header + "\n" + rows));

        Assert.Equal(row, e.Row);
        Assert.Contains($"log.csv, row {row}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("episode,step,observation_0,action_0,reward,next_observation_0,terminated", "lacks the column 'truncated'")]
    [InlineData("episode,step,action_0,reward,next_observation_0,terminated,truncated", "lacks the column 'observation_0'")]
    [InlineData("episode,step,observation_0,observation_2,action_0,reward,next_observation_0,terminated,truncated", "'observation_2'")]
    [InlineData("episode,step,observation_0,observation_1,action_0,reward,next_observation_0,terminated,truncated", "2 observation and 1 next")]
    [InlineData("episode,step,observation_0,action_0,reward,reward,next_observation_0,terminated,truncated", "two columns 'reward'")]
    [InlineData("episode,step,observation_0,action_0,reward,next_observation_0,terminated,truncated,extra", "'extra'")]
    [InlineData("PAR1\0\0\0", "lacks the column 'episode'")]
    public void A_bad_header_is_refused(string header, string problem)
    {
        var e = Assert.Throws<LogFormatException>(() => Read(header + "\n0,0,1,2,3,4,0,0\n"));

        Assert.Null(e.Row);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gigantic_line_is_refused_in_little_memory()
    {
        string path = Path.Combine(folder, "giant.csv");
        foreach (string start in (string[])["", Header + "\n0,0,1,2,3,4,0,0\n"])
        {
            using (var file = File.Create(path))
            {
                file.Write(Encoding.ASCII.GetBytes(start));
                file.Write(Enumerable.Repeat((byte)'1', 1 << 20).ToArray());
                file.SetLength(1L << 33); // sparse: eight gigabytes of NUL
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            var e = Assert.Throws<LogFormatException>(() => TrajectoryLog.Read(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
            Assert.Contains("longer than 1048576", e.Message, StringComparison.Ordinal);
            Assert.Equal(start.Length == 0 ? null : 2, e.Row);
        }
    }

    [Fact]
    public void Lines_of_every_length_around_the_buffer_are_read_whole()
    {
        for (int padding = 16_300; padding < 16_420; padding++)
        {
            string cell = "1" + new string(' ', padding);
            Assert.Equal(3, Read($"{Header}\n0,0,{cell},2,3,4,0,0\n0,1,{cell},2,3,4,0,0\r\n0,2,1,2,3,4,0,0\n").Count);
        }
    }

    private TrajectoryLog Read(string text)
    {
        string path = Path.Combine(folder, "log.csv");
        File.WriteAllText(path, text);
        return TrajectoryLog.Read(path);
    }
}
