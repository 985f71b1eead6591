using System.Runtime.Intrinsics;
using CsCheck;
using Reverie.Numerics;
using Hyper = Reverie.Numerics.Dual<Reverie.Numerics.Dual>;

namespace Reverie.Tests.Numerics;

/// <summary>Kinks, singular points and special values, where all scalar types must take the same branch.</summary>
public sealed class ScalarEdgeTests
{
    private static readonly double[] Special = [0.0, -0.0, 1, -1, 2.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Fact]
    public void MinMaxClampSelectAbsFloorPow_AgreeInEveryType()
    {
        foreach (double a in Special)
        {
            foreach (double b in Special)
            {
                AssertSame($"min({a}, {b})", new MinOf(), a, b);
                AssertSame($"max({a}, {b})", new MaxOf(), a, b);
                AssertSame($"clamp({a}, -1, {b})", new ClampOf(), a, b);
                AssertSame($"select({a}, {b})", new SelectOf(), a, b);
                AssertSame($"abs, floor of {a}, {b}", new AbsOf(), a, b);
            }

            foreach (double exponent in new[] { 0.0, 1, 2, 3, -1, -3, 0.5 })
            {
                AssertSame($"pow({a}, {exponent})", new PowOf(exponent), a, 1);
            }
        }
    }

    [Fact]
    public void MinMax_OfEquals_TakeTheFirst()
    {
        var (x, y) = (Dual.Variable(2, 0), Dual.Variable(2, 1));
        Assert.Equal((x.Partials, x.Partials), (Dual.Min(x, y).Partials, Dual.Max(x, y).Partials));
        var (s, t) = (new Dual<Real>(2, 1), new Dual<Real>(2, -1));
        Assert.Equal((s, s), (Dual<Real>.Min(s, t), Dual<Real>.Max(s, t)));
        Assert.True(double.IsNegative(Real.Min(-0.0, 0.0)) && !double.IsNegative(Real.Min(0.0, -0.0)));
        Assert.True(float.IsNegative(Lanes.Max(-0.0, 0.0).Value[0]) && !float.IsNegative(Lanes.Max(0.0, -0.0).Value[0]));
    }

