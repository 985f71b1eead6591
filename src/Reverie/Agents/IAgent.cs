using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Agents;

/// <summary>Acts without learning.</summary>
public interface IPolicy
{
    /// <summary>A new episode begins.</summary>
    void Reset();

    /// <summary>Chooses an action.</summary>
    /// <param name="observation">What is seen, <c>[ObservationSize]</c>.</param>
    /// <param name="action">Receives the action, <c>[Actions.Size]</c>.</param>
    void Act(ReadOnlySpan<double> observation, Span<double> action);
}

/// <summary>
/// Acts and observes; whoever owns the loop calls it. When to retrain and when to plan is the agent's own business.
/// </summary>
public interface IAgent
{
    /// <summary>Chooses an action, exploring as the agent sees fit.</summary>
    /// <param name="observation">What is seen, <c>[ObservationSize]</c>.</param>
    /// <param name="action">Receives the action, <c>[Actions.Size]</c>.</param>
    void Act(ReadOnlySpan<double> observation, Span<double> action);

    /// <summary>Learns of a real step. After a transition that is <see cref="Transition.Done"/> the next observation starts an episode.</summary>
    void Observe(in Transition transition);

    /// <summary>
    /// What the agent would do now without exploring, for evaluation: acting with it leaves no trace in the agent.
    /// It is valid until the agent next learns.
    /// </summary>
    /// <param name="random">The policy's own randomness.</param>
    IPolicy Policy(RandomStream random);

    /// <summary>Writes the whole state under <paramref name="prefix"/>: weights, optimiser, normalisers, replay, random streams, counters.</summary>
    void Save(StateDictionary state, string prefix);

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    void Load(StateDictionary state, string prefix);
}
