using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class LanesSpecialValueTests
{
    private const float Infinity = float.PositiveInfinity;

    /// <summary>NaNs of both signs and with a payload: some tricks with exponent bits let the latter become numbers.</summary>
    public static TheoryData<float> NaNs => [float.NaN, -float.NaN, BitConverter.Int32BitsToSingle(0x7FC00001), BitConverter.Int32BitsToSingle(0x7FFFFFFF)];

    [Theory]
    [MemberData(nameof(NaNs))]
    public void NaN_PassesThroughEveryFunction(float nan)
    {
        Lanes x = Mixed(nan, 0.5f), one = 1.0;
        (string Name, Lanes Result)[] results =
        [
            ("sin", Lanes.Sin(x)), ("cos", Lanes.Cos(x)), ("tan", Lanes.Tan(x)), ("exp", Lanes.Exp(x)), ("log", Lanes.Log(x)),
            ("sqrt", Lanes.Sqrt(x)), ("tanh", Lanes.Tanh(x)), ("asin", Lanes.Asin(x)), ("abs", Lanes.Abs(x)), ("floor", Lanes.Floor(x)),
            ("atan2 y", Lanes.Atan2(x, one)), ("atan2 x", Lanes.Atan2(one, x)), ("atan2 small y", Lanes.Atan2(x, 1e-30)),
            ("pow 2", Lanes.Pow(x, 2)), ("pow 7", Lanes.Pow(x, 7)), ("pow ½", Lanes.Pow(x, 0.5)), ("pow −3", Lanes.Pow(x, -3)),
            ("min a", Lanes.Min(x, one)), ("min b", Lanes.Min(one, x)), ("max a", Lanes.Max(x, one)), ("max b", Lanes.Max(one, x)),
            ("clamp x", Clamp(x, -1.0, one)), ("clamp low", Clamp(one, x, 2.0)), ("clamp high", Clamp(one, 0.0, x)),
            ("negate", -x), ("add", x + one), ("round", Lanes.RoundToSingle(x)),
        ];
        foreach (var (name, result) in results)
        {
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                Assert.True(float.IsNaN(result.Value[lane]) == (lane % 3 == 1), $"{name}: lane {lane} is {result.Value[lane]}");
            }
        }
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(0, float.NaN)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(1, 1)]
    [InlineData(-0f, 0)]
    [InlineData(2, 1)]
    public void SelectLess_NotLess_IsOtherwise(float a, float b) => AssertAll(-7, Lanes.SelectLess(a, b, 7.0, -7.0));

    [Fact]
    public void SelectLess_Less_IsIfLess() => AssertAll(7, Lanes.SelectLess(1.0, 2.0, 7.0, float.NaN));

    [Theory]
    [InlineData(88.72f)]
    [InlineData(88.73f)]
    [InlineData(1000f)]
    [InlineData(Infinity)]
    [InlineData(-87.4f)]
    [InlineData(-100f)]
    [InlineData(-103.9f)]
    [InlineData(-104f)]
    [InlineData(-1e10f)]
    [InlineData(-Infinity)]
    [InlineData(0f)]
    public void Exp_AtTheEndsOfTheRange_IsThatOfDouble(float x) =>
        Assert.InRange(Ulp.Error(Lanes.Exp(x).Value[0], Math.Exp(x)), 0, 1.02);

    [Theory]
    [InlineData(-0f, -Infinity)]
    [InlineData(-1f, float.NaN)]
    [InlineData(Infinity, Infinity)]
    [InlineData(1f, 0f)]
    public void Log_SpecialValues(float x, float expected) => AssertAll(expected, Lanes.Log(x));

    [Theory]
    [InlineData(Infinity, 1f)]
    [InlineData(-Infinity, -1f)]
    [InlineData(100f, 1f)]
    [InlineData(0f, 0f)]
    public void Tanh_SpecialValues(float x, float expected) => AssertAll(expected, Lanes.Tanh(x));

    [Theory]
    [InlineData(Infinity)]
    [InlineData(-Infinity)]
    [InlineData(1e7f)]
    [InlineData(-float.MaxValue)]
    public void SinCos_BeyondMeaning_IsNaN(float x)
    {
        AssertAll(float.NaN, Lanes.Sin(x));
        AssertAll(float.NaN, Lanes.Cos(x));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-1f)]
    public void Asin_AtItsLimits_IsExact(float x) => AssertAll((float)Math.Asin(x), Lanes.Asin(x));

    [Theory]
    [InlineData(1.0000001f)]
    [InlineData(-2f)]
    [InlineData(Infinity)]
    public void Asin_Outside_IsNaN(float x) => AssertAll(float.NaN, Lanes.Asin(x));

    [Fact]
    public void Atan2_SpecialValues_AreThoseOfMath()
    {
        float[] values = [0f, -0f, 1f, -1f, 1e-40f, -1e-40f, float.Epsilon, -float.Epsilon, Infinity, -Infinity, float.NaN];
        foreach (float y in values)
        {
            foreach (float x in values)
            {
                float actual = Lanes.Atan2(y, x).Value[3];
                double exact = Math.Atan2(y, x);
                bool near = Ulp.Error(actual, exact) <= 1 || Math.Abs(actual - exact) <= 1.2e-38;
                Assert.True(near && float.IsNegative(actual) == double.IsNegative(exact) | float.IsNaN(actual), $"atan2({y}, {x}) = {actual}, not {exact}");
            }
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(3.0)]
    [InlineData(-1.0)]
    [InlineData(-2.0)]
    [InlineData(5.0)]
    [InlineData(6.0)]
    [InlineData(-5.0)]
    [InlineData(-6.0)]
    [InlineData(101.0)]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    [InlineData(2.5)]
    public void Pow_SpecialBases_AreThoseOfMath(double exponent)
    {
        foreach (float x in new[] { 0f, -0f, 1f, -1f, 2f, -2f, -1.5f, 1e-20f, -1e20f, Infinity, float.NaN })
        {
            float actual = Lanes.Pow(x, exponent).Value[5];
            double exact = Math.Pow(x, exponent);
            Assert.True(Ulp.Error(actual, exact) <= 2, $"pow({x}, {exponent}) = {actual}, not {exact}");
        }
    }

    [Fact]
    public void SignBits_AreKept()
    {
        Assert.True(float.IsNegative((-(Lanes)0.0).Value[0]));
        Assert.False(float.IsNegative((-(Lanes)(-0.0)).Value[0]));
        Assert.False(float.IsNegative(Lanes.Abs(-0.0).Value[0]));
    }

    [Theory]
    [InlineData(-1.5f, -2f)]
    [InlineData(-1f, -1f)]
    [InlineData(1.99f, 1f)]
    [InlineData(-0.001f, -1f)]
    [InlineData(1e10f, 1e10f)]
    [InlineData(-Infinity, -Infinity)]
    public void Floor_GoesDown(float x, float expected) => AssertAll(expected, Lanes.Floor(x));

    [Fact]
    public void LoadAndStore_MoveSixteenNumbersAndNoMore()
    {
        float[] source = [.. Enumerable.Range(0, 40).Select(i => (float)i)];
        var destination = new float[40];
        Lanes.Load(source, 5).Store(destination, 10);
        Assert.Equal(source[5..21], destination[10..26]);
        Assert.All(destination[..10].Concat(destination[26..]), v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void LoadAndStore_PastTheEnd_AreRefused(int start)
    {
        var numbers = new float[40];
        Assert.Throws<ArgumentOutOfRangeException>(() => Lanes.Load(numbers, start));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((Lanes)1.0).Store(numbers, start));
    }

    private static T Clamp<T>(T x, T low, T high)
        where T : unmanaged, IScalar<T> => T.Clamp(x, low, high);

    private static Lanes Mixed(float odd, float even)
    {
        var numbers = new float[Lanes.Count];
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            numbers[lane] = lane % 3 == 1 ? odd : even;
        }

        return Lanes.Load(numbers, 0);
    }

    private static void AssertAll(float expected, Lanes actual)
    {
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            Assert.Equal(expected, actual.Value[lane]);
        }
    }
}
