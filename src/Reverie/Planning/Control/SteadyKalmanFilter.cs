using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// What the Kalman filter of a model that does not change comes to in the end. The covariance before an observation, Σ = A Σ Aᵀ + W − A Σ Cᵀ (C Σ Cᵀ + V)⁻¹ C Σ Aᵀ,
/// is the solution of the regulator's Riccati equation with Aᵀ for A, Cᵀ for B, W for Q and V for R (Kalman's duality, 1960).
/// </summary>
public sealed class SteadyKalmanFilter
{
    /// <summary>Solves for the steady state.</summary>
    /// <param name="model">The model; V must be positive definite.</param>
    /// <exception cref="ArgumentException">
    /// V is not positive definite, or there is no steady state that the filter forgets its start in: observations do not show a mode of A that does not die out of
    /// itself, or no noise drives it.
    /// </exception>
    public SteadyKalmanFilter(LinearGaussianModel model)
    {
        int n = model.StateSize, o = model.ObservationSize;
        var (A, C) = (new double[n * n], new double[n * o]);
        Dense.Transpose(model.StateJacobian, A, n, n);
        Dense.Transpose(model.ObservationJacobian, C, o, n);
        RiccatiSolution dual;
        try
        {
            dual = RiccatiEquation.Solve(n, o, A, C, model.StateNoise, model.ObservationNoise);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The filter has no steady state. Of its dual, with Aᵀ, Cᵀ, W and V for A, B, Q and R: {e.Message}", nameof(model), e);
        }

        // The dual's gain is (A L)ᵀ, but L itself needs no inverse of A: an update from Σ yields it and what it leaves.
        var filter = new KalmanFilter(n, model.ActionSize, o);
        filter.Reset(new double[n], dual.Hessian);
        filter.Update(model, model.ObservationOffset);
        (PriorCovariance, PosteriorCovariance, Gain) = (dual.Hessian, filter.Covariance.ToArray(), filter.Gain.ToArray());
        SpectralRadius = dual.SpectralRadius;
    }

    /// <summary>Σ before an observation, row-major <c>[n, n]</c>.</summary>
    public double[] PriorCovariance { get; }

    /// <summary>Σ after an observation, row-major <c>[n, n]</c>.</summary>
    public double[] PosteriorCovariance { get; }

    /// <summary>L, row-major <c>[n, o]</c>: μ += L (y − C μ − d).</summary>
    public double[] Gain { get; }

    /// <summary>ρ(A − A L C), below 1: what a wrong start's error shrinks by in a step, in the end.</summary>
    public double SpectralRadius { get; }
}
