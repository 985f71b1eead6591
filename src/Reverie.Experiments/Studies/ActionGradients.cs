using Reverie.Models;

namespace Reverie.Experiments.Studies;

/// <summary>Gradients of a rollout's return to its single actions, no policy between.</summary>
internal static class ActionGradients
{
    /// <summary>∂²J/∂a² by central differences of exact gradients, all of them side by side.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">x₀, <c>[n]</c>.</param>
    /// <param name="actions">a, <c>[H, m]</c>, within their limits.</param>
    /// <param name="horizon">H.</param>
    /// <param name="step">Step of the differences, in half widths of the action box.</param>
    /// <returns>Row-major <c>[H·m, H·m]</c>, symmetric.</returns>
    public static double[] Hessian(IPullback model, ReadOnlySpan<double> start, ReadOnlySpan<double> actions, int horizon, double step)
    {
        int m = model.Actions.Size, size = horizon * m, items = 2 * size;
        var perturbed = new double[horizon * items * m];
        double Width(int a) => 0.5 * step * (model.Actions.High[a] - model.Actions.Low[a]);
        for (int t = 0; t < horizon; t++)
        {
            for (int i = 0; i < items; i++)
            {
                actions.Slice(t * m, m).CopyTo(perturbed.AsSpan(((t * items) + i) * m));
            }
        }

        for (int k = 0; k < size; k++)
        {
            perturbed[(((k / m * items) + (2 * k)) * m) + (k % m)] += Width(k % m);
            perturbed[(((k / m * items) + (2 * k) + 1) * m) + (k % m)] -= Width(k % m);
        }

        double[] gradients = Gradients(model, start, perturbed, horizon, items);
        var hessian = new double[size * size];
        for (int k = 0; k < size; k++)
        {
            for (int j = 0; j < size; j++)
            {
                double second = (gradients[(2 * k * size) + j] - gradients[(((2 * k) + 1) * size) + j]) / (2.0 * Width(k % m));
                hessian[(k * size) + j] += 0.5 * second;
                hessian[(j * size) + k] += 0.5 * second;
            }
        }

        return hessian;
    }

    /// <summary>∂J/∂a of several action sequences from one start: λ_H = 0, λₜ = r_x + Aᵀ λₜ₊₁, ∂J/∂aₜ = r_u + Bᵀ λₜ₊₁.</summary>
    /// <returns>Row-major <c>[items, H·m]</c>.</returns>
    private static double[] Gradients(IPullback model, ReadOnlySpan<double> start, double[] actions, int horizon, int items)
    {
        int n = model.StateSize, m = model.Actions.Size;
        var (x, next, rewards, weights, ended) = (new double[items * n], new double[items * n], new double[items], new double[items], new bool[items]);
        var (costate, before, slope, gradients) = (new double[items * n], new double[items * n], new double[items * m], new double[items * horizon * m]);
        Array.Fill(weights, 1.0);
        for (int i = 0; i < items; i++)
        {
            start.CopyTo(x.AsSpan(i * n));
        }

        model.Reserve(horizon, items);
        for (int t = 0; t < horizon; t++)
        {
            model.Step(t, x, actions.AsSpan(t * items * m, items * m), next, rewards, ended);
            (x, next) = (next, x);
        }

        for (int t = horizon - 1; t >= 0; t--)
        {
            model.Pull(t, costate, weights, before, slope);
            (costate, before) = (before, costate);
            for (int i = 0; i < items; i++)
            {
                slope.AsSpan(i * m, m).CopyTo(gradients.AsSpan(((i * horizon) + t) * m));
            }
        }

        return gradients;
    }
}
