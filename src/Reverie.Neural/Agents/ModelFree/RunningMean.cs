using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>The mean of what was measured since the last report.</summary>
internal sealed class RunningMean
{
    private double sum;
    private long count;

    /// <summary>Adds a measurement.</summary>
    public void Add(double value)
    {
        sum += value;
        count++;
    }

    /// <summary>Reports the mean, if anything was measured, and begins again.</summary>
    public void Report(MetricSink metrics, string name)
    {
        if (count > 0)
        {
            metrics(name, sum / count);
        }

        (sum, count) = (0, 0);
    }

    /// <summary>Writes sum and count under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix) => state.Set(prefix, [sum, count]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetDouble(prefix, 2);
        (sum, count) = (saved[0], (long)saved[1]);
    }
}
