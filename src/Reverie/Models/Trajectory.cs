namespace Reverie.Models;

/// <summary>T actions and the T + 1 states before, between and after them. Allocated once and filled many times.</summary>
public sealed class Trajectory
{
    /// <summary>A trajectory of zeros.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="horizon">T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Trajectory(int stateSize, int actionSize, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        (StateSize, ActionSize, Horizon) = (stateSize, actionSize, horizon);
        States = new double[(horizon + 1) * stateSize];
        Actions = new double[horizon * actionSize];
    }

    /// <summary>n.</summary>
    public int StateSize { get; }

    /// <summary>m.</summary>
    public int ActionSize { get; }

    /// <summary>T.</summary>
    public int Horizon { get; }

    /// <summary>All states, row-major <c>[T + 1, n]</c>.</summary>
    public double[] States { get; }

    /// <summary>All actions, row-major <c>[T, m]</c>.</summary>
    public double[] Actions { get; }

    /// <summary>x at step t, <c>[n]</c>, t from 0 to T.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public Span<double> State(int t) => States.AsSpan(t * StateSize, StateSize);

    /// <summary>u at step t, <c>[m]</c>, t from 0 to T − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public Span<double> Action(int t) => Actions.AsSpan(t * ActionSize, ActionSize);

    /// <summary>Takes over another trajectory of the same sizes.</summary>
    /// <exception cref="ArgumentException">Its sizes are others.</exception>
    public void CopyFrom(Trajectory other)
    {
        Shapes.Require(other.States.Length, States.Length, nameof(other));
        Shapes.Require(other.Actions.Length, Actions.Length, nameof(other));
        other.States.CopyTo(States, 0);
        other.Actions.CopyTo(Actions, 0);
    }
}
