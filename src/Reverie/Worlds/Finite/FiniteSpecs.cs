namespace Reverie.Worlds.Finite;

/// <summary>What agents may know of a finite world, read off its processes.</summary>
internal static class FiniteSpecs
{
    /// <summary>A world whose least and greatest reward are those of its processes.</summary>
    public static FiniteProblem Problem(string name, FiniteMdp mdp, int maxSteps, GridLayout? layout = null, params IReadOnlyList<FiniteChange> changes)
    {
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var process in (FiniteMdp[])[mdp, .. changes.Select(c => c.Mdp)])
        {
            var (low, high) = Rewards(process);
            (least, greatest) = (Math.Min(least, low), Math.Max(greatest, high));
        }

        if (least > greatest)
        {
            // Nothing can be done anywhere.
            (least, greatest) = (0.0, 0.0);
        }

        return new FiniteProblem(Of(name, mdp, maxSteps, least, greatest), mdp) { Changes = changes, Layout = layout };
    }

    /// <summary>What is known of a world whose rewards lie between these.</summary>
    public static WorldSpec Of(string name, FiniteMdp mdp, int maxSteps, double minReward, double maxReward) =>
        new(name, [new("state")], ActionSpace.Discrete(mdp.Actions), maxSteps, 0.0) { States = mdp.States, Discount = mdp.Discount, MinReward = minReward, MaxReward = maxReward };

    /// <summary>The least and the greatest reward of any outcome.</summary>
    private static (double Least, double Greatest) Rewards(FiniteMdp mdp)
    {
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double reward in mdp.OutcomeRewards)
        {
            (least, greatest) = (Math.Min(least, reward), Math.Max(greatest, reward));
        }

        for (int row = 0; mdp.OutcomeRewards.IsEmpty && row < mdp.Rewards.Length; row++)
        {
            if (mdp.RowStart[row] < mdp.RowStart[row + 1])
            {
                (least, greatest) = (Math.Min(least, mdp.Rewards[row]), Math.Max(greatest, mdp.Rewards[row]));
            }
        }

        return (least, greatest);
    }
}
