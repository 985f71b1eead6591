namespace Reverie.Worlds.Finite;

/// <summary>
/// A finite Markov decision process: p(s'|s,a) and r(s,a) in compressed rows, one row for each state and action. Immutable.
/// </summary>
/// <remarks>
/// <para>Row s·<see cref="Actions"/> + a holds the outcomes of action a in state s, <see cref="RowStart"/>[row] to <see cref="RowStart"/>[row + 1].
/// Those after which the task goes on stand first, up to <see cref="RowLive"/>[row]; the others end it, so that nothing that follows counts:
/// Q(s,a) = r(s,a) + γ Σ_{i ∈ [RowStart, RowLive)} p_i V(s'_i).</para>
/// <para>A state whose rows are all empty is terminal: its value is 0 and no episode goes on from it.</para>
/// <para>Memory: 12 bytes an outcome and 16 a row.</para>
/// </remarks>
public sealed class FiniteMdp
{
    private readonly FiniteTables tables;
    private readonly double[] start;
    private double[]? startSums;

    internal FiniteMdp(FiniteTables tables, double[] start, double discount, IReadOnlyList<string>? stateNames, IReadOnlyList<string>? actionNames)
    {
        RequireDiscount(discount);
        (this.tables, this.start, Discount, StateNames, ActionNames) = (tables, start, discount, stateNames, actionNames);
    }

    /// <summary>Number of states, S.</summary>
    public int States => start.Length;

    /// <summary>Number of actions, A, the same in every state.</summary>
    public int Actions => tables.Actions;

    /// <summary>γ in (0, 1].</summary>
    public double Discount { get; }

    /// <summary>Names of the states, <c>[S]</c>; null where they have numbers only.</summary>
    public IReadOnlyList<string>? StateNames { get; }

    /// <summary>Names of the actions, <c>[A]</c>; null where they have numbers only.</summary>
    public IReadOnlyList<string>? ActionNames { get; }

    /// <summary>Number of outcomes of all rows together.</summary>
    public int Outcomes => tables.Successors.Length;

    /// <summary>Where each row begins, <c>[S·A + 1]</c>.</summary>
    public ReadOnlySpan<int> RowStart => tables.RowStart;

    /// <summary>Where the outcomes of each row begin that end the task, <c>[S·A]</c>.</summary>
    public ReadOnlySpan<int> RowLive => tables.RowLive;

    /// <summary>s' of each outcome, <c>[Outcomes]</c>.</summary>
    public ReadOnlySpan<int> Successors => tables.Successors;

    /// <summary>p(s'|s,a) of each outcome, <c>[Outcomes]</c>; those of a row sum to 1.</summary>
    public ReadOnlySpan<double> Probabilities => tables.Probabilities;

    /// <summary>Expected reward r(s,a) of each row, <c>[S·A]</c>; 0 for a terminal state.</summary>
    public ReadOnlySpan<double> Rewards => tables.Rewards;

    /// <summary>r(s,a,s') of each outcome, <c>[Outcomes]</c>; empty where every outcome of a row pays the row's reward.</summary>
    public ReadOnlySpan<double> OutcomeRewards => tables.OutcomeRewards;

    /// <summary>Probability that an episode starts in each state, <c>[S]</c>.</summary>
    public ReadOnlySpan<double> Start => start;

    /// <summary>The row of action <paramref name="action"/> in state <paramref name="state"/>.</summary>
    public int Row(int state, int action) => (state * Actions) + action;

    /// <summary>Whether nothing follows a state: its rows are empty.</summary>
    public bool IsTerminal(int state) => tables.RowStart[state * Actions] == tables.RowStart[(state + 1) * Actions];

    /// <summary>Whether nothing more is to be had from a state: it is terminal, or every action stays there or ends the task, and pays 0.</summary>
    public bool IsAbsorbing(int state)
    {
        for (int row = Row(state, 0); row < Row(state + 1, 0); row++)
        {
            if (tables.Rewards[row] != 0 || tables.Successors.AsSpan(tables.RowStart[row]..tables.RowLive[row]).ContainsAnyExcept(state))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Q(s,a) = r(s,a) + γ Σ p(s'|s,a) V(s').</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="values">V, <c>[S]</c>.</param>
    public double Lookahead(int row, ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int i = tables.RowStart[row]; i < tables.RowLive[row]; i++)
        {
            sum += tables.Probabilities[i] * values[tables.Successors[i]];
        }

        return tables.Rewards[row] + (Discount * sum);
    }

    /// <summary>Σ start(s) V(s): what an episode is worth.</summary>
    /// <param name="values">V, <c>[S]</c>.</param>
    public double AtStart(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int s = 0; s < start.Length; s++)
        {
            sum += start[s] * values[s];
        }

        return sum;
    }

