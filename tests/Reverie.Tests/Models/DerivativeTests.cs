using System.Runtime.InteropServices;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Tests.Worlds;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

/// <summary>A model's derivatives are those that central differences approximate.</summary>
public class DerivativeTests
{
    public static TheoryData<string> Continuous => [.. EveryWorld.Names.Except(["cartpole", "mountain-car", "acrobot"])];

    [Theory]
    [MemberData(nameof(Continuous))]
    public void Linearization_agrees_with_central_differences(string name) => EveryWorld.Run(name, new FirstOrder());

    [Theory]
    [MemberData(nameof(Continuous))]
    public void Second_derivatives_of_the_reward_agree_with_differences_of_the_first(string name) => EveryWorld.Run(name, new SecondOrder());

    [Fact]
    public void A_linear_worlds_derivatives_are_its_matrices()
    {
        var o = EveryWorld.Wide;
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(o));
        var (x, u, result) = (new double[12], new double[3], new Linearization(12, 3));
        x[0] = 2.0;
        model.Linearize(x, u, result);
        Assert.Equal(o.A, result.StateJacobian);
        Assert.Equal(o.B, result.ActionJacobian);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => 2.0 * o.A[i * 12]), result.Next);
        Assert.Equal(-4.0 * o.Q[0], result.Reward);
        var hessian = new double[15 * 15];
        model.QuadratizeReward(x, u, hessian);
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 12; j++)
            {
                Assert.Equal(-(o.Q[(i * 12) + j] + o.Q[(j * 12) + i]), hessian[(i * 15) + j], 1e-12);
            }
        }

        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                Assert.Equal(-(o.R[(i * 3) + j] + o.R[(j * 3) + i]), hessian[((12 + i) * 15) + 12 + j], 1e-12);
            }
        }
    }

    [Fact]
    public void An_observations_jacobian_is_that_of_the_worlds_equations()
    {
        var (o, wide) = (new double[12], new double[144]);
        double[] x = [.. Enumerable.Range(0, 12).Select(i => 0.1 * i)];
        ILinearizer linear = new AnalyticModel<LinearWorld>(new LinearWorld(EveryWorld.Wide));
        linear.Observe(x, o, wide);
        Assert.Equal(x, o);
        Assert.Equal(Enumerable.Range(0, 144).Select(i => i % 13 == 0 ? 1.0 : 0.0), wide);
        var (seen, jacobian) = (new double[3], new double[6]);
        ILinearizer pendulum = new AnalyticModel<Pendulum>(new Pendulum(new()));
        pendulum.Observe([0.7, -2.0], seen, jacobian);
        Assert.Equal([Math.Cos(0.7), Math.Sin(0.7), -2.0], seen);
        Assert.Equal([-Math.Sin(0.7), 0.0, Math.Cos(0.7), 0.0, 0.0, 1.0], jacobian);
        Assert.Throws<ArgumentException>(() => pendulum.Observe([0.7, -2.0], seen, new double[4]));
    }

    [Fact]
    public void Numbered_actions_have_no_derivatives()
    {
        var model = new AnalyticModel<CartPole>(new CartPole(new()));
        var message = Assert.Throws<InvalidOperationException>(() => model.Linearize(new double[4], new double[1], new Linearization(4, 1))).Message;
        Assert.Contains("cartpole", message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.QuadratizeReward(new double[4], new double[1], new double[25]));
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        var model = new AnalyticModel<Pendulum>(new Pendulum(new()));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[3], new double[1], new Linearization(2, 1)));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[2], new double[2], new Linearization(2, 1)));
        Assert.Throws<ArgumentException>(() => model.Linearize(new double[2], new double[1], new Linearization(3, 1)));
        Assert.Throws<ArgumentException>(() => model.QuadratizeReward(new double[2], new double[1], new double[8]));
    }

    /// <summary>Points away from the limits of speed, position and action, where derivatives jump.</summary>
    private static IEnumerable<double[]> Points<TDynamics>(TDynamics dynamics, double reach)
        where TDynamics : struct, IDynamics
    {
        var random = new RandomStream(RandomKey.FromSeed(21));
        int n = dynamics.StateSize, m = dynamics.Spec.Actions.Size;
        for (int k = 0; k < 20; k++)
        {
            var point = new double[n + m];
            for (int i = 0; i < n + m; i++)
            {
                double size = i < n ? reach : 0.9 * dynamics.Spec.Actions.High[i - n];
                point[i] = random.NextDouble(-size, size);
            }

            yield return point;
        }
    }

    /// <summary>The mountain car's speed limit is 0.07; elsewhere states are of the size of one.</summary>
    private static double Reach<TDynamics>(TDynamics dynamics)
        where TDynamics : struct, IDynamics => dynamics is MountainCarContinuous ? 0.05 : 2.0;

    private sealed class FirstOrder : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = dynamics.StateSize, m = dynamics.Spec.Actions.Size;
            var result = new Linearization(n, m);
            foreach (var point in Points(dynamics, Reach(dynamics)))
            {
                model.Linearize(point.AsSpan(0, n), point.AsSpan(n), result);
                var here = Values(dynamics, point);
                Assert.Equal(here[..n], result.Next);
                Assert.Equal(here[n], result.Reward);
                for (int j = 0; j < n + m; j++)
                {
                    // Central differences err by h²·f‴/6 and by 1e-16·f/h: at h = 1e-5 both are below 1e-9 for functions of the size of ten.
                    const double H = 1e-5;
                    var (plus, minus) = ((double[])point.Clone(), (double[])point.Clone());
                    plus[j] += H;
                    minus[j] -= H;
                    var (above, below) = (Values(dynamics, plus), Values(dynamics, minus));
                    for (int i = 0; i <= n; i++)
                    {
                        double exact = i == n ? (j < n ? result.RewardState[j] : result.RewardAction[j - n])
                            : j < n ? result.StateJacobian[(i * n) + j] : result.ActionJacobian[(i * m) + j - n];
                        Assert.Equal((above[i] - below[i]) / (2 * H), exact, 1e-8 * Math.Max(1.0, Math.Max(Math.Abs(exact), Math.Abs(here[i]))));
                    }
                }
            }
        }

        /// <summary>f(x, u) and r, evaluated over duals without partials: in double precision, without a world's rounding to single.</summary>
        private static double[] Values<TDynamics>(TDynamics dynamics, double[] point)
            where TDynamics : struct, IDynamics
        {
            int n = dynamics.StateSize;
            var z = point.Select(x => (Dual)x).ToArray();
            var next = new Dual[n];
            dynamics.Step<Dual>(z.AsSpan(0, n), z.AsSpan(n), new Dual[dynamics.NoiseSize], next);
            if (dynamics is not MountainCarContinuous)
            {
                var reals = new Real[n];
                var x = MemoryMarshal.Cast<double, Real>(point.AsSpan());
                dynamics.Step<Real>(x[..n], x[n..], new Real[dynamics.NoiseSize], reals);
                Assert.Equal(reals.Select(r => r.Value), next.Select(r => r.Value));
            }

            return [.. next.Select(x => x.Value), dynamics.Reward<Dual>(z.AsSpan(0, n), z.AsSpan(n), next).Value];
        }
    }

    private sealed class SecondOrder : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var model = new AnalyticModel<TDynamics>(dynamics);
            int n = dynamics.StateSize, width = n + dynamics.Spec.Actions.Size;
            var hessian = new double[width * width];
            foreach (var point in Points(dynamics, Reach(dynamics)))
            {
                model.QuadratizeReward(point.AsSpan(0, n), point.AsSpan(n), hessian);
                double size = Math.Max(1.0, hessian.Max(Math.Abs));
                for (int j = 0; j < width; j++)
                {
                    const double H = 1e-5;
                    var (plus, minus) = ((double[])point.Clone(), (double[])point.Clone());
                    plus[j] += H;
                    minus[j] -= H;
                    var (above, below) = (Gradient(plus), Gradient(minus));
                    for (int i = 0; i < width; i++)
                    {
                        Assert.Equal((above[i] - below[i]) / (2 * H), hessian[(i * width) + j], 1e-7 * size);
                    }
                }
            }

            double[] Gradient(double[] point)
            {
                var result = new Linearization(n, width - n);
                model.Linearize(point.AsSpan(0, n), point.AsSpan(n), result);
                return [.. result.RewardState, .. result.RewardAction];
            }
        }
    }
}
