using System.Runtime.CompilerServices;
using V = System.Runtime.Intrinsics.Vector512<double>;
using Vector512 = System.Runtime.Intrinsics.Vector512;

namespace Reverie.Numerics;

/// <summary>
/// Eight hyper-dual numbers (Fike and Alonso 2011): a number, its derivatives along two directions, and the second derivative along both, exact and all in registers.
/// </summary>
/// <remarks>Flat rather than nested generic types, of which the just-in-time compiler inlines only so many. It agrees with twice nested <see cref="Dual{T}"/>.</remarks>
internal readonly struct HyperLanes : IScalar<HyperLanes>
{
    /// <summary>f, a lane each.</summary>
    public readonly V Value;

    /// <summary>∂f along the first direction.</summary>
    public readonly V First;

    /// <summary>∂f along the second direction.</summary>
    public readonly V Second;

    /// <summary>∂²f along both.</summary>
    public readonly V Cross;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HyperLanes(V value, V first, V second, V cross) => (Value, First, Second, Cross) = (value, first, second, cross);

    /// <summary>A variable that changes along the first direction, the second, both or none.</summary>
    public static HyperLanes Variable(DoubleLanes value, bool first, bool second) => new(value.Value, first ? V.One : V.Zero, second ? V.One : V.Zero, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator HyperLanes(double value) => new(Vector512.Create(value), V.Zero, V.Zero, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator +(HyperLanes left, HyperLanes right) =>
        new(left.Value + right.Value, left.First + right.First, left.Second + right.Second, left.Cross + right.Cross);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator -(HyperLanes left, HyperLanes right) =>
        new(left.Value - right.Value, left.First - right.First, left.Second - right.Second, left.Cross - right.Cross);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator *(HyperLanes left, HyperLanes right) => new(
        left.Value * right.Value,
        Vector512.FusedMultiplyAdd(left.Value, right.First, left.First * right.Value),
        Vector512.FusedMultiplyAdd(left.Value, right.Second, left.Second * right.Value),
        Vector512.FusedMultiplyAdd(left.Value, right.Cross, left.Cross * right.Value) + Vector512.FusedMultiplyAdd(left.First, right.Second, left.Second * right.First));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator /(HyperLanes left, HyperLanes right)
    {
        // With q = l / r: ∂q = (∂l − q ∂r) / r, ∂²q = (∂²l − ∂₁q ∂₂r − ∂₂q ∂₁r − q ∂²r) / r.
        var inverse = V.One / right.Value;
        var quotient = left.Value / right.Value;
        var first = (left.First - (quotient * right.First)) * inverse;
        var second = (left.Second - (quotient * right.Second)) * inverse;
        return new(quotient, first, second, (left.Cross - (first * right.Second) - (second * right.First) - (quotient * right.Cross)) * inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator +(HyperLanes left, double right) => new(left.Value + Vector512.Create(right), left.First, left.Second, left.Cross);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator -(HyperLanes left, double right) => new(left.Value - Vector512.Create(right), left.First, left.Second, left.Cross);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator *(HyperLanes left, double right)
    {
        var c = Vector512.Create(right);
        return new(left.Value * c, left.First * c, left.Second * c, left.Cross * c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes operator -(HyperLanes value) => new(-value.Value, -value.First, -value.Second, -value.Cross);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Sin(HyperLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return Chain(x, sin, cos, -sin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Cos(HyperLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return Chain(x, cos, -sin, -cos);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (HyperLanes Sin, HyperLanes Cos) SinCos(HyperLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return (Chain(x, sin, cos, -sin), Chain(x, cos, -sin, -cos));
    }

    public static HyperLanes Tan(HyperLanes x)
    {
        var tan = DoubleLanes.Tan(new DoubleLanes(x.Value)).Value;
        var slope = V.One + (tan * tan);
        return Chain(x, tan, slope, (tan + tan) * slope);
    }

    public static HyperLanes Exp(HyperLanes x)
    {
        var exp = DoubleLanes.Exp(new DoubleLanes(x.Value)).Value;
        return GuardedChain(x, exp, exp, exp);
    }

    public static HyperLanes Log(HyperLanes x)
    {
        var inverse = V.One / x.Value;
        return GuardedChain(x, DoubleLanes.Log(new DoubleLanes(x.Value)).Value, inverse, -(inverse * inverse));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Sqrt(HyperLanes x)
    {
        var root = Vector512.Sqrt(x.Value);
        var slope = Vector512.Create(0.5) / root;
        return GuardedChain(x, root, slope, slope * slope / -root);
    }

    public static HyperLanes Tanh(HyperLanes x)
    {
        var tanh = DoubleLanes.Tanh(new DoubleLanes(x.Value)).Value;
        var slope = V.One - (tanh * tanh);
        return Chain(x, tanh, slope, -(tanh + tanh) * slope);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Asin(HyperLanes x)
    {
        DoubleLanes.Asin(in x.Value, out var angle);
        var slope = V.One / Vector512.Sqrt((V.One - x.Value) * (V.One + x.Value));
        return GuardedChain(x, angle, slope, x.Value * slope * slope * slope);
    }

    public static HyperLanes Atan2(HyperLanes y, HyperLanes x)
    {
        // With p = x·∂y − y·∂x and s = x² + y², ∂atan2 = p / s and ∂²atan2 = (∂₂p − p ∂₂s / s) / s.
        var inverse = V.One / ((x.Value * x.Value) + (y.Value * y.Value));
        var p1 = (x.Value * y.First) - (y.Value * x.First);
        var p2 = (x.Value * y.Second) - (y.Value * x.Second);
        var s2 = (x.Value * x.Second) + (y.Value * y.Second);
        var cross = (x.Second * y.First) + (x.Value * y.Cross) - (y.Second * x.First) - (y.Value * x.Cross) - Guarded((p1 + p1) * s2, inverse);
        return new(DoubleLanes.Atan2(new DoubleLanes(y.Value), new DoubleLanes(x.Value)).Value, Guarded(p1, inverse), Guarded(p2, inverse), Guarded(cross, inverse));
    }

    public static HyperLanes Pow(HyperLanes x, double exponent) => exponent switch
    {
        0.0 => 1.0,
        1.0 => x,
        _ => GuardedChain(x, Power(x, exponent), Power(x, exponent - 1.0) * Vector512.Create(exponent), exponent == 2.0 ? Vector512.Create(2.0) : Power(x, exponent - 2.0) * Vector512.Create(exponent * (exponent - 1.0))),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Abs(HyperLanes x)
    {
        var result = Select(Vector512.LessThan(x.Value, V.Zero), -x, x);
        return new(Vector512.Abs(x.Value), result.First, result.Second, result.Cross);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Min(HyperLanes a, HyperLanes b) => Select(Vector512.LessThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes Max(HyperLanes a, HyperLanes b) => Select(Vector512.GreaterThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b, a);

    public static HyperLanes Floor(HyperLanes x) => new(Vector512.Floor(x.Value), V.Zero, V.Zero, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HyperLanes SelectLess(HyperLanes a, HyperLanes b, HyperLanes ifLess, HyperLanes otherwise) => Select(Vector512.LessThan(a.Value, b.Value), ifLess, otherwise);

    public static HyperLanes RoundToSingle(HyperLanes x) => x;

    private static V Power(HyperLanes x, double exponent) => DoubleLanes.Pow(new DoubleLanes(x.Value), exponent).Value;

    /// <summary>tangent·derivative, but 0 where the tangent is 0 and the derivative infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Guarded(V tangent, V derivative) => Vector512.ConditionalSelect(Vector512.Equals(tangent, V.Zero), V.Zero, tangent * derivative);

    /// <summary>f(x), f'(x)·∂x and f'(x)·∂²x + f''(x)·∂₁x·∂₂x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HyperLanes Chain(HyperLanes x, V value, V slope, V bend) =>
        new(value, x.First * slope, x.Second * slope, Vector512.FusedMultiplyAdd(x.First * x.Second, bend, x.Cross * slope));

    /// <summary>Likewise for slopes that may be infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HyperLanes GuardedChain(HyperLanes x, V value, V slope, V bend) =>
        new(value, Guarded(x.First, slope), Guarded(x.Second, slope), Guarded(x.First * x.Second, bend) + Guarded(x.Cross, slope));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HyperLanes Select(V mask, HyperLanes ifTrue, HyperLanes otherwise) =>
        new(
            Vector512.ConditionalSelect(mask, ifTrue.Value, otherwise.Value),
            Vector512.ConditionalSelect(mask, ifTrue.First, otherwise.First),
            Vector512.ConditionalSelect(mask, ifTrue.Second, otherwise.Second),
            Vector512.ConditionalSelect(mask, ifTrue.Cross, otherwise.Cross));
}
