namespace Reverie.Worlds.Finite;

/// <summary>Gathers the outcomes of a <see cref="FiniteMdp"/> in any order.</summary>
public sealed class FiniteMdpBuilder
{
    private readonly int states;
    private readonly int actions;
    private readonly Dictionary<int, List<(int Next, double Probability, double Reward, bool Terminated)>> rows = [];

    /// <summary>Begins a process.</summary>
    /// <param name="states">S ≥ 1.</param>
    /// <param name="actions">A ≥ 1; S·A below the longest array, some 2³¹.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public FiniteMdpBuilder(int states, int actions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)states * actions, Array.MaxLength - 1, nameof(states));
        (this.states, this.actions) = (states, actions);
    }

    /// <summary>Names of the states, <c>[S]</c>.</summary>
    public IReadOnlyList<string>? StateNames { get; set; }

    /// <summary>Names of the actions, <c>[A]</c>.</summary>
    public IReadOnlyList<string>? ActionNames { get; set; }

    /// <summary>Adds an outcome. The same next state twice is one outcome with both probabilities.</summary>
    /// <param name="state">s.</param>
    /// <param name="action">a.</param>
    /// <param name="next">s'.</param>
    /// <param name="probability">p(s'|s,a) in [0, 1].</param>
    /// <param name="reward">r(s,a,s'), finite.</param>
    /// <param name="terminated">Whether the task ends with it.</param>
    /// <exception cref="ArgumentOutOfRangeException">State or action is not one of those there are.</exception>
    public void Add(int state, int action, int next, double probability, double reward, bool terminated = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state, states);
        ArgumentOutOfRangeException.ThrowIfNegative(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(action, actions);
        int row = (state * actions) + action;
        if (!rows.TryGetValue(row, out var outcomes))
        {
            rows.Add(row, outcomes = []);
        }

        outcomes.Add((next, probability, reward, terminated));
    }

    /// <summary>The process. States without any outcome are terminal.</summary>
    /// <param name="start">Probability that an episode starts in each state, <c>[S]</c>; null for all states alike that are not terminal.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentException">An outcome or a distribution is wrong; the message names state and action.</exception>
    public FiniteMdp Build(double[]? start, double discount)
    {
        var writer = new FiniteRows(states, actions, rows.Values.Sum(r => r.Count)) { StateNames = StateNames, ActionNames = ActionNames };
        for (int row = 0; row < states * actions; row++)
        {
            if (rows.TryGetValue(row, out var outcomes))
            {
                foreach (var (next, probability, reward, terminated) in outcomes)
                {
                    writer.Add(next, probability, reward, terminated);
                }
            }

            writer.EndRow();
        }

        return writer.Build(start, discount);
    }
}
