using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// Fits <see cref="LocalDynamics"/> to rollouts, step by step (Levine and Abbeel 2014, section 3 and appendix A). The points z = (x, u, x') of a step have a normal distribution
/// N(μ, Σ), by the sample alone or with a prior; conditioned on y = (x, u) it is x' ~ N(F y + c, W) with
/// F = Σ_x'y Σ_yy⁻¹, c = μ_x' − F μ_y, W = Σ_x'x' − F Σ_yx'. Without a prior this is linear regression.
/// </summary>
/// <remarks>
/// Rollouts come in groups, each of one policy, its first rollout that of the policy's mean. μ is the newest group's first rollout: unlike a sample's mean it lies on the dynamics,
/// however curved they are. S is made of deviations from each group's own mean. Older groups count less; their deviations tell slopes though they were made elsewhere.
/// </remarks>
public sealed class LocalRegression
{
    private const double Tiny = 1e-12;

    private readonly int n, m, k, d;
    private readonly double ridge, strength, forgetting;
    private readonly double[] mean, covariance, priorMean, priorCovariance, point, centre, inputs, slopes, transposed;

    /// <summary>A regression.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="ridge">What is added to variances of inputs, as a part of them; above 0.</param>
    /// <param name="strength">Points that a prior is worth, at least 0.</param>
    /// <param name="forgetting">What a group's points count, as a part of the points of the group after it; 0 to 1.</param>
    public LocalRegression(int stateSize, int actionSize, double ridge, double strength, double forgetting)
    {
        (n, m, k, d) = (stateSize, actionSize, stateSize + actionSize, (2 * stateSize) + actionSize);
        (this.ridge, this.strength, this.forgetting) = (ridge, strength, forgetting);
        (mean, covariance, priorMean, priorCovariance) = (new double[d], new double[d * d], new double[d], new double[d * d]);
        (point, centre, inputs, slopes, transposed) = (new double[d], new double[d], new double[k * k], new double[k * n], new double[n * k]);
    }

    /// <summary>Fits.</summary>
    /// <param name="groups">Groups of rollouts, the newest first; at least one, none empty.</param>
    /// <param name="prior">What is believed beforehand, fitted already, or null.</param>
    /// <param name="result">Receives the model.</param>
    /// <exception cref="ArgumentException">There is no rollout.</exception>
    public void Fit(IReadOnlyList<IReadOnlyList<Rollout>> groups, IDynamicsPrior? prior, LocalDynamics result)
    {
        if (groups.Count == 0 || groups.Any(g => g.Count == 0))
        {
            throw new ArgumentException("Local dynamics are fitted to rollouts; none were given.", nameof(groups));
        }

        FitStart(groups[0], result);
        for (int t = 0; t < result.Horizon; t++)
        {
            double count = Moments(groups, t);
            if (prior is not null)
            {
                prior.At(groups[0], t, priorMean, priorCovariance);
                Rescale();
                NormalInverseWishart.Update(priorMean, priorCovariance, 0.0, strength, count, mean, covariance);
            }

            Condition(result.StateJacobian(t), result.ActionJacobian(t), result.Offset(t), result.Noise(t));
        }
    }

    private void FitStart(IReadOnlyList<Rollout> rollouts, LocalDynamics result)
    {
        Array.Clear(result.StartMean);
        Array.Clear(result.StartCovariance);
        foreach (var rollout in rollouts)
        {
            Dense.AddScaled(1.0 / rollouts.Count, rollout.State(0), result.StartMean);
        }

        var difference = new double[n];
        foreach (var rollout in rollouts)
        {
            rollout.State(0).CopyTo(difference);
            Dense.AddScaled(-1.0, result.StartMean, difference);
            Dense.AddProduct(1.0 / rollouts.Count, difference, difference, result.StartCovariance, n, 1, n);
        }
    }

