namespace Reverie.Planning.Control;

/// <summary>An affine state feedback, u = k − K x, that may change from step to step.</summary>
public interface ILinearPolicy
{
    /// <summary>n.</summary>
    int StateSize { get; }

    /// <summary>m.</summary>
    int ActionSize { get; }

    /// <summary>u = kₜ − Kₜ x.</summary>
    /// <param name="step">t, the number of steps since the episode began.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <param name="action">Receives u, <c>[m]</c>, without limits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The policy ends before this step.</exception>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    void Act(int step, ReadOnlySpan<double> state, Span<double> action);
}
