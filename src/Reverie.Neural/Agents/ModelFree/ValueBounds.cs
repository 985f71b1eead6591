using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>
/// What a state can be worth, going by the rewards seen so far: V ∈ [min(0, r_min + b_min), max(0, r_max + b_max)] / (1 − γ), b what the learner's entropy may add
/// to a step, 0 because the task may end. A bootstrapped value is limited to it: no expected return lies outside, and values that are wrong cannot feed on themselves without
/// end. (Of SAC, which values a state by one draw, it cuts off what −α ln π of a rare draw has above its expectation.)
/// </summary>
/// <param name="learner">Whose values they are.</param>
internal sealed class ValueBounds(IModelFreeLearner learner)
{
    private double least = double.PositiveInfinity;
    private double most = double.NegativeInfinity;

    /// <summary>Learns of a real reward.</summary>
    public void See(double reward) => (least, most) = (Math.Min(least, reward), Math.Max(most, reward));

    /// <summary>Learns of a reward that was lowered on purpose: values may then be lower, too.</summary>
    public void SeePenalised(double reward) => least = Math.Min(least, reward);

    /// <summary>The lowest and the highest value there can be.</summary>
    public (float Low, float High) Now()
    {
        double steps = 1.0 / (1.0 - learner.Discount);
        var (least, most) = learner.BonusRange;
        return ((float)(Math.Min(0.0, this.least + least) * steps), (float)(Math.Max(0.0, this.most + most) * steps));
    }

    /// <summary>Writes everything under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix) => state.Set(prefix, [least, most]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetDouble(prefix, 2);
        (least, most) = (saved[0], saved[1]);
    }
}
