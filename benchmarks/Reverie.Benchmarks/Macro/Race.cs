using System.Diagnostics;

namespace Reverie.Benchmarks.Macro;

/// <summary>Measures two pieces of work in alternating rounds.</summary>
internal static class Race
{
    private const int Rounds = 9;
    private const double SecondsPerRound = 0.2;

    /// <summary>Units of work per second of both sides, medians over the rounds, and the median of the rounds' ratios.</summary>
    /// <param name="work">The side of interest.</param>
    /// <param name="units">Units of work that one call of it does.</param>
    /// <param name="reference">What it is compared with.</param>
    /// <param name="referenceUnits">Units of work that one call of the reference does.</param>
    public static (double Rate, double ReferenceRate, double Ratio) Run(Action work, double units, Action reference, double referenceUnits)
    {
        // The first rounds let the just-in-time compiler reach its last tier.
        int calls = Calibrate(work), referenceCalls = Calibrate(reference);
        var (rates, referenceRates, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (int round = 0; round < Rounds; round++)
        {
            rates[round] = calls * units / Seconds(work, calls);
            referenceRates[round] = referenceCalls * referenceUnits / Seconds(reference, referenceCalls);
            ratios[round] = rates[round] / referenceRates[round];
        }

        return (Median(rates), Median(referenceRates), Median(ratios));
    }

    /// <summary>The middle value; sorts the values.</summary>
    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static int Calibrate(Action work)
    {
        int calls = 1;
        for (double spent = 0; spent < 2 * SecondsPerRound;)
        {
            double seconds = Seconds(work, calls);
            spent += seconds;
            if (seconds < SecondsPerRound)
            {
                calls = (int)Math.Clamp(calls * SecondsPerRound / Math.Max(seconds, 1e-6), calls + 1, calls * 16L);
            }
        }

        return calls;
    }

    private static double Seconds(Action work, int calls)
    {
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < calls; i++)
        {
            work();
        }

        return watch.Elapsed.TotalSeconds;
    }
}
