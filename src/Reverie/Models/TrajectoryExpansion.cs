namespace Reverie.Models;

/// <summary>How the second derivatives of a cost are obtained.</summary>
public enum CostCurvature
{
    /// <summary>The exact Hessian, which may be indefinite.</summary>
    Exact,

    /// <summary>For costs ½ |ρ|², the Gauss-Newton matrix (∂ρ)ᵀ∂ρ, which never is; the final cost's Hessian is exact all the same.</summary>
    GaussNewton,
}

/// <summary>
/// Derivatives along a trajectory with z = (x, u): of the dynamics, F = ∂f/∂z, and of the cost ℓ = −r. Allocated once and filled many times.
/// </summary>
/// <remarks>Rows are padded with zeros to <see cref="Stride"/> columns, so that each fills whole registers.</remarks>
public sealed class TrajectoryExpansion
{
    private CurvaturePattern? filledFor;
    private Linearization? point;
    private double[]? pointHessian;

    /// <summary>Room for the derivatives along a trajectory.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="horizon">T, at least 1.</param>
    /// <param name="constraintSize">p, at least 0.</param>
    /// <param name="curvature">How the cost's second derivatives are to be obtained.</param>
    /// <param name="dynamicsCurvature">Whether second derivatives of the dynamics are wanted too.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    public TrajectoryExpansion(int stateSize, int actionSize, int horizon, int constraintSize = 0, CostCurvature curvature = CostCurvature.Exact, bool dynamicsCurvature = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(constraintSize);
        (StateSize, ActionSize, Horizon, ConstraintSize, Curvature, HasDynamicsCurvature) = (stateSize, actionSize, horizon, constraintSize, curvature, dynamicsCurvature);
        Stride = 8;
        while (Stride < stateSize + actionSize)
        {
            Stride *= 2;
        }

        Jacobians = new double[horizon * stateSize * Stride];
        CostGradients = new double[(horizon + 1) * Stride];
        CostHessians = new double[horizon * (stateSize + actionSize) * Stride];
        FinalHessian = new double[stateSize * Stride];
        Costs = new double[horizon + 1];
        Constraints = new double[(horizon + 1) * constraintSize];
        ConstraintJacobians = new double[(horizon + 1) * constraintSize * stateSize];
    }

    /// <summary>n.</summary>
    public int StateSize { get; }

    /// <summary>m.</summary>
    public int ActionSize { get; }

    /// <summary>T.</summary>
    public int Horizon { get; }

    /// <summary>p.</summary>
    public int ConstraintSize { get; }

    /// <summary>How the cost's second derivatives are obtained.</summary>
    public CostCurvature Curvature { get; }

    /// <summary>Whether second derivatives of the dynamics are wanted.</summary>
    public bool HasDynamicsCurvature { get; }

    /// <summary>S, columns of a padded row: the least of 8, 16, 32 … that holds n + m.</summary>
    public int Stride { get; }

    /// <summary>F at every step, row-major <c>[T, n, S]</c>; columns are states, then actions.</summary>
    public double[] Jacobians { get; }

    /// <summary>∂ℓ/∂z at every step and ∂/∂x of the final cost, row-major <c>[T + 1, S]</c>.</summary>
    public double[] CostGradients { get; }

    /// <summary>∂²ℓ/∂z² at every step, row-major <c>[T, n + m, S]</c>, symmetric.</summary>
    public double[] CostHessians { get; }

    /// <summary>∂²/∂x² of the final cost, row-major <c>[n, S]</c>, symmetric.</summary>
    public double[] FinalHessian { get; }

    /// <summary>ℓ at every step and the final cost, <c>[T + 1]</c>.</summary>
    public double[] Costs { get; }

    /// <summary>c(x) at every state, row-major <c>[T + 1, p]</c>; the first state's is not used.</summary>
    public double[] Constraints { get; }

    /// <summary>∂c/∂x at every state, row-major <c>[T + 1, p, n]</c>; the first state's is not used.</summary>
    public double[] ConstraintJacobians { get; }

    /// <summary>Pairs (i, j), i ≤ j, of components of z for which ∂²f/∂zᵢ∂zⱼ may differ from 0.</summary>
    internal (int I, int J)[] Pairs { get; private set; } = [];

    /// <summary>∂²f/∂zᵢ∂zⱼ at every step for those pairs, <c>[T, pairs, n]</c>.</summary>
    internal double[] DynamicsCurvatures { get; private set; } = [];

    /// <summary>Room for the derivatives at a point, made when it is first asked for.</summary>
    internal (Linearization First, double[] Second) Point() =>
        (point ??= new Linearization(StateSize, ActionSize), pointHessian ??= new double[(StateSize + ActionSize) * (StateSize + ActionSize)]);

    /// <summary>Makes room for a model's second derivatives.</summary>
    /// <returns>Whether the model is another than the last time, so that what is the same everywhere has to be written too.</returns>
    internal bool Reserve(CurvaturePattern pattern, (int I, int J)[] pairs)
    {
        if (ReferenceEquals(filledFor, pattern))
        {
            return false;
        }

        if (!ReferenceEquals(Pairs, pairs))
        {
            (Pairs, DynamicsCurvatures) = (pairs, new double[Horizon * pairs.Length * StateSize]);
        }

        filledFor = pattern;
        Array.Clear(Jacobians);
        Array.Clear(CostGradients);
        Array.Clear(CostHessians);
        return true;
    }

    /// <summary>Has everything written anew the next time, as something was added to it.</summary>
    internal void Forget()
    {
        filledFor = null;
        Array.Clear(CostGradients);
        Array.Clear(CostHessians);
    }

    /// <summary>Refuses another model's or trajectory's sizes.</summary>
    internal void Require(int stateSize, int actionSize, int constraintSize, Trajectory trajectory)
    {
        Shapes.Require(StateSize, stateSize, "expansion");
        Shapes.Require(ActionSize, actionSize, "expansion");
        Shapes.Require(ConstraintSize, constraintSize, "expansion");
        Shapes.Require(trajectory.StateSize, stateSize, nameof(trajectory));
        Shapes.Require(trajectory.ActionSize, actionSize, nameof(trajectory));
        Shapes.Require(trajectory.Horizon, Horizon, nameof(trajectory));
    }
}
