using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>The worlds made to measure optimisers of trajectories by: their costs, and how they take controls.</summary>
public class OptimalControlTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names];

    [Fact]
    public void The_start_controls_cost_what_the_reference_problems_cost()
    {
        // Of the published definitions, in double precision elsewhere.
        Assert.Equal(5.807207, Cost(new CarParking(new())), 6);
        Assert.Equal(493.72696, Cost(new CartPoleAltro(new())), 5);
        Assert.Equal(4959.476212, Cost(new AcrobotTrajax(new())), 6);
        Assert.Equal(7.333502, Cost(new PendulumAltro(new())), 6);
        Assert.Equal(259.27636, Cost(new Unicycle(new())), 5);
    }

    [Fact]
    public void An_unlimited_force_of_the_cart_pole_costs_as_the_limited_one_within_its_limit()
    {
        double limited = Cost(new CartPoleAltro(new() { ControlLimit = 3.0, InitialControl = 0.01 }));
        Assert.Equal(494.451492, limited, 6);
        Assert.Equal(Cost(new CartPoleAltro(new() { InitialControl = 0.01 })), limited);
    }

    [Fact]
    public void The_parking_car_pays_for_its_controls_and_in_the_end_for_its_direction_and_speed()
    {
        // √(0.24² + 0.1²) − 0.1 = 0.16; v = 0.75: √(0.75² + 1) − 1 = 0.25.
        var world = new CarParking(new());
        Real[] state = [0.24, 0.75, 0.2, 0.75];
        double away = 0.001 * (0.16 + Math.Sqrt(0.5725) - 0.1);
        Assert.Equal(-((0.01 * 0.09) + (1e-4 * 2.25) + away), world.Reward<Real>(state, [0.3, -1.5], []), 1e-15);

        double final = (0.1 * (Math.Sqrt(0.0577) - 0.01)) + (0.1 * (Math.Sqrt(0.5626) - 0.01)) + Math.Sqrt(0.0401) - 0.01 + (0.3 * 0.25);
        Assert.Equal(-(away + final), world.FinalReward<Real>(state), 1e-15);
    }

    [Fact]
    public void The_acrobot_of_trajax_pays_for_torque_and_whole_turns()
    {
        var world = new AcrobotTrajax(new());
        Assert.Equal(-0.5 * 0.01 * 4.0, world.Reward<Real>([Math.PI, 0.0, 0.0, 0.0], [2.0], []), 1e-15);
        Assert.Equal(-0.5 * 0.1 * (4.0 * Math.PI * Math.PI), world.Reward<Real>([-Math.PI, 0.0, 0.0, 0.0], [0.0], []), 1e-14);
        Assert.Equal(-500.0 * (1.0 + 4.0 + 9.0), world.FinalReward<Real>([Math.PI, 1.0, 2.0, 3.0]), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_episodes_return_counts_the_last_state(string name) => EveryWorld.Run(name, new Returns());

    [Theory]
    [MemberData(nameof(Names))]
    public void Residuals_square_to_the_reward(string name) => EveryWorld.Run(name, new Residuals());

    [Fact]
    public void Seven_worlds_tell_their_residuals()
    {
        var count = new Count();
        foreach (string name in EveryWorld.Names)
        {
            EveryWorld.Run(name, count);
        }

        Assert.Equal(
            ["cartpole-altro", "acrobot-trajax", "pendulum-altro", "unicycle", "quadrotor-gap", "cart-double-pendulum", "acrobot-swingup"],
            count.Names);
    }

    [Fact]
    public void Forces_beyond_the_limit_act_as_the_limit_and_cost_as_given()
    {
        Check(new CartPoleAltro(new() { ControlLimit = 3.0 }), [3.0], [7.0]);
        Check(new AcrobotTrajax(new() { ControlLimit = 3.0 }), [-3.0], [-7.0]);
        Check(new PendulumAltro(new() { ControlLimit = 3.0 }), [3.0], [7.0]);
        Check(new Unicycle(new() { ControlLimit = 3.0 }), [3.0, -3.0], [7.0, -8.0]);
        Check(new CarParking(new()), [0.5, -2.0], [0.9, -7.0]);
        Check(new AcrobotSwingUp(new()), [10.0], [70.0]);
        Check(new CartDoublePendulum(new()), [-20.0], [-70.0]);
        Check(new QuadrotorGap(new()), [5.0, 0.0], [70.0, -7.0]);

        static void Check<TDynamics>(TDynamics world, double[] at, double[] beyond)
            where TDynamics : struct, IDynamics
        {
            Real[] state = [.. Enumerable.Range(1, world.StateSize).Select(i => (Real)(0.1 * i))];
            var (x, y, z) = (new Real[state.Length], new Real[state.Length], new Real[state.Length]);
            Real[] u = [.. at.Select(v => (Real)v)], w = [.. beyond.Select(v => (Real)v)], less = [.. at.Select(v => (Real)(0.9 * v))];
            world.Step<Real>(state, u, [], x);
            world.Step<Real>(state, w, [], y);
            world.Step<Real>(state, less, [], z);
            Assert.Equal(x, y);
            Assert.NotEqual(x, z);
            Assert.True(world.Reward<Real>(state, w, y) < world.Reward<Real>(state, u, x), world.Spec.Name);
        }
    }

    [Fact]
    public void Swing_ups_cost_half_a_step_hanging_and_nothing_upright_and_more_at_the_end()
    {
        var acrobot = new AcrobotSwingUp(new());
        Assert.Equal(-0.5, acrobot.Reward<Real>(new Real[4], [0.0], []), 1e-15);
        Assert.Equal(0.0, acrobot.Reward<Real>([-Math.PI, 0.0, 0.0, 0.0], [0.0], []), 1e-15);
        Assert.Equal(-0.5 * ((0.001 * 13.0) + (1e-4 * 16.0)), acrobot.Reward<Real>([Math.PI, 0.0, 2.0, 3.0], [4.0], []), 1e-15);

        // The first link hangs, the second points up: the tip is at the upper joint, half the greatest distance away.
        Assert.Equal(-100.0 * 0.125, acrobot.FinalReward<Real>([0.0, Math.PI, 0.0, 0.0]), 1e-12);

        var pendulum = new CartDoublePendulum(new());
        Assert.Equal(-0.5, pendulum.Reward<Real>(new Real[6], [0.0], []), 1e-15);
        Assert.Equal(-0.5 * ((0.001 * 14.0) + (1e-4 * 16.0)), pendulum.Reward<Real>([0.0, 1.0, Math.PI, 2.0, -Math.PI, 3.0], [4.0], []), 1e-15);

        // Both links level to the right of a cart to the left: the tip is at (1.2 − 0.6, 0), 0.6² + 1.2² from upright, as a share of 2.4².
        Assert.Equal(-50.0 * 1.8 / 5.76, pendulum.FinalReward<Real>([-0.6, 0.0, Math.PI / 2, 0.0, Math.PI / 2, 0.0]), 1e-12);
    }

    /// <summary>The cost of an episode under the controls that optimisers start from.</summary>
    private static double Cost<TDynamics>(TDynamics dynamics)
        where TDynamics : struct, IDynamics
    {
        var world = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(1));
        var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
        Array.Fill(action, world.Spec.InitialAction);
        world.Reset(observation);
        double cost = 0.0;
        StepResult result;
        do
        {
            result = world.Step(action, observation);
            cost -= result.Reward;
        }
        while (!result.Done);
        Assert.Equal(world.Spec.MaxSteps, world.Steps);
        return cost;
    }

    private sealed class Returns : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var world = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(3));
            var random = new RandomStream(RandomKey.FromSeed(4));
            var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
            world.Reset(observation);
            double returned = 0.0, summed = 0.0;
            StepResult result;
            do
            {
                Real[] x = [.. world.State.ToArray().Select(v => (Real)v)];
                EveryWorld.Draw(world.Spec.Actions, random, action);
                result = world.Step(action, observation);
                returned += result.Reward;
                summed += dynamics.Reward<Real>(x, [.. action.Select(v => (Real)v)], [.. world.State.ToArray().Select(v => (Real)v)]);
            }
            while (!result.Done);

            double final = result.Truncated ? dynamics.FinalReward<Real>([.. world.State.ToArray().Select(v => (Real)v)]) : 0.0;
            Assert.Equal(summed + final, returned, 1e-9 * Math.Max(1.0, Math.Abs(returned)));
        }
    }

    private sealed class Residuals : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var random = new RandomStream(RandomKey.FromSeed(5));
            var (x, u, rho) = (new Real[dynamics.StateSize], new Real[dynamics.Spec.Actions.Size], new Real[dynamics.ResidualSize]);
            for (int k = 0; k < 20 && rho.Length > 0; k++)
            {
                Draw(x, random);
                Draw(u, random);
                rho.AsSpan().Fill(double.NaN);
                dynamics.Residuals<Real>(x, u, rho);
                double reward = dynamics.Reward<Real>(x, u, x);
                Assert.Equal(-0.5 * rho.Sum(r => r.Value * r.Value), reward, 1e-12 * Math.Abs(reward));
            }
        }

        private static void Draw(Real[] values, RandomStream random)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextDouble(-3.0, 3.0);
            }
        }
    }

    private sealed class Count : IWorldCheck
    {
        public List<string> Names { get; } = [];

        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            if (dynamics.ResidualSize > 0)
            {
                Names.Add(dynamics.Spec.Name);
            }
        }
    }
}
