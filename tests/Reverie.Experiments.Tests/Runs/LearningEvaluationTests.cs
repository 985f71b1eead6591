using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Runs;

/// <summary>Evaluation while learning: told at its steps, without a trace in agent or run, and once only however often the run is cut.</summary>
public sealed class LearningEvaluationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_told_after_every_so_many_steps()
    {
        ToyRun.Run(folder.In("run"), ToyRun.Request() with { EvaluateEvery = 10, EvaluateEpisodes = 2 });
        var told = RunDirectory.Open(folder.In("run")).ReadMetrics().Where(m => m.Name == "evaluation/return").ToArray();
        Assert.Equal([10, 20, 30, 40, 50, 60], told.Select(m => m.Step));
        Assert.Equal(6, told.Select(m => m.Value).Distinct().Count());
        Assert.All(told, m => Assert.True(double.IsFinite(m.Value)));
    }

    [Fact]
    public void It_is_the_mean_return_of_the_policy_then()
    {
        var request = ToyRun.Request(episodes: null, steps: 30, checkpointSteps: 30) with { EvaluateEvery = 30, EvaluateEpisodes = 3, CheckpointEpisodes = false };
        ToyRun.Run(folder.In("run"), request);
        var run = RunDirectory.Open(folder.In("run"));
        using var parts = ToyRun.Parts(request);
        parts.Agent.Load(Safetensors.Read(run.CheckpointPath), "agent");
        var again = Evaluation.Run(parts.Agent, parts.CreateWorld, 3, Evaluation.Key(request.Seed, 30), null, CancellationToken.None);
        Assert.Equal(again.MeanReturn, run.ReadMetrics().Single(m => m.Name == "evaluation/return").Value);
        Assert.NotEqual(Evaluation.Key(request.Seed, 30), Evaluation.Key(request.Seed, 60));
    }

    [Fact]
    public void It_leaves_no_trace()
    {
        ToyRun.Run(folder.In("without"), ToyRun.Request());
        ToyRun.Run(folder.In("with"), ToyRun.Request() with { EvaluateEvery = 3, EvaluateEpisodes = 1 });
        var (without, with) = (TemporaryFolder.Contents(folder.In("without")), TemporaryFolder.Contents(folder.In("with")));
        Assert.Equal(["checkpoint.safetensors", "metrics.jsonl", "run.json"], without.Keys.Where(name => without[name] != with[name]));
        Assert.Equal(RunDirectory.Open(folder.In("without")).ReadMetrics(), RunDirectory.Open(folder.In("with")).ReadMetrics().Where(m => m.Name != "evaluation/return"));
        var (before, after) = (State("without"), State("with"));
        string[] ours = [.. before.Names.Where(name => !name.StartsWith("runner/", StringComparison.Ordinal))];
        Assert.NotEmpty(ours);
        Assert.All(ours, name => Assert.Equal(Numbers(before, name), Numbers(after, name)));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(20, false)]
    [InlineData(1000, false)]
    public void Interrupted_anywhere_and_resumed_it_comes_to_the_same_bytes(int checkpointSteps, bool checkpointEpisodes)
    {
        // At steps 17 and 34 episodes end, at 20 and 40 checkpoints may be due, too: 17 steps an episode, an evaluation after every one of them.
        var request = ToyRun.Request(episodes: 3, checkpointSteps: checkpointSteps) with { CheckpointEpisodes = checkpointEpisodes, EvaluateEvery = 17, EvaluateEpisodes = 1 };
        ToyRun.Run(folder.In("whole"), request);
        const int worldSteps = (2 * 51) - 1;
        for (int cut = 1; cut <= worldSteps; cut += 7)
        {
            string path = folder.In($"cut-{cut}");
            Assert.Null(CutAfter(path, request, cut));
            Assert.NotNull(ToyRun.Run(path, request));
            TemporaryFolder.AssertSameRun(folder.In("whole"), path);
        }
    }

    // Cancels at a step of any world, so in the middle of evaluations too.
    private static RunResult? CutAfter(string path, RunRequest request, int worldSteps)
    {
        var run = RunDirectory.Create(path, request);
        using var cancel = new CancellationTokenSource();
        int steps = 0;
        using var runner = new Runner(run, ToyRun.Parts(request, wrapWorld: inner => new CountedWorld(inner, () => { if (++steps == worldSteps) { cancel.Cancel(); } })), new SilentListener(), TimeProvider.System);
        return runner.Run(cancel.Token);
    }

    private static string Numbers(StateDictionary state, string name)
    {
        try
        {
            return string.Join(' ', state.GetDouble(name).ToArray().Select(BitConverter.DoubleToInt64Bits));
        }
        catch (StateException)
        {
            return string.Join(' ', state.GetInt64(name).ToArray());
        }
    }

    private StateDictionary State(string name) => Safetensors.Read(Path.Combine(folder.In(name), "checkpoint.safetensors"));

    private sealed class CountedWorld(IWorld inner, Action onStep) : IWorld
    {
        public WorldSpec Spec => inner.Spec;

        public long Steps => inner.Steps;

        public void Reset(Span<double> observation) => inner.Reset(observation);

        public StepResult Step(ReadOnlySpan<double> action, Span<double> observation)
        {
            onStep();
            return inner.Step(action, observation);
        }

        public void Save(StateDictionary state, string prefix) => inner.Save(state, prefix);

        public void Load(StateDictionary state, string prefix) => inner.Load(state, prefix);
    }
}
