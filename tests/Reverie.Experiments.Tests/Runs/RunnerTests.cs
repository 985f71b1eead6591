using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Runs;

public sealed class RunnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Same_request_gives_the_same_bytes()
    {
        ToyRun.Run(folder.In("a"), ToyRun.Request());
        ToyRun.Run(folder.In("b"), ToyRun.Request());
        TemporaryFolder.AssertSameRun(folder.In("a"), folder.In("b"));
        Assert.Contains("checkpoint.safetensors", TemporaryFolder.Contents(folder.In("a")).Keys);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(1000, true)]
    [InlineData(20, false)]
    [InlineData(1000, false)]
    public void Interrupted_anywhere_and_resumed_it_comes_to_the_same_bytes(int checkpointSteps, bool checkpointEpisodes)
    {
        var request = ToyRun.Request(checkpointSteps: checkpointSteps) with { CheckpointEpisodes = checkpointEpisodes };
        ToyRun.Run(folder.In("whole"), request);
        foreach (long step in (long[])[0, 4, 5, 6, 17, 18, 50, 67, 68])
        {
            string path = folder.In($"cut-{step}");
            Assert.Null(ToyRun.Run(path, request, cancelAtStep: step));
            Assert.False(File.Exists(Path.Combine(path, "result.json")));
            Assert.NotNull(ToyRun.Run(path, request));
            TemporaryFolder.AssertSameRun(folder.In("whole"), path);
        }
    }

    [Fact]
    public void Interrupted_after_every_few_steps_it_still_comes_to_the_same_bytes()
    {
        var request = ToyRun.Request(checkpointSteps: 6);
        ToyRun.Run(folder.In("whole"), request);
        string path = folder.In("cut");
        for (long step = 3; ToyRun.Run(path, request, cancelAtStep: step) is null; step += 4)
        {
        }

        TemporaryFolder.AssertSameRun(folder.In("whole"), path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(51)]
    [InlineData(68)]
    public void A_failure_is_one_line_and_what_was_saved_goes_on_to_the_same_bytes(int step)
    {
        ToyRun.Run(folder.In("whole"), ToyRun.Request());
        var e = Assert.Throws<RunException>(() => ToyRun.Run(folder.In("failed"), ToyRun.Request(), wrapAgent: a => new FailingAgent(a, step)));
        Assert.Equal($"the run failed at step {step}: it does not add up", e.Message);
        ToyRun.Run(folder.In("failed"), ToyRun.Request());
        TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In("failed"));
    }

    [Fact]
    public void Evaluation_leaves_no_trace()
    {
        ToyRun.Run(folder.In("without"), ToyRun.Request(evaluationEpisodes: 0));
        var request = ToyRun.Request(evaluationEpisodes: 0);
        var run = RunDirectory.Create(folder.In("with"), request);
        using (var parts = ToyRun.Parts(request))
        {
            using var runner = new Runner(run, parts, new EvaluateEachEpisode(parts), TimeProvider.System);
            runner.Run(CancellationToken.None);
        }

        TemporaryFolder.AssertSameRun(folder.In("without"), folder.In("with"));
    }

    [Fact]
    public void Evaluation_is_repeatable_from_the_checkpoint()
    {
        var result = ToyRun.Run(folder.In("run"), ToyRun.Request())!;
        var run = RunDirectory.Open(folder.In("run"));
        using var parts = ToyRun.Parts(run.Request);
        parts.Agent.Load(Safetensors.Read(run.CheckpointPath), "agent");
        var again = Evaluation.Run(parts.Agent, parts.CreateWorld, 2, Evaluation.Key(3), null, CancellationToken.None);
        Assert.Equal(result.Evaluation.Returns, again.Returns);
        Assert.NotEqual(again.Returns[0], again.Returns[1]);
    }

    [Fact]
    public void Every_transition_is_logged_once_and_in_order()
    {
        var result = ToyRun.Run(folder.In("run"), ToyRun.Request(checkpointSteps: 5))!;
        var run = RunDirectory.Open(folder.In("run"));
        Assert.Equal(16, run.TransitionParts().Count);
        var log = TrajectoryLog.Read(run.TransitionsPath);
        Assert.Equal(68, log.Count);
        Assert.Equal(68, result.EnvironmentSteps);
        for (int episode = 1; episode <= 4; episode++)
        {
            var rows = Enumerable.Range(0, log.Count).Where(i => log.Episode(i) == episode).ToList();
            Assert.Equal(Enumerable.Range(0, 17), rows.Select(log.Step));
            Assert.Equal(result.Episodes[episode - 1].Return, rows.Sum(log.Reward), 1e-9);
            Assert.All(rows.SkipLast(1), i => Assert.Equal(log.NextObservation(i).ToArray(), log.Observation(i + 1).ToArray()));
            Assert.True(log.Truncated(rows[^1]));
        }
    }

    [Fact]
    public void Episodes_that_are_not_saved_one_by_one_are_saved_by_steps()
    {
        var request = ToyRun.Request(checkpointSteps: 20) with { CheckpointEpisodes = false };
        var result = ToyRun.Run(folder.In("run"), request)!;
        var run = RunDirectory.Open(folder.In("run"));
        Assert.Equal([20, 20, 20, 8], run.TransitionParts().Select(part => TrajectoryLog.Read(part).Count));
        Assert.Equal([17, 17, 17, 17], result.Episodes.Select(e => e.Steps));
    }

    [Fact]
    public void A_limit_on_steps_may_cut_an_episode_and_survives_interruption()
    {
        var request = ToyRun.Request(episodes: null, steps: 40, checkpointSteps: 100);
        var result = ToyRun.Run(folder.In("whole"), request)!;
        Assert.Equal(40, result.EnvironmentSteps);
        Assert.Equal([17, 17, 6], result.Episodes.Select(e => e.Steps));
        Assert.Equal(40, TrajectoryLog.Read(RunDirectory.Open(folder.In("whole")).TransitionsPath).Count);
        ToyRun.Run(folder.In("cut"), request, cancelAtStep: 38);
        ToyRun.Run(folder.In("cut"), request);
        TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In("cut"));
    }

    [Fact]
    public void Metrics_tell_step_and_episode_and_begin_with_what_was_reported_while_the_agent_was_made()
    {
        ToyRun.Run(folder.In("run"), ToyRun.Request());
        var metrics = RunDirectory.Open(folder.In("run")).ReadMetrics();
        Assert.Equal(new MetricRecord(0, 0, "made", 3), metrics[0]);
        Assert.Single(metrics, m => m.Name == "made");
        Assert.Contains(metrics, m => m is { Step: 17, Episode: 1, Name: "model/loss" });
        Assert.Contains(metrics, m => m is { Step: 68, Episode: 4 });
        Assert.Equal(metrics.Select(m => m.Step).Order(), metrics.Select(m => m.Step));
    }

    [Fact]
    public void A_world_that_leaves_the_finite_numbers_is_named_with_the_step()
    {
        var e = Assert.Throws<RunException>(() => ToyRun.Run(folder.In("run"), ToyRun.Request(), wrapWorld: w => new NanWorld(w, 20)));
        Assert.Equal("the run failed at step 20: pendulum gave the reward NaN", e.Message);
        Assert.Single(RunDirectory.Open(folder.In("run")).ReadEpisodes());
        Assert.NotNull(ToyRun.Run(folder.In("run"), ToyRun.Request()));
    }

    private sealed class NanWorld(IWorld inner, int step) : IWorld
    {
        public WorldSpec Spec => inner.Spec;

        public long Steps => inner.Steps;

        public void Reset(Span<double> observation) => inner.Reset(observation);

        public StepResult Step(ReadOnlySpan<double> action, Span<double> observation)
        {
            var result = inner.Step(action, observation);
            return Steps == step ? result with { Reward = double.NaN } : result;
        }

        public void Save(StateDictionary state, string prefix) => inner.Save(state, prefix);

        public void Load(StateDictionary state, string prefix) => inner.Load(state, prefix);
    }

    private sealed class EvaluateEachEpisode(RunParts parts) : IRunListener
    {
        public void OnStart(RunDirectory run, in RunStatus status)
        {
        }

        public void OnStep(in RunStatus status)
        {
            if (status.Step % 3 == 0)
            {
                Evaluation.Run(parts.Agent, parts.CreateWorld, 1, new RandomKey((ulong)status.Step), null, CancellationToken.None);
            }
        }

        public void OnMetric(MetricRecord metric, in RunStatus status)
        {
        }

        public void OnEpisode(EpisodeRecord episode, in RunStatus status)
        {
        }

        public void OnEvaluation(int episode, int episodes, double episodeReturn)
        {
        }
    }
}
