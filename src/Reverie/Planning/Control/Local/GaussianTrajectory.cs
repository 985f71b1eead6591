using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Planning.Control.Local;

/// <summary>
/// Where a time-varying linear-Gaussian policy leads in local dynamics: the states' normal distributions p(xₜ) = N(μₜ, Sₜ), and by them expected costs and divergences
/// (Levine and Abbeel 2014, section 3.1).
/// </summary>
internal sealed class GaussianTrajectory
{
    private readonly int n, m, horizon;
    private readonly double[] means, covariances, actions, closed, product, noisy, gap, gapGain, solved;

    public GaussianTrajectory(int n, int m, int horizon)
    {
        (this.n, this.m, this.horizon) = (n, m, horizon);
        (means, covariances, actions) = (new double[(horizon + 1) * n], new double[(horizon + 1) * n * n], new double[horizon * m]);
        (closed, product, noisy) = (new double[n * n], new double[n * n], new double[n * m]);
        (gap, gapGain, solved) = (new double[m], new double[m * n], new double[m * m]);
    }

    /// <summary>μₜ, <c>[n]</c>, for t from 0 to T.</summary>
    public ReadOnlySpan<double> Mean(int step) => means.AsSpan(step * n, n);

    /// <summary>Sₜ, <c>[n, n]</c>.</summary>
    public ReadOnlySpan<double> Covariance(int step) => covariances.AsSpan(step * n * n, n * n);

    /// <summary>The mean action of a step, <c>[m]</c>.</summary>
    public ReadOnlySpan<double> Action(int step) => actions.AsSpan(step * m, m);

    /// <summary>μₜ₊₁ = A μₜ + B (k − K μₜ) + c, Sₜ₊₁ = (A − B K) Sₜ (A − B K)ᵀ + B Σ Bᵀ + W.</summary>
    public void Run(LocalDynamics dynamics, TimeVaryingPolicy policy, ReadOnlySpan<double> start)
    {
        start.CopyTo(means);
        dynamics.StartCovariance.CopyTo(covariances, 0);
        for (int t = 0; t < horizon; t++)
        {
            policy.Act(t, Mean(t), actions.AsSpan(t * m, m));
            dynamics.Predict(t, Mean(t), Action(t), means.AsSpan((t + 1) * n, n));
            var next = covariances.AsSpan((t + 1) * n * n, n * n);
            dynamics.StateJacobian(t).CopyTo(closed);
            Dense.AddProduct(-1.0, dynamics.ActionJacobian(t), policy.Gain(t), closed, n, m, n);
            Dense.Multiply(closed, Covariance(t), product, n, n, n);
            Dense.MultiplyTranspose(product, closed, next, n, n, n);
            Dense.Multiply(dynamics.ActionJacobian(t), policy.Variance(t), noisy, n, m, m);
            Dense.MultiplyTranspose(noisy, dynamics.ActionJacobian(t), product, n, m, n);
            Dense.AddScaled(1.0, product, next);
            Dense.AddScaled(1.0, dynamics.Noise(t), next);
            Dense.Symmetrize(next, n);
        }
    }

    /// <summary>The cost of the mean trajectory.</summary>
    public double Cost(ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal)
    {
        double sum = terminal.At(Mean(horizon));
        for (int t = 0; t < horizon; t++)
        {
            sum += stages[t].Cost(Mean(t), Action(t));
        }

        return sum;
    }

    /// <summary>
    /// Σₜ E KL(new(·|xₜ) ‖ old(·|xₜ)) over the states that the new policy visits, which is the divergence of the two distributions over trajectories: with
    /// δ = k' − K' μ − (k − K μ) and Δ = K' − K, ½ (tr Σ⁻¹Σ' + δᵀΣ⁻¹δ + tr Σ⁻¹ Δ S Δᵀ − m + log det Σ / det Σ').
    /// With means alone, Σ' counts as Σ.
    /// </summary>
    public double Divergence(TimeVaryingPolicy policy, TimeVaryingPolicy old, bool meansAlone = false)
    {
        double sum = 0.0;
        for (int t = 0; t < horizon; t++)
        {
            var L = old.Factor(t);
            old.Act(t, Mean(t), gap);
            Dense.AddScaled(-1.0, Action(t), gap);
            Dense.SolveLower(L, gap, m, 1);
            policy.Gain(t).CopyTo(gapGain);
            Dense.AddScaled(-1.0, old.Gain(t), gapGain);
            Dense.SolveLower(L, gapGain, m, n);
            policy.Variance(t).CopyTo(solved);
            Dense.CholeskySolve(L, solved, m, m);
            double terms = Dense.Dot(gap, gap) + (meansAlone ? 0.0 : old.LogDeterminant(t) - policy.LogDeterminant(t) - m);
            for (int i = 0; i < m; i++)
            {
                var row = gapGain.AsSpan(i * n, n);
                terms += (meansAlone ? 0.0 : solved[i * (m + 1)]) + Dense.Form(row, Covariance(t), row);
            }

            sum += 0.5 * terms;
        }

        return sum;
    }
}
