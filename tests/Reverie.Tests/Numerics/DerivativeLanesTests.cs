using CsCheck;
using Reverie.Numerics;
using Hyper = Reverie.Numerics.Dual<Reverie.Numerics.Dual>;

namespace Reverie.Tests.Numerics;

/// <summary>The flat types of eight derivatives at once agree with nested duals.</summary>
public class DerivativeLanesTests
{
    public static TheoryData<int> Functions => [.. Enumerable.Range(0, ScalarFunctions.All.Count)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void First_and_second_derivatives_are_those_of_duals_in_each_lane(int function) => Gen.Select(Gen.Double[0, 1].Array[8], Gen.Double[0, 1].Array[8]).Sample((u, v) =>
    {
        var (_, f, box) = ScalarFunctions.All[function];
        double[] x = [.. u.Select(s => box[0] + (s * (box[1] - box[0])))], y = [.. v.Select(s => box[2] + (s * (box[3] - box[2])))];
        var (xs, ys) = (DoubleLanes.Load(x, 0), DoubleLanes.Load(y, 0));
        var tangents = f.Of(TangentLanes.Variable(xs, 0), TangentLanes.Variable(ys, 2));
        var both = f.Of(HyperLanes.Variable(xs, true, false), HyperLanes.Variable(ys, false, true));
        var twice = f.Of(HyperLanes.Variable(xs, true, true), HyperLanes.Variable(ys, false, false));
        for (int i = 0; i < DoubleLanes.Count; i++)
        {
            var exact = f.Of(new Hyper(Dual.Variable(x[i], 0), 1.0), new Hyper(Dual.Variable(y[i], 1), 0.0));
            AssertNear(exact.Value.Value, tangents.Value[i]);
            AssertNear(exact.Value.Partial(0), tangents.First[i]);
            Assert.Equal(0.0, tangents.Second[i]);
            AssertNear(exact.Value.Partial(1), tangents.Third[i]);
            AssertNear(exact.Value.Value, both.Value[i]);
            AssertNear(exact.Value.Partial(0), both.First[i]);
            AssertNear(exact.Value.Partial(1), both.Second[i]);
            AssertNear(exact.Tangent.Partial(1), both.Cross[i]);
            AssertNear(exact.Tangent.Partial(0), twice.Cross[i]);
            AssertNear(exact.Value.Partial(0), twice.Second[i]);
        }
    });

    [Fact]
    public void At_kinks_and_ties_all_take_the_branch_of_duals()
    {
        IFunction[] kinks = [new AbsOf(), new MinOf(), new MaxOf(), new ClampOf(), new SelectOf(), new FloorOf()];
        double[] values = [-1.0, 1.0, 0.0, -0.0, 0.5, 2.0, double.NaN];
        foreach (var f in kinks)
        {
            foreach (double x in values)
            {
                foreach (double y in values)
                {
                    var exact = f.Of(new Hyper(Dual.Variable(x, 0), 1.0), new Hyper(Dual.Variable(y, 1), 0.0));
                    var tangents = f.Of(TangentLanes.Variable(x, 1), TangentLanes.Variable(y, 2));
                    var hyper = f.Of(HyperLanes.Variable(x, true, false), HyperLanes.Variable(y, false, true));
                    string at = $"{f.GetType().Name}({x}, {y})";
                    Assert.True(exact.Value.Value.Equals(tangents.Value[0]) && exact.Value.Value.Equals(hyper.Value[7]), at);
                    Assert.True(exact.Value.Partial(0).Equals(tangents.Second[0]) && exact.Value.Partial(0).Equals(hyper.First[7]), at);
                    Assert.True(exact.Value.Partial(1).Equals(tangents.Third[0]) && exact.Value.Partial(1).Equals(hyper.Second[7]), at);
                    Assert.True(exact.Tangent.Partial(1).Equals(hyper.Cross[7]), at);
                }
            }
        }
    }

    [Fact]
    public void Where_a_functions_slope_is_infinite_what_it_does_not_depend_on_has_derivative_zero()
    {
        Check("log", TangentLanes.Log(0.0), HyperLanes.Log(0.0));
        Check("sqrt", TangentLanes.Sqrt(0.0), HyperLanes.Sqrt(0.0));
        Check("sqrt of a negative", TangentLanes.Sqrt(-1.0), HyperLanes.Sqrt(-1.0));
        Check("asin", TangentLanes.Asin(1.0), HyperLanes.Asin(-1.0));
        Check("asin beyond 1", TangentLanes.Asin(1.5), HyperLanes.Asin(1.5));
        Check("pow 1/2", TangentLanes.Pow(0.0, 0.5), HyperLanes.Pow(0.0, 0.5));
        Check("pow -1", TangentLanes.Pow(0.0, -1.0), HyperLanes.Pow(0.0, -1.0));
        Check("atan2", TangentLanes.Atan2(0.0, 0.0), HyperLanes.Atan2(0.0, 0.0));
        Check("exp", TangentLanes.Exp(1000.0), HyperLanes.Exp(1000.0));

        // One variable varies along the first direction alone: infinite there, 0 along the others.
        var root = TangentLanes.Sqrt(TangentLanes.Variable(0.0, 0));
        Assert.Equal((double.PositiveInfinity, 0.0, 0.0), (root.First[4], root.Second[4], root.Third[4]));
        var hyper = HyperLanes.Sqrt(HyperLanes.Variable(0.0, true, false));
        Assert.Equal((double.PositiveInfinity, 0.0, 0.0), (hyper.First[4], hyper.Second[4], hyper.Cross[4]));

        static void Check(string name, TangentLanes tangents, HyperLanes hyper)
        {
            Assert.True(tangents.First[3] == 0.0 && tangents.Second[3] == 0.0 && tangents.Third[3] == 0.0, name);
            Assert.True(hyper.First[3] == 0.0 && hyper.Second[3] == 0.0 && hyper.Cross[3] == 0.0, name);
        }
    }

    [Fact]
    public void Lengths_and_angles_at_the_origin_have_derivative_zero_and_powers_those_of_monomials()
    {
        var (x, y) = (TangentLanes.Variable(0.0, 0), TangentLanes.Variable(0.0, 1));
        var length = TangentLanes.Sqrt((x * x) + (y * y));
        var angle = TangentLanes.Atan2(y, x);
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (length.First[0], length.Second[0], angle.First[0], angle.Second[0]));
        foreach (var (exponent, value, first, second) in new[] { (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 1.0, 0.0), (2.0, 0.0, 0.0, 2.0), (3.0, 0.0, 0.0, 0.0) })
        {
            var power = HyperLanes.Pow(HyperLanes.Variable(0.0, true, true), exponent);
            Assert.Equal((value, first, second), (power.Value[6], power.First[6], power.Cross[6]));
            Assert.Equal(first, TangentLanes.Pow(TangentLanes.Variable(0.0, 1), exponent).Second[6]);
        }
    }

