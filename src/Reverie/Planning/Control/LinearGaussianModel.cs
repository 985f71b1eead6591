namespace Reverie.Planning.Control;

/// <summary>
/// A linear-Gaussian model seen through noise: x' = A x + B u + c + w with w ~ N(0, W), y = C x + d + v with v ~ N(0, V), all independent.
/// Allocated once and filled many times; all zero at first.
/// </summary>
/// <param name="stateSize">n, at least 1.</param>
/// <param name="actionSize">m, at least 1.</param>
/// <param name="observationSize">o, at least 1.</param>
public sealed class LinearGaussianModel(int stateSize, int actionSize, int observationSize)
{
    /// <summary>n.</summary>
    public int StateSize { get; } = stateSize;

    /// <summary>m.</summary>
    public int ActionSize { get; } = actionSize;

    /// <summary>o.</summary>
    public int ObservationSize { get; } = observationSize;

    /// <summary>A, row-major <c>[n, n]</c>.</summary>
    public double[] StateJacobian { get; } = new double[stateSize * stateSize];

    /// <summary>B, row-major <c>[n, m]</c>.</summary>
    public double[] ActionJacobian { get; } = new double[stateSize * actionSize];

    /// <summary>c, <c>[n]</c>.</summary>
    public double[] Offset { get; } = new double[stateSize];

    /// <summary>W, row-major <c>[n, n]</c>, symmetric positive semidefinite.</summary>
    public double[] StateNoise { get; } = new double[stateSize * stateSize];

    /// <summary>C, row-major <c>[o, n]</c>.</summary>
    public double[] ObservationJacobian { get; } = new double[observationSize * stateSize];

    /// <summary>d, <c>[o]</c>.</summary>
    public double[] ObservationOffset { get; } = new double[observationSize];

    /// <summary>V, row-major <c>[o, o]</c>, symmetric positive semidefinite.</summary>
    public double[] ObservationNoise { get; } = new double[observationSize * observationSize];

    /// <summary>Refuses a model of other sizes.</summary>
    internal void Require(int n, int m, int o, string name)
    {
        if (StateSize != n || ActionSize != m || ObservationSize != o)
        {
            throw new ArgumentException($"'{name}' has {StateSize} states, {ActionSize} actions and {ObservationSize} observations; {n}, {m} and {o} are wanted.", name);
        }
    }
}
