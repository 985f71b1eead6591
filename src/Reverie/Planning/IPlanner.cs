using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>
/// Chooses an action for a model's state by searching action sequences in the model. A planner is made with the model's
/// power that it needs and its options; it keeps a warm start between the decisions of an episode.
/// </summary>
public interface IPlanner
{
    /// <summary>Forgets the warm start: a new episode begins.</summary>
    void Reset();

    /// <summary>Plans and chooses the next action.</summary>
    /// <param name="state">The model's state, <c>[StateSize]</c>.</param>
    /// <param name="action">Receives the action, <c>[Actions.Size]</c>.</param>
    /// <param name="key">The randomness of this decision.</param>
    /// <returns>The return the planner expects of its plan.</returns>
    double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key);

    /// <summary>Writes the warm start under <paramref name="prefix"/>.</summary>
    void Save(StateDictionary state, string prefix);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    void Load(StateDictionary state, string prefix);
}
