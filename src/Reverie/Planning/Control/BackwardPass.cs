using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The backward pass of iLQR and DDP: from the end to the start, the quadratic model of the action value Q around a trajectory, its minimum over the action within limits,
/// and the quadratic model of the value V that follows (Tassa, Mansard, Todorov 2014, section II; with gaps as Giftthaler et al. 2018).
/// </summary>
/// <remarks>Allocates only when it is made. Rows of matrices are padded to S columns, as in <see cref="TrajectoryExpansion"/>.</remarks>
internal abstract class BackwardPass(int n, int m, int horizon, int stride)
{
    /// <summary>K at every step, so that δu = α k + K δx, <c>[T, m, S]</c>.</summary>
    public double[] Gains { get; } = new double[horizon * m * stride];

    /// <summary>k at every step, <c>[T, m]</c>.</summary>
    public double[] Feedforwards { get; } = new double[horizon * m];

    /// <summary>Quu at every step, without damping, <c>[T, m, m]</c>.</summary>
    public double[] ActionHessians { get; } = new double[horizon * m * m];

    /// <summary>∂V/∂x at the first state, <c>[n]</c>.</summary>
    public double[] ValueSlope { get; } = new double[n];

    /// <summary>Σ kᵀQu: what a step of length α is expected to change the cost by, to first order in α.</summary>
    public double Slope { get; protected set; }

    /// <summary>½ Σ kᵀQuu k: the same, to second order.</summary>
    public double Bend { get; protected set; }

    /// <summary>Where the pass failed, or −1.</summary>
    public int FailedStep { get; protected set; }

    /// <summary>A pass whose rows have a width known to the compiler.</summary>
    /// <exception cref="ArgumentException">There are more than 256 components of state and action.</exception>
    public static BackwardPass Create(int n, int m, int horizon, int stride) => stride switch
    {
        8 => new BackwardPass<Row8>(n, m, horizon),
        16 => new BackwardPass<RowPair<Row8>>(n, m, horizon),
        32 => new BackwardPass<RowPair<RowPair<Row8>>>(n, m, horizon),
        64 => new BackwardPass<RowPair<RowPair<RowPair<Row8>>>>(n, m, horizon),
        128 => new BackwardPass<RowPair<RowPair<RowPair<RowPair<Row8>>>>>(n, m, horizon),
        256 => new BackwardPass<RowPair<RowPair<RowPair<RowPair<RowPair<Row8>>>>>>(n, m, horizon),
        _ => throw new ArgumentException($"The model has {n + m} components of state and action; at most 256 are possible.", nameof(stride)),
    };

    /// <summary>Forgets all policies: K, k and Quu are 0.</summary>
    public void Clear()
    {
        Array.Clear(Gains);
        Array.Clear(Feedforwards);
        Array.Clear(ActionHessians);
    }

    /// <summary>Runs the pass.</summary>
    /// <param name="expansion">The derivatives along the trajectory.</param>
    /// <param name="trajectory">The trajectory, for its actions.</param>
    /// <param name="gaps">f(xₜ, uₜ) − xₜ₊₁, <c>[T, n]</c>, or empty where the trajectory has none.</param>
    /// <param name="low">The least action, <c>[m]</c>.</param>
    /// <param name="high">The greatest action, <c>[m]</c>.</param>
    /// <param name="damping">μ ≥ 0.</param>
    /// <param name="kind">What μ is added to.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <returns>Whether every Quu was positive definite.</returns>
    public abstract bool TryRun(
        TrajectoryExpansion expansion, Trajectory trajectory, ReadOnlySpan<double> gaps, ReadOnlySpan<double> low, ReadOnlySpan<double> high, double damping, Damping kind, double discount);
}
