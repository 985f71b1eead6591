using Reverie.Models;
using Reverie.Numerics;
using Reverie.Tests.Worlds;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

public class KnownTaskTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_known_task_scores_observations_as_the_world_scored_the_steps(string name) => EveryWorld.Run(name, new Scores());

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        var task = new KnownTask<Pendulum>(new Pendulum(new()));
        Assert.Throws<ArgumentException>(() => task.Score(
            Batch.Allocate(2, 5), Batch.Allocate(1, 5), Batch.Allocate(3, 5), new float[16], new float[16]));
        Assert.Throws<ArgumentException>(() => task.Score(
            Batch.Allocate(3, 5), Batch.Allocate(1, 5), Batch.Allocate(3, 5), new float[16], new float[5]));
    }

    private sealed class Scores : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            // Every transition of some episodes of random actions, as an agent is told of them.
            const int Count = 500;
            var spec = dynamics.Spec;
            var before = Batch.Allocate(spec.ObservationSize, Count);
            var actions = Batch.Allocate(spec.Actions.Size, Count);
            var after = Batch.Allocate(spec.ObservationSize, Count);
            var (rewards, ends, wantedEnds) = (new float[Batch.StrideOf(Count)], new float[Batch.StrideOf(Count)], new float[Count]);
            var wanted = new double[Count];
            var world = new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(31));
            var random = new RandomStream(RandomKey.FromSeed(32));
            var (observation, action) = (new double[spec.ObservationSize], new double[spec.Actions.Size]);
            var task = new KnownTask<TDynamics>(dynamics);
            world.Reset(observation);
            for (int i = 0; i < Count; i++)
            {
                EveryWorld.Draw(spec.Actions, random, action);
                Real[] o = [.. observation.Select(x => (Real)x)], u = [.. action.Select(x => (Real)x)];
                Put(before, i, observation);
                Put(actions, i, action);
                var result = world.Step(action, observation);
                Put(after, i, observation);
                Real[] next = [.. observation.Select(x => (Real)x)];
                double final = result.Truncated ? task.FinalReward<Real>(next) : 0.0;
                (wanted[i], wantedEnds[i]) = (result.Reward - final, result.Terminated ? 1f : 0f);
                Assert.Equal(result.Reward, task.Reward<Real>(o, u, next) + final, 1e-12 * Math.Max(1.0, Math.Abs(result.Reward)));
                if (result.Done)
                {
                    world.Reset(observation);
                }
            }

            task.Score(before, actions, after, rewards, ends);
            Assert.Equal(wantedEnds, ends[..Count]);
            double largest = wanted.Max(Math.Abs);
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(wanted[i], rewards[i], 1e-5 * largest);
            }
        }

        private static void Put(Batch batch, int item, double[] values)
        {
            for (int f = 0; f < values.Length; f++)
            {
                batch.Feature(f)[item] = (float)values[f];
            }
        }
    }
}
