using System.ComponentModel.DataAnnotations;
using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>What all solvers of finite processes are told.</summary>
public abstract record FiniteSolverOptions
{
    /// <summary>The guaranteed error of every value at which to stop, ε. Default 1e-6; above 0, up to 1e9.</summary>
    [Range(1e-15, 1e9)]
    public double Precision { get; init; } = 1e-6;

    /// <summary>Refuses options out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The precision is not in its range.</exception>
    internal void Validate()
    {
        if (!(Precision >= 1e-15 && Precision <= 1e9))
        {
            throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "The precision must be from 1e-15 to 1e9.");
        }
    }
}

/// <summary>What all solvers are told that sweep over the states again and again.</summary>
public abstract record SweepOptions : FiniteSolverOptions
{
    /// <summary>The most sweeps over all states, or rounds of them, after which to stop with <see cref="StopReason.Limit"/>. Default 1,000,000; at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int MaxSweeps { get; init; } = 1_000_000;
}

/// <summary>Solves a finite Markov decision process whose model is given.</summary>
public interface IFiniteSolver
{
    /// <summary>Solves it.</summary>
    /// <param name="mdp">The process.</param>
    /// <param name="workers">Threads that share large sweeps; null for the caller's alone. The result does not depend on their number.</param>
    /// <param name="cancel">Ends the work between two sweeps.</param>
    /// <exception cref="ArgumentException">The process has no finite values, or the solver cannot treat it; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel);
}
