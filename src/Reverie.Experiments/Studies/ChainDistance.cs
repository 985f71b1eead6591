using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Studies;

/// <summary>How far apart two Markov chains over the same states drift from the same start.</summary>
/// <param name="Measured">‖pₖ − p̂ₖ‖, total variation between the distributions over states after k steps, <c>[H + 1]</c>.</param>
/// <param name="Visited">Σ_{j&lt;k} Σₛ pⱼ(s) ‖P(·|s) − P̂(·|s)‖: the one-step errors where the first chain goes, <c>[H + 1]</c>.</param>
/// <param name="Worst">ε, the largest one-step error in a state that the first chain comes to before step H.</param>
internal sealed record ChainDistance(double[] Measured, double[] Visited, double Worst)
{
    /// <summary>The bound k ε, <c>[H + 1]</c>, at most 1, as total variation is.</summary>
    public double[] Bound => [.. Enumerable.Range(0, Measured.Length).Select(k => Math.Min(1.0, k * Worst))];

    /// <summary>½ Σ |p − q|.</summary>
    public static double TotalVariation(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += Math.Abs(p[i] - q[i]);
        }

        return 0.5 * sum;
    }

    /// <summary>
    /// Follows both chains. With pₖ₊₁ = Pᵀ pₖ,
    /// <code>pₖ₊₁ − p̂ₖ₊₁ = (P − P̂)ᵀ pₖ + P̂ᵀ (pₖ − p̂ₖ),</code>
    /// and as P̂ᵀ lengthens no difference, ‖pₖ − p̂ₖ‖ ≤ Σ_{j&lt;k} Σₛ pⱼ(s) ‖P(·|s) − P̂(·|s)‖ ≤ k ε (the simulation lemma of Kearns and Singh 2002 is the like for returns).
    /// </summary>
    /// <param name="start">The distribution at step 0, <c>[S]</c>.</param>
    /// <param name="truth">P, <c>[S][S]</c>, rows that sum to 1.</param>
    /// <param name="learned">P̂, likewise.</param>
    /// <param name="horizon">H.</param>
    public static ChainDistance Between(double[] start, double[][] truth, double[][] learned, int horizon)
    {
        double[] errors = [.. truth.Zip(learned, (p, q) => TotalVariation(p, q))];
        var (measured, visited) = (new double[horizon + 1], new double[horizon + 1]);
        double worst = 0;
        var (p, q) = (start, start);
        for (int k = 0; k < horizon; k++)
        {
            visited[k + 1] = visited[k];
            for (int s = 0; s < p.Length; s++)
            {
                visited[k + 1] += p[s] * errors[s];
                worst = p[s] > 0 ? Math.Max(worst, errors[s]) : worst;
            }

            (p, q) = (Next(p, truth), Next(q, learned));
            measured[k + 1] = TotalVariation(p, q);
        }

        return new ChainDistance(measured, visited, worst);
    }

    /// <summary>The chain that a policy makes of a process, <c>[S + 1][S + 1]</c>: in the last state the task has ended.</summary>
    /// <param name="mdp">The process.</param>
    /// <param name="policy">The action in each state, <c>[S]</c>.</param>
    public static double[][] Chain(FiniteMdp mdp, int[] policy)
    {
        int end = mdp.States;
        double[][] chain = [.. Enumerable.Range(0, end + 1).Select(_ => new double[end + 1])];
        for (int s = 0; s < end; s++)
        {
            int row = mdp.Row(s, policy[s]);
            for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
            {
                chain[s][i < mdp.RowLive[row] ? mdp.Successors[i] : end] += mdp.Probabilities[i];
            }

            if (mdp.RowStart[row] == mdp.RowStart[row + 1])
            {
                chain[s][end] = 1.0;
            }
        }

        chain[end][end] = 1.0;
        return chain;
    }

    private static double[] Next(double[] p, double[][] chain)
    {
        var next = new double[p.Length];
        for (int s = 0; s < p.Length; s++)
        {
            for (int t = 0; t < p.Length && p[s] > 0; t++)
            {
                next[t] += p[s] * chain[s][t];
            }
        }

        return next;
    }
}
