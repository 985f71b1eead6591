using System.Runtime.CompilerServices;

namespace Reverie.Numerics;

/// <summary>
/// Not a number but what a number may depend on: evaluating a function on interactions tells, whatever the values, which of up to 64 variables enter it, and with
/// which variables the one called k interacts, ∂²f/∂zₖ∂zⱼ ≠ 0 (sparsity by propagating bit vectors: Griewank and Walther, Evaluating Derivatives, 2008, section 7.1).
/// </summary>
/// <remarks>Never too few, as the same operations run for all values; sometimes too many, as where terms cancel.</remarks>
/// <param name="Variables">A bit for each variable that enters, be it only by a choice.</param>
/// <param name="WithK">Whether the derivative to zₖ may differ from 0.</param>
/// <param name="Partners">A bit for each variable j for which the derivative to zₖ may depend on zⱼ, or the derivative to zⱼ on zₖ.</param>
/// <param name="Kinked">Whether k enters by a function with a kink or a choice, so that the derivative to zₖ may jump.</param>
/// <param name="Nonlinear">Whether any derivative may vary.</param>
/// <param name="Bent">Whether a second derivative to zₖ may vary.</param>
internal readonly record struct Interaction(ulong Variables, bool WithK, ulong Partners, bool Kinked = false, bool Nonlinear = false, bool Bent = false) : IScalar<Interaction>
{
    /// <summary>The variable number <paramref name="index"/> itself.</summary>
    /// <param name="index">0 to 63.</param>
    /// <param name="k">The variable whose partners are sought.</param>
    public static Interaction Variable(int index, int k) => new(1UL << index, index == k, 0);

    public static implicit operator Interaction(double value) => default;

    public static Interaction operator +(Interaction left, Interaction right) => new(left.Variables | right.Variables, left.WithK || right.WithK, left.Partners | right.Partners, left.Kinked || right.Kinked, left.Nonlinear || right.Nonlinear, left.Bent || right.Bent);

    public static Interaction operator -(Interaction left, Interaction right) => left + right;

    public static Interaction operator *(Interaction left, Interaction right)
    {
        var sum = left + right;
        bool both = left.Variables != 0 && right.Variables != 0;
        return sum with
        {
            Partners = sum.Partners | (left.WithK ? right.Variables : 0) | (right.WithK ? left.Variables : 0),
            Nonlinear = sum.Nonlinear || both,
            Bent = sum.Bent || (both && sum.WithK && sum.Nonlinear),
        };
    }

    public static Interaction operator /(Interaction left, Interaction right) => left * Bend(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interaction operator +(Interaction left, double right) => left;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interaction operator -(Interaction left, double right) => left;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interaction operator *(Interaction left, double right) => left;

    public static Interaction operator -(Interaction value) => value;

    public static Interaction Sin(Interaction x) => Bend(x);

    public static Interaction Cos(Interaction x) => Bend(x);

    public static (Interaction Sin, Interaction Cos) SinCos(Interaction x) => (Bend(x), Bend(x));

    public static Interaction Tan(Interaction x) => Bend(x);

    public static Interaction Exp(Interaction x) => Bend(x);

    public static Interaction Log(Interaction x) => Bend(x);

    public static Interaction Sqrt(Interaction x) => Bend(x);

    public static Interaction Tanh(Interaction x) => Bend(x);

    public static Interaction Asin(Interaction x) => Bend(x);

    public static Interaction Atan2(Interaction y, Interaction x) => Bend(y + x);

    public static Interaction Pow(Interaction x, double exponent) => exponent == 0 ? default : exponent == 1 ? x : Bend(x);

    public static Interaction Abs(Interaction x) => Kink(x);

    public static Interaction Min(Interaction a, Interaction b) => Kink(a + b);

    public static Interaction Max(Interaction a, Interaction b) => Kink(a + b);

    public static Interaction Floor(Interaction x) => new(x.Variables, false, 0);

    public static Interaction SelectLess(Interaction a, Interaction b, Interaction ifLess, Interaction otherwise) =>
        Kink(ifLess + otherwise) with { Variables = a.Variables | b.Variables | ifLess.Variables | otherwise.Variables };

    public static Interaction RoundToSingle(Interaction x) => x;

    /// <summary>A function of x that is not linear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Interaction Bend(Interaction x) => x with { Partners = x.Partners | (x.WithK ? x.Variables : 0), Nonlinear = x.Nonlinear || x.Variables != 0, Bent = x.Bent || x.WithK };

    private static Interaction Kink(Interaction x) => x with { Kinked = x.Kinked || x.WithK };
}
