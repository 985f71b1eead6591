using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reverie.Numerics;

/// <summary>
/// Elementary functions on sixteen floats at once: argument reduction, then a minimax polynomial (the coefficients are those of
/// Moshier's Cephes library, single precision). NaN gives NaN throughout. <see cref="Lanes"/> states the errors measured.
/// </summary>
/// <remarks>
/// <c>MinNative</c> and <c>MaxNative</c> are single instructions; where either argument is NaN, x86 returns the second and Arm a NaN.
/// A bound therefore stands first and the number to be bounded second, so that its NaN passes.
/// </remarks>
internal static class LaneMath
{
    /// <summary>|x| above this [rad] has no meaningful sine in single precision (neighbours are 0.5 rad apart): NaN.</summary>
    private const float LargestAngle = 4194304f;

    /// <summary>1.5·2²³: adding it rounds to the nearest integer and leaves that integer in the low bits of the mantissa.</summary>
    private const float RoundingMagic = 12582912f;

    /// <summary>sin x and cos x for |x| ≤ 2²² rad, else NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Sin, Vector512<float> Cos) SinCos(Vector512<float> x)
    {
        // q = round(x·2/π); r = x − q·π/2 with π/2 in three parts. The first product cancels x exactly, the second leaves about r,
        // so that r is off by little more than its own rounding, however near x is to a multiple of π/2.
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(0.636619772f), Vector512.Create(RoundingMagic));
        var quadrant = shifted.AsInt32();
        var q = shifted - Vector512.Create(RoundingMagic);
        var r = Vector512.FusedMultiplyAdd(q, Vector512.Create(-1.57079637f), x);
        r = Vector512.FusedMultiplyAdd(q, Vector512.Create(4.37113883e-8f), r);
        r = Vector512.FusedMultiplyAdd(q, Vector512.Create(1.71512451e-15f), r);
        r = Vector512.ConditionalSelect(
            Vector512.LessThanOrEqual(Vector512.Abs(x), Vector512.Create(LargestAngle)), r, Vector512.Create(float.NaN));
        var z = r * r;

        var s = Vector512.FusedMultiplyAdd(z, Vector512.Create(-1.9515295891e-4f), Vector512.Create(8.3321608736e-3f));
        s = Vector512.FusedMultiplyAdd(z, s, Vector512.Create(-1.6666654611e-1f));
        s = Vector512.FusedMultiplyAdd(z * r, s, r);

        var c = Vector512.FusedMultiplyAdd(z, Vector512.Create(2.443315711809948e-5f), Vector512.Create(-1.388731625493765e-3f));
        c = Vector512.FusedMultiplyAdd(z, c, Vector512.Create(4.166664568298827e-2f));
        c = Vector512.FusedMultiplyAdd(z * z, c, Vector512.FusedMultiplyAdd(z, Vector512.Create(-0.5f), Vector512<float>.One));

