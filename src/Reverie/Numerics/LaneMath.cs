using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// Elementary functions on sixteen floats at once: argument reduction, then a minimax polynomial (the coefficients are those of
/// Moshier's Cephes library, single precision). Wider accuracy would cost what the lanes gain: these stay within a few units in
/// the last place.
/// </summary>
internal static class LaneMath
{
    /// <summary>sin x and cos x; |x| up to about 10⁴ keeps full accuracy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Sin, Vector512<float> Cos) SinCos(Vector512<float> x)
    {
        // q = round(x·2/π); r = x − q·π/2 with π/2 split in three so that every product q·partᵢ is exact for moderate q.
        // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low mantissa bits.
        var magic = Vector512.Create(12582912f);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(0.636619772367581f), magic);
        var quadrant = shifted.AsInt32();
        var q = shifted - magic;
        var r = Vector512.FusedMultiplyAdd(q, Vector512.Create(-1.5703125f), x);
        r = Vector512.FusedMultiplyAdd(q, Vector512.Create(-4.83751296997e-4f), r);
        r = Vector512.FusedMultiplyAdd(q, Vector512.Create(-7.54978995489e-8f), r);
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

    /// <summary>eˣ; 0 below −87.3 and the largest scaled value above 88.3 (use a wider type where that matters).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // x = n·ln 2 + r, |r| ≤ ln 2 / 2; eˣ = 2ⁿ·eʳ. MinNative/MaxNative are single instructions; NaN passes through the first operand order.
        var clamped = Vector512.MinNative(Vector512.Create(88.3762626647950f), Vector512.MaxNative(Vector512.Create(-87.3365478515625f), x));
        var magic = Vector512.Create(12582912f);
        var shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(1.44269504088896341f), magic);
        var n = shifted - magic;
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.FusedMultiplyAdd(r, Vector512.Create(1.9875691500e-4f), Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(r, p, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(r * r, p, r + Vector512<float>.One);

        // 2ⁿ by adding n to the exponent bits: the low bits of `shifted` hold n.
        return (p.AsInt32() + Vector512.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();
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

    /// <summary>The angle of (x, y) in (−π, π].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Atan2(Vector512<float> y, Vector512<float> x)
    {
        // t = min/max ∈ [0, 1]; atan t by reduction at tan(π/8); then unfold the octants.
        var ax = Vector512.Abs(x);
        var ay = Vector512.Abs(y);
        var high = Vector512.Max(ax, ay);
        var t = Vector512.Min(ax, ay) / Vector512.Max(high, Vector512.Create(1e-38f));
        var steep = Vector512.GreaterThan(t, Vector512.Create(0.4142135623730950f));
        var reduced = Vector512.ConditionalSelect(steep, (t - Vector512<float>.One) / (t + Vector512<float>.One), t);
        var z = reduced * reduced;
        var p = Vector512.FusedMultiplyAdd(z, Vector512.Create(8.05374449538e-2f), Vector512.Create(-1.38776856032e-1f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(1.99777106478e-1f));
        p = Vector512.FusedMultiplyAdd(z, p, Vector512.Create(-3.33329491539e-1f));
        var angle = Vector512.FusedMultiplyAdd(z * reduced, p, reduced);
        angle += Vector512.ConditionalSelect(steep, Vector512.Create(0.785398163397448f), Vector512<float>.Zero);
        angle = Vector512.ConditionalSelect(Vector512.GreaterThan(ay, ax), Vector512.Create(1.57079632679490f) - angle, angle);
        angle = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512.Create(3.14159265358979f) - angle, angle);
        return Vector512.CopySign(angle, y);
    }

    /// <summary>xᵖ; repeated squaring for whole p up to 64, else exp(p·ln x).</summary>
    public static Vector512<float> Pow(Vector512<float> x, double exponent)
    {
        if (exponent == Math.Floor(exponent) && Math.Abs(exponent) <= 64)
        {
            var result = Vector512<float>.One;
            var square = x;
            for (int n = (int)Math.Abs(exponent); n > 0; n >>= 1)
            {
                if ((n & 1) != 0)
                {
                    result *= square;
                }

                square *= square;
            }

            return exponent < 0 ? Vector512<float>.One / result : result;
        }

        return Exp(Vector512.Create((float)exponent) * Vector512.Log(x));
    }
}