    [Theory]
    [InlineData(-1.0, 1)]
    [InlineData(1.0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(-1.1, 0)]
    [InlineData(1.1, 0)]
    public void Clamp_AtItsLimits_LetsTheDerivativeThrough(double x, double derivative)
    {
        Assert.Equal(derivative, Clamp(Dual.Variable(x, 3), -1.0, 1.0).Partial(3));
        Assert.Equal(derivative, Clamp(new Dual<Real>(x, 1.0), -1.0, 1.0).Tangent.Value);
        Assert.Equal(derivative, Clamp(new Dual<Lanes>(x, 1.0), -1.0, 1.0).Tangent.Value[1]);
    }

    [Theory]
    [InlineData(-0.0, 1)]
    [InlineData(-1e-300, -1)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Abs_AtItsKink_HasSlopeOne(double x, double derivative)
    {
        var dual = Dual.Abs(Dual.Variable(x, 0));
        Assert.Equal((Math.Abs(x), derivative), (dual.Value, dual.Partial(0)));
        Assert.False(double.IsNegative(dual.Value));
        Assert.Equal(new Dual<Real>(Math.Abs(x), derivative), Dual<Real>.Abs(new(x, 1.0)));
    }

    [Fact]
    public void SqrtAtZero_IsInfiniteAlongTheVariableAndZeroAlongOthers()
    {
        Assert.Equal(Vector512.Create(0, double.PositiveInfinity, 0, 0, 0, 0, 0, 0), Dual.Sqrt(Dual.Variable(0, 1)).Partials);
        Assert.Equal(double.PositiveInfinity, Dual<Real>.Sqrt(new(0.0, 1.0)).Tangent.Value);
        Assert.Equal(double.NegativeInfinity, Dual<Real>.Sqrt(new(0.0, -1.0)).Tangent.Value);
        Assert.Equal(new Dual<Real>(0.0, 0.0), Dual<Real>.Sqrt(0.0));
        Assert.Equal(0, Dual<Lanes>.Sqrt(0.0).Tangent.Value[4]);
        Assert.Equal(0, Hyper.Sqrt(0.0).Tangent.Value);
    }

    [Fact]
    public void LengthAtTheOrigin_HasDerivativeZero()
    {
        static T Length<T>(T x, T y)
            where T : unmanaged, IScalar<T> => T.Sqrt((x * x) + (y * y));
        Assert.Equal(Vector512<double>.Zero, Length(Dual.Variable(0, 0), Dual.Variable(0, 1)).Partials);
        Assert.Equal(new Dual<Real>(0.0, 0.0), Length(new Dual<Real>(0.0, 1.0), new Dual<Real>(0.0, 1.0)));
    }

    [Fact]
    public void SingularDerivatives_OfAConstant_AreZero()
    {
        Assert.All(
            new[] { Dual.Log(0.0), Dual.Asin(1.0), Dual.Pow(0.0, 0.5), Dual.Pow(0.0, -1), Dual.Atan2(0.0, 0.0), Dual.Sqrt(-1.0), Dual.Exp(1000.0) },
            dual => Assert.Equal(Vector512<double>.Zero, dual.Partials));
        Assert.All(
            new[] { Dual<Real>.Log(0.0), Dual<Real>.Asin(1.0), Dual<Real>.Pow(0.0, 0.5), Dual<Real>.Pow(0.0, -1), Dual<Real>.Atan2(0.0, 0.0), Dual<Real>.Sqrt(-1.0), Dual<Real>.Exp(1000.0) },
            dual => Assert.Equal(0, dual.Tangent.Value));
    }

    [Theory]
    [InlineData(0.0, 1, 0, 0)]
    [InlineData(1.0, 0, 1, 0)]
    [InlineData(2.0, 0, 0, 2)]
    [InlineData(3.0, 0, 0, 0)]
    public void Pow_AtZero_HasTheDerivativesOfAMonomial(double exponent, double value, double first, double second)
    {
        var dual = Dual.Pow(Dual.Variable(0, 0), exponent);
        var nested = Hyper.Pow(new(Dual.Variable(0, 0), 1.0), exponent);
        Assert.Equal((value, first), (dual.Value, dual.Partial(0)));
        Assert.Equal((value, first, second), (nested.Value.Value, nested.Tangent.Value, nested.Tangent.Partial(0)));
    }

    [Fact]
    public void Atan2_AtTheOrigin_HasDerivativeZero()
    {
        Assert.Equal(Vector512<double>.Zero, Dual.Atan2(Dual.Variable(0, 0), Dual.Variable(0, 1)).Partials);
        Assert.Equal(0, Dual<Real>.Atan2(new(0.0, 1.0), new(0.0, 1.0)).Tangent.Value);
    }

    [Fact]
    public void Real_RoundsToSingle_OthersDoNot()
    {
        Assert.Equal((double)0.1f, Real.RoundToSingle(0.1).Value);
        Assert.Equal(0.1, Dual.RoundToSingle(0.1).Value);
        Assert.Equal(new Dual<Dual>(0.1, 1.0), Hyper.RoundToSingle(new(0.1, 1.0)));
    }

    [Fact]
    public void SmoothFunctions_AgreeBetweenRealAndLanes() => Gen.Select(Gen.Int[0, ScalarFunctions.All.Count - 1], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((index, u, v) =>
    {
        var (_, f, box) = ScalarFunctions.All[index];
        var (x, y) = ((float)(box[0] + (u * (box[1] - box[0]))), (float)(box[2] + (v * (box[3] - box[2]))));
        double exact = f.Of<Real>(x, y).Value;
        Assert.Equal(exact, f.Of<Lanes>(x, y).Value[0], 1e-5 * (1 + Math.Abs(exact)));
    });

    private static T Clamp<T>(T x, T low, T high)
        where T : unmanaged, IScalar<T> => T.Clamp(x, low, high);

    private static void AssertSame(string name, IFunction f, double a, double b)
    {
        double real = f.Of<Real>(a, b);
        var others = new (string Type, double Value)[]
        {
            ("Lanes", f.Of<Lanes>(a, b).Value[6]),
            ("Dual", f.Of(Dual.Variable(a, 0), Dual.Variable(b, 1)).Value),
            ("Dual<Real>", f.Of(new Dual<Real>(a, 1.0), new Dual<Real>(b, 0.5)).Value),
            ("DoubleLanes", f.Of<DoubleLanes>(a, b).Value[3]),
            ("Dual<DoubleLanes>", f.Of(new Dual<DoubleLanes>(a, 1.0), new Dual<DoubleLanes>(b, 0.5)).Value.Value[7]),
            ("TangentLanes", f.Of(TangentLanes.Variable(a, 0), TangentLanes.Variable(b, 1)).Value[5]),
            ("HyperLanes", f.Of(HyperLanes.Variable(a, true, false), HyperLanes.Variable(b, false, true)).Value[1]),
            ("Dual<Dual>", f.Of(new Hyper(a, 1.0), new Hyper(b, 0.5)).Value.Value),
        };
        foreach (var (type, value) in others)
        {
            bool same = double.IsNaN(real)
                ? double.IsNaN(value)
                : double.IsNegative(real) == double.IsNegative(value) && (real.Equals(value) || Math.Abs(real - value) <= 1e-6 * Math.Abs(real));
            Assert.True(same, $"{name} is {real} in double, {value} in {type}");
        }
    }

    private readonly struct MinOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Min(x, y); }
    private readonly struct MaxOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Max(x, y); }
    private readonly struct ClampOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Clamp(x, -1.0, y); }
    private readonly struct SelectOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.SelectLess(x, y, 3.0, x); }
    private readonly struct AbsOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Abs(x) + T.Floor(y); }

    private readonly struct PowOf(double exponent) : IFunction
    {
        public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Pow(x, exponent);
    }
}
