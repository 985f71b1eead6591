using CsCheck;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>The second-order condition by recursion against the Hessian of the cost in all actions at once.</summary>
public class CurvatureTestTests
{
    /// <summary>x' = x + u, ℓ = ½ (x² + r u²), T = 2, V₂ = 0: at t = 1 Quu = r; at t = 0 Quu = r + 1, as x₁ costs ½ x₁² whatever follows.</summary>
    [Theory]
    [InlineData(0.5, -1)]
    [InlineData(-0.5, 1)]
    public void By_hand(double r, int lastBent)
    {
        var stage = Problems.Scalar(1.0, 1.0, 1.0, r);
        var test = Run(stage, new QuadraticCost(1), 2, 100.0, out bool convex);
        Assert.Equal((lastBent < 0, lastBent), (convex, test.LastBent));
        Assert.Equal([0.0, Math.Min(r, 0.0)], test.Curvatures);
        Assert.Equal(r < 0.0 ? 1.0 : 0.0, Math.Abs(test.Directions[1]));
    }

    [Fact]
    public void What_a_limit_holds_does_not_count()
    {
        // ℓ = ½ (x² − u²) at u = 2, the limit: the slope −2 pushes outwards.
        var stage = Problems.Scalar(1.0, 0.0, 1.0, -1.0);
        var test = Run(stage, new QuadraticCost(1), 3, 2.0, out bool convex, action: 2.0);
        Assert.Equal((true, 3), (convex, test.HeldSteps));
        Run(stage, new QuadraticCost(1), 3, 2.5, out convex, action: 2.0);
        Assert.False(convex);
    }

    /// <summary>Whether all actions' Hessian, Σₜ Zₜᵀ Hₜ Zₜ with Zₜ = ∂(xₜ, uₜ)/∂u, is positive definite; and along the last direction, with the feedback that follows, it bends as much as is said.</summary>
    [Fact]
    public void It_agrees_with_the_whole_hessian()
    {
        int bent = 0;
        Gen.Select(Problems.Random, Gen.Double[-1.5, 0.5], Gen.Double[0.8, 1.0]).Sample((stage, shift, discount) =>
        {
            const int T = 4;
            var (n, m) = (stage.StateSize, stage.ActionSize);
            for (int a = 0; a < m; a++)
            {
                stage.ActionCost[a * (m + 1)] += shift;
            }

            var test = Run(stage, Problems.Terminal(n, 0.3), T, 1e6, out bool convex, discount: discount);
            double[] hessian = Hessian(stage, 0.3, T, discount), factor = [.. hessian];
            Assert.Equal(Dense.Cholesky(factor, T * m), convex);
            if (convex)
            {
                return;
            }

            bent++;
            int from = test.LastBent;
            var change = new double[T * m];
            var x = new double[n];
            for (int t = from; t < T; t++)
            {
                var u = change.AsSpan(t * m, m);
                test.Directions.AsSpan(t * m, m).CopyTo(u);
                Dense.Scale(t == from ? 1.0 : 0.0, u);
                Dense.AddProduct(1.0, test.Gains.AsSpan(t * m * n, m * n), x, u, m, n, 1);
                double[] next = LinearAlgebra.Times(stage.StateJacobian, x, n, n, 1);
                Dense.AddProduct(1.0, stage.ActionJacobian, u, next, n, m, 1);
                x = next;
            }

            // At the step itself K acts on no deviation.
            double along = Dense.Form(change, hessian, change), said = Math.Pow(discount, from) * test.Curvatures[from];
            Assert.True(said < 0.0);
            Assert.Equal(said, along, 1e-8 * (1.0 + Math.Abs(said)));
        }, iter: 200, threads: 1);
        Assert.InRange(bent, 20, 180);
    }

    private static CurvatureTest Run(LinearQuadraticStage stage, QuadraticCost end, int horizon, double limit, out bool convex, double action = 0.0, double discount = 1.0)
    {
        var (n, m) = (stage.StateSize, stage.ActionSize);
        ILinearizer model = new LinearQuadraticModel(stage, end, ActionSpace.Symmetric(m, limit));
        var trajectory = new Trajectory(n, m, horizon);
        Array.Fill(trajectory.Actions, action);
        var expansion = new TrajectoryExpansion(n, m, horizon);
        model.Expand(trajectory, expansion);
        var test = new CurvatureTest(n, m, horizon);
        convex = test.Run(expansion, trajectory, [.. Enumerable.Repeat(-limit, m)], [.. Enumerable.Repeat(limit, m)], discount);
        return test;
    }

    private static double[] Hessian(LinearQuadraticStage stage, double end, int horizon, double discount)
    {
        var (n, m) = (stage.StateSize, stage.ActionSize);
        int w = horizon * m;
        var (hessian, z) = (new double[w * w], new double[n * w]);
        double weight = 1.0;
        for (int t = 0; t < horizon; t++, weight *= discount)
        {
            var u = new double[m * w];
            for (int a = 0; a < m; a++)
            {
                u[(a * w) + (t * m) + a] = 1.0;
            }

            Add(weight, z, stage.StateCost, z, n, n);
            Add(weight, z, stage.CrossCost, u, n, m);
            Add(weight, u, LinearAlgebra.Transpose(stage.CrossCost, n, m), z, m, n);
            Add(weight, u, stage.ActionCost, u, m, m);
            double[] next = LinearAlgebra.Times(stage.StateJacobian, z, n, n, w);
            Dense.AddProduct(1.0, stage.ActionJacobian, u, next, n, m, w);
            z = next;
        }

        Add(weight, z, Problems.Terminal(n, end).Hessian, z, n, n);
        return hessian;

        void Add(double factor, double[] left, double[] middle, double[] right, int rows, int columns) =>
            Dense.AddTransposeProduct(factor, left, LinearAlgebra.Times(middle, right, rows, columns, w), hessian, w, rows, w);
    }
}
