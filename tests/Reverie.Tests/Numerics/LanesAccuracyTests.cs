using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>
/// Every function of <see cref="Lanes"/> against <see cref="Math"/> in double precision, over grids of floats that are equally
/// dense in every binade. The bounds are the maxima that <see cref="Lanes"/> documents, found with <see cref="Points"/> at 2²⁶.
/// </summary>
public sealed class LanesAccuracyTests
{
    private const int Points = 1 << 20;

    private delegate Lanes Unary(Lanes x);

    [Fact]
    public void Sin_IsAccurate() => AssertWithin(1.56, Lanes.Sin, Math.Sin, 1e-6f, 1e4f);

    [Fact]
    public void Cos_IsAccurate() => AssertWithin(1.56, Lanes.Cos, Math.Cos, 1e-6f, 1e4f);

    [Fact]
    public void SinCos_LargeAngles_AreAccurate()
    {
        AssertWithin(5.4, Lanes.Sin, Math.Sin, 1e4f, 4194304f);
        AssertWithin(5.4, Lanes.Cos, Math.Cos, 1e4f, 4194304f);
    }

    [Fact]
    public void SinCos_EqualsSinAndCos()
    {
        foreach (float x in Grid(1e-3f, 1e4f, 1000))
        {
            var (sin, cos) = Lanes.SinCos(x);
            Assert.Equal((Lanes.Sin(x).Value, Lanes.Cos(x).Value), (sin.Value, cos.Value));
        }
    }

    [Fact]
    public void Tan_IsAccurate() => AssertWithin(3.7, Lanes.Tan, Math.Tan, 1e-6f, 1e4f);

    [Fact]
    public void Exp_IsAccurateOverTheWholeRange() => AssertWithin(1.02, Lanes.Exp, Math.Exp, 1e-9f, 110f);

    [Fact]
    public void Log_IsAccurate() => AssertWithin(0.83, Lanes.Log, Math.Log, float.Epsilon, float.MaxValue, bothSigns: false);

    [Fact]
    public void Sqrt_IsRoundedRightly() => AssertWithin(0.5, Lanes.Sqrt, Math.Sqrt, float.Epsilon, float.MaxValue, bothSigns: false);

    [Fact]
    public void Tanh_IsAccurate() => AssertWithin(1.51, Lanes.Tanh, Math.Tanh, 1e-9f, 50f);

    [Fact]
    public void Asin_IsAccurate() => AssertWithin(3.5, Lanes.Asin, Math.Asin, 1e-9f, 1f);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0.5)]
    [InlineData(3, 1.3)]
    [InlineData(4, 1.91)]
    [InlineData(-1, 0.5)]
    [InlineData(-2, 0.501)]
    [InlineData(-3, 0.501)]
    [InlineData(-4, 0.501)]
    [InlineData(5, 0.501)]
    [InlineData(-7, 0.501)]
    [InlineData(64, 0.501)]
    [InlineData(65, 0.501)]
    [InlineData(0.5, 0.501)]
    [InlineData(1.5, 0.501)]
    [InlineData(-2.7, 0.501)]
    [InlineData(33.3, 0.501)]
    public void Pow_IsAccurate(double exponent, double bound)
    {
        // Where no square on the way overflows, nor leaves the normal floats.
        float limit = (float)Math.Pow(2, 125 / Math.Max(1, Math.Abs(exponent)));
        bool whole = exponent == Math.Floor(exponent);
        AssertWithin(bound, x => Lanes.Pow(x, exponent), x => Math.Pow(x, exponent), 1 / limit, limit, whole);
    }

    [Fact]
    public void Atan2_IsAccurateInAllQuadrants()
    {
        double worst = 0;
        var random = new RandomStream(RandomKey.FromSeed(1));
        var (y, x) = (new float[16], new float[16]);
        for (int i = 0; i < Points / 16; i++)
        {
            for (int lane = 0; lane < 16; lane++)
            {
                // Angles uniform or ratios spread over the binades, radii from 1e-30 to 1e30.
                double radius = Math.Pow(10, random.NextDouble(-30, 30)), angle = random.NextDouble(-Math.PI, Math.PI);
                y[lane] = (float)(radius * Math.Sin(angle));
                x[lane] = (float)(radius * Math.Cos(angle) * ((i & 1) == 0 ? 1 : Math.Pow(10, random.NextDouble(-6, 6))));
            }

            var angles = Lanes.Atan2(Lanes.Load(y, 0), Lanes.Load(x, 0));
            for (int lane = 0; lane < 16; lane++)
            {
                worst = Math.Max(worst, Ulp.Error(angles.Value[lane], Math.Atan2(y[lane], x[lane])));
            }
        }

        Report("Atan2", worst);
        Assert.InRange(worst, 0, 2.9);
    }

    private static void AssertWithin(
        double bound, Unary function, Func<double, double> exact, float smallest, float largest, bool bothSigns = true,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(function))] string name = "")
    {
        double worst = 0;
        float at = 0;
        var batch = new float[16];
        int filled = 0;
        foreach (float x in Grid(smallest, largest, Points))
        {
            batch[filled++] = x;
            if (filled == 16)
            {
                filled = 0;
                Check(function(Lanes.Load(batch, 0)), 1);
                if (bothSigns)
                {
                    Check(function(-Lanes.Load(batch, 0)), -1);
                }
            }
        }

        Report(name, worst);
        Assert.True(worst <= bound, $"{name}({at:R}) is off by {worst:F3} units in the last place; the bound is {bound}");

        void Check(Lanes values, float sign)
        {
            for (int lane = 0; lane < 16; lane++)
            {
                double error = Ulp.Error(values.Value[lane], exact(sign * batch[lane]));
                if (!(error <= worst))
                {
                    (worst, at) = (error, sign * batch[lane]);
                }
            }
        }
    }

    private static void Report(string name, double worst) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: at most {worst:F3} units in the last place");

    /// <summary>Floats from smallest to largest, equally many in every binade.</summary>
    private static IEnumerable<float> Grid(float smallest, float largest, int points)
    {
        int low = BitConverter.SingleToInt32Bits(smallest), high = BitConverter.SingleToInt32Bits(largest);
        double step = Math.Max(1, (high - (double)low) / points);
        for (double bits = low; bits <= high; bits += step)
        {
            yield return BitConverter.Int32BitsToSingle((int)bits);
        }
    }
}
