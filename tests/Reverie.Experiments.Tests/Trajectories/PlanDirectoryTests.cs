using Reverie.Experiments.Reports;
using Reverie.Experiments.Tests.Reports;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Trajectories;

public sealed class PlanDirectoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        var plan = Plan("unicycle");
        PlanDirectory.Write(folder.In("plan"), plan);
        var read = PlanDirectory.Read(folder.In("plan"));
        Assert.Equal(plan.Result with { Costs = [], FinalState = null }, read.Result with { Costs = [], FinalState = null });
        Assert.Equal(plan.Result.Costs, read.Result.Costs);
        Assert.Equal(plan.Trajectory!.States, read.Trajectory!.States);
        Assert.Equal(plan.Trajectory.Actions, read.Trajectory.Actions);
        Assert.Equal(plan.Trajectory.Gains, read.Trajectory.Gains);
        Assert.Equal(plan.Axes.StateNames, read.Axes.StateNames);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(plan.Request.WorldOptions, read.Request.WorldOptions));
        Assert.Equal(plan.Trajectory.States[^1], read.Result.FinalState);
        Assert.Equal(101, plan.Trajectory.States.Length);
    }

    /// <summary>The same seed gives the same trajectory, another seed another start.</summary>
    [Fact]
    public void The_start_is_that_of_the_seed()
    {
        Assert.Equal(Plan("linear", seed: 5).Trajectory!.States, Plan("linear", seed: 5).Trajectory!.States);
        Assert.NotEqual(Plan("linear", seed: 5).Trajectory!.States[0], Plan("linear", seed: 6).Trajectory!.States[0]);
    }

    /// <summary>On a clock that gains 1.5 ms a look every solve takes 1.5 ms; three are made and two count.</summary>
    [Fact]
    public void Repeats_are_timed_without_the_first()
    {
        var looks = new SteppingClock(TimeSpan.FromMilliseconds(1.5));
        var result = TrajectoryTrial.Run("lqr", "linear", 3, [], 2, 1, looks, null, CancellationToken.None).Result;
        Assert.Equal((2, 1.5, 1500.0), (result.Solves, result.Milliseconds, result.MicrosecondsPerIteration));
        Assert.Equal(6, looks.Looks);
    }

    [Fact]
    public void Pictures_show_paths_where_states_are_places()
    {
        var notes = new List<string>();
        string[] Names(params TrajectoryPlan[] plans) => [.. PlanFigures.Of([.. plans.Select((p, i) => new ReportedPlan($"plan {i}", p))], notes).Select(f => f.Name)];
        Assert.Equal(["plan-cost", "plan-path", "plan-trajectory"], Names(Plan("unicycle")));
        Assert.Equal(["plan-cost", "plan-trajectory"], Names(Plan("pendulum-altro")));
        Assert.Equal(["plan-cost", "plan-path-1", "plan-trajectory-1", "plan-trajectory-2"], Names(Plan("quadrotor-gap"), Plan("pendulum-altro")));
        Assert.Empty(notes);
    }

    /// <summary>Every picture of two plans has both colours, though their paths nearly fall together.</summary>
    [Fact]
    public void Plans_that_nearly_agree_are_both_seen()
    {
        var notes = new List<string>();
        foreach (var figure in PlanFigures.Of([new("first", Plan("unicycle")), new("second", Plan("unicycle", planner: "ddp"))], notes))
        {
            byte[] png = figure.ToPng();
            Assert.True(Picture.Count(png, PlotStyle.Palette[0]) > 500, $"{figure.Name} lacks the first plan");
            Assert.True(Picture.Count(png, PlotStyle.Palette[1]) > 500, $"{figure.Name} lacks the second plan");
        }
    }

    private static TrajectoryPlan Plan(string world, long seed = 0, string planner = "ilqr") =>
        TrajectoryTrial.Run(planner, world, seed, [], 1, 1, TimeProvider.System, null, CancellationToken.None) is var plan
            ? plan with { Result = plan.Result with { Milliseconds = 1.0, MicrosecondsPerIteration = 2.0 } }
            : plan;

    private sealed class SteppingClock(TimeSpan step) : TimeProvider
    {
        public int Looks { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => step.Ticks * Looks++;
    }
}
