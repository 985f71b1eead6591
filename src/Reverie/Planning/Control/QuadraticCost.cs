using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>A quadratic function of the state, ½ xᵀPx + pᵀx + s: the cost of where an episode ends, or the cost to go. All zero at first.</summary>
/// <param name="stateSize">n, at least 1.</param>
public sealed class QuadraticCost(int stateSize)
{
    /// <summary>n.</summary>
    public int StateSize { get; } = stateSize;

    /// <summary>P, row-major <c>[n, n]</c>, symmetric.</summary>
    public double[] Hessian { get; } = new double[stateSize * stateSize];

    /// <summary>p, <c>[n]</c>.</summary>
    public double[] Slope { get; } = new double[stateSize];

    /// <summary>s.</summary>
    public double Constant { get; set; }

    /// <summary>½ xᵀPx + pᵀx + s.</summary>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <exception cref="ArgumentException">The state has the wrong length.</exception>
    public double At(ReadOnlySpan<double> state)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        return (0.5 * Dense.Form(state, Hessian, state)) + Dense.Dot(Slope, state) + Constant;
    }
}