    [Fact]
    public void Operators_with_a_constant_are_those_with_the_constant_as_a_scalar()
    {
        Check<Real>(1.3, x => [x.Value]);
        Check<Lanes>(1.3, x => [x.Value[0], x.Value[15]]);
        Check(Dual.Variable(1.3, 2), x => [x.Value, .. Enumerable.Range(0, 8).Select(x.Partial)]);
        Check(new Hyper(Dual.Variable(1.3, 2), Dual.Variable(0.7, 3)), x => [x.Value.Value, x.Value.Partial(2), x.Tangent.Value, x.Tangent.Partial(3)]);
        Check<DoubleLanes>(1.3, x => [x.Value[0], x.Value[7]]);
        Check(TangentLanes.Variable(1.3, 1), x => [x.Value[1], x.First[1], x.Second[1], x.Third[1]]);
        Check(HyperLanes.Sqrt(HyperLanes.Variable(1.3, true, true)), x => [x.Value[1], x.First[1], x.Second[1], x.Cross[1]]);

        static void Check<T>(T x, Func<T, double[]> numbers)
            where T : unmanaged, IScalar<T>
        {
            foreach (double c in new[] { 0.0, -0.0, 1.0, -2.7, 1e-3, double.PositiveInfinity, double.NaN })
            {
                Assert.Equal(numbers(x + (T)c), numbers(x + c));
                Assert.Equal(numbers(x - (T)c), numbers(x - c));
                if (double.IsFinite(c))
                {
                    Assert.Equal(numbers(x * (T)c), numbers(x * c));
                }
            }
        }
    }

    private static void AssertNear(double expected, double actual) => Assert.Equal(expected, actual, 1e-11 * (1 + Math.Abs(expected)));

    private readonly struct AbsOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Abs(x) * y; }
    private readonly struct MinOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Min(x, y); }
    private readonly struct MaxOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Max(x, y); }
    private readonly struct ClampOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Clamp(x, -1.0, 1.0) * T.Clamp(y, -1.0, 1.0); }
    private readonly struct SelectOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.SelectLess(x, y, x * y, y); }
    private readonly struct FloorOf : IFunction { public T Of<T>(T x, T y) where T : unmanaged, IScalar<T> => T.Floor(x) + (T.RoundToSingle(y) * 2.0); }
}
