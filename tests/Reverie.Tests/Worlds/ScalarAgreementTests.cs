using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>Sixteen trajectories over <see cref="Lanes"/> are those over <see cref="Real"/> to float32 rounding.</summary>
public class ScalarAgreementTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names];

    [Fact]
    public void Every_continuous_world_of_the_catalogue_is_checked() =>
        Assert.All(WorldCatalog.Entries.Where(entry => !entry.IsFinite), entry => Assert.Contains(entry.Name, EveryWorld.Names));

    [Theory]
    [MemberData(nameof(Names))]
    public void Lanes_and_reals_give_the_same_trajectories(string name) => EveryWorld.Run(name, new Trajectories());

    [Theory]
    [MemberData(nameof(Names))]
    public void Locating_an_observation_gives_the_state_up_to_turns(string name) => EveryWorld.Run(name, new RoundTrip());

    private sealed class Trajectories : IWorldCheck
    {
        private const int Horizon = 20;

        /// <summary>
        /// Of a component's largest size along the trajectory: 2⁻²⁴ = 6e-8 a rounding, some tens of roundings a step, and a small growth over 20 steps.
        /// </summary>
        private const double Tolerance = 2e-5;

        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var random = new RandomStream(RandomKey.FromSeed(11));
            int n = dynamics.StateSize, m = dynamics.Spec.Actions.Size, p = dynamics.NoiseSize;
            var x = new Real[Lanes.Count, n];
            var lanes = new Lanes[n];
            var start = new double[n];
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                dynamics.Start(random, start);
                for (int i = 0; i < n; i++)
                {
                    x[lane, i] = (float)start[i];
                    lanes[i] = new(lanes[i].Value.WithElement(lane, (float)start[i]));
                }
            }

            var (action, laneAction, noise, laneNoise, next, laneNext) = (new double[m], new Lanes[m], new Real[p], new Lanes[p], new Real[n], new Lanes[n]);
            var largest = new double[n];
            for (int t = 0; t < Horizon; t++)
            {
                var (rewards, ends) = (new double[Lanes.Count], new double[Lanes.Count]);
                var reals = new double[Lanes.Count, n];
                for (int lane = 0; lane < Lanes.Count; lane++)
                {
                    EveryWorld.Draw(dynamics.Spec.Actions, random, action);
                    for (int i = 0; i < m; i++)
                    {
                        laneAction[i] = new(laneAction[i].Value.WithElement(lane, (float)action[i]));
                    }

                    for (int i = 0; i < p; i++)
                    {
                        noise[i] = (float)random.NextNormal();
                        laneNoise[i] = new(laneNoise[i].Value.WithElement(lane, (float)noise[i].Value));
                    }

                    var u = MemoryMarshal.Cast<double, Real>(action.AsSpan());
                    var state = MemoryMarshal.CreateSpan(ref x[lane, 0], n);
                    dynamics.Step<Real>(state, u, noise, next);
                    rewards[lane] = dynamics.Reward<Real>(state, u, next);
                    ends[lane] = dynamics.Terminated<Real>(next);
                    next.CopyTo(state);
                    for (int i = 0; i < n; i++)
                    {
                        reals[lane, i] = next[i];
                        largest[i] = Math.Max(largest[i], Math.Abs(next[i]));
                    }
                }

                dynamics.Step<Lanes>(lanes, laneAction, laneNoise, laneNext);
                Lanes laneRewards = dynamics.Reward<Lanes>(lanes, laneAction, laneNext), laneEnds = dynamics.Terminated<Lanes>(laneNext);
                double largestReward = rewards.Max(Math.Abs);
                for (int lane = 0; lane < Lanes.Count; lane++)
                {
                    for (int i = 0; i < n; i++)
                    {
                        double error = Math.IEEERemainder(laneNext[i].Value[lane] - reals[lane, i], dynamics is Acrobot && i < 2 ? 2 * Math.PI : double.MaxValue);
                        Assert.True(Math.Abs(error) <= Tolerance * largest[i], $"step {t}, lane {lane}, component {i}: {laneNext[i].Value[lane]} and {reals[lane, i]}");
                    }

                    Assert.Equal(rewards[lane], laneRewards.Value[lane], Tolerance * Math.Max(1e-3, largestReward));
                    Assert.Equal(ends[lane], laneEnds.Value[lane]);
                }

                (lanes, laneNext) = (laneNext, lanes);
            }
        }
    }

    private sealed class RoundTrip : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var random = new RandomStream(RandomKey.FromSeed(12));
            int n = dynamics.StateSize;
            var (state, again, observation) = (new Real[n], new Real[n], new Real[dynamics.Spec.ObservationSize]);
            for (int k = 0; k < 100; k++)
            {
                for (int i = 0; i < n; i++)
                {
                    state[i] = random.NextDouble(-10.0, 10.0);
                }

                dynamics.Observe<Real>(state, observation);
                dynamics.Locate<Real>(observation, again);
                for (int i = 0; i < n; i++)
                {
                    bool angle = (dynamics is Pendulum && i == 0) || (dynamics is Acrobot && i < 2);
                    double difference = again[i] - state[i];
                    Assert.Equal(0.0, angle ? Math.IEEERemainder(difference, 2 * Math.PI) : difference, angle ? 1e-14 : 0.0);
                }
            }
        }
    }
}
