namespace Reverie.Worlds.Finite;

/// <summary>
/// Writes the rows of a <see cref="FiniteMdp"/> in order, straight into its arrays: for processes too large to be held twice.
/// <see cref="FiniteMdpBuilder"/> takes outcomes in any order.
/// </summary>
public sealed class FiniteRows
{
    /// <summary>How far from 1 the probabilities of a row, or of the start, may sum; they are then divided by their sum.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Sums this near to 1 are left as they are, so that what was written is what is kept.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Outcomes of a row that are searched one by one for a next state that comes again; beyond them a table is kept.</summary>
    private const int Few = 16;

    private readonly int states;
    private readonly int actions;
    private readonly int[] rowStart;
    private readonly int[] rowLive;
    private readonly double[] rewards;
    private readonly List<(int Next, double Probability, double Reward, bool Terminated)> row = [];
    private readonly Dictionary<(int Next, bool Terminated), int> places = [];
    private int[] successors;
    private double[] probabilities;
    private double[] outcomeRewards = [];
    private int rows;
    private int count;

    /// <summary>Begins a process.</summary>
    /// <param name="states">S ≥ 1.</param>
    /// <param name="actions">A ≥ 1; S·A below the longest array, some 2³¹.</param>
    /// <param name="outcomes">Outcomes to make room for; more are taken, at the cost of copying.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public FiniteRows(int states, int actions, int outcomes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        ArgumentOutOfRangeException.ThrowIfNegative(outcomes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)states * actions, Array.MaxLength - 1, nameof(states));
        (this.states, this.actions) = (states, actions);
        rowStart = new int[(states * actions) + 1];
        rowLive = new int[states * actions];
        rewards = new double[states * actions];
        successors = new int[outcomes];
        probabilities = new double[outcomes];
    }

    /// <summary>Names of the states, <c>[S]</c>, for messages and for what is built.</summary>
    public IReadOnlyList<string>? StateNames { get; init; }

    /// <summary>Names of the actions, <c>[A]</c>, for messages and for what is built.</summary>
    public IReadOnlyList<string>? ActionNames { get; init; }

    /// <summary>Adds an outcome to the current row. The same next state twice is one outcome with both probabilities.</summary>
    /// <param name="next">s'.</param>
    /// <param name="probability">p(s'|s,a) in [0, 1]; one of 0 is left out.</param>
    /// <param name="reward">r(s,a,s'), finite.</param>
    /// <param name="terminated">Whether the task ends with it.</param>
    /// <exception cref="ArgumentException">A number is out of range; the message names state and action.</exception>
    public void Add(int next, double probability, double reward, bool terminated = false)
    {
        if ((uint)next >= (uint)states)
        {
            throw new ArgumentException($"{Place()}: next state {next} is not one of 0 to {states - 1}.", nameof(next));
        }

        if (!(probability >= 0.0 && probability <= 1.0 + Tolerance))
        {
            throw new ArgumentException(FormattableString.Invariant($"{Place()}: the probability {probability} of next state {NameOfState(next)} is not in [0, 1]."), nameof(probability));
        }

        if (!double.IsFinite(reward))
        {
            throw new ArgumentException(FormattableString.Invariant($"{Place()}: the reward {reward} is not finite."), nameof(reward));
        }

        if (probability == 0)
        {
            return;
        }

        int place = Find(next, terminated);
        if (place < 0)
        {
            row.Add((next, probability, reward, terminated));
            return;
        }

        var (_, p, r, _) = row[place];
        row[place] = (next, p + probability, r == reward ? r : ((p * r) + (probability * reward)) / (p + probability), terminated);
    }

    /// <summary>Ends the current row; the next one follows: the next action of the same state, or the first of the next state.</summary>
    /// <exception cref="ArgumentException">The row's probabilities do not sum to 1; the message names state and action.</exception>
    /// <exception cref="InvalidOperationException">All rows have been written, or there are more than 2³¹ − 1 outcomes.</exception>
    public void EndRow()
    {
        if (rows == rewards.Length)
        {
            throw new InvalidOperationException($"All {rewards.Length} rows have been written.");
        }

        double total = Sum(static outcome => outcome.Probability);
        if (row.Count > 0 && !(Math.Abs(total - 1.0) <= Tolerance))
        {
            throw new ArgumentException(FormattableString.Invariant($"{Place()}: the probabilities sum to {total:G9}, not to 1."));
        }

        double scale = Scale(total);
        Reserve(row.Count);
        bool alike = row.TrueForAll(outcome => outcome.Reward == row[0].Reward);
        rewards[rows] = row.Count == 0 ? 0.0 : alike ? row[0].Reward : Sum(outcome => outcome.Probability * scale * outcome.Reward);
        if (!alike && outcomeRewards.Length == 0)
        {
            KeepOutcomeRewards();
        }

        Write(terminated: false, scale);
        rowLive[rows] = count;
        Write(terminated: true, scale);
        rowStart[++rows] = count;
        row.Clear();
        places.Clear();
    }

    /// <summary>Finishes the process. The arrays are handed over: nothing more can be written.</summary>
    /// <param name="start">Probability that an episode starts in each state, <c>[S]</c>, summing to 1; null for all states alike that are not terminal.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentException">
    /// Rows are missing, a state has outcomes for some actions only, the start distribution does not sum to 1 or starts in a terminal state, or the discount is out of range.
    /// </exception>
    public FiniteMdp Build(double[]? start, double discount)
    {
        if (rows < rewards.Length)
        {
            throw new ArgumentException($"{Place()}: its outcomes are missing.");
        }

        RequireWholeStates();
        double[] starts = start is null ? UniformStart() : CheckedStart(start);
        Resize(count);

        return new FiniteMdp(new FiniteTables(actions, rowStart, rowLive, successors, probabilities, rewards, outcomeRewards), starts, discount, StateNames, ActionNames);
    }

    private void RequireWholeStates()
    {
        for (int s = 0; s < states; s++)
        {
            for (int a = 0; a < actions && !IsTerminal(s); a++)
            {
                if (rowStart[(s * actions) + a] == rowStart[(s * actions) + a + 1])
                {
                    throw new ArgumentException($"{Place(s, a)}: the probabilities sum to 0, not to 1.");
                }
            }
        }
    }

    /// <summary>All states alike that are not terminal; all of them where all are.</summary>
    private double[] UniformStart()
    {
        double[] live = [.. Enumerable.Range(0, states).Select(s => IsTerminal(s) ? 0.0 : 1.0)];
        double count = live.Sum();
        return Array.ConvertAll(live, p => count == 0.0 ? 1.0 / states : p / count);
    }

    private double[] CheckedStart(double[] start)
    {
        if (start.Length != states)
        {
            throw new ArgumentException($"The start distribution has {start.Length} entries; there are {states} states.", nameof(start));
        }

        double total = 0;
        for (int s = 0; s < states; s++)
        {
            if (!(start[s] >= 0.0 && start[s] <= 1.0 + Tolerance))
            {
                throw new ArgumentException(FormattableString.Invariant($"The probability {start[s]} of starting in state {NameOfState(s)} is not in [0, 1]."), nameof(start));
            }

            if (start[s] > 0.0 && IsTerminal(s))
            {
                throw new ArgumentException($"State {NameOfState(s)} is terminal; no episode can start there.", nameof(start));
            }

            total += start[s];
        }

        if (!(Math.Abs(total - 1.0) <= Tolerance))
        {
            throw new ArgumentException(FormattableString.Invariant($"The start distribution sums to {total:G9}, not to 1."), nameof(start));
        }

        return Array.ConvertAll(start, p => p * Scale(total));
    }

    private bool IsTerminal(int state) => rowStart[state * actions] == rowStart[(state + 1) * actions];

    private static double Scale(double total) => Math.Abs(total - 1.0) <= Rounding ? 1.0 : 1.0 / total;

    /// <summary>Where the current row has this outcome; −1 where it has not.</summary>
    private int Find(int next, bool terminated)
    {
        if (row.Count <= Few)
        {
            int place = row.Count - 1;
            while (place >= 0 && (row[place].Next != next || row[place].Terminated != terminated))
            {
                place--;
            }

            return place;
        }

        for (int i = places.Count; i < row.Count; i++)
        {
            places.Add((row[i].Next, row[i].Terminated), i);
        }

        return places.GetValueOrDefault((next, terminated), -1);
    }

    /// <summary>A sum over the current row in the order in which it is kept, so that a process written anew from its own rows is the same to the bit.</summary>
    private double Sum(Func<(int Next, double Probability, double Reward, bool Terminated), double> term)
    {
        double sum = 0;
        foreach (bool ends in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (var outcome in row)
            {
                sum += outcome.Terminated == ends ? term(outcome) : 0.0;
            }
        }

        return sum;
    }

    private void Write(bool terminated, double scale)
    {
        foreach (var outcome in row)
        {
            if (outcome.Terminated == terminated)
            {
                successors[count] = outcome.Next;
                probabilities[count] = outcome.Probability * scale;
                if (outcomeRewards.Length > 0)
                {
                    outcomeRewards[count] = outcome.Reward;
                }

                count++;
            }
        }
    }

    private void Reserve(int more)
    {
        long needed = (long)count + more;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException($"There are more than {Array.MaxLength} outcomes.");
        }

        if (needed > successors.Length)
        {
            Resize((int)Math.Min(Math.Max(needed, 2L * successors.Length), Array.MaxLength));
        }
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref successors, capacity);
        Array.Resize(ref probabilities, capacity);
        if (outcomeRewards.Length > 0)
        {
            Array.Resize(ref outcomeRewards, capacity);
        }
    }

    /// <summary>From the first row on whose outcomes pay differently every outcome has its own reward.</summary>
    private void KeepOutcomeRewards()
    {
        outcomeRewards = new double[successors.Length];
        for (int r = 0; r < rows; r++)
        {
            Array.Fill(outcomeRewards, rewards[r], rowStart[r], rowStart[r + 1] - rowStart[r]);
        }
    }

    private string Place() => rows < rewards.Length ? Place(rows / actions, rows % actions) : "After the last row";

    private string Place(int state, int action) =>
        $"State {NameOfState(state)}, action {(ActionNames is null ? action : $"{action} ('{ActionNames[action]}')")}";

    private string NameOfState(int state) => StateNames is null ? $"{state}" : $"{state} ('{StateNames[state]}')";
}
