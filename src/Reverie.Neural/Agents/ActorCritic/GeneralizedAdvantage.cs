namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// Generalised advantage estimation, GAE(λ) (Schulman, Moritz, Levine, Jordan, Abbeel 2016, equation 16):
/// δₜ = rₜ + γ V(s'ₜ) − V(sₜ), Âₜ = δₜ + γλ Âₜ₊₁.
/// </summary>
public static class GeneralizedAdvantage
{
    /// <summary>
    /// The advantages of consecutive steps of one or more episodes. After a step that terminated nothing follows: V(s') counts as 0. After one that was truncated the task would have gone
    /// on: V(s') counts. At both, and at the last step, the recursion starts anew.
    /// </summary>
    /// <param name="rewards">r, <c>[T]</c>.</param>
    /// <param name="values">V(s), <c>[T]</c>.</param>
    /// <param name="nextValues">V(s'), of what was seen after each step, <c>[T]</c>.</param>
    /// <param name="terminated">Whether the task ended with the step, <c>[T]</c>.</param>
    /// <param name="truncated">Whether time ran out with it, <c>[T]</c>.</param>
    /// <param name="discount">γ in [0, 1].</param>
    /// <param name="trace">λ in [0, 1]: 0 for the error of one step, 1 for whole returns.</param>
    /// <param name="advantages">Receives Â, <c>[T]</c>.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">γ or λ is out of range.</exception>
    public static void Estimate(
        ReadOnlySpan<double> rewards,
        ReadOnlySpan<double> values,
        ReadOnlySpan<double> nextValues,
        ReadOnlySpan<bool> terminated,
        ReadOnlySpan<bool> truncated,
        double discount,
        double trace,
        Span<double> advantages)
    {
        Require(values.Length, rewards.Length, nameof(values));
        Require(nextValues.Length, rewards.Length, nameof(nextValues));
        Require(terminated.Length, rewards.Length, nameof(terminated));
        Require(truncated.Length, rewards.Length, nameof(truncated));
        Require(advantages.Length, rewards.Length, nameof(advantages));
        RequireUnit(discount, nameof(discount));
        RequireUnit(trace, nameof(trace));
        double following = 0.0;
        for (int t = rewards.Length - 1; t >= 0; t--)
        {
            double delta = rewards[t] + (terminated[t] ? 0.0 : discount * nextValues[t]) - values[t];
            following = delta + (terminated[t] || truncated[t] ? 0.0 : discount * trace * following);
            advantages[t] = following;
        }
    }

    /// <summary>Â ← (Â − mean) / (deviation + 10⁻⁸) over the batch; numbers that are not finite become 0.</summary>
    internal static void Normalize(Span<double> advantages)
    {
        double sum = 0, squares = 0;
        int count = 0;
        foreach (double a in advantages)
        {
            if (double.IsFinite(a))
            {
                (sum, squares, count) = (sum + a, squares + (a * a), count + 1);
            }
        }

        double mean = sum / Math.Max(1, count), deviation = Math.Sqrt(Math.Max(0.0, (squares / Math.Max(1, count)) - (mean * mean)));
        foreach (ref double a in advantages)
        {
            a = double.IsFinite(a) ? (a - mean) / (deviation + 1e-8) : 0.0;
        }
    }

    private static void Require(int given, int wanted, string name)
    {
        if (given != wanted)
        {
            throw new ArgumentException($"'{name}' has {given} numbers; there are {wanted} rewards.", name);
        }
    }

    private static void RequireUnit(double given, string name)
    {
        if (!(given is >= 0.0 and <= 1.0))
        {
            throw new ArgumentOutOfRangeException(name, given, $"'{name}' must be in [0, 1].");
        }
    }
}