    /// <summary>μ and S = Σ w (z − z̄_g)(z − z̄_g)ᵀ / Σ w of the points of a step, z̄_g a group's mean; returns Σ w, a point less for each group.</summary>
    private double Moments(IReadOnlyList<IReadOnlyList<Rollout>> groups, int step)
    {
        groups[0][0].Point(step, mean);
        Array.Clear(covariance);
        double total = 0.0, weight = 1.0;
        foreach (var group in groups)
        {
            Array.Clear(centre);
            foreach (var rollout in group)
            {
                rollout.Point(step, point);
                Dense.AddScaled(1.0 / group.Count, point, centre);
            }

            foreach (var rollout in group)
            {
                rollout.Point(step, point);
                Dense.AddScaled(-1.0, centre, point);
                Dense.AddProduct(weight, point, point, covariance, d, 1, d);
            }

            total += weight * (group.Count - 1);

            weight *= forgetting;
        }

        total = Math.Max(total, Tiny);
        Dense.Scale(1.0 / total, covariance);
        return total;
    }

    /// <summary>
    /// The prior's slopes and noise, for inputs that spread as the sample's do: a prior of all experience knows how things move; where from, the sample alone does. With F₀ and W₀ the prior
    /// conditioned, Φ = [Λ, ΛF₀ᵀ; F₀Λ, F₀ΛF₀ᵀ + W₀] for Λ the variances of y in the sample.
    /// </summary>
    private void Rescale()
    {
        Solve(priorCovariance);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                ref double w = ref priorCovariance[((k + i) * d) + k + j];
                w -= Dense.Dot(transposed.AsSpan(i * k, k), priorCovariance.AsSpan((k + j) * d, k));
                for (int l = 0; l < k; l++)
                {
                    w += transposed[(i * k) + l] * (covariance[l * (d + 1)] + Tiny) * transposed[(j * k) + l];
                }
            }
        }

        for (int l = 0; l < k; l++)
        {
            double variance = covariance[l * (d + 1)] + Tiny;
            priorCovariance.AsSpan(l * d, k).Clear();
            priorCovariance[l * (d + 1)] = variance;
            for (int i = 0; i < n; i++)
            {
                priorCovariance[(l * d) + k + i] = priorCovariance[((k + i) * d) + l] = variance * transposed[(i * k) + l];
            }
        }
    }

    private void Condition(Span<double> A, Span<double> B, Span<double> c, Span<double> W)
    {
        Solve(covariance);
        for (int i = 0; i < n; i++)
        {
            transposed.AsSpan(i * k, n).CopyTo(A[(i * n)..]);
            transposed.AsSpan((i * k) + n, m).CopyTo(B[(i * m)..]);
            c[i] = mean[k + i] - Dense.Dot(transposed.AsSpan(i * k, k), mean.AsSpan(0, k));
            for (int j = 0; j < n; j++)
            {
                W[(i * n) + j] = covariance[((k + i) * d) + k + j] - Dense.Dot(transposed.AsSpan(i * k, k), covariance.AsSpan((k + j) * d, k));
            }
        }

        Dense.Symmetrize(W, n);
        for (int i = 0; i < n; i++)
        {
            W[i * (n + 1)] = Math.Max(W[i * (n + 1)], 0.0);
        }
    }

    /// <summary>F = Σ_x'y Σ_yy⁻¹ into <see cref="transposed"/>, with a ridge that leaves units aside; what never varies has no slope.</summary>
    private void Solve(double[] joint)
    {
        double more = ridge;
        do
        {
            for (int i = 0; i < k; i++)
            {
                joint.AsSpan(i * d, k).CopyTo(inputs.AsSpan(i * k));
                joint.AsSpan((i * d) + k, n).CopyTo(slopes.AsSpan(i * n));
                inputs[i * (k + 1)] = (inputs[i * (k + 1)] * (1.0 + more)) + (1e-2 * Tiny);
            }

            more *= 10.0;
        }
        while (!Dense.Cholesky(inputs, k));

        Dense.CholeskySolve(inputs, slopes, k, n);
        Dense.Transpose(slopes, transposed, k, n);
    }
}
