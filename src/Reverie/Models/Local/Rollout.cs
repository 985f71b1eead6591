namespace Reverie.Models.Local;

/// <summary>One real episode of T steps.</summary>
/// <param name="stateSize">n.</param>
/// <param name="actionSize">m.</param>
/// <param name="horizon">T.</param>
public sealed class Rollout(int stateSize, int actionSize, int horizon)
{
    /// <summary>T.</summary>
    public int Horizon { get; } = horizon;

    /// <summary>x₀ … x_T, row-major <c>[T + 1, n]</c>.</summary>
    public double[] States { get; } = new double[(horizon + 1) * stateSize];

    /// <summary>u₀ … u_T₋₁ as they were executed, row-major <c>[T, m]</c>.</summary>
    public double[] Actions { get; } = new double[horizon * actionSize];

    /// <summary>The sum of costs, that of the end among them: the return of the other sign.</summary>
    public double Cost { get; set; }

    /// <summary>xₜ, <c>[n]</c>, for t from 0 to T.</summary>
    public Span<double> State(int step) => States.AsSpan(step * stateSize, stateSize);

    /// <summary>uₜ, <c>[m]</c>, for t from 0 to T − 1.</summary>
    public Span<double> Action(int step) => Actions.AsSpan(step * actionSize, actionSize);

    /// <summary>zₜ = (xₜ, uₜ, xₜ₊₁).</summary>
    /// <param name="step">t.</param>
    /// <param name="point">Receives z, <c>[2n + m]</c>.</param>
    public void Point(int step, Span<double> point)
    {
        State(step).CopyTo(point);
        Action(step).CopyTo(point[stateSize..]);
        State(step + 1).CopyTo(point[(stateSize + actionSize)..]);
    }
}
