using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Models.Finite;

/// <summary>An outcome that was seen of a state and an action.</summary>
/// <param name="Code">s' where the task went on, ~s' where it ended.</param>
/// <param name="Count">How often it was seen.</param>
public readonly record struct EmpiricalOutcome(int Code, int Count)
{
    /// <summary>s'.</summary>
    public int Next => Code < 0 ? ~Code : Code;

    /// <summary>Whether the task ended.</summary>
    public bool Terminated => Code < 0;
}

/// <summary>
/// A finite model learned by counting: n(s,a), n(s,a,s'), terminations and mean rewards. Its transitions are the mean of the Dirichlet posterior,
/// p̂(s'|s,a) = (n(s,a,s') + c/S) / (n(s,a) + c), which for the prior mass c = 0 is the maximum-likelihood estimate n(s,a,s') / n(s,a).
/// </summary>
/// <remarks>
/// <para>Recording a step costs O(successors) and rebuilds nothing. A state and an action take 32 bytes, an outcome 8, in blocks of a power of two.</para>
/// <para>Row s·A + a belongs to action a in state s. Of a row that was never tried the model believes, unless it has a prior, that it stays in place and
/// pays 0 (Sutton and Barto 2018, section 8.3).</para>
/// <para>As a simulator its state is the number of a state, in a vector of length one; batches hold floats, and it takes at most 2²⁴ states.</para>
/// </remarks>
public sealed partial class EmpiricalModel : ISimulator, IEvaluator, ITabulator
{
    private const int MostStates = 1 << 24;
    private const int Sizes = 31;

    private readonly int actions;
    private readonly int[] start;
    private readonly int[] length;
    private readonly long[] visits;
    private readonly double[] means;
    private readonly double[] squares;
    private readonly int[] free = new int[Sizes];
    private readonly RolloutEvaluator evaluator;
    private EmpiricalOutcome[] slots;
    private int used;

