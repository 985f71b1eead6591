using System.Runtime.CompilerServices;
using V = System.Runtime.Intrinsics.Vector512<double>;
using Vector512 = System.Runtime.Intrinsics.Vector512;

namespace Reverie.Numerics;

/// <summary>
/// Eight numbers and the derivative of each along three directions, all in registers: forward-mode differentiation at eight points at once.
/// </summary>
/// <remarks>Flat rather than nested generic types, of which the just-in-time compiler inlines only so many. It agrees with <see cref="Dual{T}"/> over <see cref="DoubleLanes"/>.</remarks>
internal readonly struct TangentLanes : IScalar<TangentLanes>
{
    /// <summary>f, a lane each.</summary>
    public readonly V Value;

    /// <summary>The derivative along the first direction.</summary>
    public readonly V First;

    /// <summary>The derivative along the second direction.</summary>
    public readonly V Second;

    /// <summary>The derivative along the third direction.</summary>
    public readonly V Third;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TangentLanes(V value, V first, V second, V third) => (Value, First, Second, Third) = (value, first, second, third);

    /// <summary>Directions.</summary>
    public const int Width = 3;

    /// <summary>A variable that changes along one direction, 0 to 2, or with any other number along none.</summary>
    public static TangentLanes Variable(DoubleLanes value, int direction) =>
        new(value.Value, direction == 0 ? V.One : V.Zero, direction == 1 ? V.One : V.Zero, direction == 2 ? V.One : V.Zero);

    /// <summary>The derivative along a direction, 0 to 2.</summary>
    public static ref readonly V Tangent(in TangentLanes x, int direction) => ref direction == 0 ? ref x.First : ref direction == 1 ? ref x.Second : ref x.Third;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator TangentLanes(double value) => new(Vector512.Create(value), V.Zero, V.Zero, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator +(TangentLanes left, TangentLanes right) =>
        new(left.Value + right.Value, left.First + right.First, left.Second + right.Second, left.Third + right.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator -(TangentLanes left, TangentLanes right) =>
        new(left.Value - right.Value, left.First - right.First, left.Second - right.Second, left.Third - right.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator *(TangentLanes left, TangentLanes right) => new(
        left.Value * right.Value,
        Vector512.FusedMultiplyAdd(left.Value, right.First, left.First * right.Value),
        Vector512.FusedMultiplyAdd(left.Value, right.Second, left.Second * right.Value),
        Vector512.FusedMultiplyAdd(left.Value, right.Third, left.Third * right.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator /(TangentLanes left, TangentLanes right)
    {
        var inverse = V.One / right.Value;
        var quotient = left.Value / right.Value;
        return new(
            quotient,
            (left.First - (quotient * right.First)) * inverse,
            (left.Second - (quotient * right.Second)) * inverse,
            (left.Third - (quotient * right.Third)) * inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator +(TangentLanes left, double right) => new(left.Value + Vector512.Create(right), left.First, left.Second, left.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator -(TangentLanes left, double right) => new(left.Value - Vector512.Create(right), left.First, left.Second, left.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator *(TangentLanes left, double right)
    {
        var c = Vector512.Create(right);
        return new(left.Value * c, left.First * c, left.Second * c, left.Third * c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes operator -(TangentLanes value) => new(-value.Value, -value.First, -value.Second, -value.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Sin(TangentLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return Chain(x, sin, cos);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Cos(TangentLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return Chain(x, cos, -sin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TangentLanes Sin, TangentLanes Cos) SinCos(TangentLanes x)
    {
        DoubleLanes.SinCos(in x.Value, out var sin, out var cos);
        return (Chain(x, sin, cos), Chain(x, cos, -sin));
    }

    public static TangentLanes Tan(TangentLanes x)
    {
        var tan = DoubleLanes.Tan(new DoubleLanes(x.Value)).Value;
        var slope = V.One + (tan * tan);
        return Chain(x, tan, slope);
    }

    public static TangentLanes Exp(TangentLanes x)
    {
        var exp = DoubleLanes.Exp(new DoubleLanes(x.Value)).Value;
        return GuardedChain(x, exp, exp);
    }

    public static TangentLanes Log(TangentLanes x)
    {
        var inverse = V.One / x.Value;
        return GuardedChain(x, DoubleLanes.Log(new DoubleLanes(x.Value)).Value, inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Sqrt(TangentLanes x)
    {
        var root = Vector512.Sqrt(x.Value);
        var slope = Vector512.Create(0.5) / root;
        return GuardedChain(x, root, slope);
    }

    public static TangentLanes Tanh(TangentLanes x)
    {
        var tanh = DoubleLanes.Tanh(new DoubleLanes(x.Value)).Value;
        var slope = V.One - (tanh * tanh);
        return Chain(x, tanh, slope);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Asin(TangentLanes x)
    {
        DoubleLanes.Asin(in x.Value, out var angle);
        var slope = V.One / Vector512.Sqrt((V.One - x.Value) * (V.One + x.Value));
        return GuardedChain(x, angle, slope);
    }

    public static TangentLanes Atan2(TangentLanes y, TangentLanes x)
    {
        var inverse = V.One / ((x.Value * x.Value) + (y.Value * y.Value));
        return new(
            DoubleLanes.Atan2(new DoubleLanes(y.Value), new DoubleLanes(x.Value)).Value,
            Guarded((x.Value * y.First) - (y.Value * x.First), inverse),
            Guarded((x.Value * y.Second) - (y.Value * x.Second), inverse),
            Guarded((x.Value * y.Third) - (y.Value * x.Third), inverse));
    }

    public static TangentLanes Pow(TangentLanes x, double exponent) =>
        exponent == 0.0 ? 1.0 : GuardedChain(x, Power(x, exponent), Power(x, exponent - 1.0) * Vector512.Create(exponent));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Abs(TangentLanes x)
    {
        var result = Select(Vector512.LessThan(x.Value, V.Zero), -x, x);
        return new(Vector512.Abs(x.Value), result.First, result.Second, result.Third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Min(TangentLanes a, TangentLanes b) => Select(Vector512.LessThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes Max(TangentLanes a, TangentLanes b) => Select(Vector512.GreaterThan(b.Value, a.Value) | ~Vector512.Equals(b.Value, b.Value), b, a);

    public static TangentLanes Floor(TangentLanes x) => new(Vector512.Floor(x.Value), V.Zero, V.Zero, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TangentLanes SelectLess(TangentLanes a, TangentLanes b, TangentLanes ifLess, TangentLanes otherwise) => Select(Vector512.LessThan(a.Value, b.Value), ifLess, otherwise);

    public static TangentLanes RoundToSingle(TangentLanes x) => x;

    private static V Power(TangentLanes x, double exponent) => DoubleLanes.Pow(new DoubleLanes(x.Value), exponent).Value;

    /// <summary>tangent·derivative, but 0 where the tangent is 0 and the derivative infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Guarded(V tangent, V derivative) => Vector512.ConditionalSelect(Vector512.Equals(tangent, V.Zero), V.Zero, tangent * derivative);

    /// <summary>f(x) and f'(x)·∂x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TangentLanes Chain(TangentLanes x, V value, V slope) => new(value, x.First * slope, x.Second * slope, x.Third * slope);

    /// <summary>Likewise for a slope that may be infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TangentLanes GuardedChain(TangentLanes x, V value, V slope) => new(value, Guarded(x.First, slope), Guarded(x.Second, slope), Guarded(x.Third, slope));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TangentLanes Select(V mask, TangentLanes ifTrue, TangentLanes otherwise) =>
        new(
            Vector512.ConditionalSelect(mask, ifTrue.Value, otherwise.Value),
            Vector512.ConditionalSelect(mask, ifTrue.First, otherwise.First),
            Vector512.ConditionalSelect(mask, ifTrue.Second, otherwise.Second),
            Vector512.ConditionalSelect(mask, ifTrue.Third, otherwise.Third));
}
