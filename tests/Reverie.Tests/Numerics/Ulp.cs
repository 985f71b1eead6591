namespace Reverie.Tests.Numerics;

/// <summary>Errors in units in the last place of a float.</summary>
internal static class Ulp
{
    /// <summary>|actual − exact| in the distance of neighbouring floats at <paramref name="exact"/>; 0 for equal infinities or two NaNs.</summary>
    public static double Error(float actual, double exact)
    {
        if (double.IsNaN(exact) || Math.Abs(exact) >= 3.4028235677973366e38)
        {
            // Half a unit above the largest float, rounding gives infinity.
            return actual.Equals((float)exact) ? 0 : double.PositiveInfinity;
        }

        double unit = exact == 0 ? float.Epsilon : Math.Max(float.Epsilon, Math.ScaleB(1, Math.ILogB(exact) - 23));
        double error = float.IsInfinity(actual) ? Math.Abs(exact - (Math.CopySign(3.4028236692093846e38, actual))) : Math.Abs(actual - exact);
        return double.IsNaN(error) ? double.PositiveInfinity : error / unit;
    }
}
