using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Planning.Control.Local;

/// <summary>
/// The policy improvement of guided policy search under unknown dynamics (Levine and Abbeel 2014, section 3.1): minimises the expected cost in local dynamics, less a temperature τ times
/// the policy's entropy, without leaving a neighbourhood of the old policy, KL(p(τ) ‖ p_old(τ)) ≤ ε. Its Lagrangian at dual variable η is a linear-quadratic problem of
/// costs ℓ(x, u) − η log p_old(u|x), whose solution is uₜ ~ N(kₜ − Kₜ xₜ, (η + τ) Quu⁻¹); the least η that keeps to ε is found by bracketing.
/// </summary>
/// <remarks>With ε without limit and a convex cost, η is 0 and the policy that of <see cref="FiniteHorizonRegulator"/>. One instance solves one problem at a time.</remarks>
public sealed class KlConstrainedStep
{
    private const int MaxTrials = 60;
    private const double LeastDual = 1e-12, GreatestDual = 1e18, Tolerance = 0.1;

    private readonly int n, m, horizon;
    private readonly FiniteHorizonRegulator regulator;
    private readonly GaussianTrajectory trajectory;
    private readonly LinearQuadraticStage[] penalised;
    private readonly TimeVaryingPolicy feasible;
    private readonly double[] precision, Quu, PB, covariance, PK;

    /// <summary>Room for problems of T steps.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="horizon">T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public KlConstrainedStep(int stateSize, int actionSize, int horizon)
    {
        regulator = new FiniteHorizonRegulator(stateSize, actionSize, horizon);
        (n, m, this.horizon) = (stateSize, actionSize, horizon);
        trajectory = new GaussianTrajectory(n, m, horizon);
        feasible = new TimeVaryingPolicy(n, m, horizon);
        penalised = [.. Enumerable.Range(0, horizon).Select(_ => new LinearQuadraticStage(n, m))];
        (precision, Quu, PB, covariance, PK) = (new double[m * m], new double[m * m], new double[n * m], new double[m * m], new double[m * n]);
    }

    /// <summary>η of the last step; 0 where the neighbourhood did not bind.</summary>
    public double Dual { get; internal set; }

    /// <summary>KL(p ‖ p_old) of the last step.</summary>
    public double Divergence { get; internal set; }

    /// <summary>τ, at least 0. Default 0.</summary>
    public double Temperature { get; set; }

    /// <summary>An entropy floor: the least standard deviation of an action, the geometric mean over its components. Default 1e-6.</summary>
    public double LeastDeviation { get; set; } = 1e-6;

    /// <summary>Whether Σₜ is τ R⁻¹, of the cost's own action Hessian, rather than (η + τ) Quu⁻¹; the divergence is that of the means then, as the covariance is not for the step to choose. Default false.</summary>
    public bool FromActionCost { get; set; }

