namespace Reverie.Worlds.Finite;

/// <summary>A finite world's definition: its process, what agents may know of it, and how it changes.</summary>
/// <param name="Spec">What an agent may know.</param>
/// <param name="Mdp">The process at first, which is also the model that a planner is given.</param>
public sealed record FiniteProblem(WorldSpec Spec, FiniteMdp Mdp)
{
    /// <summary>Processes that take over, by rising step; most worlds never change.</summary>
    public IReadOnlyList<FiniteChange> Changes { get; init; } = [];

    /// <summary>Where states lie, for worlds that are grids.</summary>
    public GridLayout? Layout { get; init; }
}

/// <summary>A world's change.</summary>
/// <param name="Step">Steps of the world's life after which it holds: the world is another from the step after it on.</param>
/// <param name="Mdp">The process from then on, with the same states and actions.</param>
public sealed record FiniteChange(long Step, FiniteMdp Mdp);

/// <summary>Where the states of a grid world lie, for pictures; a cell without a state is a wall.</summary>
/// <param name="Rows">Rows, counted from the top.</param>
/// <param name="Columns">Columns, counted from the left.</param>
/// <param name="Cells">The cell of each state, row·Columns + column, <c>[S]</c>; several states may share one; −1 for a state without a place.</param>
/// <param name="Moves">The direction of each action as (rows, columns), <c>[A]</c>; (0, 0) for one that does not move.</param>
public sealed record GridLayout(int Rows, int Columns, IReadOnlyList<int> Cells, IReadOnlyList<(int Rows, int Columns)> Moves);
