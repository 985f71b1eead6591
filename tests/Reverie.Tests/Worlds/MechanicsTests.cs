using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>
/// Conservation laws computed from where each rod is and how it moves, without the equations of motion: two laws for two coordinates
/// leave the accelerations no freedom.
/// </summary>
public class MechanicsTests
{
    [Fact]
    public void A_free_swinging_cart_pole_keeps_its_energy_and_momentum()
    {
        // Runge-Kutta steps of 0.0025 s: what the method itself loses in 4 s is some 1e-8.
        var options = new CartPoleSwingUpOptions { Friction = 0.0, Substeps = 40 };
        var world = new CartPoleSwingUp(options);
        Real[] state = [0.1, 0.7, 2.5, -1.0], next = new Real[4];
        var (energy, momentum) = CartPoleEnergyAndMomentum(options, state);
        double fastest = 0.0;
        for (int t = 0; t < 40; t++)
        {
            world.Step<Real>(state, [0.0], [], next);
            (state, next) = (next, state);
            var (e, p) = CartPoleEnergyAndMomentum(options, state);
            Assert.Equal(energy, e, 1e-7);
            Assert.Equal(momentum, p, 1e-7);
            fastest = Math.Max(fastest, Math.Abs(state[3]));
        }

        Assert.True(fastest > 5.0, "the pole fell through");
    }

    [Fact]
    public void Force_and_friction_change_the_cart_poles_momentum()
    {
        // P' − P = ∫ (F − b ẋ) dt = F Δt − b (x' − x)
        var options = new CartPoleSwingUpOptions { Friction = 0.4, Substeps = 40 };
        var world = new CartPoleSwingUp(options);
        Real[] state = [0.1, 0.7, 1.2, -2.0], next = new Real[4];
        world.Step<Real>(state, [6.0], [], next);
        double gained = CartPoleEnergyAndMomentum(options, next).Momentum - CartPoleEnergyAndMomentum(options, state).Momentum;
        Assert.Equal((6.0 * 0.1) - (0.4 * (next[0] - state[0])), gained, 1e-9);
    }

    [Fact]
    public void Swing_up_pays_one_upright_above_the_origin_and_next_to_nothing_hanging()
    {
        var world = new CartPoleSwingUp(new());
        Assert.Equal(1.0, world.Reward<Real>([], [], [0.0, 0.0, Math.PI, 0.0]), 1e-15);
        Assert.Equal(Math.Exp(-1.2 * 1.2 / (2 * 0.0625)), world.Reward<Real>([], [], [0.0, 0.0, 0.0, 0.0]), 1e-15);

        // Leaning by 30°, the tip stands (l sin 30°, l (1 − cos 30°)) off; the cart half a metre aside adds to that.
        double dx = 0.5 - (0.6 * 0.5), dy = 0.6 * (1 - Math.Cos(Math.PI / 6));
        Assert.Equal(Math.Exp(-((dx * dx) + (dy * dy)) / 0.125), world.Reward<Real>([], [], [0.5, 0.0, Math.PI * 7 / 6, 0.0]), 1e-14);
    }

    [Fact]
    public void A_swing_up_starts_hanging()
    {
        var world = new CartPoleSwingUp(new());
        var random = new RandomStream(RandomKey.FromSeed(3));
        var state = new double[4];
        double square = 0.0;
        for (int k = 0; k < 2500; k++)
        {
            world.Start(random, state);
            square += state.Sum(x => x * x);
        }

        // 10 000 draws of deviation 0.1: the mean square is 0.01 ± 0.00014.
        Assert.Equal(0.01, square / 10000, 0.0006);
    }

    [Fact]
    public void A_free_arm_keeps_its_energy_and_angular_momentum()
    {
        var options = new ReacherOptions { Friction = 0.0, Substeps = 40, UpperMass = 1.5, ForearmLength = 0.7 };
        var world = new Reacher(options);
        Real[] state = [0.3, 0.8, 2.0, -3.0, 0.0, 0.0], next = new Real[6];
        var (energy, momentum) = ArmEnergyAndMomentum(options, state);
        for (int t = 0; t < 40; t++)
        {
            world.Step<Real>(state, [0.0, 0.0], [], next);
            (state, next) = (next, state);
            var (e, l) = ArmEnergyAndMomentum(options, state);
            Assert.Equal(energy, e, 1e-8);
            Assert.Equal(momentum, l, 1e-8);
        }
    }

    [Fact]
    public void Torques_and_friction_change_the_arms_momentum_and_energy()
    {
        // About the shoulder: L' − L = u₁ Δt − b (q₁' − q₁). Work without friction: E' − E = u · (q' − q), both torques constant.
        var options = new ReacherOptions { Friction = 0.3, Substeps = 40 };
        Real[] state = [0.3, 0.8, 2.0, -3.0, 0.0, 0.0], next = new Real[6];
        new Reacher(options).Step<Real>(state, [0.7, -0.4], [], next);
        double gained = ArmEnergyAndMomentum(options, next).Momentum - ArmEnergyAndMomentum(options, state).Momentum;
        Assert.Equal((0.7 * 0.05) - (0.3 * (next[0] - state[0])), gained, 1e-9);

        options = options with { Friction = 0.0 };
        new Reacher(options).Step<Real>(state, [0.7, -0.4], [], next);
        double work = (0.7 * (next[0] - state[0])) - (0.4 * (next[1] - state[1]));
        Assert.Equal(work, ArmEnergyAndMomentum(options, next).Energy - ArmEnergyAndMomentum(options, state).Energy, 1e-9);
    }

