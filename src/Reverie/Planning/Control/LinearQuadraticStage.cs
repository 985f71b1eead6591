using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// One step of a linear-quadratic problem: where it leads, x' = A x + B u + c, and what it costs, ½ xᵀQx + xᵀNu + ½ uᵀRu + qᵀx + rᵀu + d.
/// Allocated once and filled many times; all zero at first.
/// </summary>
/// <remarks>
/// [Q N; Nᵀ R] is the cost's Hessian, hence the halves. Costs are minimised: a reward is a cost of the other sign. All numbers must be
/// finite, Q and R symmetric. A problem is convex if [Q N; Nᵀ R] is positive semidefinite.
/// </remarks>
/// <param name="stateSize">n, at least 1.</param>
/// <param name="actionSize">m, at least 1.</param>
public sealed class LinearQuadraticStage(int stateSize, int actionSize)
{
    /// <summary>n.</summary>
    public int StateSize { get; } = AtLeastOne(stateSize, nameof(stateSize));

    /// <summary>m.</summary>
    public int ActionSize { get; } = AtLeastOne(actionSize, nameof(actionSize));

    /// <summary>A, row-major <c>[n, n]</c>.</summary>
    public double[] StateJacobian { get; } = new double[stateSize * stateSize];

    /// <summary>B, row-major <c>[n, m]</c>.</summary>
    public double[] ActionJacobian { get; } = new double[stateSize * actionSize];

    /// <summary>c, <c>[n]</c>.</summary>
    public double[] Offset { get; } = new double[stateSize];

    /// <summary>Q, row-major <c>[n, n]</c>, symmetric.</summary>
    public double[] StateCost { get; } = new double[stateSize * stateSize];

    /// <summary>N, row-major <c>[n, m]</c>.</summary>
    public double[] CrossCost { get; } = new double[stateSize * actionSize];

    /// <summary>R, row-major <c>[m, m]</c>, symmetric.</summary>
    public double[] ActionCost { get; } = new double[actionSize * actionSize];

    /// <summary>q, <c>[n]</c>.</summary>
    public double[] StateSlope { get; } = new double[stateSize];

    /// <summary>r, <c>[m]</c>.</summary>
    public double[] ActionSlope { get; } = new double[actionSize];

    /// <summary>d.</summary>
    public double Constant { get; set; }

    /// <summary>The cost of one step.</summary>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">u, <c>[m]</c>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public double Cost(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        Require(state, action);
        return (0.5 * Dense.Form(state, StateCost, state)) + Dense.Form(state, CrossCost, action)
            + (0.5 * Dense.Form(action, ActionCost, action))
            + Dense.Dot(StateSlope, state) + Dense.Dot(ActionSlope, action) + Constant;
    }

    /// <summary>Where a step leads, x' = A x + B u + c.</summary>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">u, <c>[m]</c>.</param>
    /// <param name="next">Receives x', <c>[n]</c>; may not overlap <paramref name="state"/>.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Step(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        Require(state, action);
        Shapes.Require(next.Length, StateSize, nameof(next));
        Offset.CopyTo(next);
        Dense.AddProduct(1.0, StateJacobian, state, next, StateSize, StateSize, 1);
        Dense.AddProduct(1.0, ActionJacobian, action, next, StateSize, ActionSize, 1);
    }

    /// <summary>Refuses a stage of other sizes.</summary>
    internal void Require(int n, int m, string name)
    {
        if (StateSize != n || ActionSize != m)
        {
            throw new ArgumentException($"'{name}' holds a stage of {StateSize} states and {ActionSize} actions; {n} and {m} are wanted.", name);
        }
    }

    private static int AtLeastOne(int size, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, name);
        return size;
    }

    private void Require(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(action.Length, ActionSize, nameof(action));
    }
}
