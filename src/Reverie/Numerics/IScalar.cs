using System.Numerics;

namespace Reverie.Numerics;

/// <summary>
/// The one narrow interface over which a world's dynamics are written. <see cref="Real"/> evaluates them in double precision,
/// <see cref="Lanes"/> for 16 states at once in single precision, <see cref="Dual"/> and <see cref="Dual{T}"/> with derivatives.
/// </summary>
/// <remarks>
/// The operations with a constant on the right (<c>x * 0.5</c>) are those with the constant as a number, but cheaper for types that carry derivatives.
/// There are no comparison operators: a lane-wise number has no single truth value. Use <see cref="SelectLess"/>.
/// All types agree on special values: NaN in, NaN out, but for <see cref="SelectLess"/> and <c>Pow(x, 0) = 1</c>; of equals,
/// <see cref="Min"/> and <see cref="Max"/> return the first, so that <see cref="Clamp"/> returns its argument at a limit.
/// At a kink a derivative is that of the branch taken: +1 for <see cref="Abs"/> at 0, 1 for <see cref="Clamp"/> at a limit.
/// A variable that a function's argument does not depend on has derivative 0 even where the function's own is infinite, as that
/// of <see cref="Sqrt"/> at 0.
/// </remarks>
/// <typeparam name="T">The scalar type itself.</typeparam>
public interface IScalar<T> :
    IAdditionOperators<T, T, T>,
    ISubtractionOperators<T, T, T>,
    IMultiplyOperators<T, T, T>,
    IDivisionOperators<T, T, T>,
    IUnaryNegationOperators<T, T>
    where T : unmanaged, IScalar<T>
{
    /// <summary>The constant <paramref name="value"/>, rounded to the type's precision, with zero derivatives.</summary>
    static abstract implicit operator T(double value);

    /// <summary>The sum with a constant.</summary>
    static abstract T operator +(T left, double right);

    /// <summary>The difference from a constant.</summary>
    static abstract T operator -(T left, double right);

    /// <summary>The product with a constant.</summary>
    static abstract T operator *(T left, double right);

    /// <summary>Sine of <paramref name="x"/> [rad].</summary>
    static abstract T Sin(T x);

    /// <summary>Cosine of <paramref name="x"/> [rad].</summary>
    static abstract T Cos(T x);

    /// <summary>Sine and cosine of <paramref name="x"/> [rad], for the price of little more than one.</summary>
    static abstract (T Sin, T Cos) SinCos(T x);

    /// <summary>Tangent of <paramref name="x"/> [rad].</summary>
    static abstract T Tan(T x);

    /// <summary>e to the power of <paramref name="x"/>.</summary>
    static abstract T Exp(T x);

    /// <summary>Natural logarithm; NaN for negative <paramref name="x"/>, −∞ at zero.</summary>
    static abstract T Log(T x);

    /// <summary>Square root; NaN for negative <paramref name="x"/>.</summary>
    static abstract T Sqrt(T x);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract T Tanh(T x);

    /// <summary>Arcsine [rad], for <paramref name="x"/> in [−1, 1].</summary>
    static abstract T Asin(T x);

    /// <summary>
    /// The angle [rad] in [−π, π] of the point (<paramref name="x"/>, <paramref name="y"/>), −π only for y = −0. Its derivative is
    /// taken to be 0 at the origin, where there is none.
    /// </summary>
    static abstract T Atan2(T y, T x);

    /// <summary>
    /// <paramref name="x"/> to the constant power <paramref name="exponent"/>: 1 for exponent 0, NaN for negative <paramref name="x"/>
    /// and an exponent that is not whole.
    /// </summary>
    static abstract T Pow(T x, double exponent);

    /// <summary>Absolute value.</summary>
    static abstract T Abs(T x);

    /// <summary>The smaller of two values; the first if they are equal, NaN if either is.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The larger of two values; the first if they are equal, NaN if either is.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The largest integer not above <paramref name="x"/>; its derivative is zero.</summary>
    static abstract T Floor(T x);

    /// <summary><paramref name="ifLess"/> where <paramref name="a"/> &lt; <paramref name="b"/>, else <paramref name="otherwise"/> (also where either is NaN).</summary>
    static abstract T SelectLess(T a, T b, T ifLess, T otherwise);

    /// <summary>
    /// <paramref name="x"/> rounded to single precision by <see cref="Real"/>, unchanged by every other type: for worlds whose
    /// published implementation keeps its state in single precision.
    /// </summary>
    static abstract T RoundToSingle(T x);

    /// <summary><paramref name="x"/> limited to [<paramref name="low"/>, <paramref name="high"/>]; NaN stays NaN.</summary>
    static virtual T Clamp(T x, T low, T high) => T.Min(T.Max(x, low), high);
}
