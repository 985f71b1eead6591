using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class LaneStreamTests
{
    private const int Draws = 12_500; // times sixteen lanes
    private static readonly RandomKey Key = RandomKey.FromSeed(1);

    [Fact]
    public void NextWord_LaneIHasTheWordsOfTheScalarBlocksAtItsCounter()
    {
        var stream = new LaneStream(Key, index: 7);
        for (uint block = 0; block < 3; block++)
        {
            var words = new[] { stream.NextWord(), stream.NextWord(), stream.NextWord(), stream.NextWord() };
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                var (x0, x1, x2, x3) = Philox.Block(((uint)lane, block, 7, LaneStream.Domain), Key.Value);
                Assert.Equal([x0, x1, x2, x3], words.Select(word => word[lane]));
            }
        }
    }

    [Fact]
    public void NextUniform_IsUniform()
    {
        var stream = new LaneStream(Key);
        var x = Draw(ref stream, (ref LaneStream s) => s.NextUniform());
        Assert.All(x, v => Assert.InRange(v, 0, 1 - (1.0 / (1 << 24))));
        var (mean, variance, skewness, kurtosis) = Statistics.Moments(x);
        Assert.Equal(0.5, mean, 0.003);
        Assert.Equal(1.0 / 12, variance, 0.001);
        Assert.Equal(0, skewness, 0.02);
        Assert.Equal(-1.2, kurtosis, 0.02);
        Assert.InRange(Statistics.Kolmogorov(x, v => v), 0, 2.23);
    }

    [Fact]
    public void NextNormal_IsNormalIntoItsTails()
    {
        var stream = new LaneStream(Key);
        var x = Draw(ref stream, (ref LaneStream s) => s.NextNormal());
        var (mean, variance, skewness, kurtosis) = Statistics.Moments(x);
        Assert.Equal(0, mean, 0.01);
        Assert.Equal(1, variance, 0.015);
        Assert.Equal(0, skewness, 0.025);
        Assert.Equal(0, kurtosis, 0.05);
        Assert.InRange(Statistics.Kolmogorov(x, Statistics.NormalDistribution), 0, 2.23);
        Assert.InRange(x.Count(v => Math.Abs(v) > 3), 540 - 93, 540 + 93);
        Assert.InRange(x.Count(v => Math.Abs(v) > 4), 2, 28);
    }

    [Fact]
    public void NextNormal_BothOfAPair_LanesAndStreams_AreIndependent()
    {
        var (a, b, c) = (new LaneStream(Key, 0), new LaneStream(Key, 1), new LaneStream(Key.Split(0), 0));
        var x = Draw(ref a, (ref LaneStream s) => s.NextNormal());
        var y = Draw(ref b, (ref LaneStream s) => s.NextNormal());
        var z = Draw(ref c, (ref LaneStream s) => s.NextNormal());
        double limit = 4 / Math.Sqrt(x.Length);
        Assert.InRange(Math.Abs(Statistics.Correlation(x, y)), 0, limit);
        Assert.InRange(Math.Abs(Statistics.Correlation(x, z)), 0, limit);
        Assert.InRange(Math.Abs(Statistics.Correlation(x[..^1], x[1..])), 0, limit); // neighbouring lanes
        Assert.InRange(Math.Abs(Statistics.Correlation(x[..^16], x[16..])), 0, limit); // neighbouring draws: a pair
        Assert.InRange(Math.Abs(Statistics.Correlation([.. x[..^16].Select(Math.Abs)], [.. x[16..].Select(Math.Abs)])), 0, limit);
        Assert.InRange(Math.Abs(Statistics.Correlation(x[..^32], x[32..])), 0, limit);
    }

    [Fact]
    public void NextNormal_IsBoxAndMullerOfTheWords()
    {
        var (words, normals) = (new LaneStream(Key), new LaneStream(Key));
        for (int draw = 0; draw < 100; draw++)
        {
            var (u, v) = (words.NextWord(), words.NextWord());
            var (first, second) = (normals.NextNormal(), normals.NextNormal());
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                double radius = Math.Sqrt(-2 * Math.Log((u[lane] + 0.5) / 4294967296.0));
                double angle = Math.PI * (int)v[lane] / 2147483648.0;
                Assert.Equal(radius * Math.Cos(angle), first.Value[lane], 2e-6 * (1 + radius));
                Assert.Equal(radius * Math.Sin(angle), second.Value[lane], 2e-6 * (1 + radius));
            }
        }
    }

    private delegate Lanes Next(ref LaneStream stream);

    private static double[] Draw(ref LaneStream stream, Next next)
    {
        var x = new double[Draws * Lanes.Count];
        for (int draw = 0; draw < Draws; draw++)
        {
            var lanes = next(ref stream);
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                x[(draw * Lanes.Count) + lane] = lanes.Value[lane];
            }
        }

        return x;
    }
}
