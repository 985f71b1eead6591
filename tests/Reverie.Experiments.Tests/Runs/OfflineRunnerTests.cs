using Reverie.Agents;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Runs;

/// <summary>Learning from logged trajectories alone.</summary>
public sealed class OfflineRunnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public OfflineRunnerTests() => ToyRun.Run(folder.In("data"), ToyRun.Request());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_learns_until_nothing_is_left_and_takes_no_step_of_the_world()
    {
        var request = Request();
        Assert.Equal((Path.Combine(folder.In("data"), "transitions"), 68L), (request.Data!.Path, request.Data.Transitions));
        var result = Run("run", request)!;
        Assert.Equal((0L, 20L, 2), (result.EnvironmentSteps, result.LearningSteps, result.Evaluation.Episodes));
        Assert.Empty(result.Episodes);
        var run = RunDirectory.Open(folder.In("run"));
        Assert.Equal(request.Data, run.Request.Data);
        Assert.Empty(run.TransitionParts());
        var metrics = run.ReadMetrics();
        Assert.Equal([8, 16], metrics.Where(m => m.Name == "evaluation/return").Select(m => m.Step));
        Assert.Equal(Enumerable.Range(1, 20), metrics.Where(m => m.Name == "model/loss").Select(m => (int)m.Step));
        Assert.NotEqual(metrics[1].Value, metrics[^1].Value);
    }

    [Fact]
    public void A_limit_on_steps_is_kept() => Assert.Equal(7, Run("run", Request() with { Steps = 7 })!.LearningSteps);

    [Fact]
    public void Interrupted_anywhere_and_resumed_it_comes_to_the_same_bytes()
    {
        var request = Request() with { CheckpointSteps = 6 };
        Run("whole", request);
        for (int cut = 0; cut < 20; cut++)
        {
            Assert.Null(Run($"cut-{cut}", request, cancelAt: cut));
            Assert.NotNull(Run($"cut-{cut}", request));
            TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In($"cut-{cut}"));
        }
    }

    [Fact]
    public void Once_saved_it_needs_the_data_no_more_but_before_they_must_be_the_same()
    {
        var request = Request();
        Run("whole", request);
        Assert.Null(Run("saved", request, cancelAt: 3));
        RunDirectory.Create(folder.In("begun"), request);
        File.Delete(Path.Combine(request.Data!.Path, "part-00016.parquet"));
        Assert.NotNull(Run("saved", request));
        TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In("saved"));
        Assert.EndsWith("was changed since the run was asked to learn from it", Assert.Throws<RunException>(() => Run("begun", request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_is_of_the_transitions_whatever_files_they_stand_in()
    {
        TrajectoryLog.Read(Path.Combine(folder.In("data"), "transitions")).Write(folder.In("one.parquet"));
        Assert.Equal(Request().Data!.Digest, LoggedData.Read(folder.In("one.parquet"), Spec()).Data.Digest);
        var other = TrajectoryLog.Read(folder.In("one.parquet"));
        other.Add(other[0]);
        other.Write(folder.In("more.parquet"));
        Assert.NotEqual(Request().Data!.Digest, LoggedData.Read(folder.In("more.parquet"), Spec()).Data.Digest);
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused_in_one_line()
    {
        Refused($"{folder.In("nowhere")}: there is no such file or folder", "nowhere", Spec());
        Refused($"{folder.In("data")}/transitions/part-00001.parquet: has 3 observation columns; 4 are expected", "data", Spec() with { Observation = [.. Spec().Observation, new Feature("more")] });
        Refused($"{folder.In("data")}/transitions is of world 'pendulum', not 'other'", "data", Spec() with { Name = "other" });
        new TrajectoryLog("", 3, 1).Write(folder.In("empty.parquet"));
        Refused($"{folder.In("empty.parquet")} holds no transition", "empty.parquet", Spec());
        var discrete = Spec() with { Actions = ActionSpace.Discrete(2) };
        Assert.Contains("step 0 of episode 1: Action ", Assert.Throws<RequestException>(() => LoggedData.Read(folder.In("data"), discrete)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "agent 'random' cannot learn from data alone: it wants to act",
            Assert.Throws<RequestException>(() => OfflineRunner.Require("random", new RandomAgent(Spec(), default))).Message);
    }

    private static WorldSpec Spec()
    {
        using var parts = ToyRun.Parts(ToyRun.Request());
        return parts.World.Spec;
    }

    private void Refused(string message, string data, WorldSpec spec) =>
        Assert.Equal(message, Assert.Throws<RequestException>(() => LoggedData.Read(folder.In(data), spec)).Message);

    private RunRequest Request() =>
        ToyRun.Request() with { Episodes = null, EvaluateEvery = 8, EvaluateEpisodes = 1, Data = LoggedData.Read(folder.In("data"), Spec()).Data };

    private RunResult? Run(string name, RunRequest request, int cancelAt = int.MaxValue)
    {
        string path = folder.In(name);
        var run = Directory.Exists(path) ? RunDirectory.Open(path) : RunDirectory.Create(path, request);
        using var cancel = new CancellationTokenSource();
        if (cancelAt == 0)
        {
            cancel.Cancel();
        }

        var parts = ToyRun.Parts(request, agent => new Scholar(agent, step =>
        {
            if (step == cancelAt)
            {
                cancel.Cancel();
            }
        }));
        using var runner = new OfflineRunner(run, parts, new SilentListener(), TimeProvider.System);
        return runner.Run(cancel.Token);
    }

    /// <summary>Observes one remembered transition a step, twenty in all.</summary>
    private sealed class Scholar(IAgent inner, Action<int> onStep) : IOfflineAgent
    {
        private readonly ReplayBuffer memory = new(3, 1, 100);
        private int step;

        public void Act(ReadOnlySpan<double> observation, Span<double> action) => inner.Act(observation, action);

        public void Observe(in Transition transition) => inner.Observe(transition);

        public IPolicy Policy(RandomStream random) => inner.Policy(random);

        public void Remember(TrajectoryLog log) => log.AddTo(memory);

        public bool Improve()
        {
            inner.Observe(new Transition
            {
                Observation = memory.Observation(step),
                Action = memory.Action(step),
                Reward = memory.Reward(step),
                NextObservation = memory.NextObservation(step),
                Terminated = false,
                Truncated = true, // the toy reports a loss
            });
            onStep(++step);
            return step < 20;
        }

        public void Save(StateDictionary state, string prefix)
        {
            inner.Save(state, prefix);
            memory.Save(state, prefix + "/memory");
            state.Set(prefix + "/step", [(long)step]);
        }

        public void Load(StateDictionary state, string prefix)
        {
            inner.Load(state, prefix);
            memory.Load(state, prefix + "/memory");
            step = (int)state.GetInt64(prefix + "/step", 1)[0];
        }
    }
}
