using System.Diagnostics;

namespace Reverie.Benchmarks.Macro;

/// <summary>Measures pieces of work in alternating rounds.</summary>
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
        double[][] rates = Rates((work, units), (reference, referenceUnits));
        double[] ratios = [.. rates[0].Zip(rates[1], (rate, other) => rate / other)];
        return (Median(rates[0]), Median(rates[1]), Median(ratios));
    }

    /// <summary>Units of work per second, <c>[side][round]</c>: in every round each side has its turn.</summary>
    /// <param name="sides">Each side's work, and the units that one call of it does.</param>
    public static double[][] Rates(params (Action Work, double Units)[] sides)
    {
        // The first rounds let the just-in-time compiler reach its last tier.
        int[] calls = [.. sides.Select(side => Calibrate(side.Work))];
        double[][] rates = [.. sides.Select(_ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                rates[i][round] = calls[i] * sides[i].Units / Seconds(sides[i].Work, calls[i]);
            }
        }

        return rates;
    }

    /// <summary>Bytes that a call allocates on the managed heap, on all threads, once it is in its steady state.</summary>
    public static double BytesPerCall(Action work, int calls)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < calls; i++)
        {
            work();
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)calls;
    }

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
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
