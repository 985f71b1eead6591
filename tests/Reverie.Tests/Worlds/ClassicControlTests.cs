using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>Walls, goals and limits, which the recorded transitions do not reach.</summary>
public class ClassicControlTests
{
    [Fact]
    public void The_mountain_cars_wall_takes_the_velocity_into_it_and_no_other()
    {
        var car = new MountainCar(new());
        var next = new Real[2];
        car.Step<Real>([-1.19, -0.06], [0.0], [], next);
        Assert.Equal<Real>([-1.2, 0.0], next);
        car.Step<Real>([-1.2, 0.0], [2.0], [], next);
        Assert.Equal(0.001 - (0.0025 * Math.Cos(-3.6)), next[1], 1e-15);
        Assert.Equal(-1.2 + next[1], next[0], 1e-15);

        // The other end stops the car but leaves its velocity, as Gymnasium has it; the speed limit holds everywhere.
        car.Step<Real>([0.59, 0.07], [2.0], [], next);
        Assert.Equal(0.6, next[0].Value);
        Assert.Equal(0.07, next[1].Value);
    }

    [Theory]
    [InlineData(0.5, 0.0, true)]
    [InlineData(0.5, 0.03, true)]
    [InlineData(0.5, -1e-9, false)]
    [InlineData(0.499999, 0.03, false)]
    public void The_mountain_car_arrives_at_the_flag(double position, double velocity, bool arrived)
    {
        var car = new MountainCar(new());
        Assert.Equal(arrived ? 1.0 : 0.0, car.Terminated<Real>([position, velocity]).Value);
        Assert.Equal(-1.0, car.Reward<Real>([], [2.0], [position, velocity]).Value);
    }

    [Fact]
    public void The_continuous_mountain_car_earns_a_hundred_less_what_the_last_throttle_cost()
    {
        var car = new MountainCarContinuous(new());
        Assert.Equal(100.0 - 0.025, car.Reward<Real>([], [-0.5], [0.45, 0.0]), 1e-12);
        Assert.Equal(-0.025, car.Reward<Real>([], [0.5], [0.4499, 0.05]), 1e-12);
        Assert.Equal(-0.225, car.Reward<Real>([], [1.5], [0.0, 0.05]), 1e-12);
        Assert.Equal(1.0, car.Terminated<Real>([0.45, 0.0]).Value);
        Assert.Equal(0.0, car.Terminated<Real>([0.45, -1e-9]).Value);
    }

    [Fact]
    public void The_acrobot_ends_with_its_tip_a_link_above_the_joint()
    {
        // Folded up by θ₂ = π the tip stands at the joint; straight at θ₁ its height is −2 cos θ₁, which is 1 at 120°.
        var acrobot = new Acrobot(new());
        double limit = Math.PI * 2 / 3;
        foreach (var (q1, q2, end) in new[] { (Math.PI, 0.0, 1.0), (Math.PI, Math.PI, 0.0), (limit + 1e-6, 0.0, 1.0), (limit - 1e-6, 0.0, 0.0), (0.0, 0.0, 0.0) })
        {
            Assert.Equal(end, acrobot.Terminated<Real>([q1, q2, 0.0, 0.0]).Value);
            Assert.Equal(end - 1.0, acrobot.Reward<Real>([], [1.0], [q1, q2, 0.0, 0.0]).Value);
        }
    }

    [Fact]
    public void The_acrobots_angles_stay_within_a_turn_and_its_velocities_within_their_limits()
    {
        var acrobot = new Acrobot(new());
        var next = new Real[4];
        acrobot.Step<Real>([3.1, -3.1, 12.0, -28.0], [1.0], [], next);
        Assert.InRange(next[0].Value, -Math.PI, Math.PI);
        Assert.InRange(next[1].Value, -Math.PI, Math.PI);
        acrobot.Step<Real>([0.0, 1.5, 12.5, 28.2], [2.0], [], next);
        Assert.InRange(next[2].Value, -4 * Math.PI, 4 * Math.PI);
        Assert.InRange(next[3].Value, -9 * Math.PI, 9 * Math.PI);
        Assert.True(next[2] == 4 * Math.PI || next[2] == -4 * Math.PI || next[3] == 9 * Math.PI || next[3] == -9 * Math.PI, "a limit was reached");
    }

    [Theory]
    [InlineData(2.4, 0.0, 0.0)]
    [InlineData(-2.4001, 0.0, 1.0)]
    [InlineData(2.4001, 0.0, 1.0)]
    [InlineData(0.0, 11.99, 0.0)]
    [InlineData(0.0, 12.01, 1.0)]
    [InlineData(0.0, -12.01, 1.0)]
    public void Both_cart_poles_end_beyond_their_limits(double position, double degrees, double end)
    {
        Real[] state = [position, 5.0, degrees * Math.PI / 180.0, -5.0];
        Assert.Equal(end, new CartPole(new()).Terminated<Real>(state).Value);
        Assert.Equal(end, new CartPoleContinuous(new()).Terminated<Real>(state).Value);
    }

    [Fact]
    public void The_continuous_cart_pole_at_full_throttle_is_the_cart_pole()
    {
        Real[] state = [0.1, -0.2, 0.05, 0.3], one = new Real[4], other = new Real[4];
        foreach (var (push, choice) in new[] { (1.0, 1.0), (-1.0, 0.0), (3.0, 1.0) })
        {
            new CartPoleContinuous(new()).Step<Real>(state, [push], [], one);
            new CartPole(new()).Step<Real>(state, [choice], [], other);
            Assert.Equal(other, one);
        }

        Assert.Equal(200, new CartPoleContinuous(new()).Spec.MaxSteps);
    }

    [Fact]
    public void Targets_of_the_reacher_fill_the_disc_within_reach()
    {
        var world = new Reacher(new());
        var random = new RandomStream(RandomKey.FromSeed(6));
        var state = new double[6];
        int inner = 0;
        for (int k = 0; k < 10000; k++)
        {
            world.Start(random, state);
            double square = (state[4] * state[4]) + (state[5] * state[5]);
            Assert.InRange(square, 0.0, 1.0);
            inner += square < 0.25 ? 1 : 0;
        }

        // A quarter of the area lies within half the radius: 2500 ± 43.
        Assert.InRange(inner, 2300, 2700);
    }
}
