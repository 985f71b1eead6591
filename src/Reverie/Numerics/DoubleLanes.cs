using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// Eight double-precision numbers computed on together: for derivatives at eight steps of a trajectory, or eight trajectories, at once.
/// </summary>
/// <remarks>
/// The four operations and the square root are rounded correctly. Sine, cosine, exponential, logarithm and arcsine are computed in lanes and agree with <see cref="Real"/> to
/// a few units in the last place; tanh, atan2 and powers are computed one by one. Where the processor has no 512-bit registers the runtime splits the work.
/// </remarks>
public readonly struct DoubleLanes : IScalar<DoubleLanes>
{
    /// <summary>Numbers in one value.</summary>
    public const int Count = 8;

    /// <summary>The numbers.</summary>
    public readonly Vector512<double> Value;

    /// <summary>Wraps a vector.</summary>
    public DoubleLanes(Vector512<double> value) => Value = value;

    /// <summary>Reads eight numbers from <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Load(ReadOnlySpan<double> source, int start) =>
        new(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(source.Slice(start, Count))));

    /// <summary>Writes the eight numbers to <paramref name="destination"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<double> destination, int start) =>
        Value.StoreUnsafe(ref MemoryMarshal.GetReference(destination.Slice(start, Count)));

    /// <inheritdoc/>
    public static implicit operator DoubleLanes(double value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator +(DoubleLanes left, DoubleLanes right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator -(DoubleLanes left, DoubleLanes right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator *(DoubleLanes left, DoubleLanes right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator /(DoubleLanes left, DoubleLanes right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator +(DoubleLanes left, double right) => new(left.Value + Vector512.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator -(DoubleLanes left, double right) => new(left.Value - Vector512.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator *(DoubleLanes left, double right) => new(left.Value * Vector512.Create(right));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes operator -(DoubleLanes value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Sin(DoubleLanes x)
    {
        Sin(in x.Value, out var result);
        return new(result);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Cos(DoubleLanes x)
    {
        Cos(in x.Value, out var result);
        return new(result);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (DoubleLanes Sin, DoubleLanes Cos) SinCos(DoubleLanes x)
    {
        SinCos(in x.Value, out var sin, out var cos);
        return (new(sin), new(cos));
    }

    /// <inheritdoc/>
    public static DoubleLanes Tan(DoubleLanes x)
    {
        SinCos(in x.Value, out var sin, out var cos);
        return new(sin / cos);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Exp(DoubleLanes x)
    {
        Exp(in x.Value, out var result);
        return new(result);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Log(DoubleLanes x)
    {
        Log(in x.Value, out var result);
        return new(result);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Sqrt(DoubleLanes x) => new(Vector512.Sqrt(x.Value));

    /// <inheritdoc/>
    public static DoubleLanes Tanh(DoubleLanes x)
    {
        var result = x;
        foreach (ref double lane in Each(ref result))
        {
            lane = Math.Tanh(lane);
        }

        return result;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Asin(DoubleLanes x)
    {
        Asin(in x.Value, out var result);
        return new(result);
    }

    /// <inheritdoc/>
    public static DoubleLanes Atan2(DoubleLanes y, DoubleLanes x)
    {
        var (result, divisor) = (y, x);
        var divisors = Each(ref divisor);
        int i = 0;
        foreach (ref double lane in Each(ref result))
        {
            lane = Math.Atan2(lane, divisors[i++]);
        }

        return result;
    }

    /// <inheritdoc/>
    public static DoubleLanes Pow(DoubleLanes x, double exponent)
    {
        var result = x;
        foreach (ref double lane in Each(ref result))
        {
            lane = Math.Pow(lane, exponent);
        }

        return result;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Abs(DoubleLanes x) => new(Vector512.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Min(DoubleLanes a, DoubleLanes b) => new(Vector512.ConditionalSelect(
        Vector512.LessThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b.Value, a.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Max(DoubleLanes a, DoubleLanes b) => new(Vector512.ConditionalSelect(
        Vector512.GreaterThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b.Value, a.Value));

    /// <inheritdoc/>
    public static DoubleLanes Floor(DoubleLanes x) => new(Vector512.Floor(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes SelectLess(DoubleLanes a, DoubleLanes b, DoubleLanes ifLess, DoubleLanes otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.Value, b.Value), ifLess.Value, otherwise.Value));

    /// <inheritdoc/>
    public static DoubleLanes RoundToSingle(DoubleLanes x) => x;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    // Long functions stand apart, their vectors passed by reference: by value they would be copied in pieces, and read back whole before the pieces have arrived.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void SinCos(in Vector512<double> x, out Vector512<double> sin, out Vector512<double> cos)
    {
        if (!Vector512.LessThanOrEqualAll(Vector512.Abs(x), Vector512.Create(1e5)))
        {
            (sin, cos) = Vector512.SinCos(x);
            return;
        }

        // x = k π/2 + r with |r| ≤ π/4, π/2 in two parts (Cody and Waite 1980); sin r and cos r by minimax polynomials in r² (Ng, fdlibm 1993); k mod 4 says which is which.
        var k = Vector512.Round(x * (2.0 / Math.PI));
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-6.123233995736766e-17), Vector512.FusedMultiplyAdd(k, Vector512.Create(-Math.PI / 2.0), x));
        var z = r * r;
        var s = Vector512.FusedMultiplyAdd(r * z, Polynomial(z, SinS), r);
        var c = Vector512.FusedMultiplyAdd(z * z, Polynomial(z, CosC), Vector512.FusedMultiplyAdd(z, Vector512.Create(-0.5), Vector512<double>.One));
        var quadrant = Vector512.ConvertToInt64(k);
        var odd = Vector512.Equals(quadrant & Vector512<long>.One, Vector512<long>.One).AsDouble();
        var sinSign = ((quadrant & Vector512.Create(2L)) << 62).AsDouble();
        var cosSign = (((quadrant + Vector512<long>.One) & Vector512.Create(2L)) << 62).AsDouble();
        sin = Vector512.ConditionalSelect(odd, c, s) ^ sinSign;
        cos = Vector512.ConditionalSelect(odd, s, c) ^ cosSign;
    }

    private static void Sin(in Vector512<double> x, out Vector512<double> result) => SinCos(in x, out result, out _);

    private static void Cos(in Vector512<double> x, out Vector512<double> result) => SinCos(in x, out _, out result);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Exp(in Vector512<double> x, out Vector512<double> result) => result = Vector512.Exp(x);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Log(in Vector512<double> x, out Vector512<double> result) => result = Vector512.Log(x);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Asin(in Vector512<double> x, out Vector512<double> angle)
    {
        // For |x| ≤ 5/8, x + x³ P(x²)/Q(x²); beyond, with w = 1 − |x|, π/2 − √(2w) (1 + w R(w)/S(w)) (Moshier, Methods and Programs for Mathematical Functions, 1989).
        var magnitude = Vector512.Abs(x);
        var square = magnitude * magnitude;
        var result = magnitude + (magnitude * (square * Ratio(square, AsinP, AsinQ)));
        var limit = Vector512.Create(0.625);
        if (Vector512.GreaterThanAny(magnitude, limit))
        {
            var w = Vector512<double>.One - magnitude;
            var root = Vector512.Sqrt(w + w);
            var large = Vector512.Create(Math.PI / 4.0) - root - ((root * (w * Ratio(w, AsinR, AsinS))) - Vector512.Create(6.123233995736766e-17)) + Vector512.Create(Math.PI / 4.0);
            result = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, limit), large, result);
        }

        angle = Vector512.CopySign(result, x);
    }

    // Highest power first.
    private static ReadOnlySpan<double> SinS =>
        [1.58969099521155010221e-10, -2.50507602534068634195e-8, 2.75573137070700676789e-6, -1.98412698298579493134e-4, 8.33333333332248946124e-3, -1.66666666666666324348e-1];

    private static ReadOnlySpan<double> CosC =>
        [-1.13596475577881948265e-11, 2.08757232129817482790e-9, -2.75573143513906633035e-7, 2.48015872894767294178e-5, -1.38888888888741095749e-3, 4.16666666666666019037e-2];

    private static ReadOnlySpan<double> AsinP =>
        [4.253011369004428248960e-3, -6.019598008014123785661e-1, 5.444622390564711410273, -1.626247967210700244449e1, 1.956261983317594739197e1, -8.198089802484824371615];

    private static ReadOnlySpan<double> AsinQ =>
        [1.0, -1.474091372988853791896e1, 7.049610280856842141659e1, -1.471791292232726029859e2, 1.395105614657485689735e2, -4.918853881490881290097e1];

    private static ReadOnlySpan<double> AsinR =>
        [2.967721961301243206100e-3, -5.634242780008963776856e-1, 6.968710824104713396794, -2.556901049652824852289e1, 2.853665548261061424989e1];

    private static ReadOnlySpan<double> AsinS =>
        [1.0, -2.194779531642920639778e1, 1.470656354026814941758e2, -3.838770957603691357202e2, 3.424398657913078477438e2];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Ratio(Vector512<double> x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator) =>
        Polynomial(x, numerator) / Polynomial(x, denominator);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Polynomial(Vector512<double> x, ReadOnlySpan<double> coefficients)
    {
        var sum = Vector512.Create(coefficients[0]);
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = Vector512.FusedMultiplyAdd(sum, x, Vector512.Create(coefficients[i]));
        }

        return sum;
    }

    private static Span<double> Each(ref DoubleLanes value) => MemoryMarshal.CreateSpan(ref Unsafe.As<DoubleLanes, double>(ref value), Count);
}
