using System.Globalization;
using ScottPlot.TickGenerators;

namespace Reverie.Experiments.Reports;

/// <summary>Tick marks and their labels.</summary>
internal static class Ticks
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Round numbers.</summary>
    /// <param name="spacing">Least distance between them, in units of the figure.</param>
    public static NumericAutomatic Numbers(float spacing = 45) => new()
    {
        LabelFormatter = Number,
        MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1),
        MinimumTickSpacing = spacing,
    };

    /// <summary>Whole numbers.</summary>
    public static NumericAutomatic Integers()
    {
        var ticks = Numbers();
        ticks.IntegerTicksOnly = true;
        return ticks;
    }

    /// <summary>Powers of ten, for data given as decimal logarithms.</summary>
    public static NumericAutomatic Decades() => new()
    {
        IntegerTicksOnly = true,
        LabelFormatter = exponent => Math.Abs(exponent) <= 3 ? Number(Math.Pow(10, exponent)) : "10" + Superscript((int)Math.Round(exponent)),
        MinorTickGenerator = new LogDecadeMinorTickGenerator(),
        MinimumTickSpacing = 30,
    };

    /// <summary>Ticks for decimal logarithms: 1, 2 and 5 times powers of ten where there are few decades, else the powers alone.</summary>
    /// <param name="low">The axis's lower limit, a logarithm.</param>
    /// <param name="high">Its upper limit.</param>
    public static ScottPlot.ITickGenerator Logarithmic(double low, double high)
    {
        if (high - low > 2.5)
        {
            return Decades();
        }

        var ticks = new NumericManual();
        for (int exponent = (int)Math.Floor(low); exponent <= high; exponent++)
        {
            foreach (double leading in (double[])[1, 2, 5])
            {
                double at = exponent + Math.Log10(leading);
                if (at >= low && at <= high)
                {
                    ticks.AddMajor(at, Number(leading * Math.Pow(10, exponent)));
                }
            }
        }

        return ticks;
    }

    /// <summary>Seconds above an axis that counts steps.</summary>
    /// <param name="low">Lowest step of the axis.</param>
    /// <param name="high">Highest step of the axis.</param>
    /// <param name="secondsPerStep">Seconds a step, above 0.</param>
    /// <param name="most">The most labels that fit.</param>
    public static NumericManual Seconds(double low, double high, double secondsPerStep, int most)
    {
        double spacing = NiceSpacing((high - low) * secondsPerStep / most);
        var ticks = new NumericManual();
        for (double k = Math.Ceiling(low * secondsPerStep / spacing); k * spacing <= high * secondsPerStep; k++)
        {
            ticks.AddMajor(k * spacing / secondsPerStep, Number(k * spacing));
        }

        return ticks;
    }

    /// <summary>A number as plainly as it can be: 20,000; 0.25; 1.2e-7; a true minus.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        string format = size == 0 ? "0" : size < 1e-4 || size >= 1e9 ? "0.##e0" : size >= 10_000 ? "#,0.##" : "0.######";
        return value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
    }

    /// <summary>The least of 1, 2, 5 times a power of ten that is not below <paramref name="least"/>.</summary>
    internal static double NiceSpacing(double least)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return new[] { 1.0, 2, 5, 10 }.First(m => m * decade >= least * (1 - 1e-9)) * decade;
    }

    private static string Superscript(int value) =>
        (value < 0 ? "⁻" : "") + string.Concat(Math.Abs(value).ToString(CultureInfo.InvariantCulture).Select(digit => Superscripts[digit - '0']));
}
