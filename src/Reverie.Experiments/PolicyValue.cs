using Reverie.Agents.Finite;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments;

/// <summary>What a finite world's policy is worth, exactly: from the true model rather than from episodes.</summary>
public static class PolicyValue
{
    private const double Precision = 1e-9;

    /// <summary>The value of a deterministic policy in every state, <c>[S]</c>, to within 1e-9 or rounding.</summary>
    /// <param name="mdp">The true process.</param>
    /// <param name="policy">The action in each state, <c>[S]</c>.</param>
    /// <exception cref="ArgumentException">The policy's length is wrong, or it has no finite value.</exception>
    public static double[] Of(FiniteMdp mdp, ReadOnlySpan<int> policy)
    {
        if (policy.Length != mdp.States)
        {
            throw new ArgumentException($"The policy has {policy.Length} entries; there are {mdp.States} states.", nameof(policy));
        }

        var rows = new FiniteRows(mdp.States, 1, mdp.Outcomes / mdp.Actions);
        for (int s = 0; s < mdp.States; s++)
        {
            int row = mdp.Row(s, policy[s]);
            for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
            {
                rows.Add(mdp.Successors[i], mdp.Probabilities[i], mdp.Rewards[row], i >= mdp.RowLive[row]);
            }

            rows.EndRow();
        }

        return Optimal(rows.Build(mdp.Start.ToArray(), mdp.Discount));
    }

    /// <summary>The value at the start distribution of what the agent would do now.</summary>
    /// <param name="mdp">The true process.</param>
    /// <param name="agent">The agent.</param>
    /// <exception cref="ArgumentException">The policy has no finite value.</exception>
    public static double Of(FiniteMdp mdp, ITabularAgent agent)
    {
        var policy = new int[mdp.States];
        agent.GreedyPolicy(policy);
        return mdp.AtStart(Of(mdp, policy));
    }

    /// <summary>The optimal values, <c>[S]</c>, to within 1e-9 or rounding.</summary>
    /// <exception cref="ArgumentException">The process has no finite values.</exception>
    public static double[] Optimal(FiniteMdp mdp) =>
        new PolicyIteration(new PolicyIterationOptions { Precision = Precision }).Solve(mdp, null, CancellationToken.None).Values;
}
