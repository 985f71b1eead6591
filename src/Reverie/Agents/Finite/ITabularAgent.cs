namespace Reverie.Agents.Finite;

/// <summary>An agent in a finite world, which can say what it would do, and what it believes, everywhere at once.</summary>
public interface ITabularAgent : IAgent
{
    /// <summary>The action that it would take now in every state without exploring.</summary>
    /// <param name="policy">Receives the actions, <c>[S]</c>.</param>
    void GreedyPolicy(Span<int> policy);

    /// <summary>What it believes each state to be worth.</summary>
    /// <param name="values">Receives the values, <c>[S]</c>.</param>
    void Values(Span<double> values);
}
