using Reverie.Agents;
using Reverie.Experience;
using Reverie.Experiments.Tests.Runs;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests;

public sealed class OpenLoopTests : IDisposable
{
    private const int Steps = 12;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_perfect_model_has_no_error_and_whole_turns_do_not_count()
    {
        var result = Measure(_ => [0, 0, 2 * Math.PI, 0]);
        Assert.Equal(Enumerable.Range(1, Steps), result.Horizons.Select(h => h.Horizon));
        Assert.Equal(Enumerable.Range(1, Steps).Select(h => 3 * (Steps - h + 1)), result.Horizons.Select(h => h.Starts));
        Assert.All(result.Horizons, h => Assert.InRange(h.Upper, 0, 1e-3));
        Assert.All(result.Horizons, h => Assert.InRange(h.Spread, 0, 1e-3));
    }

    [Fact]
    public void Errors_are_of_the_members_mean_and_spreads_between_them()
    {
        // Member 0 is right, member 1 is off by 0.4 in the velocity: the mean by 0.2, each member from it by 0.2.
        var result = Measure(member => [0, 0.4 * member, 0, 0]);
        double expected = 0.2 / result.Scales[1] / Math.Sqrt(4);
        Assert.All(result.Horizons, h =>
        {
            Assert.Equal(0.2, h.FeatureErrors[1], 1e-2);
            Assert.Equal(0, h.FeatureErrors[0], 1e-2);
            Assert.Equal(expected, h.Median, 1e-2);
            Assert.Equal(expected, h.Spread, 1e-2);
            Assert.InRange(h.Lower, 0, h.Median);
            Assert.InRange(h.Upper, h.Median, double.MaxValue);
        });
    }

    [Fact]
    public void Trajectories_begin_where_the_real_ones_do_and_are_stored_with_the_run()
    {
        var result = Measure(member => [0, 0.4 * member, 0, 0]);
        Assert.Equal(3, result.Trajectories.Count);
        var trajectory = result.Trajectories[0];
        Assert.Equal((Steps + 1, 2), (trajectory.Real.Length, trajectory.Members.Length));
        Assert.All(trajectory.Members, member => Assert.Equal(trajectory.Real[0], member[0]));
        Assert.Equal(trajectory.Real[5][1] + 0.4, trajectory.Members[1][5][1], 1e-2);

        var run = RunDirectory.Open(folder.In("run"));
        Assert.Null(run.ReadImagination());
        run.WriteImagination(result);
        Assert.Equivalent(result, run.ReadImagination());
    }

    [Fact]
    public void Imagination_beyond_the_finite_numbers_is_the_greatest_error()
    {
        var result = Measure(member => [member == 0 ? 0 : double.NaN, 0, 0, 0]);
        Assert.All(result.Horizons, h => Assert.Equal(double.PositiveInfinity, h.Lower));
    }

    [Fact]
    public void All_steps_count_those_of_an_episode_that_was_cut_too()
    {
        // Two episodes of 17 steps, and 6 of a third.
        ToyRun.Run(folder.In("run"), ToyRun.Request(episodes: null, steps: 40));
        Assert.Equal(40, Measure(_ => [0, 0, 0, 0], RunDirectory.Open(folder.In("run"))).EnvironmentSteps);
    }

    [Fact]
    public void An_agent_without_a_model_is_refused()
    {
        var request = ToyRun.Request();
        var run = RunDirectory.Create(folder.In("run"), request);
        using var parts = ToyRun.Parts(request);
        Assert.Throws<RequestException>(() => OpenLoop.Measure(parts, run, 1, 5, CancellationToken.None));
    }

    private OpenLoopResult Measure(Func<int, double[]> offset) =>
        Measure(offset, RunDirectory.Create(folder.In("run"), ToyRun.Request() with { World = "cartpole-swingup" }));

    private static OpenLoopResult Measure(Func<int, double[]> offset, RunDirectory run)
    {
        Assert.True(WorldCatalog.TryFind("cartpole-swingup", out var entry));
        var options = new CartPoleSwingUpOptions { MaxSteps = Steps };
        using var parts = new RunParts(
            run.Request.Seed,
            key => entry.CreateWorld(options, key),
            (spec, key, metrics) => new Seer(new RandomAgent(spec, key), (ISimulator)entry.CreateModel(options), offset));
        return OpenLoop.Measure(parts, run, 3, 100, CancellationToken.None);
    }

    /// <summary>Imagines with the exact model, each of two members off by a constant.</summary>
    private sealed class Seer(IAgent inner, ISimulator model, Func<int, double[]> offset) : IAgent, IImagination
    {
        public int Members => 2;

        public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined)
        {
            int horizon = actions.Length / starts;
            for (int k = 0; k < Members; k++)
            {
                for (int start = 0; start < starts; start++)
                {
                    var state = Batch.Allocate(4, 1);
                    var next = Batch.Allocate(4, 1);
                    var action = Batch.Allocate(1, 1);
                    for (int f = 0; f < 4; f++)
                    {
                        state.Feature(f)[0] = (float)observations[(start * 4) + f];
                    }

                    for (int t = 0; t < horizon; t++)
                    {
                        action.Feature(0)[0] = (float)actions[(start * horizon) + t];
                        model.Step(state, action, next, new float[16], new float[16], default);
                        next.Data.CopyTo(state.Data);
                        for (int f = 0; f < 4; f++)
                        {
                            imagined[(((((k * starts) + start) * horizon) + t) * 4) + f] = state.Feature(f)[0] + offset(k)[f];
                        }
                    }
                }
            }
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action) => inner.Act(observation, action);

        public void Observe(in Transition transition) => inner.Observe(transition);

        public IPolicy Policy(RandomStream random) => inner.Policy(random);

        public void Save(StateDictionary state, string prefix) => inner.Save(state, prefix);

        public void Load(StateDictionary state, string prefix) => inner.Load(state, prefix);
    }
}
