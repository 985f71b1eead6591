using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>A smooth function of two variables, written once over any scalar.</summary>
internal interface IFunction
{
    T Of<T>(T x, T y)
        where T : unmanaged, IScalar<T>;
}

/// <summary>Every operation of <see cref="IScalar{T}"/> as a function of two variables, with a box in which it is smooth.</summary>
internal static class ScalarFunctions
{
    /// <summary>Name, function, and the box [lowX, highX, lowY, highY].</summary>
    public static IReadOnlyList<(string Name, IFunction Function, double[] Box)> All { get; } =
    [
        ("+", new Add(), [-3, 3, -3, 3]),
        ("-", new Subtract(), [-3, 3, -3, 3]),
        ("*", new Multiply(), [-3, 3, -3, 3]),
        ("/", new Divide(), [-3, 3, 0.3, 3]),
        ("negate", new Negate(), [-3, 3, -3, 3]),
        ("sin", new Sin(), [-6, 6, -2, 2]),
        ("cos", new Cos(), [-6, 6, -2, 2]),
        ("sincos", new SinCos(), [-6, 6, -2, 2]),
        ("tan", new Tan(), [-0.5, 0.5, -1, 1]),
        ("exp", new Exp(), [-3, 3, -1, 1]),
        ("log", new Log(), [0.3, 3, 0.3, 3]),
        ("sqrt", new Sqrt(), [0.3, 3, 0.3, 3]),
        ("tanh", new Tanh(), [-2, 2, -1, 1]),
        ("asin", new Asin(), [-0.8, 0.8, -1, 1]),
        ("atan2", new Atan2(), [-3, 3, 0.3, 3]),
        ("atan2, x < 0", new Atan2(), [0.3, 3, -3, -0.3]),
        ("pow 2.5", new Pow(2.5), [0.3, 3, 0.3, 3]),
        ("pow 3", new Pow(3), [-2, 2, 0.3, 2]),
        ("pow -2", new Pow(-2), [0.3, 3, 0.3, 3]),
        ("pow 0", new Pow(0), [-3, 3, -3, 3]),
        ("pow 1", new Pow(1), [-3, 3, -3, 3]),
        ("abs +", new Abs(), [0.3, 3, 0.3, 3]),
        ("abs -", new Abs(), [-3, -0.3, 0.3, 3]),
        ("min, first", new Min(), [-3, -0.1, 0.1, 3]),
        ("min, second", new Min(), [0.1, 3, -3, -0.1]),
        ("max, first", new Max(), [0.1, 3, -3, -0.1]),
        ("max, second", new Max(), [-3, -0.1, 0.1, 3]),
        ("clamp, between", new Clamp(), [-0.4, 0.4, -1, 1]),
        ("clamp, outside", new Clamp(), [1.2, 3, 0.3, 1]),
        ("select, less", new Select(), [-3, -0.1, 0.1, 3]),
        ("select, otherwise", new Select(), [0.1, 3, -3, -0.1]),
        ("floor", new Floor(), [0.1, 0.9, -3, 3]),
        ("round", new Round(), [-3, 3, -3, 3]),
        ("composite", new Composite(), [-2, 2, -2, 2]),
    ];

    private readonly struct Add : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => x + y + 2.0; }
    private readonly struct Subtract : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => x - y - 2.0; }
    private readonly struct Multiply : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => x * y * 2.0; }
    private readonly struct Divide : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => x / y; }
    private readonly struct Negate : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => -(x * y); }
    private readonly struct Sin : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Sin(x * y); }
    private readonly struct Cos : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Cos(x * y); }
    private readonly struct Tan : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Tan(x + y * 0.5); }
    private readonly struct Exp : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Exp(x * y); }
    private readonly struct Log : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Log(x * y); }
    private readonly struct Sqrt : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Sqrt(x * y); }
    private readonly struct Tanh : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Tanh(x * y); }
    private readonly struct Asin : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Asin(x * y); }
    private readonly struct Atan2 : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Atan2(x, y); }
    private readonly struct Abs : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Abs(x * y); }
    private readonly struct Min : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Min(x * x * x, y * 2.0); }
    private readonly struct Max : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Max(x * x * x, y * 2.0); }
    private readonly struct Clamp : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Clamp(x * x * x, -1.0, 1.0) * y; }
    private readonly struct Select : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.SelectLess(x, y, x * x * y, y * y); }
    private readonly struct Floor : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Floor(x) + (y * y); }
    private readonly struct Round : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => y * y + (T.RoundToSingle(0.5) * x); }

    private readonly struct SinCos : IFunction
    {
        public T Of<T>(T x, T y)
            where T : unmanaged, IScalar<T>
        {
            var (sin, cos) = T.SinCos(x * y);
            return sin + (cos * 2.0);
        }
    }

    private readonly struct Pow(double exponent) : IFunction
    {
        public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Pow(x * y, exponent);
    }

    /// <summary>As a cart-pole's acceleration: trigonometry, products and a quotient.</summary>
    private readonly struct Composite : IFunction
    {
        public T Of<T>(T x, T y)
            where T : unmanaged, IScalar<T>
        {
            var (sin, cos) = T.SinCos(x);
            T push = (y + (y * y * sin * 0.05)) / 1.1;
            return ((sin * 9.8) - (cos * push)) / ((((T)(4.0 / 3) - (cos * cos * 0.1 / 1.1))) * 0.5);
        }
    }
}
