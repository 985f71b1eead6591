using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

public class ContinuousWorldTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_world_restored_in_mid_episode_continues_bit_for_bit(string name) => EveryWorld.Run(name, new Restore());

    [Fact]
    public void An_episode_is_truncated_at_its_last_step_and_terminated_if_the_task_ends_there()
    {
        // Pushed always to the right the pole falls after a number of steps that the world itself tells.
        int fall = Episode(500).Steps;
        Assert.InRange(fall, 5, 20);
        Assert.Equal((fall, new StepResult(1.0, true, false)), Episode(500));
        Assert.Equal((fall, new StepResult(1.0, true, false)), Episode(fall));
        Assert.Equal((fall - 1, new StepResult(1.0, false, true)), Episode(fall - 1));

        static (int Steps, StepResult Last) Episode(int maxSteps)
        {
            var world = new ContinuousWorld<CartPole>(new CartPole(new() { MaxSteps = maxSteps }), RandomKey.FromSeed(1));
            var observation = new double[4];
            world.Reset(observation);
            while (true)
            {
                var result = world.Step([1.0], observation);
                if (result.Done)
                {
                    Assert.Throws<InvalidOperationException>(() => world.Step([1.0], observation));
                    return ((int)world.Steps, result);
                }
            }
        }
    }

    [Fact]
    public void Steps_are_counted_over_episodes()
    {
        var world = new ContinuousWorld<Pendulum>(new Pendulum(new() { MaxSteps = 3 }), RandomKey.FromSeed(1));
        var observation = new double[3];
        for (int episode = 0; episode < 4; episode++)
        {
            world.Reset(observation);
            world.Step([0.0], observation);
            world.Step([0.0], observation);
        }

        Assert.Equal(8, world.Steps);
    }

    [Fact]
    public void Controls_beyond_the_box_act_as_its_limit()
    {
        Assert.Equal(After(2.0), After(7.0));
        Assert.NotEqual(After(2.0), After(1.9));

        static double[] After(double torque)
        {
            var world = new ContinuousWorld<Pendulum>(new Pendulum(new()), RandomKey.FromSeed(4));
            var observation = new double[3];
            world.Reset(observation);
            double reward = world.Step([torque], observation).Reward;
            return [.. observation, reward];
        }
    }

    [Fact]
    public void Bad_actions_are_refused_and_leave_no_trace()
    {
        var world = new ContinuousWorld<CartPole>(new CartPole(new()), RandomKey.FromSeed(1));
        var observation = new double[4];
        Assert.Throws<InvalidOperationException>(() => world.Step([1.0], observation));
        world.Reset(observation);
        foreach (double[] action in new double[][] { [], [1.0, 0.0], [0.5], [2.0], [-1.0], [double.NaN], [double.PositiveInfinity] })
        {
            Assert.Throws<ArgumentException>(() => world.Step(action, observation));
        }

        Assert.Throws<ArgumentException>(() => world.Step([1.0], new double[3]));
        Assert.Throws<ArgumentException>(() => world.Reset(new double[5]));
        Assert.Equal(0, world.Steps);

        var box = new ContinuousWorld<Pendulum>(new Pendulum(new()), RandomKey.FromSeed(1));
        box.Reset(new double[3]);
        Assert.Throws<ArgumentException>(() => box.Step([double.NaN], new double[3]));
    }

    [Fact]
    public void A_saved_state_that_does_not_fit_is_refused()
    {
        var saved = new StateDictionary();
        new ContinuousWorld<CartPole>(new CartPole(new()), RandomKey.FromSeed(1)).Save(saved, "world");
        var pendulum = new ContinuousWorld<Pendulum>(new Pendulum(new()), RandomKey.FromSeed(1));
        Assert.Throws<StateException>(() => pendulum.Load(saved, "world"));
        Assert.Throws<StateException>(() => pendulum.Load(saved, "elsewhere"));
    }

    private sealed class Restore : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var world = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(7));
            var restored = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(8));
            var (a, b) = (new double[world.Spec.ObservationSize], new double[world.Spec.ObservationSize]);
            var action = new double[world.Spec.Actions.Size];
            var random = new RandomStream(RandomKey.FromSeed(9));
            world.Reset(a);
            for (int t = 0; t < 4; t++)
            {
                EveryWorld.Draw(world.Spec.Actions, random, action);
                world.Step(action, a);
            }

            var saved = new StateDictionary();
            world.Save(saved, "world");
            restored.Load(saved, "world");
            for (int t = 0; t < 60; t++)
            {
                EveryWorld.Draw(world.Spec.Actions, random, action);
                var result = world.Step(action, a);
                Assert.Equal(result, restored.Step(action, b));
                Assert.Equal(a, b);
                Assert.Equal(world.Steps, restored.Steps);
                if (result.Done)
                {
                    world.Reset(a);
                    restored.Reset(b);
                    Assert.Equal(a, b);
                }
            }
        }
    }
}
