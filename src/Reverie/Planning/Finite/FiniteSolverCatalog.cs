using System.Diagnostics.CodeAnalysis;

namespace Reverie.Planning.Finite;

/// <summary>A solver of finite processes that can be asked for by name.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="DefaultOptions">Options with their defaults; their type is the solver's options type.</param>
/// <param name="Create">Makes the solver from options of that type.</param>
public sealed record FiniteSolverEntry(string Name, string Summary, FiniteSolverOptions DefaultOptions, Func<FiniteSolverOptions, IFiniteSolver> Create)
{
    /// <summary>The type of the options.</summary>
    public Type OptionsType => DefaultOptions.GetType();
}

/// <summary>The solvers of finite processes by name.</summary>
public static class FiniteSolverCatalog
{
    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<FiniteSolverEntry> Entries { get; } =
    [
        Entry<BackwardInductionOptions>("backward-induction", "Optimal for a number of steps, from the last to the first", o => new BackwardInduction(o)),
        Entry<GaussSeidelOptions>("gauss-seidel", "Value iteration in place, to and fro between the goals and the farthest states", o => new GaussSeidel(o)),
        Entry<ModifiedPolicyIterationOptions>("modified-policy-iteration", "Policy iteration that evaluates each policy by a few sweeps", o => new ModifiedPolicyIteration(o)),
        Entry<PolicyIterationOptions>("policy-iteration", "Evaluate the policy exactly, act greedily, until nothing improves", o => new PolicyIteration(o)),
        Entry<PrioritizedSweepingOptions>("prioritized-sweeping", "Back up first where values are most likely to change most", o => new PrioritizedSweeping(o)),
        Entry<ValueIterationOptions>("value-iteration", "Back up all states until the bounds are close, leaving out actions that cannot be optimal", o => new ValueIteration(o)),
    ];

    /// <summary>Finds a solver by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out FiniteSolverEntry? entry)
    {
        entry = Entries.FirstOrDefault(e => e.Name == name);
        return entry is not null;
    }

    private static FiniteSolverEntry Entry<TOptions>(string name, string summary, Func<TOptions, IFiniteSolver> create)
        where TOptions : FiniteSolverOptions, new() =>
        new(name, summary, new TOptions(), options => create((TOptions)options));
}