    /// <summary>The outcome of a row at the quantile <paramref name="quantile"/> of its distribution.</summary>
    /// <param name="row">A row that is not empty.</param>
    /// <param name="quantile">Uniform in [0, 1).</param>
    public FiniteOutcome Draw(int row, double quantile)
    {
        int i = tables.RowStart[row], last = tables.RowStart[row + 1] - 1;
        for (; i < last && quantile >= tables.Probabilities[i]; i++)
        {
            quantile -= tables.Probabilities[i];
        }

        double reward = tables.OutcomeRewards.Length > 0 ? tables.OutcomeRewards[i] : tables.Rewards[row];
        return new FiniteOutcome(tables.Successors[i], reward, i >= tables.RowLive[row]);
    }

    /// <summary>The state at the quantile <paramref name="quantile"/>, in [0, 1), of the start distribution, in O(log S).</summary>
    public int DrawStart(double quantile)
    {
        double[] sums = startSums ??= SumsOfStart();
        int low = 0, high = sums.Length - 1;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = quantile < sums[middle] ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>The same process, weighing the future by another discount.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The discount is not in (0, 1].</exception>
    public FiniteMdp WithDiscount(double discount) => new(tables, start, discount, StateNames, ActionNames);

    /// <summary>The same process, undiscounted, with other expected rewards, <c>[S·A]</c>.</summary>
    internal FiniteMdp WithRewards(double[] rewards) => new(tables with { Rewards = rewards, OutcomeRewards = [] }, start, 1.0, StateNames, ActionNames);

    /// <summary>The same process, in which nothing follows these states, <c>[S]</c>, and every outcome of a row pays the row's reward.</summary>
    internal FiniteMdp WithTerminal(bool[] ends)
    {
        var (successors, probabilities, rewards) = (new List<int>(Outcomes), new List<double>(Outcomes), (double[])tables.Rewards.Clone());
        var (rowStart, rowLive) = (new int[tables.RowStart.Length], new int[tables.RowLive.Length]);
        for (int row = 0; row < rowLive.Length; row++)
        {
            int first = tables.RowStart[row], last = tables.RowStart[row + 1], live = tables.RowLive[row];
            if (ends[row / Actions])
            {
                (last, live, rewards[row]) = (first, first, 0.0);
            }

            rowLive[row] = successors.Count + live - first;
            successors.AddRange(tables.Successors.AsSpan(first..last));
            probabilities.AddRange(tables.Probabilities.AsSpan(first..last));
            rowStart[row + 1] = successors.Count;
        }

        return new(new FiniteTables(Actions, rowStart, rowLive, [.. successors], [.. probabilities], rewards, []), start, Discount, StateNames, ActionNames);
    }

    /// <summary>The probability of starting in each state or one before it, <c>[S]</c>; ∞ from the last on where one can, so that rounding leads to no other.</summary>
    private double[] SumsOfStart()
    {
        var sums = new double[start.Length];
        double sum = 0;
        for (int s = 0; s < sums.Length; s++)
        {
            sums[s] = sum += start[s];
        }

        for (int s = sums.Length - 1; s >= 0; s--)
        {
            sums[s] = double.PositiveInfinity;
            if (start[s] > 0)
            {
                break;
            }
        }

        return sums;
    }

    private static void RequireDiscount(double discount)
    {
        if (!(discount > 0.0 && discount <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }
    }
}

/// <summary>What came of an action.</summary>
/// <param name="Next">s'.</param>
/// <param name="Reward">r(s,a,s').</param>
/// <param name="Terminated">The task ended.</param>
public readonly record struct FiniteOutcome(int Next, double Reward, bool Terminated);

/// <summary>The arrays of a <see cref="FiniteMdp"/>.</summary>
internal sealed record FiniteTables(int Actions, int[] RowStart, int[] RowLive, int[] Successors, double[] Probabilities, double[] Rewards, double[] OutcomeRewards);
