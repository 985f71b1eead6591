namespace Reverie.Experiments.Studies;

/// <summary>An agent as a study runs it.</summary>
/// <param name="Label">What tables and figures call it.</param>
/// <param name="Agent">The agent's name.</param>
/// <param name="Assignments">Its options, and the world's, as <c>name=value</c>; the others stay at their defaults.</param>
internal sealed record Contestant(string Label, string Agent, params IReadOnlyList<string> Assignments);
