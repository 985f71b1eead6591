using System.Runtime.Intrinsics;
using CsCheck;
using Reverie.Numerics;
using Hyper = Reverie.Numerics.Dual<Reverie.Numerics.Dual>;

namespace Reverie.Tests.Numerics;

public sealed class DualTests
{
    public static TheoryData<int> Functions => [.. Enumerable.Range(0, ScalarFunctions.All.Count)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Partials_AreCentralDifferences(int function) => Sample(function, (f, x, y) =>
    {
        var dual = f.Of(Dual.Variable(x, 2), Dual.Variable(y, 5));
        Assert.Equal(f.Of<Real>(x, y).Value, dual.Value, 1e-13 * (1 + Math.Abs(dual.Value)));
        const double H = 1e-5;
        AssertNear((f.Of<Real>(x + H, y) - f.Of<Real>(x - H, y)) / (2 * H), dual.Partial(2), 1e-7);
        AssertNear((f.Of<Real>(x, y + H) - f.Of<Real>(x, y - H)) / (2 * H), dual.Partial(5), 1e-7);
        Assert.All(new[] { 0, 1, 3, 4, 6, 7 }, other => Assert.Equal(0, dual.Partial(other)));
    });

    [Theory]
    [MemberData(nameof(Functions))]
    public void Tangent_IsTheDirectionalDerivative(int function) => Sample(function, (f, x, y) =>
    {
        var dual = f.Of(Dual.Variable(x, 0), Dual.Variable(y, 1));
        var along = f.Of(new Dual<Real>(x, 0.6), new Dual<Real>(y, -0.8));
        Assert.Equal(dual.Value, along.Value.Value, 1e-13 * (1 + Math.Abs(dual.Value)));
        AssertNear((0.6 * dual.Partial(0)) - (0.8 * dual.Partial(1)), along.Tangent.Value, 1e-12);
    });

    [Theory]
    [MemberData(nameof(Functions))]
    public void TangentOverLanes_IsThatOfDouble(int function) => Sample(function, (f, x, y) =>
    {
        var (xs, ys) = ((float)x, (float)y);
        var exact = f.Of(new Dual<Real>(xs, 0.6), new Dual<Real>(ys, -0.8));
        var lanes = f.Of(new Dual<Lanes>(xs, 0.6), new Dual<Lanes>(ys, -0.8));
        AssertNear(exact.Value.Value, lanes.Value.Value[9], 1e-5);
        AssertNear(exact.Tangent.Value, lanes.Tangent.Value[9], 2e-5);
    });

    [Theory]
    [MemberData(nameof(Functions))]
    public void Nested_GivesTheHessian(int function) => Sample(function, (f, x, y) =>
    {
        var rowX = f.Of(new Hyper(Dual.Variable(x, 0), 1.0), new Hyper(Dual.Variable(y, 1), 0.0));
        var rowY = f.Of(new Hyper(Dual.Variable(x, 0), 0.0), new Hyper(Dual.Variable(y, 1), 1.0));
        var gradient = f.Of(Dual.Variable(x, 0), Dual.Variable(y, 1));
        AssertNear(gradient.Partial(0), rowX.Tangent.Value, 1e-12);
        AssertNear(gradient.Partial(1), rowY.Tangent.Value, 1e-12);
        AssertNear(rowX.Tangent.Partial(1), rowY.Tangent.Partial(0), 1e-10);

        const double H = 1e-5;
        var (right, left) = (f.Of(Dual.Variable(x + H, 0), Dual.Variable(y, 1)), f.Of(Dual.Variable(x - H, 0), Dual.Variable(y, 1)));
        var (above, below) = (f.Of(Dual.Variable(x, 0), Dual.Variable(y + H, 1)), f.Of(Dual.Variable(x, 0), Dual.Variable(y - H, 1)));
        AssertNear((right.Partial(0) - left.Partial(0)) / (2 * H), rowX.Tangent.Partial(0), 1e-6);
        AssertNear((above.Partial(0) - below.Partial(0)) / (2 * H), rowX.Tangent.Partial(1), 1e-6);
        AssertNear((above.Partial(1) - below.Partial(1)) / (2 * H), rowY.Tangent.Partial(1), 1e-6);
    });

    [Fact]
    public void Nested_QuadraticForm_HasItsMatrix()
    {
        // f = 2x² + 3xy − 4y²: the Hessian is [4 3; 3 −8] by hand.
        static T F<T>(T x, T y)
            where T : unmanaged, IScalar<T> => (x * x * 2.0) + (x * y * 3.0) - (y * y * 4.0);
        var rowX = F(new Hyper(Dual.Variable(1.5, 0), 1.0), new Hyper(Dual.Variable(-2, 1), 0.0)).Tangent;
        var rowY = F(new Hyper(Dual.Variable(1.5, 0), 0.0), new Hyper(Dual.Variable(-2, 1), 1.0)).Tangent;
        Assert.Equal([4, 3, 3, -8], new[] { rowX.Partial(0), rowX.Partial(1), rowY.Partial(0), rowY.Partial(1) });
        Assert.Equal(0.0, rowX.Value); // 4x + 3y = 6 − 6
        Assert.Equal(20.5, rowY.Value); // 3x − 8y = 4.5 + 16
    }

    [Fact]
    public void Variable_HasOnePartial()
    {
        var x = Dual.Variable(3, 7);
        Assert.Equal((3, Vector512.Create(0.0, 0, 0, 0, 0, 0, 0, 1)), (x.Value, x.Partials));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dual.Variable(3, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dual.Variable(3, -1));
    }

    private static void Sample(int function, Action<IFunction, double, double> check)
    {
        var (_, f, box) = ScalarFunctions.All[function];
        Gen.Select(Gen.Double[box[0], box[1]], Gen.Double[box[2], box[3]]).Sample((x, y) => check(f, x, y), iter: 300);
    }

    private static void AssertNear(double expected, double actual, double relative) =>
        Assert.Equal(expected, actual, relative * (1 + Math.Abs(expected)));
}
