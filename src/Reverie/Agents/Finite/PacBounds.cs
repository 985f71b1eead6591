namespace Reverie.Agents.Finite;

/// <summary>The numbers that proofs of probably approximately correct learning ask for.</summary>
public static class PacBounds
{
    /// <summary>
    /// The ε-horizon time T = ⌈ln(1 / ε) / (1 − γ)⌉ (Kearns and Singh 2002, lemma 2): returns of T steps are within ε r_max / (1 − γ) of those of
    /// infinitely many.
    /// </summary>
    /// <param name="discount">γ in (0, 1).</param>
    /// <param name="epsilon">ε in (0, 1), as a part of the greatest return r_max / (1 − γ).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static int Horizon(double discount, double epsilon)
    {
        RequireFraction(discount, nameof(discount));
        RequireFraction(epsilon, nameof(epsilon));
        return (int)Math.Min(Math.Ceiling(Math.Log(1.0 / epsilon) / (1.0 - discount)), int.MaxValue);
    }

    /// <summary>
    /// Tries of an action after which E³ knows it: K = ⌈½ (S T G / ε)⁴ ln(2 A S (S + 1) / δ)⌉.
    /// </summary>
    /// <remarks>
    /// Kearns and Singh 2002, lemma 4: it is enough that transition probabilities are within (ε / (S T G))² of the truth, where G is the greatest return of T
    /// steps; they leave the constants open. By Hoeffding's inequality n samples give that of one number but for a probability of 2 exp(−2 n (ε / (S T G))⁴);
    /// each of the S·A pairs has S transition probabilities and a mean reward.
    /// </remarks>
    /// <param name="states">S.</param>
    /// <param name="actions">A.</param>
    /// <param name="epsilon">ε > 0, in the units of returns.</param>
    /// <param name="delta">δ in (0, 1).</param>
    /// <param name="horizon">T.</param>
    /// <param name="maxReturn">G, the greatest return of T steps: T r_max, or r_max / (1 − γ).</param>
    /// <returns>K; the greatest number there is where K exceeds it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static long E3Tries(int states, int actions, double epsilon, double delta, int horizon, double maxReturn)
    {
        RequirePositive(states, actions, epsilon, delta, horizon, maxReturn);
        double ratio = (double)states * horizon * maxReturn / epsilon;
        return Whole(0.5 * Math.Pow(ratio, 4) * Math.Log(2.0 * actions * states * (states + 1.0) / delta));
    }

    /// <summary>
    /// Tries of an action after which R-max knows it: K₁ = max(⌈(4 S T r_max / ε)³⌉, ⌈−6 ln³(δ / (6 S A²))⌉) + 1 (Brafman and Tennenholtz 2002, section 3).
    /// </summary>
    /// <param name="states">S.</param>
    /// <param name="actions">A.</param>
    /// <param name="epsilon">ε > 0, in the units of rewards.</param>
    /// <param name="delta">δ in (0, 1).</param>
    /// <param name="horizon">T.</param>
    /// <param name="maxReward">r_max > 0.</param>
    /// <returns>K₁; the greatest number there is where K₁ exceeds it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static long RMaxTries(int states, int actions, double epsilon, double delta, int horizon, double maxReward)
    {
        RequirePositive(states, actions, epsilon, delta, horizon, maxReward);
        double simulation = Math.Pow(4.0 * states * horizon * maxReward / epsilon, 3);
        double failure = -6.0 * Math.Pow(Math.Log(delta / (6.0 * states * actions * actions)), 3);
        long tries = Math.Max(Whole(simulation), Whole(failure));
        return tries < long.MaxValue ? tries + 1 : tries;
    }

    private static long Whole(double number) => number < long.MaxValue ? (long)Math.Ceiling(number) : long.MaxValue;

    private static void RequirePositive(int states, int actions, double epsilon, double delta, int horizon, double greatest)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        RequireFraction(delta, nameof(delta));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(greatest);
    }

    private static void RequireFraction(double value, string name)
    {
        if (!(value > 0.0 && value < 1.0))
        {
            throw new ArgumentOutOfRangeException(name, value, "It must be above 0 and below 1.");
        }
    }
}
