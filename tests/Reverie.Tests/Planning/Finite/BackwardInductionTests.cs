using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Planning.Finite;

public class BackwardInductionTests
{
    [Fact]
    public void The_policy_depends_on_the_step()
    {
        // Go (1) earns nothing now and 3 a step from then on; wait (0) earns 1. With one step left waiting is better, with two going: 0 + 3 against 1 + 1.
        var builder = new FiniteMdpBuilder(2, 2);
        builder.Add(0, 0, 0, 1.0, 1.0);
        builder.Add(0, 1, 1, 1.0, 0.0);
        builder.Add(1, 0, 1, 1.0, 3.0);
        builder.Add(1, 1, 0, 1.0, 0.0);
        var solution = new BackwardInduction(new() { Horizon = 3 }).Solve(builder.Build(null, 1.0), null, TestContext.Current.CancellationToken);
        var stages = solution.Stages!;
        Assert.Equal([6.0, 9.0], solution.Values);
        Assert.Equal([[6.0, 9.0], [3.0, 6.0], [1.0, 3.0], [0.0, 0.0]], stages.Values);
        Assert.Equal([[1, 0], [1, 0], [0, 0]], stages.Policy);
        Assert.Equal((StopReason.Horizon, 3L, 6L), (solution.StopReason, solution.Sweeps, solution.Backups));
        Assert.True(solution.Lower[0] <= 6.0 && solution.Upper[0] >= 6.0 && solution.Upper[0] - solution.Lower[0] < 1e-12);
    }

    [Fact]
    public void A_long_horizon_is_as_good_as_none()
    {
        var mdp = Processes.RiverSwim();
        var solution = new BackwardInduction(new() { Horizon = 800 }).Solve(mdp, null, TestContext.Current.CancellationToken);
        Assert.Equal(Processes.Solve("value-iteration", mdp).Values, solution.Values, (x, y) => Math.Abs(x - y) <= 1e-7);
        Assert.Equal(801, solution.Stages!.Values.Count);
    }

    [Fact]
    public void An_outcome_that_ends_the_task_is_followed_by_nothing()
    {
        var builder = new FiniteMdpBuilder(1, 1);
        builder.Add(0, 0, 0, 0.5, 1.0);
        builder.Add(0, 0, 0, 0.5, 1.0, terminated: true);
        var solution = new BackwardInduction(new() { Horizon = 3 }).Solve(builder.Build(null, 1.0), null, TestContext.Current.CancellationToken);
        Assert.Equal([1.75], solution.Values);
    }

    [Fact]
    public void A_horizon_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BackwardInduction(new() { Horizon = 0 }));
}
