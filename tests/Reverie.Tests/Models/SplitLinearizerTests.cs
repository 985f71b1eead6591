using Reverie.Models;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

/// <summary>Rollouts of one model, derivatives of another.</summary>
public sealed class SplitLinearizerTests
{
    [Fact]
    public void Rollouts_are_of_the_first_model_and_derivatives_of_the_second()
    {
        var (heavy, light) = (Pendulum(9.81), Pendulum(8.0));
        var split = new SplitLinearizer(heavy, light);
        var (y, wanted) = (new double[2], new double[2]);
        double[] x = [0.4, -0.3], u = [1.5];
        Assert.Equal(heavy.Predict(x, u, wanted), split.Predict(x, u, y));
        Assert.Equal(wanted, y);
        Assert.Equal(heavy.FinalReward(x), split.FinalReward(x));
        Assert.True(split.HasFinalReward);

        var trajectory = new Trajectory(2, 1, 3);
        var (got, other, own) = (new TrajectoryExpansion(2, 1, 3), new TrajectoryExpansion(2, 1, 3), new TrajectoryExpansion(2, 1, 3));
        split.Expand(trajectory, got);
        heavy.Expand(trajectory, other);
        light.Expand(trajectory, own);
        Assert.Equal(own.Jacobians, got.Jacobians);
        Assert.NotEqual(other.Jacobians, got.Jacobians);

        var (at, from) = (new Linearization(2, 1), new Linearization(2, 1));
        split.Linearize(x, u, at);
        light.Linearize(x, u, from);
        Assert.Equal(from.StateJacobian, at.StateJacobian);
    }

    [Fact]
    public void Derivatives_that_are_nearly_right_find_the_first_models_optimum_and_each_cost_is_its_own()
    {
        var actions = Enumerable.Repeat(0.1, 50).ToArray();
        var options = new IlqrOptions { Horizon = 50, Discount = 1.0 };
        double optimum = new IterativeLqr(Pendulum(9.81), options).Solve([0.0, 0.0], actions, TestContext.Current.CancellationToken).Cost;
        var split = new IterativeLqr(new SplitLinearizer(Pendulum(9.81), Pendulum(9.7)), options);
        double reached = split.Solve([0.0, 0.0], actions, TestContext.Current.CancellationToken).Cost;
        Assert.InRange(reached / optimum, 1.0 - 1e-9, 1.0 + 1e-5);

        // In the other model alone the optimum is another.
        double other = new IterativeLqr(Pendulum(9.7), options).Solve([0.0, 0.0], actions, TestContext.Current.CancellationToken).Cost;
        Assert.True(Math.Abs((other / optimum) - 1.0) > 1e-3, $"{other}");
    }

    [Fact]
    public void Models_of_different_sizes_are_refused()
    {
        var exact = Pendulum(9.81);
        foreach (string world in (string[])["cartpole-altro", "unicycle", "cartpole", "quadrotor-gap"])
        {
            Assert.True(WorldCatalog.TryFind(world, out var entry));
            var other = (ILinearizer)entry.CreateModel(entry.DefaultOptions);
            string message = Assert.Throws<ArgumentException>(() => new SplitLinearizer(exact, other)).Message;
            Assert.Contains($"{other.StateSize} state components, the one for rollouts 2", message, StringComparison.Ordinal);
        }
    }

    private static AnalyticModel<PendulumAltro> Pendulum(double gravity) => new(new PendulumAltro(new() { Gravity = gravity }));
}
