using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Tests;

namespace Reverie.Neural.Tests.Models;

/// <summary>Derivatives along trajectories, final rewards, and trajectories optimised in an ensemble.</summary>
public sealed class EnsembleTrajectoryTests
{
    private const double H = 1e-4;

    [Theory]
    [InlineData("pendulum-altro", 11)]
    [InlineData("point-mass", 3)]
    [InlineData("cartpole-swingup", 8)]
    public void Derivatives_along_a_trajectory_are_those_of_central_differences(string world, int horizon)
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random(world, new() { Members = 3, Elites = 2, HiddenLayers = 2 });
        var model = new EnsembleModel(ensemble, Ensembles.Task(world), workers);
        int n = model.StateSize, m = model.Actions.Size, w = n + m;
        var trajectory = Wander(model, horizon);
        var expansion = new TrajectoryExpansion(n, m, horizon);
        model.Expand(trajectory, expansion);
        Assert.Equal(0.0, expansion.Jacobians.Where((_, i) => i % expansion.Stride >= w).Sum(Math.Abs));
        for (int t = 0; t < horizon; t++)
        {
            double[] z = [.. trajectory.State(t), .. trajectory.Action(t)];
            var (_, reward) = Predict(model, z);
            Assert.Equal(-reward, expansion.Costs[t], 1e-10);
            for (int c = 0; c < w; c++)
            {
                var (above, more) = Predict(model, Moved(z, c, H));
                var (below, less) = Predict(model, Moved(z, c, -H));
                for (int d = 0; d < n; d++)
                {
                    Assert.Equal((above[d] - below[d]) / (2 * H), expansion.Jacobians[(((t * n) + d) * expansion.Stride) + c], 1e-6);
                }

                Assert.Equal(-(more - less) / (2 * H), expansion.CostGradients[(t * expansion.Stride) + c], 1e-6);
            }
        }

        // A point alone has the bits that it has along the trajectory.
        var hessian = new double[w * w];
        var point = new Linearization(n, m);
        model.QuadratizeReward(trajectory.State(horizon - 1), trajectory.Action(horizon - 1), hessian);
        model.Linearize(trajectory.State(0), trajectory.Action(0), point);
        for (int i = 0; i < w; i++)
        {
            Assert.Equal(hessian.AsSpan(i * w, w).ToArray(), expansion.CostHessians.AsSpan((((horizon - 1) * w) + i) * expansion.Stride, w).ToArray().Select(v => -v));
        }

