using Reverie.Models;
using Reverie.Numerics;
using Reverie.Tests.Worlds;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

/// <summary>Derivatives along trajectories are those at their points.</summary>
public class ExpansionTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names.Where(IsContinuous)];

    public static TheoryData<string> OfResiduals => ["cartpole-altro", "acrobot-trajax", "pendulum-altro", "unicycle", "quadrotor-gap", "cart-double-pendulum", "acrobot-swingup"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Along_a_trajectory_they_are_those_at_its_points(string name) => EveryWorld.Run(name, new Pointwise());

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives_of_the_dynamics_are_differences_of_Jacobians(string name) => EveryWorld.Run(name, new Curvature());

    [Theory]
    [MemberData(nameof(OfResiduals))]
    public void Gauss_Newton_matrices_are_the_squares_of_the_residuals_slopes(string name) => EveryWorld.Run(name, new GaussNewton());

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_allocated_in_the_steady_state(string name) => EveryWorld.Run(name, new Allocation());

    [Fact]
    public void More_than_sixty_four_variables_are_all_taken_to_interact()
    {
        var random = new RandomStream(RandomKey.FromSeed(8));
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble(-0.2, 0.2))];
        new Pointwise().Run(new LinearWorld(new() { StateSize = 30, ActionSize = 6, A = Numbers(900), B = Numbers(180), Q = Numbers(900), R = Numbers(36) }));
    }

    [Fact]
    public void One_expansion_serves_different_models()
    {
        var first = new AnalyticModel<CartPoleAltro>(new CartPoleAltro(new()));
        var second = new AnalyticModel<AcrobotTrajax>(new AcrobotTrajax(new()));
        var plain = new WithoutExpansion(new AnalyticModel<AcrobotSwingUp>(new AcrobotSwingUp(new())));
        var trajectory = Some(4, 1, 11, 1.0, 5);
        ILinearizer[] order = [first, second, first, plain, first, plain, second, plain, second];
        var shared = new TrajectoryExpansion(4, 1, 11);
        foreach (var model in order)
        {
            var own = new TrajectoryExpansion(4, 1, 11);
            model.Expand(trajectory, own);
            model.Expand(trajectory, shared);
            AssertSame(own, shared);
        }
    }

    [Fact]
    public void Constraints_and_their_slopes_are_those_at_the_states_after_the_actions()
    {
        var model = new AnalyticModel<QuadrotorGap>(new QuadrotorGap(new()));
        int n = model.StateSize, p = model.ConstraintSize;
        Assert.True(p > 0);
        var trajectory = Some(n, model.Actions.Size, 10, 1.0, 3);
        var expansion = new TrajectoryExpansion(n, model.Actions.Size, 10, p);
        model.Expand(trajectory, expansion);
        var (here, above, below) = (new double[p], new double[p], new double[p]);
        for (int t = 1; t <= 10; t++)
        {
            double[] x = [.. trajectory.State(t)];
            model.Constrain(x, here);
            Assert.Equal(here, expansion.Constraints.AsSpan(t * p, p).ToArray(), (a, b) => Math.Abs(a - b) <= 1e-12 * (1 + Math.Abs(a)));
            for (int j = 0; j < n; j++)
            {
                const double H = 1e-6;
                x[j] += H;
                model.Constrain(x, above);
                x[j] -= 2 * H;
                model.Constrain(x, below);
                x[j] += H;
                for (int c = 0; c < p; c++)
                {
                    Assert.Equal((above[c] - below[c]) / (2 * H), expansion.ConstraintJacobians[(((t * p) + c) * n) + j], 1e-7 * (1 + Math.Abs(here[c])));
                }
            }
        }
    }

    [Fact]
    public void What_hangs_on_a_choice_alone_is_known()
    {
        // Reward, final reward and the slope to the control change with the sign of a state that enters nothing else there.
        var model = new AnalyticModel<Switched>(new Switched());
        Assert.True(model.HasFinalReward);
        Assert.Equal((2.0, 0.0), (model.FinalReward([0.5, 0.0]), model.FinalReward([-0.5, 0.0])));
        new Pointwise().Run(new Switched());
        new Curvature().Run(new Switched());
    }

    [Fact]
    public void What_a_model_cannot_yield_is_refused()
    {
        var linear = new AnalyticModel<LinearWorld>(new LinearWorld(new()));
        var trajectory = new Trajectory(2, 1, 5);
        Assert.Contains("residuals", Assert.Throws<InvalidOperationException>(() => linear.Expand(trajectory, new(2, 1, 5, 0, CostCurvature.GaussNewton))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => linear.Expand(trajectory, new(2, 1, 6)));
        Assert.Throws<ArgumentException>(() => linear.Expand(trajectory, new(3, 1, 5)));
        Assert.Throws<ArgumentException>(() => linear.Expand(trajectory, new(2, 1, 5, 1)));
        var discrete = new AnalyticModel<CartPole>(new CartPole(new()));
        Assert.Throws<InvalidOperationException>(() => discrete.Expand(new(4, 1, 5), new(4, 1, 5)));
        ILinearizer plain = new WithoutExpansion(linear);
        Assert.Throws<InvalidOperationException>(() => plain.Expand(trajectory, new(2, 1, 5, 0, CostCurvature.Exact, true)));
        Assert.Throws<InvalidOperationException>(() => plain.Expand(trajectory, new(2, 1, 5, 0, CostCurvature.GaussNewton)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trajectory(2, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryExpansion(2, 0, 1));
        Assert.Throws<ArgumentException>(() => trajectory.CopyFrom(new Trajectory(2, 1, 4)));
    }

    private static bool IsContinuous(string name)
    {
        var check = new Continuous();
        EveryWorld.Run(name, check);
        return check.Result;
    }

    private static Trajectory Some(int n, int m, int horizon, double reach, long seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        var trajectory = new Trajectory(n, m, horizon);
        foreach (ref double value in trajectory.States.AsSpan())
        {
            value = random.NextDouble(-reach, reach);
        }

        foreach (ref double value in trajectory.Actions.AsSpan())
        {
            value = random.NextDouble(-1.5, 1.5);
        }

        return trajectory;
    }

    private static void AssertSame(TrajectoryExpansion wanted, TrajectoryExpansion got)
    {
        Near(wanted.Jacobians, got.Jacobians);
        Near(wanted.CostGradients, got.CostGradients);
        Near(wanted.CostHessians, got.CostHessians);
        Near(wanted.FinalHessian, got.FinalHessian);
        Near(wanted.Costs, got.Costs);
        Near(wanted.DynamicsCurvatures, got.DynamicsCurvatures);
    }

    private static void Near(double[] wanted, double[] got)
    {
        Assert.Equal(wanted.Length, got.Length);
        double scale = wanted.Length == 0 ? 0.0 : wanted.Max(Math.Abs);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], got[i], 1e-12 * (1 + scale));
        }
    }

    private sealed class Continuous : IWorldCheck
    {
        public bool Result { get; private set; }

        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics => Result = !dynamics.Spec.Actions.IsDiscrete;
    }

    private sealed class Pointwise : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = model.StateSize, m = model.Actions.Size, p = model.ConstraintSize;
            foreach (int horizon in new[] { 1, 8, 13 })
            {
                foreach (bool curved in new[] { false, true })
                {
                    // The same room again and again: what is the same everywhere is written once alone.
                    var expansion = new TrajectoryExpansion(n, m, horizon, p, CostCurvature.Exact, curved);
                    for (int round = 0; round < 3; round++)
                    {
                        var trajectory = Some(n, m, horizon, 1.0 + round, (10 * horizon) + round);
                        var wanted = new TrajectoryExpansion(n, m, horizon, 0);
                        ((ILinearizer)new WithoutExpansion(model)).Expand(trajectory, wanted);
                        model.Expand(trajectory, expansion);
                        Near(wanted.Jacobians, expansion.Jacobians);
                        Near(wanted.CostGradients, expansion.CostGradients);
                        Near(wanted.CostHessians, expansion.CostHessians);
                        Near(wanted.FinalHessian, expansion.FinalHessian);
                        Near(wanted.Costs, expansion.Costs);
                    }
                }
            }
        }
    }

    private sealed class Curvature : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            const int Horizon = 3;
            const double H = 1e-5;
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = model.StateSize, m = model.Actions.Size, w = n + m;
            var trajectory = Some(n, m, Horizon, 0.9, 21);
            var expansion = new TrajectoryExpansion(n, m, Horizon, model.ConstraintSize, CostCurvature.Exact, true);
            model.Expand(trajectory, expansion);
            var (above, below) = (new Linearization(n, m), new Linearization(n, m));
            for (int t = 0; t < Horizon; t++)
            {
                for (int k = 0; k < w; k++)
                {
                    double[] z = [.. trajectory.State(t), .. trajectory.Action(t)];
                    z[k] += H;
                    model.Linearize(z.AsSpan(0, n), z.AsSpan(n), above);
                    z[k] -= 2 * H;
                    model.Linearize(z.AsSpan(0, n), z.AsSpan(n), below);
                    for (int j = k; j < w; j++)
                    {
                        int pair = Array.IndexOf(expansion.Pairs, (k, j));
                        for (int i = 0; i < n; i++)
                        {
                            double slope = j < n
                                ? above.StateJacobian[(i * n) + j] - below.StateJacobian[(i * n) + j]
                                : above.ActionJacobian[(i * m) + j - n] - below.ActionJacobian[(i * m) + j - n];
                            double exact = pair < 0 ? 0.0 : expansion.DynamicsCurvatures[(((t * expansion.Pairs.Length) + pair) * n) + i];
                            Assert.Equal(slope / (2 * H), exact, 1e-6 * (1 + Math.Abs(exact)));
                        }
                    }
                }
            }
        }
    }

    private sealed class GaussNewton : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            const int Horizon = 9;
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = model.StateSize, m = model.Actions.Size, w = n + m, r = dynamics.ResidualSize;
            var exact = new TrajectoryExpansion(n, m, Horizon, model.ConstraintSize);
            var expansion = new TrajectoryExpansion(n, m, Horizon, model.ConstraintSize, CostCurvature.GaussNewton);
            for (int round = 0; round < 2; round++)
            {
                var trajectory = Some(n, m, Horizon, 1.0, 30 + round);
                model.Expand(trajectory, exact);
                model.Expand(trajectory, expansion);
                Near(exact.CostGradients, expansion.CostGradients);
                Near(exact.Jacobians, expansion.Jacobians);
                Near(exact.FinalHessian, expansion.FinalHessian);
                for (int t = 0; t < Horizon; t++)
                {
                    var slopes = new double[w][];
                    for (int j = 0; j < w; j++)
                    {
                        const double H = 1e-6;
                        Real[] plus = [.. trajectory.State(t).ToArray().Concat(trajectory.Action(t).ToArray()).Select(v => (Real)v)], minus = [.. plus];
                        (plus[j], minus[j]) = (plus[j] + H, minus[j] - H);
                        var (above, below) = (new Real[r], new Real[r]);
                        dynamics.Residuals<Real>(plus.AsSpan(0, n), plus.AsSpan(n), above);
                        dynamics.Residuals<Real>(minus.AsSpan(0, n), minus.AsSpan(n), below);
                        slopes[j] = [.. Enumerable.Range(0, r).Select(i => (above[i].Value - below[i].Value) / (2 * H))];
                    }

                    for (int i = 0; i < w; i++)
                    {
                        for (int j = 0; j < w; j++)
                        {
                            double square = slopes[i].Zip(slopes[j]).Sum(pair => pair.First * pair.Second);
                            Assert.Equal(square, expansion.CostHessians[(((t * w) + i) * expansion.Stride) + j], 1e-7 * (1 + Math.Abs(square)));
                        }
                    }
                }
            }
        }
    }

    private sealed class Allocation : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = model.StateSize, m = model.Actions.Size;
            var trajectory = Some(n, m, 5, 1.0, 40);
            var expansion = new TrajectoryExpansion(n, m, 5, model.ConstraintSize, model.HasResiduals ? CostCurvature.GaussNewton : CostCurvature.Exact, true);
            Assert.Equal(0, Allocations.InSteadyState(() => model.Expand(trajectory, expansion), 10));
        }
    }

    /// <summary>A model that knows derivatives at points alone.</summary>
    private sealed class WithoutExpansion(ILinearizer model) : ILinearizer
    {
        public int StateSize => model.StateSize;

        public ActionSpace Actions => model.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

        public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result) => model.Linearize(state, action, result);

        public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian) => model.QuadratizeReward(state, action, hessian);

        public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next) => model.Predict(state, action, next);

        public double FinalReward(ReadOnlySpan<double> state) => model.FinalReward(state);

        public void QuadratizeFinalReward(ReadOnlySpan<double> state, Span<double> gradient, Span<double> hessian) => model.QuadratizeFinalReward(state, gradient, hessian);
    }

    /// <summary>x' = (x₁ ± u, −x₂) by the sign of x₂; reward 2 or −1 by the sign of x₁', final reward 2 or 0.</summary>
    private readonly struct Switched : IDynamics
    {
        public WorldSpec Spec => new("switched", [new("a"), new("b")], ActionSpace.Symmetric(1, 2.0), 10, 0.0);

        public int StateSize => 2;

        public int NoiseSize => 0;

        public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
            where T : unmanaged, IScalar<T>
        {
            next[0] = state[0] + (T.SelectLess(state[1], 0.0, -1.0, 0.5) * action[0]);
            next[1] = -state[1];
        }

        public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => T.SelectLess(0.0, next[0], 2.0, -1.0);

        public T FinalReward<T>(ReadOnlySpan<T> state)
            where T : unmanaged, IScalar<T> => T.SelectLess(0.0, state[0], 2.0, 0.0);

        public T Terminated<T>(ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => 0.0;

        public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
            where T : unmanaged, IScalar<T> => state.CopyTo(observation);

        public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
            where T : unmanaged, IScalar<T> => observation.CopyTo(state);

        public void Start(RandomStream random, Span<double> state) => state.Clear();
    }
}