        // Odd quadrants swap sine and cosine; quadrants 2, 3 negate the sine, 1, 2 the cosine.
        var odd = Vector512.Equals(quadrant & Vector512<int>.One, Vector512<int>.One).AsSingle();
        var sinSign = Vector512.ShiftLeft(quadrant & Vector512.Create(2), 30);
        var cosSign = Vector512.ShiftLeft((quadrant + Vector512<int>.One) & Vector512.Create(2), 30);
        var sin = Vector512.ConditionalSelect(odd, c, s);
        var cos = Vector512.ConditionalSelect(odd, s, c);
        return ((sin.AsInt32() ^ sinSign).AsSingle(), (cos.AsInt32() ^ cosSign).AsSingle());
    }

    /// <summary>eˣ over the whole range: +∞ above 88.73, subnormal below −87.33, 0 below −103.98.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // x = n·ln 2 + r, |r| ≤ ln 2 / 2; eˣ = 2ⁿ·eʳ. At the bounds 2ⁿ·eʳ is already infinite or zero.
        var bounded = Vector512.MinNative(Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-105f), x));
        var shifted = Vector512.FusedMultiplyAdd(bounded, Vector512.Create(1.44269504f), Vector512.Create(RoundingMagic));
        var n = shifted - Vector512.Create(RoundingMagic);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693147182f), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(1.90465421e-9f), r);
        var p = Vector512.FusedMultiplyAdd(r, Vector512.Create(1.9875691500e-4f), Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(r * r, p, r) + Vector512<float>.One;
        return Scale(p, n, shifted.AsInt32());
    }

    /// <summary>tanh x = (1 − e) / (1 + e) · sign, e = exp(−2|x|); a polynomial below 0.625, where that would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var magnitude = Vector512.Abs(x);
        var e = Exp(magnitude * Vector512.Create(-2f));
        var large = (Vector512<float>.One - e) / (Vector512<float>.One + e);
        large = Vector512.CopySign(large, x);

        var z = x * x;
        var p = Vector512.FusedMultiplyAdd(z, Vector512.Create(-5.70498872745e-3f), Vector512.Create(2.06390887954e-2f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(-5.37397155531e-2f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(1.33314422036e-1f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(-3.33332819422e-1f));
        var small = Vector512.FusedMultiplyAdd(z * x, p, x);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.625f)), small, large);
    }

    /// <summary>
    /// The angle of (x, y) in [−π, π]; signed zeros and NaN as in <see cref="Math.Atan2"/>, infinities too to within 2⁻¹²⁶: what is beyond
    /// 2¹²⁶ counts as 2¹²⁶.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Atan2(Vector512<float> y, Vector512<float> x)
    {
        // With t = low/high ∈ [0, 1]: atan t = π/4 + atan((t − 1)/(t + 1)) above tan(π/8); then unfold the octants.
        // The opposite orders in Min and Max put a NaN of either argument into low or high. Bounding at 2¹²⁶ keeps ∞ and the sum
        // finite; the smallest subnormal makes 0/0 into 0.
        var bound = Vector512.Create(8.50705917e37f);
        var ax = Vector512.MinNative(bound, Vector512.Abs(x));
        var ay = Vector512.MinNative(bound, Vector512.Abs(y));
        var low = Vector512.MinNative(ax, ay);
        var high = Vector512.MaxNative(Vector512.Create(float.Epsilon), Vector512.MaxNative(ay, ax));
        var steep = Vector512.GreaterThan(low, high * Vector512.Create(0.414213562f));
        var t = Vector512.ConditionalSelect(steep, low - high, low) / Vector512.ConditionalSelect(steep, low + high, high);
        var z = t * t;
        var p = Vector512.FusedMultiplyAdd(z, Vector512.Create(8.05374449538e-2f), Vector512.Create(-1.38776856032e-1f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(1.99777106478e-1f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(-3.33329491539e-1f));
        var angle = Vector512.FusedMultiplyAdd(z * t, p, t);
        angle += Vector512.ConditionalSelect(steep, Vector512.Create(0.785398163f), Vector512<float>.Zero);
        angle = Vector512.ConditionalSelect(Vector512.GreaterThan(ay, ax), Vector512.Create(1.57079633f) - angle, angle);

        // The sign bit, not x < 0: the angle of (−0, 0) is π.
        angle = Vector512.ConditionalSelect(
            Vector512.LessThan(x.AsInt32(), Vector512<int>.Zero).AsSingle(), Vector512.Create(3.14159265f) - angle, angle);
        return Vector512.CopySign(angle, y);
    }

    /// <summary>ln x: −∞ at 0, NaN below, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        // x = 2ⁿ·(1 + f) with √½ ≤ 1 + f < √2; subnormals are scaled up by 2²³ first.
        var subnormal = Vector512.LessThan(x, Vector512.Create(1.17549435e-38f));
        var bits = Vector512.ConditionalSelect(subnormal, x * Vector512.Create(8388608f), x).AsInt32();
        var exponent = Vector512.ShiftRightArithmetic(bits - Vector512.Create(0x3F3504F3), 23);
        var f = (bits - Vector512.ShiftLeft(exponent, 23)).AsSingle() - Vector512<float>.One;
        var n = Vector512.ConvertToSingle(exponent) - Vector512.ConditionalSelect(subnormal, Vector512.Create(23f), Vector512<float>.Zero);

        // ln(1 + f) = f − f²/2 + f³·p(f); ln 2 in two parts, of which n times the first is exact.
        var z = f * f;
        var p = Vector512.FusedMultiplyAdd(f, Vector512.Create(7.0376836292e-2f), Vector512.Create(-1.1514610310e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(1.1676998740e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(-1.2420140846e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(1.4249322787e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(-1.6668057665e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(2.0000714765e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(-2.4999993993e-1f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(3.3333331174e-1f));
        var y = Vector512.FusedMultiplyAdd(n, Vector512.Create(-2.12194440e-4f), p * z * f);
        y = Vector512.FusedMultiplyAdd(z, Vector512.Create(-0.5f), y);
        var log = Vector512.FusedMultiplyAdd(n, Vector512.Create(0.693359375f), f + y);

        // Whatever is not a positive finite number: −∞ at 0; else √x, which is ∞ at ∞ and NaN at NaN and below 0.
        var regular = Vector512.GreaterThan(x, Vector512<float>.Zero) & Vector512.LessThan(x, Vector512.Create(float.PositiveInfinity));
        var special = Vector512.ConditionalSelect(
            Vector512.Equals(x, Vector512<float>.Zero), Vector512.Create(float.NegativeInfinity), Vector512.Sqrt(x));
        return Vector512.ConditionalSelect(regular, log, special);
    }

    /// <summary>
    /// xᵖ: products for p = 0 … 4 and −1, else exp(p·ln |x|) in double precision with the sign that a whole p gives; NaN for
    /// finite negative x and p not whole.
    /// </summary>
    public static Vector512<float> Pow(Vector512<float> x, double exponent)
    {
        switch (exponent)
        {
            case 0:
                return Vector512<float>.One;
            case 1:
                return x;
            case 2:
                return x * x;
            case 3:
                return x * x * x;
            case 4:
                return x * x * (x * x);
            case -1:
                return Vector512<float>.One / x;
        }

        var (lower, upper) = Vector512.Widen(Vector512.Abs(x));
        var p = Vector512.Create(exponent);
        var power = Vector512.Narrow(Vector512.Exp(p * Vector512.Log(lower)), Vector512.Exp(p * Vector512.Log(upper)));
        if (exponent != Math.Floor(exponent))
        {
            var negative = Vector512.LessThan(x, Vector512<float>.Zero) & Vector512.GreaterThan(x, Vector512.Create(float.NegativeInfinity));
            return Vector512.ConditionalSelect(negative, Vector512.Create(float.NaN), power);
        }

        return Math.IEEERemainder(exponent, 2) == 0 ? power : Vector512.CopySign(power, x);
    }

    /// <summary>p·2ⁿ, rounded once into the subnormals; the low byte of <paramref name="bits"/> holds n too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scale(Vector512<float> p, Vector512<float> n, Vector512<int> bits)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Scale(p, n);
        }

        // In two factors, as 2ⁿ itself may lie outside the floats. The integer n is what the rounding left below the magic number.
        var exponent = bits - Vector512.Create(RoundingMagic).AsInt32();
        var half = Vector512.ShiftRightArithmetic(exponent, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);

        static Vector512<float> PowerOfTwo(Vector512<int> power) =>
            Vector512.ShiftLeft(power + Vector512.Create(127), 23).AsSingle();
    }
}
