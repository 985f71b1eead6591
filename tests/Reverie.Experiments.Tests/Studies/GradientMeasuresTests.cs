using Reverie.Experiments.Studies;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Studies;

/// <summary>What the study of gradients measures with, on matrices and worlds whose answers are known.</summary>
public sealed class GradientMeasuresTests
{
    [Fact]
    public void Eigenvalues_of_a_matrix_made_of_known_ones_are_found()
    {
        // [2 1; 1 2] has 1 and 3; beside it a block with 1e-12 and −5.
        double[] found = [.. SmallMatrices.Eigenvalues([2, 1, 0, 0, 1, 2, 0, 0, 0, 0, 1e-12, 0, 0, 0, 0, -5], 4).Order()];
        Assert.Equal([-5.0, 1e-12, 1.0, 3.0], found.Select(v => Math.Round(v, 14)));
        Assert.All(SmallMatrices.Eigenvalues([1, double.NaN, double.NaN, 1], 2), v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void Norm_and_inverse_are_those_of_hand_calculation()
    {
        // [0 3; 4 0] has the singular values 4 and 3, its inverse 1/3 and 1/4.
        double[] a = [0, 3, 4, 0];
        Assert.Equal(4.0, SmallMatrices.Norm(a, 2), 1e-14);

        // AᵀA = [1 1; 1 2] of [1 1; 0 1], whose larger eigenvalue is (3 + √5)/2: the norm is the golden ratio.
        Assert.Equal((1.0 + Math.Sqrt(5.0)) / 2.0, SmallMatrices.Norm([1, 1, 0, 1], 2), 1e-14);
        Assert.Equal(0.0, SmallMatrices.Norm([0, 0, 0, 0], 2));
        double[]? inverse = SmallMatrices.Inverse(a, 2);
        Assert.NotNull(inverse);
        Assert.Equal(1.0 / 3.0, SmallMatrices.Norm(inverse, 2), 1e-14);
        Assert.Equal([1.0, 0.0, 0.0, 1.0], SmallMatrices.Multiply(inverse, a, 2));
        Assert.Null(SmallMatrices.Inverse([1, 2, 2, 4], 2));
        Assert.Equal(1e200, SmallMatrices.Norm([1e200, 0, 0, 1], 2), 1e186);
    }

    [Fact]
    public void The_hessian_to_actions_of_a_linear_quadratic_world_is_its_closed_form()
    {
        // x' = a x + b u, J = −Σ (q xₜ² + ρ uₜ²), t < 3: ∂²J/∂u₀² = −2 (q b² (1 + a²) + ρ), ∂²J/∂u₀∂u₁ = −2 q a b², ∂²J/∂u₁² = −2 (q b² + ρ), and u₂ moves no state that counts.
        const double A = 0.9, B = 0.5, Q = 2.0, R = 0.3;
        var world = new LinearWorld(new() { StateSize = 1, ActionSize = 1, A = [A], B = [B], Q = [Q], R = [R] });
        var model = new LinearizerPullback(new AnalyticModel<LinearWorld>(world));
        double[] hessian = ActionGradients.Hessian(model, [0.7], [0.1, -0.4, 0.2], 3, 1e-3);
        double[] wanted =
        [
            -2.0 * ((Q * B * B * (1.0 + (A * A))) + R), -2.0 * Q * A * B * B, 0.0,
            -2.0 * Q * A * B * B, -2.0 * ((Q * B * B) + R), 0.0,
            0.0, 0.0, -2.0 * R,
        ];
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(wanted[i], hessian[i], 1e-8);
        }
    }
}
