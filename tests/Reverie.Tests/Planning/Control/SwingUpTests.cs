using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Swing-ups by model-predictive control with the defaults of planner and worlds.</summary>
public class SwingUpTests
{
    [Theory]
    [InlineData(0.1, -13.0)]
    [InlineData(-0.5, -13.0)]
    [InlineData(3.0, -17.0)]
    public void The_acrobot_swings_up_and_stays(double initial, double returned) =>
        Check(new AcrobotSwingUp(new() { InitialControl = initial }), new IlqrOptions(), 1, returned, x => (-Math.Cos(x[0]) - Math.Cos(x[0] + x[1])) / 2.0, 30);

    [Theory]
    [InlineData(0.1)]
    [InlineData(-0.5)]
    [InlineData(3.0)]
    public void The_double_pendulum_on_a_cart_swings_up_and_stays(double initial) =>
        Check(new CartDoublePendulum(new() { InitialControl = initial }), new IlqrOptions { MaxIterations = 50 }, 1, -18.0, x => (-Math.Cos(x[2]) - Math.Cos(x[4])) / 2.0, 30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_pole_on_a_cart_swings_up_and_stays(long seed) =>
        Check(new CartPoleSwingUp(new()), new IlqrOptions { MaxIterations = 50 }, seed, 30.0, x => -Math.Cos(x[2]), 25);

    /// <summary>An episode of at least this return whose last steps all have the tip above 95 % of its full height.</summary>
    private static void Check<TDynamics>(TDynamics dynamics, IlqrOptions options, long seed, double returned, Func<double[], double> height, int steps)
        where TDynamics : struct, IDynamics
    {
        var planner = new IlqrPlanner(new AnalyticModel<TDynamics>(dynamics), (IlqrOptions)options.For(dynamics.Spec), dynamics.Spec.InitialAction);
        var world = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(seed));
        var (observation, action) = (new double[dynamics.Spec.ObservationSize], new double[1]);
        world.Reset(observation);
        double total = 0.0;
        List<double> heights = [];
        StepResult result;
        do
        {
            planner.Plan(world.State, action, default);
            result = world.Step(action, observation);
            total += result.Reward;
            heights.Add(height([.. world.State]));
        }
        while (!result.Done);
        Assert.All(heights.TakeLast(steps), h => Assert.InRange(h, 0.95, 1.0));
        Assert.True(total >= returned, $"the return is {total}");
    }
}
