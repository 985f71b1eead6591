namespace Reverie.Experiments.Tests.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.In("run");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_asked_is_read_back()
    {
        var request = ToyRun.Request(episodes: null, steps: 12);
        RunDirectory.Create(Path, request);
        var read = RunDirectory.Open(Path + System.IO.Path.DirectorySeparatorChar).Request;
        Assert.Equal(request with { WorldOptions = default, AgentOptions = default }, read with { WorldOptions = default, AgentOptions = default });
        Assert.NotEqual("unknown", read.Versions.LibTorch);
    }

    [Fact]
    public void A_missing_directory_a_file_and_a_foreign_directory_are_no_runs()
    {
        Assert.Contains("there is no run directory", Assert.Throws<RequestException>(() => RunDirectory.Open(Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path, "");
        Assert.Contains("is a file", Assert.Throws<RequestException>(() => RunDirectory.Open(Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no run.json", Assert.Throws<RequestException>(() => RunDirectory.Open(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.In("run.json"), """{"format":"other"}""");
        Assert.Contains("'other'", Assert.Throws<RequestException>(() => RunDirectory.Open(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.In("run.json"), "[1]");
        Assert.Throws<RequestException>(() => RunDirectory.Open(folder.Path));
    }

    [Theory]
    [InlineData("{\"format\":\"rever")]
    [InlineData("")]
    [InlineData("{\"format\":\"reverie-run-1\"}")]
    [InlineData("{\"format\":\"reverie-run-1\",\"agent\":7}")]
    public void A_damaged_request_is_named_in_one_line(string text)
    {
        File.WriteAllText(folder.In("run.json"), text);
        var e = Assert.Throws<RunException>(() => RunDirectory.Open(folder.Path));
        Assert.Contains("run.json is damaged", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_document_that_lacks_what_it_must_hold_is_damaged()
    {
        var run = RunDirectory.Create(Path, ToyRun.Request());
        File.WriteAllText(run.ResultPath, "{}");
        Assert.Contains("result.json is damaged", Assert.Throws<RunException>(run.ReadResult).Message, StringComparison.Ordinal);
        File.WriteAllText(run.ResultPath, """{"agent":"a","world":"w","seed":1,"environmentSteps":1,"episodes":null,"evaluation":null}""");
        Assert.Contains("result.json is damaged", Assert.Throws<RunException>(run.ReadResult).Message, StringComparison.Ordinal);
        File.WriteAllText(run.EpisodesPath, "{}\n");
        Assert.Throws<RunException>(run.ReadEpisodes);
    }

    [Fact]
    public void A_new_run_takes_only_an_empty_place()
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "run.json.tmp"), "left over");
        RunDirectory.Create(Path, ToyRun.Request());
        Assert.Contains("already holds a run", Assert.Throws<RequestException>(() => RunDirectory.Create(Path, ToyRun.Request())).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.In("precious"), "");
        Assert.Contains("is not empty", Assert.Throws<RequestException>(() => RunDirectory.Create(folder.Path, ToyRun.Request())).Message, StringComparison.Ordinal);
        Assert.Throws<RequestException>(() => RunDirectory.Create(folder.In("precious"), ToyRun.Request()));
        Assert.Throws<RequestException>(() => RunDirectory.Create("/proc/none/run", ToyRun.Request()));
    }

    [Fact]
    public void The_default_place_is_the_first_free_number()
    {
        Assert.Equal(folder.In("pets-pendulum-seed-4-1"), RunDirectory.DefaultPath(folder.Path, "pets", "pendulum", -4));
        Directory.CreateDirectory(folder.In("pets-pendulum-seed-4-1"));
        Assert.Equal(folder.In("pets-pendulum-seed-4-2"), RunDirectory.DefaultPath(folder.Path, "pets", "pendulum", -4));
    }

    [Fact]
    public void Only_one_may_run_it_at_a_time()
    {
        var run = RunDirectory.Create(Path, ToyRun.Request());
        using (run.Lock())
        {
            Assert.Contains("being run by another process", Assert.Throws<RequestException>(run.Lock).Message, StringComparison.Ordinal);
        }

        run.Lock().Dispose();
    }

    [Fact]
    public void What_stands_beyond_the_checkpoint_is_cut()
    {
        ToyRun.Run(folder.In("whole"), ToyRun.Request());
        Assert.Null(ToyRun.Run(Path, ToyRun.Request(), cancelAtStep: 23));
        File.AppendAllText(System.IO.Path.Combine(Path, "metrics.jsonl"), string.Concat(Enumerable.Repeat("{\"step\":99,\"episode\":9,\"name\":\"x\",\"value\":1}\n", 1000)) + "{\"ste");
        File.AppendAllText(System.IO.Path.Combine(Path, "episodes.jsonl"), new string(' ', 10_000));
        File.AppendAllText(System.IO.Path.Combine(Path, "timing.jsonl"), "{\"st");
        File.WriteAllText(System.IO.Path.Combine(Path, "checkpoint.safetensors.tmp"), "torn");
        int parts = RunDirectory.Open(Path).TransitionParts().Count;
        File.WriteAllText(RunDirectory.Open(Path).TransitionPart(parts + 1), "torn");

        Assert.Null(ToyRun.Run(Path, ToyRun.Request(), cancelAtStep: 0));
        Assert.Equal(parts, RunDirectory.Open(Path).TransitionParts().Count);
        Assert.DoesNotContain(RunDirectory.Open(Path).ReadMetrics(), m => m.Step > 23);

        ToyRun.Run(Path, ToyRun.Request());
        TemporaryFolder.AssertSameRun(folder.In("whole"), Path);
        Assert.NotEmpty(RunDirectory.Open(Path).ReadTiming());
    }

    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("episodes.jsonl")]
    [InlineData("transitions/part-00002.parquet")]
    [InlineData("checkpoint.safetensors")]
    public void What_the_checkpoint_vouches_for_must_be_there(string file)
    {
        ToyRun.Run(Path, ToyRun.Request(), cancelAtStep: 40);
        string path = System.IO.Path.Combine(Path, file);
        File.Delete(path);
        var e = Assert.Throws<RunException>(() => ToyRun.Run(Path, ToyRun.Request()));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_or_foreign_checkpoint_is_named_in_one_line()
    {
        ToyRun.Run(Path, ToyRun.Request(), cancelAtStep: 40);
        string checkpoint = System.IO.Path.Combine(Path, "checkpoint.safetensors");
        byte[] whole = File.ReadAllBytes(checkpoint);
        foreach (int length in (int[])[0, 7, 100, whole.Length - 1])
        {
            File.WriteAllBytes(checkpoint, whole[..length]);
            var torn = Assert.Throws<RunException>(() => ToyRun.Run(Path, ToyRun.Request()));
            Assert.Contains(checkpoint, torn.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', torn.Message);
        }

        ToyRun.Run(folder.In("other"), ToyRun.Request(episodes: 3), cancelAtStep: 40);
        File.Copy(System.IO.Path.Combine(folder.In("other"), "checkpoint.safetensors"), checkpoint, overwrite: true);
        Assert.Contains("belongs to another run", Assert.Throws<RunException>(() => ToyRun.Run(Path, ToyRun.Request())).Message, StringComparison.Ordinal);
        File.WriteAllBytes(checkpoint, whole);
        Assert.NotNull(ToyRun.Run(Path, ToyRun.Request()));
    }

    [Fact]
    public void A_damaged_line_is_named_with_its_number()
    {
        RunDirectory.Create(Path, ToyRun.Request());
        File.WriteAllText(System.IO.Path.Combine(Path, "metrics.jsonl"), "{\"step\":1,\"episode\":1,\"name\":\"x\",\"value\":\"NaN\"}\noops\n");
        var e = Assert.Throws<RunException>(() => RunDirectory.Open(Path).ReadMetrics());
        Assert.EndsWith("metrics.jsonl, line 2 is damaged", e.Message, StringComparison.Ordinal);
        File.WriteAllText(System.IO.Path.Combine(Path, "metrics.jsonl"), "{\"step\":1,\"episode\":1,\"name\":\"x\",\"value\":\"NaN\"}\n{\"torn");
        Assert.True(double.IsNaN(Assert.Single(RunDirectory.Open(Path).ReadMetrics()).Value));
    }

    [Fact]
    public void Mean_and_deviation_of_returns()
    {
        var result = EvaluationResult.Of([1, 2, 6]);
        Assert.Equal((3, 3.0), (result.Episodes, result.MeanReturn));
        Assert.Equal(Math.Sqrt(7), result.StandardDeviation, 1e-12);
        Assert.Equal((0.0, 0.0), (EvaluationResult.Of([]).MeanReturn, EvaluationResult.Of([5]).StandardDeviation));
    }
}
