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
