using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>Laws that the worlds of optimal control keep, computed from where their parts are and how they move, without the equations of motion.</summary>
public class OptimalControlMechanicsTests
{
    [Fact]
    public void The_parking_cars_front_wheels_roll_where_they_point_and_stay_at_their_distance()
    {
        var world = new CarParking(new() { AxleDistance = 1.5 });
        Real[] state = [0.3, -0.4, 2.1, 5.0], next = new Real[4];
        world.Step<Real>(state, [0.4, 1.5], [], next);
        double roll = 5.0 * 0.03;
        Assert.Equal(0.3 + (1.5 * Math.Cos(2.1)) + (roll * Math.Cos(2.5)), next[0] + (1.5 * Math.Cos(next[2])), 1e-14);
        Assert.Equal(-0.4 + (1.5 * Math.Sin(2.1)) + (roll * Math.Sin(2.5)), next[1] + (1.5 * Math.Sin(next[2])), 1e-14);
        Assert.Equal(5.0 + (1.5 * 0.03), next[3], 1e-14);

        // The rear axle moves along the car.
        Assert.Equal(0.0, ((next[0] - 0.3) * Math.Sin(2.1)) - ((next[1] + 0.4) * Math.Cos(2.1)), 1e-14);
    }

    [Fact]
    public void A_pole_with_a_heavy_tip_keeps_energy_and_momentum()
    {
        var options = new CartPoleAltroOptions { SecondsPerStep = 0.001 };
        var world = new CartPoleAltro(options);
        Real[] state = [0.1, 2.5, 0.7, -1.0], next = new Real[4];
        var (energy, momentum) = CartPole(options, state);
        for (int t = 0; t < 2000; t++)
        {
            world.Step<Real>(state, [0.0], [], next);
            (state, next) = (next, state);
            var (e, p) = CartPole(options, state);
            Assert.Equal(energy, e, 1e-8);
            Assert.Equal(momentum, p, 1e-8);
        }

        // P' − P = F Δt
        world.Step<Real>(state, [2.0], [], next);
        Assert.Equal(momentum + (2.0 * 0.001), CartPole(options, next).Momentum, 1e-8);
    }

    [Fact]
    public void A_free_acrobot_keeps_its_energy_and_a_torque_works_on_it()
    {
        var options = new AcrobotSwingUpOptions { Substeps = 40, Mass = 1.3, Length = 0.9, CenterOfMass = 0.4, Inertia = 0.3 };
        var world = new AcrobotSwingUp(options);
        Real[] state = [2.0, 0.8, 1.0, -2.0], next = new Real[4];
        double energy = Acrobot(options, state);
        for (int t = 0; t < 60; t++)
        {
            world.Step<Real>(state, [0.0], [], next);
            (state, next) = (next, state);
            Assert.Equal(energy, Acrobot(options, state), 1e-7);
        }

        // E' − E = u (θ₂' − θ₂)
        world.Step<Real>(state, [4.0], [], next);
        Assert.Equal(4.0 * (next[1] - state[1]), Acrobot(options, next) - energy, 1e-7);
    }

    [Fact]
    public void The_acrobot_of_trajax_takes_one_euler_step_of_the_same_motion()
    {
        // (v' − v) / Δt of a very short Runge-Kutta step is the acceleration to 1e-6 or so.
        Real[] state = [2.0, 0.8, 1.0, -2.0], next = new Real[4], soon = new Real[4];
        new AcrobotTrajax(new()).Step<Real>(state, [3.0], [], next);
        new AcrobotSwingUp(new() { SecondsPerStep = 1e-7 }).Step<Real>(state, [3.0], [], soon);
        Assert.Equal(2.0 + 0.1, next[0], 1e-14);
        Assert.Equal(0.8 - 0.2, next[1], 1e-14);
        Assert.Equal(1.0 + (0.1 * (soon[2] - 1.0) / 1e-7), next[2], 1e-6);
        Assert.Equal(-2.0 + (0.1 * (soon[3] + 2.0) / 1e-7), next[3], 1e-6);
    }

    [Fact]
    public void A_free_double_pendulum_on_a_cart_keeps_energy_and_momentum()
    {
        var options = Uneven with { Friction = 0.0 };
        var world = new CartDoublePendulum(options);
        Real[] state = [0.1, 0.5, 2.0, 1.0, -1.5, -2.0], next = new Real[6];
        var (energy, momentum) = DoublePendulum(options, state);
        double fastest = 0.0;
        for (int t = 0; t < 60; t++)
        {
            world.Step<Real>(state, [0.0], [], next);
            (state, next) = (next, state);
            var (e, p) = DoublePendulum(options, state);
            Assert.Equal(energy, e, 1e-6);
            Assert.Equal(momentum, p, 1e-6);
            fastest = Math.Max(fastest, Math.Abs(state[5]));
        }

        Assert.True(fastest > 5.0, "the pendulum swung");
    }

