using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>Eight numbers at once are eight numbers.</summary>
public class DoubleLanesTests
{
    public static TheoryData<int> Functions => [.. Enumerable.Range(0, ScalarFunctions.All.Count)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Each_lane_is_its_own_number(int function) => Gen.Select(Gen.Double[0, 1].Array[8], Gen.Double[0, 1].Array[8]).Sample((u, v) =>
    {
        var (_, f, box) = ScalarFunctions.All[function];
        double[] x = [.. u.Select(s => box[0] + (s * (box[1] - box[0])))], y = [.. v.Select(s => box[2] + (s * (box[3] - box[2])))];
        var lanes = f.Of(DoubleLanes.Load(x, 0), DoubleLanes.Load(y, 0));
        for (int i = 0; i < DoubleLanes.Count; i++)
        {
            double exact = f.Of<Real>(x[i], y[i]).Value;
            Assert.Equal(exact, lanes.Value[i], 2e-14 * (1 + Math.Abs(exact)));
        }
    });

    [Theory]
    [InlineData("sin", 10.0, 2.0)]
    [InlineData("cos", 10.0, 2.0)]
    [InlineData("sin", 1e5, 2.0)]
    [InlineData("cos", 1e5, 2.0)]
    [InlineData("sin", 1e9, 2.0)]
    [InlineData("cos", 1e9, 2.0)]
    [InlineData("sin", 1e300, 2.0)]
    [InlineData("cos", 1e300, 2.0)]
    [InlineData("sin", 1e-3, 1.5)]
    [InlineData("tan", 1.5, 4.0)]
    [InlineData("tan", 1e4, 4.0)]
    [InlineData("exp", 700.0, 2.0)]
    [InlineData("log", 1e300, 2.0)]
    [InlineData("log", 2.0, 4.0)]
    [InlineData("asin", 1.0, 2.0)]
    [InlineData("asin", 1e-3, 1.5)]
    [InlineData("sqrt", 1e300, 0.0)]
    [InlineData("tanh", 30.0, 0.0)]
    public void Functions_agree_with_those_of_double_to_units_in_the_last_place(string name, double reach, double units)
    {
        var random = new RandomStream(RandomKey.FromSeed(1));
        var (x, worst) = (new double[8], 0.0);
        for (int round = 0; round < 2000; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                double share = (2.0 * random.NextDouble()) - 1.0;
                x[i] = reach * (name is "log" or "sqrt" ? Math.Abs(share) : share);
            }

            var lanes = DoubleLanes.Load(x, 0);
            var result = name switch
            {
                "sin" => DoubleLanes.Sin(lanes),
                "cos" => DoubleLanes.Cos(lanes),
                "tan" => DoubleLanes.Tan(lanes),
                "exp" => DoubleLanes.Exp(lanes),
                "log" => DoubleLanes.Log(lanes),
                "asin" => DoubleLanes.Asin(lanes),
                "sqrt" => DoubleLanes.Sqrt(lanes),
                _ => DoubleLanes.Tanh(lanes),
            };
            for (int i = 0; i < 8; i++)
            {
                double exact = name switch
                {
                    "sin" => Math.Sin(x[i]),
                    "cos" => Math.Cos(x[i]),
                    "tan" => Math.Tan(x[i]),
                    "exp" => Math.Exp(x[i]),
                    "log" => Math.Log(x[i]),
                    "asin" => Math.Asin(x[i]),
                    "sqrt" => Math.Sqrt(x[i]),
                    _ => Math.Tanh(x[i]),
                };
                double unit = Math.BitIncrement(Math.Abs(exact)) - Math.Abs(exact);
                worst = Math.Max(worst, Math.Abs(result.Value[i] - exact) / unit);
            }
        }

        Assert.InRange(worst, 0.0, units);
    }

    [Fact]
    public void Sines_near_whole_quarters_of_a_turn_keep_their_accuracy()
    {
        for (int k = 1; k < 60000; k += 7)
        {
            double x = k * (Math.PI / 2.0);
            DoubleLanes.SinCos(((DoubleLanes)x).Value, out var sin, out var cos);
            Assert.Equal(Math.Sin(x), sin[2], 1e-15 * Math.Max(1e-9, Math.Abs(Math.Sin(x))));
            Assert.Equal(Math.Cos(x), cos[5], 1e-15 * Math.Max(1e-9, Math.Abs(Math.Cos(x))));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(-1.0)]
    [InlineData(1.5)]
    [InlineData(-1.5)]
    [InlineData(1e10)]
    [InlineData(double.Epsilon)]
    [InlineData(-1000.0)]
    [InlineData(1000.0)]
    public void Special_values_are_those_of_double_and_stay_in_their_lane(double x)
    {
        double[] values = [0.3, 0.3, 0.3, x, 0.3, 0.3, 0.3, 0.3];
        var lanes = DoubleLanes.Load(values, 0);
        Check("sin", Math.Sin, DoubleLanes.Sin(lanes));
        Check("cos", Math.Cos, DoubleLanes.Cos(lanes));
        Check("sincos", Math.Sin, DoubleLanes.SinCos(lanes).Sin);
        Check("sincos", Math.Cos, DoubleLanes.SinCos(lanes).Cos);
        Check("tan", Math.Tan, DoubleLanes.Tan(lanes));
        Check("exp", Math.Exp, DoubleLanes.Exp(lanes));
        Check("log", Math.Log, DoubleLanes.Log(lanes));
        Check("sqrt", Math.Sqrt, DoubleLanes.Sqrt(lanes));
        Check("tanh", Math.Tanh, DoubleLanes.Tanh(lanes));
        Check("asin", Math.Asin, DoubleLanes.Asin(lanes));
        Check("abs", Math.Abs, DoubleLanes.Abs(lanes));
        Check("floor", Math.Floor, DoubleLanes.Floor(lanes));
        Check("atan2", v => Math.Atan2(v, -1.0), DoubleLanes.Atan2(lanes, -1.0));
        Check("pow", v => Math.Pow(v, 2.5), DoubleLanes.Pow(lanes, 2.5));
        Check("inverse", v => 1.0 / v, (DoubleLanes)1.0 / lanes);

        void Check(string name, Func<double, double> exact, DoubleLanes result)
        {
            double wanted = exact(x), got = result.Value[3];
            bool same = double.IsNaN(wanted) ? double.IsNaN(got) : wanted.Equals(got) || Math.Abs(wanted - got) <= 1e-15 * Math.Abs(wanted);
            Assert.True(same, $"{name}({x}) is {wanted}, in lanes {got}");
            Assert.Equal(exact(0.3), result.Value[0], 1e-15);
            Assert.Equal(exact(0.3), result.Value[7], 1e-15);
        }
    }

    [Fact]
    public void Loading_and_storing_beyond_an_end_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DoubleLanes.Load(new double[9], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((DoubleLanes)1.0).Store(new double[9], 2));
        var values = new double[10];
        ((DoubleLanes)2.0).Store(values, 2);
        Assert.Equal([0.0, 0, 2, 2, 2, 2, 2, 2, 2, 2], values);
    }
}