        Assert.Equal(point.StateJacobian[..n], expansion.Jacobians[..n]);
        Assert.Equal(point.ActionJacobian[..m], expansion.Jacobians[n..w]);
    }

    [Fact]
    public void An_expansion_filled_by_another_model_is_written_anew()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("point-mass", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("point-mass"), workers);
        var exact = Ensembles.Exact("point-mass");
        var trajectory = Wander(model, 9);
        var (fresh, used) = (new TrajectoryExpansion(4, 2, 9), new TrajectoryExpansion(4, 2, 9));
        exact.Expand(trajectory, fresh);
        exact.Expand(trajectory, used);
        model.Expand(trajectory, used);
        Assert.NotEqual(fresh.Jacobians, used.Jacobians);
        exact.Expand(trajectory, used);
        Assert.Equal(fresh.Jacobians, used.Jacobians);
        Assert.Equal(fresh.CostHessians, used.CostHessians);
    }

    [Fact]
    public void Eight_steps_have_the_bits_of_one()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("cartpole-swingup", new() { Members = 3, Elites = 2 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("cartpole-swingup"), workers);
        int n = model.StateSize;
        var trajectory = Wander(model, 8);
        var (x, u, y) = (new DoubleLanes[n], new DoubleLanes[1], new DoubleLanes[n]);
        for (int d = 0; d <= n; d++)
        {
            (d < n ? ref x[d] : ref u[0]) = DoubleLanes.Load([.. Enumerable.Range(0, 8).Select(t => d < n ? trajectory.State(t)[d] : trajectory.Action(t)[0])], 0);
        }

        var rewards = model.Predict(x, u, y);
        for (int t = 0; t < 8; t++)
        {
            var (next, reward) = Predict(model, [.. trajectory.State(t), .. trajectory.Action(t)]);
            Assert.Equal(next, y.Select(v => v.Value[t]));
            Assert.Equal(reward, rewards.Value[t], 1e-12);
        }
    }

    [Fact]
    public void Refreshed_weights_change_the_derivatives()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum-altro", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum-altro"), workers);
        var before = Predict(model, [0.1, 0.2, 0.3]).Next;
        ensemble.TargetNormalizer.Mean[0] += 1f;
        model.Refresh();
        Assert.Equal(before[0] + 1.0, Predict(model, [0.1, 0.2, 0.3]).Next[0], 1e-6);
    }

    [Theory]
    [InlineData("pendulum-altro", true)]
    [InlineData("point-mass", false)]
    public void The_final_reward_and_its_derivatives_are_those_of_the_task(string world, bool has)
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random(world, new() { Members = 1, Elites = 1 });
        var (model, exact) = (new EnsembleModel(ensemble, Ensembles.Task(world), workers), Ensembles.Exact(world));
        int n = model.StateSize;
        double[] state = [.. Enumerable.Range(0, n).Select(d => 0.3 - (0.4 * d))];
        var (slope, bend, slopeWanted, bendWanted) = (new double[n], new double[n * n], new double[n], new double[n * n]);
        model.QuadratizeFinalReward(state, slope, bend);
        exact.QuadratizeFinalReward(state, slopeWanted, bendWanted);
        Assert.Equal(has, model.HasFinalReward);
        Assert.Equal(has, model.FinalReward(state) != 0.0);
        Assert.Equal(exact.FinalReward(state), model.FinalReward(state), 1e-12);
        Assert.All(slopeWanted.Zip(slope), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.All(bendWanted.Zip(bend), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.9)]
    public void Plans_count_the_final_reward_as_plain_rollouts_do(double discount)
    {
        const int Count = 100, Horizon = 7;
        using var workers = new Workers(2);
        using var ensemble = Ensembles.Random("pendulum-altro", new() { Members = 3, Elites = 3, Stochastic = false, Propagation = Propagation.Mean });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum-altro"), workers, discount);
        var candidates = new ActionSequences(Horizon, 1, Count);
        for (int t = 0; t < Horizon; t++)
        {
            Ensembles.Numbers(new RandomStream(RandomKey.FromSeed(t)), Count, -5, 5).CopyTo(candidates.At(t).Feature(0));
        }

        var (returns, wanted, sums) = (new float[Count], new float[Count], new float[Count]);
        model.Evaluate([0.1, -0.2], candidates, returns, default);
        new RolloutEvaluator(model, discount).Evaluate([0.1, -0.2], candidates, wanted, default);
        Assert.All(wanted.Zip(returns), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Abs(pair.First)));
        new RolloutEvaluator(new WithoutEnd(model), discount).Evaluate([0.1, -0.2], candidates, sums, default);
        Assert.All(sums.Zip(returns), pair => Assert.True(pair.First - pair.Second > 0.1, $"{pair}"));
    }

    [Fact]
    public void A_solve_allocates_nothing()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum-altro", new() { Members = 2, Elites = 2 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum-altro"), workers);
        var solver = new IterativeLqr(model, new IlqrOptions { Horizon = 20, Discount = 1.0, MaxIterations = 10 });
        var (start, actions, point, hessian) = (new double[2], new double[20], new Linearization(2, 1), new double[9]);
        Assert.Equal(0, Allocations.InSteadyState(
            () =>
            {
                solver.Solve(start, actions, CancellationToken.None);
                model.Linearize(start, actions.AsSpan(0, 1), point);
                model.QuadratizeReward(start, actions.AsSpan(0, 1), hessian);
            },
            20));
        Assert.True(solver.Solution.Iterations >= 2);
    }

    [Fact]
    public void Derivatives_that_an_ensemble_lacks_and_wrong_sizes_are_refused()
    {
        using var workers = new Workers(1);
        using var ensemble = Ensembles.Random("pendulum-altro", new() { Members = 1, Elites = 1 });
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum-altro"), workers);
        var trajectory = new Trajectory(2, 1, 5);
        Assert.Throws<InvalidOperationException>(() => model.Expand(trajectory, new TrajectoryExpansion(2, 1, 5, curvature: CostCurvature.GaussNewton)));
        Assert.Throws<InvalidOperationException>(() => model.Expand(trajectory, new TrajectoryExpansion(2, 1, 5, dynamicsCurvature: true)));
        Assert.Throws<ArgumentException>(() => model.Expand(trajectory, new TrajectoryExpansion(2, 1, 4)));
        Assert.Throws<ArgumentException>(() => model.Expand(trajectory, new TrajectoryExpansion(2, 1, 5, constraintSize: 1)));
        Assert.Throws<ArgumentException>(() => model.Predict(new double[3], new double[1], new double[2]));
        Assert.Throws<ArgumentException>(() => model.Predict(new double[2], new double[1], new double[3]));
        Assert.Throws<ArgumentException>(() => model.FinalReward(new double[3]));
        Assert.Throws<ArgumentException>(() => model.QuadratizeFinalReward(new double[2], new double[2], new double[3]));
        Assert.Throws<ArgumentException>(() => model.FinalRewards(Batch.Allocate(2, 20), new float[20]));
    }

    private static Trajectory Wander(EnsembleModel model, int horizon)
    {
        var random = new RandomStream(RandomKey.FromSeed(6));
        var trajectory = new Trajectory(model.StateSize, model.Actions.Size, horizon);
        for (int i = 0; i < trajectory.States.Length; i++)
        {
            trajectory.States[i] = 0.8 * random.NextNormal();
        }

        for (int i = 0; i < trajectory.Actions.Length; i++)
        {
            trajectory.Actions[i] = random.NextDouble(-0.9, 0.9);
        }

        return trajectory;
    }

    private static double[] Moved(double[] z, int c, double by) => [.. z.Select((v, i) => i == c ? v + by : v)];

    private static (double[] Next, double Reward) Predict(EnsembleModel model, double[] z)
    {
        var next = new double[model.StateSize];
        double reward = model.Predict(z.AsSpan(0, next.Length), z.AsSpan(next.Length), next);
        return (next, reward);
    }

    /// <summary>A simulator's steps without what it says of the end.</summary>
    private sealed class WithoutEnd(ISimulator model) : ISimulator
    {
        public int StateSize => model.StateSize;

        public Worlds.ActionSpace Actions => model.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

        public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key) =>
            model.Step(states, actions, next, rewards, terminated, key);
    }
}
