using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>
/// A value and its partial derivatives to eight variables (forward-mode automatic differentiation): evaluating a function on duals
/// gives its exact Jacobian, up to eight columns a pass.
/// </summary>
/// <remarks>The chain rule on every operation: f(x + ε) = f(x) + f'(x)·ε with ε² = 0 (Clifford 1873; Wengert 1964).</remarks>
public readonly struct Dual : IScalar<Dual>
{
    /// <summary>Variables carried in one pass.</summary>
    public const int Width = 8;

    /// <summary>The value.</summary>
    public readonly double Value;

    /// <summary>The partial derivatives, <c>[8]</c>.</summary>
    public readonly Vector512<double> Partials;

    /// <summary>A value with given partial derivatives.</summary>
    public Dual(double value, Vector512<double> partials) => (Value, Partials) = (value, partials);

    /// <summary>The variable number <paramref name="index"/> at <paramref name="value"/>: its own partial is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not from 0 to 7.</exception>
    public static Dual Variable(double value, int index) =>
        new(value, Vector512<double>.Zero.WithElement(index, 1.0));

    /// <summary>The derivative to variable <paramref name="index"/>.</summary>
    public double Partial(int index) => Partials.GetElement(index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Dual(double value) => new(value, Vector512<double>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator +(Dual left, Dual right) => new(left.Value + right.Value, left.Partials + right.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator -(Dual left, Dual right) => new(left.Value - right.Value, left.Partials - right.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator *(Dual left, Dual right) =>
        new(left.Value * right.Value, (left.Partials * right.Value) + (right.Partials * left.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator /(Dual left, Dual right)
    {
        double inverse = 1.0 / right.Value;
        double quotient = left.Value / right.Value;
        return new(quotient, (left.Partials - (right.Partials * quotient)) * inverse);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator +(Dual left, double right) => new(left.Value + right, left.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator -(Dual left, double right) => new(left.Value - right, left.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator *(Dual left, double right) => new(left.Value * right, left.Partials * right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual operator -(Dual value) => new(-value.Value, -value.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Sin(Dual x) => Chain(x, Math.Sin(x.Value), Math.Cos(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Cos(Dual x) => Chain(x, Math.Cos(x.Value), -Math.Sin(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Dual Sin, Dual Cos) SinCos(Dual x)
    {
        var (sin, cos) = (Math.Sin(x.Value), Math.Cos(x.Value));
        return (Chain(x, sin, cos), Chain(x, cos, -sin));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Tan(Dual x)
    {
        double tan = Math.Tan(x.Value);
        return Chain(x, tan, 1.0 + (tan * tan));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Exp(Dual x)
    {
        double exp = Math.Exp(x.Value);
        return Chain(x, exp, exp);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Log(Dual x) => Chain(x, Math.Log(x.Value), 1.0 / x.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Sqrt(Dual x)
    {
        double root = Math.Sqrt(x.Value);
        return Chain(x, root, 0.5 / root);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Tanh(Dual x)
    {
        double tanh = Math.Tanh(x.Value);
        return Chain(x, tanh, 1.0 - (tanh * tanh));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Asin(Dual x) => Chain(x, Math.Asin(x.Value), 1.0 / Math.Sqrt((1.0 - x.Value) * (1.0 + x.Value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Atan2(Dual y, Dual x)
    {
        double square = (x.Value * x.Value) + (y.Value * y.Value);
        return Chain(new(0, (y.Partials * x.Value) - (x.Partials * y.Value)), Math.Atan2(y.Value, x.Value), 1.0 / square);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Pow(Dual x, double exponent) =>
        Chain(x, Math.Pow(x.Value, exponent), exponent == 0 ? 0 : exponent * Math.Pow(x.Value, exponent - 1.0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Abs(Dual x) => new(Math.Abs(x.Value), x.Value < 0 ? -x.Partials : x.Partials);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Min(Dual a, Dual b) => b.Value < a.Value || double.IsNaN(b.Value) ? b : a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Max(Dual a, Dual b) => b.Value > a.Value || double.IsNaN(b.Value) ? b : a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual Floor(Dual x) => Math.Floor(x.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual SelectLess(Dual a, Dual b, Dual ifLess, Dual otherwise) => a.Value < b.Value ? ifLess : otherwise;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual RoundToSingle(Dual x) => x;

    /// <summary>f(x) and f'(x)·∂x, where a zero ∂x stays zero also if f' is infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Dual Chain(Dual x, double value, double derivative) => new(
        value,
        Vector512.ConditionalSelect(Vector512.Equals(x.Partials, Vector512<double>.Zero), Vector512<double>.Zero, x.Partials * derivative));
}
