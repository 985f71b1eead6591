namespace Reverie.Worlds.Finite.Formats;

/// <summary>r(s,a,s') as stated in a Cassandra file, −1 standing for all; of several statements that apply the last one holds.</summary>
internal sealed class MdpRewards
{
    private readonly Dictionary<(int Action, int State, int Next), (int Order, double Reward)> stated = [];
    private readonly bool[] shapes = new bool[8];
    private int order;

    /// <summary>States a reward; returns false where there are too many.</summary>
    public bool Set(int action, int state, int next, double reward)
    {
        if (stated.Count == 0 && reward == 0.0)
        {
            return true;
        }

        stated[(action, state, next)] = (++order, reward);
        shapes[(action < 0 ? 4 : 0) + (state < 0 ? 2 : 0) + (next < 0 ? 1 : 0)] = true;
        return stated.Count <= FileLimits.Rewards;
    }

    /// <summary>The reward of an outcome; 0 where nothing is stated.</summary>
    public double Of(int action, int state, int next)
    {
        var last = (Order: 0, Reward: 0.0);
        for (int shape = 0; shape < shapes.Length; shape++)
        {
            if (shapes[shape]
                && stated.TryGetValue(((shape & 4) > 0 ? -1 : action, (shape & 2) > 0 ? -1 : state, (shape & 1) > 0 ? -1 : next), out var found)
                && found.Order > last.Order)
            {
                last = found;
            }
        }

        return last.Reward;
    }
}