    [Fact]
    public void Force_and_friction_change_the_double_pendulums_momentum_and_energy()
    {
        // P' − P = F Δt − b (x' − x); without friction E' − E = F (x' − x).
        Real[] state = [0.1, 0.5, 2.0, 1.0, -1.5, -2.0], next = new Real[6];
        new CartDoublePendulum(Uneven).Step<Real>(state, [6.0], [], next);
        double gained = DoublePendulum(Uneven, next).Momentum - DoublePendulum(Uneven, state).Momentum;
        Assert.Equal((6.0 * 0.05) - (0.4 * (next[0] - state[0])), gained, 1e-9);

        var options = Uneven with { Friction = 0.0 };
        new CartDoublePendulum(options).Step<Real>(state, [6.0], [], next);
        Assert.Equal(6.0 * (next[0] - state[0]), DoublePendulum(options, next).Energy - DoublePendulum(options, state).Energy, 1e-8);
    }

    [Fact]
    public void Without_its_second_link_the_double_pendulum_is_the_cart_pole()
    {
        var cart = new CartDoublePendulum(new() { SecondMass = 1e-12, Substeps = 8, SecondsPerStep = 0.1 });
        var pole = new CartPoleSwingUp(new());
        Real[] x = [0.1, 0.5, 2.0, 1.0, -1.5, -2.0], xNext = new Real[6], y = [0.1, 0.5, 2.0, 1.0], yNext = new Real[4];
        for (int t = 0; t < 10; t++)
        {
            cart.Step<Real>(x, [5.0 - t], [], xNext);
            pole.Step<Real>(y, [5.0 - t], [], yNext);
            (x, xNext, y, yNext) = (xNext, x, yNext, y);
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(y[i], x[i], 1e-8);
            }
        }
    }

    private static CartDoublePendulumOptions Uneven { get; } = new()
    {
        Substeps = 40,
        FirstMass = 0.7,
        SecondMass = 0.4,
        FirstLength = 0.5,
        SecondLength = 0.8,
        Friction = 0.4,
    };

    private static (double Energy, double Momentum) CartPole(CartPoleAltroOptions o, Real[] s)
    {
        var (angle, v, omega) = (s[1].Value, s[2].Value, s[3].Value);
        var (tx, ty) = (v + (o.Length * omega * Math.Cos(angle)), o.Length * omega * Math.Sin(angle));
        double energy = (0.5 * o.CartMass * v * v) + (0.5 * o.PoleMass * ((tx * tx) + (ty * ty))) - (o.PoleMass * o.Gravity * o.Length * Math.Cos(angle));
        return (energy, (o.CartMass * v) + (o.PoleMass * tx));
    }

    private static double Acrobot(AcrobotSwingUpOptions o, Real[] s)
    {
        var (q1, q12, w1, w12) = (s[0].Value, s[0].Value + s[1].Value, s[2].Value, s[2].Value + s[3].Value);
        var (c, l) = (o.CenterOfMass, o.Length);
        double first = (0.5 * o.Mass * c * c * w1 * w1) - (o.Mass * o.Gravity * c * Math.Cos(q1));
        var (vx, vy) = ((l * Math.Cos(q1) * w1) + (c * Math.Cos(q12) * w12), (l * Math.Sin(q1) * w1) + (c * Math.Sin(q12) * w12));
        double second = (0.5 * o.Mass * ((vx * vx) + (vy * vy))) - (o.Mass * o.Gravity * ((l * Math.Cos(q1)) + (c * Math.Cos(q12))));
        return first + second + (0.5 * o.Inertia * ((w1 * w1) + (w12 * w12)));
    }

    private static (double Energy, double Momentum) DoublePendulum(CartDoublePendulumOptions o, Real[] s)
    {
        var (v, q1, w1, q2, w2) = (s[1].Value, s[2].Value, s[3].Value, s[4].Value, s[5].Value);
        var (energy, momentum) = (0.5 * o.CartMass * v * v, o.CartMass * v);
        Add(o.FirstMass, o.FirstLength, w1, o.FirstLength / 2, 0.0);
        Add(o.SecondMass, o.SecondLength, w2, o.FirstLength, o.SecondLength / 2);
        return (energy, momentum);

        // A rod whose centre stands at (x, 0) + a (sin θ₁, −cos θ₁) + b (sin θ₂, −cos θ₂).
        void Add(double mass, double length, double spin, double a, double b)
        {
            double vx = v + (a * Math.Cos(q1) * w1) + (b * Math.Cos(q2) * w2), vy = (a * Math.Sin(q1) * w1) + (b * Math.Sin(q2) * w2);
            double height = -(a * Math.Cos(q1)) - (b * Math.Cos(q2));
            energy += (0.5 * mass * ((vx * vx) + (vy * vy))) + (0.5 * mass * length * length / 12 * spin * spin) + (mass * o.Gravity * height);
            momentum += mass * vx;
        }
    }
}