    /// <summary>A model that has seen nothing.</summary>
    /// <param name="states">S, 1 to 2²⁴.</param>
    /// <param name="actions">A ≥ 2; S·A at most 2³¹ − 2.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <param name="prior">The prior mass c ≥ 0 of a row, which all states share alike: α = c/S each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public EmpiricalModel(int states, int actions, double discount, double prior = 0.0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(states, MostStates);
        ArgumentOutOfRangeException.ThrowIfLessThan(actions, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)states * actions, int.MaxValue - 1, nameof(states));
        if (!(prior >= 0.0 && double.IsFinite(prior)))
        {
            throw new ArgumentOutOfRangeException(nameof(prior), prior, "The prior mass must be finite and not negative.");
        }

        (States, this.actions, Discount, Prior) = (states, actions, discount, prior);
        Actions = ActionSpace.Discrete(actions);
        evaluator = new RolloutEvaluator(this, discount);
        int rows = states * actions;
        (start, length, visits, means, squares) = (new int[rows], new int[rows], new long[rows], new double[rows], new double[rows]);
        slots = new EmpiricalOutcome[Math.Max(16, rows)];
        Array.Fill(free, -1);
    }

    /// <summary>S.</summary>
    public int States { get; }

    /// <inheritdoc/>
    public ActionSpace Actions { get; }

    /// <summary>γ.</summary>
    public double Discount { get; }

    /// <summary>The prior mass c of a row.</summary>
    public double Prior { get; }

    /// <summary>Steps recorded.</summary>
    public long Steps { get; private set; }

    /// <summary>Records a real step.</summary>
    /// <param name="state">s.</param>
    /// <param name="action">a.</param>
    /// <param name="reward">r, finite.</param>
    /// <param name="next">s'.</param>
    /// <param name="terminated">Whether the task ended.</param>
    /// <returns>Whether this outcome of s and a was seen for the first time.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public bool Record(int state, int action, double reward, int next, bool terminated)
    {
        int row = Row(state, action);
        if ((uint)next >= (uint)States || !double.IsFinite(reward))
        {
            throw new ArgumentException(FormattableString.Invariant($"Next state {next} and reward {reward}: a state from 0 to {States - 1} and a finite reward are wanted."));
        }

        // Welford 1962: mean and sum of squared differences from it, in one pass.
        long n = ++visits[row];
        double difference = reward - means[row];
        means[row] += difference / n;
        squares[row] += difference * (reward - means[row]);
        Steps++;
        return Count(row, terminated ? ~next : next);
    }

    /// <summary>The row of action <paramref name="action"/> in state <paramref name="state"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">State or action is not one of those there are.</exception>
    public int Row(int state, int action)
    {
        if ((uint)state >= (uint)States)
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, $"The state must be from 0 to {States - 1}.");
        }

        if ((uint)action >= (uint)actions)
        {
            throw new ArgumentOutOfRangeException(nameof(action), action, $"The action must be from 0 to {actions - 1}.");
        }

        return (state * actions) + action;
    }

    /// <summary>n(s,a).</summary>
    /// <param name="row">The row of s and a.</param>
    public long Visits(int row) => visits[row];

    /// <summary>What was seen of s and a, in the order of first sight; valid until the next <see cref="Record"/>.</summary>
    /// <param name="row">The row of s and a.</param>
    public ReadOnlySpan<EmpiricalOutcome> Outcomes(int row) => slots.AsSpan(start[row], length[row]);

    /// <summary>n(s,a,s'), those among them that ended the task.</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="next">s'.</param>
    public long Visits(int row, int next)
    {
        long sum = 0;
        foreach (var outcome in Outcomes(row))
        {
            sum += outcome.Next == next ? outcome.Count : 0;
        }

        return sum;
    }

    /// <summary>How often the task ended.</summary>
    /// <param name="row">The row of s and a.</param>
    public long Terminations(int row)
    {
        long sum = 0;
        foreach (var outcome in Outcomes(row))
        {
            sum += outcome.Terminated ? outcome.Count : 0;
        }

        return sum;
    }

    /// <summary>r̂(s,a), the mean reward; 0 where nothing was seen.</summary>
    /// <param name="row">The row of s and a.</param>
    public double Reward(int row) => means[row];

    /// <summary>The unbiased estimate of the reward's variance; 0 for fewer than two visits.</summary>
    /// <param name="row">The row of s and a.</param>
    public double RewardVariance(int row) => visits[row] > 1 ? squares[row] / (visits[row] - 1) : 0.0;

    /// <summary>p̂(s'|s,a), whether the task then ends or not; 0 for every state where nothing was seen and there is no prior.</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="next">s'.</param>
    public double Probability(int row, int next)
    {
        double mass = visits[row] + Prior;
        return mass > 0 ? (Visits(row, next) + (Prior / States)) / mass : 0.0;
    }

    /// <summary>Q(s,a) = r̂(s,a) + γ Σ p̂(s'|s,a) V(s').</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="values">V, <c>[S]</c>.</param>
    public double Lookahead(int row, ReadOnlySpan<double> values) => means[row] + (Discount * Expect(row, values));

    /// <summary>Σ p̂(s'|s,a) V(s') over what goes on; where nothing was seen and there is no prior, V(s).</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="values">V, <c>[S]</c>.</param>
    public double Expect(int row, ReadOnlySpan<double> values)
    {
        double mass = visits[row] + Prior;
        if (mass == 0)
        {
            return values[row / actions];
        }

        double sum = 0;
        foreach (var outcome in Outcomes(row))
        {
            sum += outcome.Code >= 0 ? outcome.Count * values[outcome.Code] : 0.0;
        }

        if (Prior > 0)
        {
            double total = 0;
            foreach (double value in values)
            {
                total += value;
            }

            sum += Prior / States * total;
        }

        return sum / mass;
    }

    /// <summary>What comes of a row at the quantile <paramref name="quantile"/> of p̂; the reward is r̂(s,a).</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="quantile">Uniform in [0, 1).</param>
    public FiniteOutcome Draw(int row, double quantile)
    {
        double left = quantile * (visits[row] + Prior);
        foreach (var outcome in Outcomes(row))
        {
            left -= outcome.Count;
            if (left < 0)
            {
                return new FiniteOutcome(outcome.Next, means[row], outcome.Terminated);
            }
        }

        int next = Prior > 0 ? Math.Clamp((int)(left / Prior * States), 0, States - 1) : row / actions;
        return new FiniteOutcome(next, means[row], Terminated: false);
    }

    private bool Count(int row, int code)
    {
        var seen = slots.AsSpan(start[row], length[row]);
        for (int i = 0; i < seen.Length; i++)
        {
            if (seen[i].Code == code)
            {
                seen[i] = new EmpiricalOutcome(code, checked(seen[i].Count + 1));
                return false;
            }
        }

        Append(row, new EmpiricalOutcome(code, 1));
        return true;
    }

    /// <summary>A row of L outcomes lives in a block of the next power of two; when that is full it moves to one twice as large.</summary>
    private void Append(int row, EmpiricalOutcome outcome)
    {
        int n = length[row];
        if (n == 0)
        {
            start[row] = Take(0);
        }
        else if (int.IsPow2(n))
        {
            int size = int.Log2(n), block = Take(size + 1);
            slots.AsSpan(start[row], n).CopyTo(slots.AsSpan(block, n));
            slots[start[row]] = new EmpiricalOutcome(free[size], 0);
            (free[size], start[row]) = (start[row], block);
        }

        slots[start[row] + n] = outcome;
        length[row] = n + 1;
    }

    /// <summary>A block of 2^<paramref name="size"/> slots: one that was left, or a new one.</summary>
    private int Take(int size)
    {
        if (free[size] >= 0)
        {
            int block = free[size];
            free[size] = slots[block].Code;
            return block;
        }

        int needed = checked(used + (1 << size));
        if (needed > slots.Length)
        {
            Array.Resize(ref slots, (int)Math.Min(Math.Max(needed, 2L * slots.Length), Array.MaxLength));
        }

        int first = used;
        used = needed;
        return first;
    }
}
