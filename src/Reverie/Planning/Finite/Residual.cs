namespace Reverie.Planning.Finite;

/// <summary>How much a sweep changed values, over all states that are not terminal.</summary>
/// <param name="Low">min (TV − V).</param>
/// <param name="High">max (TV − V).</param>
/// <param name="Norm">max |TV|.</param>
/// <param name="Rounding">How far a computed (TV)(s) can be from the exact one.</param>
internal readonly record struct Residual(double Low, double High, double Norm, double Rounding)
{
    /// <summary>max |x|.</summary>
    public static double NormOf(ReadOnlySpan<double> x)
    {
        double norm = 0;
        foreach (double value in x)
        {
            norm = Math.Max(norm, Math.Abs(value));
        }

        return norm;
    }

    /// <summary>max |TV − V|.</summary>
    public double Change => Math.Max(Math.Abs(Low), Math.Abs(High));
}