    [Fact]
    public void A_point_mass_under_constant_force_moves_as_in_the_textbook()
    {
        // x = x₀ + v₀ t + F t² / (2 m)
        var world = new PointMass(new() { Mass = 2.0 });
        Real[] state = [1.0, 2.0, -0.5, 0.25], next = new Real[4];
        for (int t = 0; t < 30; t++)
        {
            world.Step<Real>(state, [0.8, -5.0], [], next);
            (state, next) = (next, state);
        }

        Assert.Equal(1.0 - 1.5 + (0.8 * 9 / 4), state[0], 1e-12);
        Assert.Equal(2.0 + 0.75 - (1.0 * 9 / 4), state[1], 1e-12);
        Assert.Equal(-0.5 + (0.8 * 3 / 2), state[2], 1e-12);
        Assert.Equal(-(1.0 + 4.0 + (0.1 * 1.25) + (0.01 * 1.64)), world.Reward<Real>([1.0, 2.0, 1.0, -0.5], [0.8, -5.0], []), 1e-12);
    }

    [Fact]
    public void A_linear_world_multiplies_its_matrices()
    {
        var world = new LinearWorld(new()
        {
            StateSize = 2,
            ActionSize = 2,
            A = [1, 2, 3, 4],
            B = [5, 6, 7, 8],
            Q = [1, 1, 0, 2],
            R = [3, 0, 1, 1],
            Noise = [10, 20],
            MaxAction = 1.0,
        });
        var next = new Real[2];
        world.Step<Real>([1.0, -1.0], [0.5, 9.0], [0.1], next);
        Assert.Equal(1 - 2 + 2.5 + 6 + 1, next[0], 1e-12);
        Assert.Equal(3 - 4 + 3.5 + 8 + 2, next[1], 1e-12);

        // xᵀQx = 1 − 1 + 2, uᵀRu = 0.75 + 0.5 + 1
        Assert.Equal(-(2 + 2.25), world.Reward<Real>([1.0, -1.0], [0.5, 9.0], []), 1e-12);
        Assert.Throws<ArgumentException>(() => new LinearWorld(new() { A = [1, 2, 3] }));
        Assert.Throws<ArgumentException>(() => new LinearWorld(new() { R = [double.NaN] }));
        Assert.Throws<ArgumentException>(() => new LinearWorld(new() { Noise = [1, 2, 3] }));
    }

    /// <summary>Energy and horizontal momentum of a cart at x and a rod from (x, 0) to (x + l sin θ, −l cos θ).</summary>
    private static (double Energy, double Momentum) CartPoleEnergyAndMomentum(CartPoleSwingUpOptions o, Real[] s)
    {
        var (v, angle, omega, half) = (s[1].Value, s[2].Value, s[3].Value, o.Length / 2);
        var (cx, cy) = (v + (half * Math.Cos(angle) * omega), half * Math.Sin(angle) * omega);
        double energy = (0.5 * o.CartMass * v * v) + (0.5 * o.PoleMass * ((cx * cx) + (cy * cy)))
            + (0.5 * (o.PoleMass * o.Length * o.Length / 12) * omega * omega) - (o.PoleMass * o.Gravity * half * Math.Cos(angle));
        return (energy, (o.CartMass * v) + (o.PoleMass * cx));
    }

    /// <summary>Energy and angular momentum about the shoulder of two rods.</summary>
    private static (double Energy, double Momentum) ArmEnergyAndMomentum(ReacherOptions o, Real[] s)
    {
        var (q1, q12, w1, w12) = (s[0].Value, s[0].Value + s[1].Value, s[2].Value, s[2].Value + s[3].Value);
        double energy = 0.0, momentum = 0.0;
        Add(o.UpperMass, o.UpperLength, w1, (o.UpperLength / 2, 0.0));
        Add(o.ForearmMass, o.ForearmLength, w12, (o.UpperLength, o.ForearmLength / 2));
        return (energy, momentum);

        // A rod whose centre stands at a·e(q₁) + b·e(q₁ + q₂), e a unit vector.
        void Add(double mass, double length, double spin, (double A, double B) at)
        {
            var (x, y) = ((at.A * Math.Cos(q1)) + (at.B * Math.Cos(q12)), (at.A * Math.Sin(q1)) + (at.B * Math.Sin(q12)));
            var (vx, vy) = (-(at.A * Math.Sin(q1) * w1) - (at.B * Math.Sin(q12) * w12), (at.A * Math.Cos(q1) * w1) + (at.B * Math.Cos(q12) * w12));
            double inertia = mass * length * length / 12;
            energy += (0.5 * mass * ((vx * vx) + (vy * vy))) + (0.5 * inertia * spin * spin);
            momentum += (mass * ((x * vy) - (y * vx))) + (inertia * spin);
        }
    }
}
