using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The Kalman filter (Kalman 1960): the belief N(μ, Σ) about the state of a linear-Gaussian model, after all actions and observations so far. The model may be
/// another at every call. Covariances are updated in Joseph's form (Bucy and Joseph 1968), which keeps them symmetric and positive semidefinite under rounding.
/// </summary>
/// <remarks>Predicting and updating allocate nothing.</remarks>
public sealed class KalmanFilter
{
    private readonly int n, m, o;
    private readonly double[] mean, covariance, gain, innovation, S, transposedGain, product, remainder, scaledGain;

    /// <summary>A filter that believes N(0, 0) until <see cref="Reset"/>.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="observationSize">o, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public KalmanFilter(int stateSize, int actionSize, int observationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        (n, m, o) = (stateSize, actionSize, observationSize);
        (mean, covariance, gain, innovation) = (new double[n], new double[n * n], new double[n * o], new double[o]);
        (S, transposedGain, scaledGain) = (new double[o * o], new double[o * n], new double[n * o]);
        (product, remainder) = (new double[n * n], new double[n * n]);
    }

    /// <summary>μ, <c>[n]</c>.</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>Σ, row-major <c>[n, n]</c>, symmetric positive semidefinite.</summary>
    public ReadOnlySpan<double> Covariance => covariance;

    /// <summary>L of the last update, row-major <c>[n, o]</c>.</summary>
    public ReadOnlySpan<double> Gain => gain;

    /// <summary>Starts from a belief.</summary>
    /// <param name="mean">μ, <c>[n]</c>.</param>
    /// <param name="covariance">Σ, row-major <c>[n, n]</c>, symmetric positive semidefinite.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Reset(ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance)
    {
        Shapes.Require(mean.Length, n, nameof(mean));
        Shapes.Require(covariance.Length, n * n, nameof(covariance));
        mean.CopyTo(this.mean);
        covariance.CopyTo(this.covariance);
    }

    /// <summary>One step passes: μ = A μ + B u + c, Σ = A Σ Aᵀ + W.</summary>
    /// <param name="model">How the state moves in this step.</param>
    /// <param name="action">u, <c>[m]</c>.</param>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public void Predict(LinearGaussianModel model, ReadOnlySpan<double> action)
    {
        model.Require(n, m, o, nameof(model));
        Shapes.Require(action.Length, m, nameof(action));
        var A = model.StateJacobian;
        var next = product.AsSpan(0, n);
        model.Offset.CopyTo(next);
        Dense.AddProduct(1.0, A, mean, next, n, n, 1);
        Dense.AddProduct(1.0, model.ActionJacobian, action, next, n, m, 1);
        next.CopyTo(mean);

        Dense.Multiply(A, covariance, product, n, n, n);
        Dense.MultiplyTranspose(product, A, covariance, n, n, n);
        Dense.AddScaled(1.0, model.StateNoise, covariance);
        Dense.Symmetrize(covariance, n);
    }

    /// <summary>
    /// An observation comes: e = y − C μ − d, S = C Σ Cᵀ + V, L = Σ Cᵀ S⁻¹, μ += L e, Σ = (I − L C) Σ (I − L C)ᵀ + L V Lᵀ.
    /// </summary>
    /// <param name="model">How the state is seen.</param>
    /// <param name="observation">y, <c>[o]</c>.</param>
    /// <returns>The logarithm of the density with which y was expected, log N(e; 0, S).</returns>
    /// <exception cref="ArgumentException">A size is wrong, or S is not positive definite; the belief is then as before.</exception>
    public double Update(LinearGaussianModel model, ReadOnlySpan<double> observation)
    {
        model.Require(n, m, o, nameof(model));
        Shapes.Require(observation.Length, o, nameof(observation));
        var (C, V) = (model.ObservationJacobian, model.ObservationNoise);
        observation.CopyTo(innovation);
        Dense.AddProduct(-1.0, C, mean, innovation, o, n, 1);
        Dense.AddScaled(-1.0, model.ObservationOffset, innovation);

        // S = C Σ Cᵀ + V = F Fᵀ and Lᵀ = S⁻¹ C Σ.
        Dense.Multiply(C, covariance, transposedGain, o, n, n);
        Dense.MultiplyTranspose(transposedGain, C, S, o, n, o);
        Dense.AddScaled(1.0, V, S);
        if (!Dense.Cholesky(S, o))
        {
            throw new ArgumentException("C Σ Cᵀ + V is not positive definite: some of the observation would be known beforehand without any doubt.", nameof(model));
        }

        Dense.CholeskySolve(S, transposedGain, o, n);
        Dense.Transpose(transposedGain, gain, o, n);
        Dense.AddProduct(1.0, gain, innovation, mean, n, o, 1);

        // Σ = (I − L C) Σ (I − L C)ᵀ + L V Lᵀ.
        Dense.Identity(remainder, n);
        Dense.AddProduct(-1.0, gain, C, remainder, n, o, n);
        Dense.Multiply(remainder, covariance, product, n, n, n);
        Dense.MultiplyTranspose(product, remainder, covariance, n, n, n);
        Dense.Multiply(gain, V, scaledGain, n, o, o);
        Dense.AddProduct(1.0, scaledGain, transposedGain, covariance, n, o, n);
        Dense.Symmetrize(covariance, n);

        // log N(e; 0, F Fᵀ) = −½ (o log 2π + ‖F⁻¹e‖²) − Σ log Fᵢᵢ.
        Dense.SolveLower(S, innovation, o, 1);
        double logDensity = -0.5 * ((o * Math.Log(2.0 * Math.PI)) + Dense.Dot(innovation, innovation));
        for (int i = 0; i < o; i++)
        {
            logDensity -= Math.Log(S[(i * o) + i]);
        }

        return logDensity;
    }
}
