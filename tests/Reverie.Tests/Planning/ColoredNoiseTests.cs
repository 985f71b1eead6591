using Reverie.Numerics;
using Reverie.Planning;

namespace Reverie.Tests.Planning;

public class ColoredNoiseTests
{
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 1.0)]
    [InlineData(15, 0.0)]
    [InlineData(16, 0.0)]
    [InlineData(15, 1.0)]
    [InlineData(16, 2.0)]
    public void Every_step_has_mean_zero_and_unit_variance(int horizon, double exponent)
    {
        double[][] samples = Draw(horizon, exponent, 16_000);
        for (int t = 0; t < horizon; t++)
        {
            // The deviation of the mean is at most 0.008, that of the variance 0.011.
            Assert.Equal(0.0, samples.Average(s => s[t]), 0.04);
            Assert.Equal(1.0, samples.Average(s => s[t] * s[t]), 0.05);
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    public void White_noise_is_uncorrelated(int horizon)
    {
        double[][] samples = Draw(horizon, 0.0, 16_000);
        for (int t = 0; t < horizon; t++)
        {
            for (int lag = 1; t + lag < horizon; lag++)
            {
                Assert.Equal(0.0, samples.Average(s => s[t] * s[t + lag]), 0.04);
            }
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Power_falls_with_frequency_as_the_exponent_says(double exponent)
    {
        const int Horizon = 32;
        double[][] samples = Draw(Horizon, exponent, 1600);
        List<double> x = [], y = [];
        for (int k = 1; k < Horizon / 2; k++)
        {
            double power = samples.Average(s =>
            {
                double re = 0, im = 0;
                for (int t = 0; t < Horizon; t++)
                {
                    var (sin, cos) = Math.SinCos(2 * Math.PI * k * t / Horizon);
                    (re, im) = (re + (cos * s[t]), im + (sin * s[t]));
                }

                return (re * re) + (im * im);
            });
            x.Add(Math.Log(k));
            y.Add(Math.Log(power));
        }

        double mx = x.Average(), my = y.Average();
        double slope = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
        Assert.Equal(-exponent, slope, 0.05);
    }

    private static double[][] Draw(int horizon, double exponent, int count)
    {
        var noise = new ColoredNoise(horizon, exponent);
        var random = new LaneStream(RandomKey.FromSeed(1));
        var (amplitudes, sequence) = (new Lanes[noise.Waves], new Lanes[horizon]);
        var samples = new double[count][];
        for (int n = 0; n < count; n++)
        {
            if (n % Lanes.Count == 0)
            {
                noise.Sample(ref random, amplitudes, sequence);
            }

            samples[n] = [.. sequence.Select(step => (double)step.Value[n % Lanes.Count])];
        }

        return samples;
    }
}
