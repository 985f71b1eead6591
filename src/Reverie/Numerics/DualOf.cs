using System.Runtime.CompilerServices;

namespace Reverie.Numerics;

/// <summary>
/// A value and one directional derivative over any scalar. Nested over <see cref="Dual"/>, a pass along variable k gives row k of
/// the Hessian: the tangent's partials are ∂²f/∂xₖ∂xⱼ.
/// </summary>
/// <typeparam name="T">The scalar of value and tangent.</typeparam>
/// <param name="Value">f.</param>
/// <param name="Tangent">The derivative of f along the chosen direction.</param>
public readonly record struct Dual<T>(T Value, T Tangent) : IScalar<Dual<T>>
    where T : unmanaged, IScalar<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Dual<T>(double value) => new(value, 0.0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator +(Dual<T> left, Dual<T> right) => new(left.Value + right.Value, left.Tangent + right.Tangent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator -(Dual<T> left, Dual<T> right) => new(left.Value - right.Value, left.Tangent - right.Tangent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator *(Dual<T> left, Dual<T> right) =>
        new(left.Value * right.Value, (left.Tangent * right.Value) + (left.Value * right.Tangent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator /(Dual<T> left, Dual<T> right)
    {
        T quotient = left.Value / right.Value;
        return new(quotient, (left.Tangent - (quotient * right.Tangent)) / right.Value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator +(Dual<T> left, double right) => new(left.Value + right, left.Tangent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator -(Dual<T> left, double right) => new(left.Value - right, left.Tangent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator *(Dual<T> left, double right) => new(left.Value * right, left.Tangent * right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> operator -(Dual<T> value) => new(-value.Value, -value.Tangent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Sin(Dual<T> x) => SinCos(x).Sin;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Cos(Dual<T> x) => SinCos(x).Cos;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Dual<T> Sin, Dual<T> Cos) SinCos(Dual<T> x)
    {
        var (sin, cos) = T.SinCos(x.Value);
        return (new(sin, cos * x.Tangent), new(cos, -(sin * x.Tangent)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Tan(Dual<T> x)
    {
        T tan = T.Tan(x.Value);
        return new(tan, ((tan * tan) + 1.0) * x.Tangent);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Exp(Dual<T> x)
    {
        T exp = T.Exp(x.Value);
        return new(exp, Chain(x.Tangent, exp));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Log(Dual<T> x) => new(T.Log(x.Value), Chain(x.Tangent, (T)1.0 / x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Sqrt(Dual<T> x)
    {
        T root = T.Sqrt(x.Value);
        return new(root, Chain(x.Tangent, (T)0.5 / root));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Tanh(Dual<T> x)
    {
        T tanh = T.Tanh(x.Value);
        T one = 1.0;
        return new(tanh, (one - (tanh * tanh)) * x.Tangent);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Asin(Dual<T> x)
    {
        T one = 1.0;
        return new(T.Asin(x.Value), Chain(x.Tangent, one / T.Sqrt((one - x.Value) * (one + x.Value))));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Atan2(Dual<T> y, Dual<T> x)
    {
        T inverse = (T)1.0 / ((x.Value * x.Value) + (y.Value * y.Value));
        return new(T.Atan2(y.Value, x.Value), Chain((y.Tangent * x.Value) - (x.Tangent * y.Value), inverse));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Pow(Dual<T> x, double exponent) =>
        exponent == 0 ? 1.0 : new Dual<T>(T.Pow(x.Value, exponent), Chain(x.Tangent, T.Pow(x.Value, exponent - 1.0) * exponent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Abs(Dual<T> x) => new(T.Abs(x.Value), T.SelectLess(x.Value, 0.0, -x.Tangent, x.Tangent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Min(Dual<T> a, Dual<T> b) => new(T.Min(a.Value, b.Value), T.SelectLess(b.Value, a.Value, b.Tangent, a.Tangent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Max(Dual<T> a, Dual<T> b) => new(T.Max(a.Value, b.Value), T.SelectLess(a.Value, b.Value, b.Tangent, a.Tangent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> Floor(Dual<T> x) => new(T.Floor(x.Value), 0.0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> SelectLess(Dual<T> a, Dual<T> b, Dual<T> ifLess, Dual<T> otherwise) =>
        new(T.SelectLess(a.Value, b.Value, ifLess.Value, otherwise.Value), T.SelectLess(a.Value, b.Value, ifLess.Tangent, otherwise.Tangent));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dual<T> RoundToSingle(Dual<T> x) => new(T.RoundToSingle(x.Value), x.Tangent);

    /// <summary>tangent·derivative, but 0 where the tangent is 0 and the derivative infinite or undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Chain(T tangent, T derivative)
    {
        T product = tangent * derivative;
        return T.SelectLess(product, double.PositiveInfinity, product, T.SelectLess(0.0, T.Abs(tangent), product, 0.0));
    }
}