    /// <summary>Steps.</summary>
    /// <param name="dynamics">The local dynamics.</param>
    /// <param name="stages">Their costs, <c>[T]</c>.</param>
    /// <param name="terminal">The final cost.</param>
    /// <param name="old">p_old.</param>
    /// <param name="limit">ε, above 0.</param>
    /// <param name="result">Receives p.</param>
    /// <returns>Whether there is such a step; where there is none, even next to p_old, the result is p_old.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not above 0.</exception>
    public bool TryRun(LocalDynamics dynamics, ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal, TimeVaryingPolicy old, double limit, TimeVaryingPolicy result)
    {
        if (!(limit > 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit must be above 0.");
        }

        if (Try(0.0, dynamics, stages, terminal, old, result) <= limit)
        {
            return true;
        }

        // Between a dual variable that is too small and one that is large enough, by geometric bisection.
        double tooSmall = LeastDual, enough = double.PositiveInfinity, eta = 1.0;
        var (bestDual, bestDivergence) = (double.NaN, double.NaN);
        for (int trial = 0; trial < MaxTrials && eta < GreatestDual; trial++)
        {
            double divergence = Try(eta, dynamics, stages, terminal, old, result);
            if (divergence <= limit)
            {
                (enough, bestDual, bestDivergence) = (eta, eta, divergence);
                feasible.CopyFrom(result);
                if (divergence >= (1.0 - Tolerance) * limit)
                {
                    break;
                }
            }
            else
            {
                tooSmall = Math.Max(tooSmall, eta);
            }

            eta = double.IsPositiveInfinity(enough) ? eta * 10.0
                : tooSmall == LeastDual ? Math.Max(eta / 10.0, LeastDual)
                : Math.Sqrt(tooSmall * enough);
            if (enough <= LeastDual || enough / tooSmall < 1.0 + 1e-9)
            {
                break;
            }
        }

        if (double.IsNaN(bestDual))
        {
            result.CopyFrom(old);
            (Dual, Divergence) = (GreatestDual, 0.0);
            return false;
        }

        result.CopyFrom(feasible);
        (Dual, Divergence) = (bestDual, bestDivergence);
        return true;
    }

    /// <summary>The policy at a dual variable; returns its divergence, infinite where there is none.</summary>
    private double Try(double eta, LocalDynamics dynamics, ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal, TimeVaryingPolicy old, TimeVaryingPolicy result)
    {
        for (int t = 0; t < horizon; t++)
        {
            Penalise(stages[t], old, t, eta, penalised[t]);
        }

        if (!regulator.TrySolve(penalised, terminal, out _))
        {
            return double.PositiveInfinity;
        }

        for (int t = 0; t < horizon; t++)
        {
            regulator.Gain(t).CopyTo(result.Gain(t));
            regulator.Feedforward(t).CopyTo(result.Feedforward(t));
            Spread(t, stages[t], eta);
            result.SetCovariance(t, covariance);
        }

        trajectory.Run(dynamics, result, dynamics.StartMean);
        (Dual, Divergence) = (eta, trajectory.Divergence(result, old, FromActionCost));
        return double.IsNaN(Divergence) ? double.PositiveInfinity : Divergence;
    }

    /// <summary>ℓ(x, u) + η ½ (u − k + K x)ᵀ Σ⁻¹ (u − k + K x): with Λ = η Σ⁻¹, R + Λ, N + KᵀΛ, Q + KᵀΛK, r − Λk, q − KᵀΛk, d + ½ kᵀΛk.</summary>
    private void Penalise(LinearQuadraticStage stage, TimeVaryingPolicy old, int step, double eta, LinearQuadraticStage result)
    {
        Copy(stage, result);
        if (eta == 0.0)
        {
            return;
        }

        var K = old.Gain(step);
        var k = old.Feedforward(step);
        Dense.Identity(precision, m);
        Dense.CholeskySolve(old.Factor(step), precision, m, m);
        Dense.Scale(eta, precision);
        Dense.Multiply(precision, K, PK, m, m, n);
        Dense.AddScaled(1.0, precision, result.ActionCost);
        Dense.AddTransposeProduct(1.0, K, precision, result.CrossCost, n, m, m);
        Dense.AddTransposeProduct(1.0, K, PK, result.StateCost, n, m, n);
        Dense.AddProduct(-1.0, precision, k, result.ActionSlope, m, m, 1);
        Dense.AddTransposeProduct(-1.0, PK, k, result.StateSlope, n, m, 1);
        Dense.Symmetrize(result.ActionCost, m);
        Dense.Symmetrize(result.StateCost, n);
        result.Constant += 0.5 * Dense.Form(k, precision, k);
    }

    /// <summary>Σ = (η + τ) (R + Λ + BᵀPB)⁻¹, or τ R⁻¹, not below the floor.</summary>
    private void Spread(int step, LinearQuadraticStage stage, double eta)
    {
        var source = FromActionCost ? stage.ActionCost : penalised[step].ActionCost;
        source.CopyTo(Quu, 0);
        if (!FromActionCost)
        {
            Dense.Multiply(regulator.ValueHessian(step + 1), stage.ActionJacobian, PB, n, n, m);
            Dense.AddTransposeProduct(1.0, stage.ActionJacobian, PB, Quu, m, n, m);
            Dense.Symmetrize(Quu, m);
        }

        double factor = FromActionCost ? Temperature : eta + Temperature;
        Dense.Identity(covariance, m);
        if (factor == 0.0 || !Dense.Cholesky(Quu, m))
        {
            Dense.Scale(LeastDeviation * LeastDeviation, covariance);
            return;
        }

        Dense.CholeskySolve(Quu, covariance, m, m);
        Dense.Scale(factor, covariance);
        Dense.Symmetrize(covariance, m);

        // det Σ = Πᵢ factor / Lᵢᵢ², whose m-th root is the mean variance in geometric terms.
        double logVariance = 0.0;
        for (int i = 0; i < m; i++)
        {
            logVariance += (Math.Log(factor) - (2.0 * Math.Log(Quu[i * (m + 1)]))) / m;
        }

        Dense.Scale(Math.Max(1.0, LeastDeviation * LeastDeviation / Math.Exp(logVariance)), covariance);
    }

    private static void Copy(LinearQuadraticStage from, LinearQuadraticStage to)
    {
        from.StateJacobian.CopyTo(to.StateJacobian, 0);
        from.ActionJacobian.CopyTo(to.ActionJacobian, 0);
        from.Offset.CopyTo(to.Offset, 0);
        from.StateCost.CopyTo(to.StateCost, 0);
        from.CrossCost.CopyTo(to.CrossCost, 0);
        from.ActionCost.CopyTo(to.ActionCost, 0);
        from.StateSlope.CopyTo(to.StateSlope, 0);
        from.ActionSlope.CopyTo(to.ActionSlope, 0);
        to.Constant = from.Constant;
    }
}
