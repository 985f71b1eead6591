using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>
/// Noise over time with power spectral density 1/f^β and unit variance at every step (Timmer and König 1995; for planning Pinneri et al. 2020):
/// a sum of cosines and sines of all frequencies with normal amplitudes, f^(−β/2) their deviation.
/// </summary>
internal sealed class ColoredNoise
{
    private readonly int horizon;
    private readonly float[] basis;
    private readonly int waves;

    /// <summary>Noise for <paramref name="horizon"/> steps.</summary>
    /// <param name="horizon">H.</param>
    /// <param name="exponent">β; 0 is white noise.</param>
    public ColoredNoise(int horizon, double exponent)
    {
        this.horizon = horizon;

        // Frequencies k/H, k = 0 … H/2. The lowest has no own scale: it takes that of k = 1, as is usual. The lowest and, where H is even, the
        // highest are their own mirror images and count half as much as the others: so β = 0 is white.
        int frequencies = (horizon / 2) + 1;
        waves = 2 * frequencies;
        basis = new float[horizon * waves];
        var scale = new double[frequencies];
        for (int k = 0; k < frequencies; k++)
        {
            scale[k] = Math.Pow(Math.Max(k, 1) / (double)horizon, -exponent / 2.0) * (k == 0 || 2 * k == horizon ? Math.Sqrt(0.5) : 1.0);
        }

        for (int t = 0; t < horizon; t++)
        {
            double variance = 0;
            for (int k = 0; k < frequencies; k++)
            {
                var (sin, cos) = Math.SinCos(2.0 * Math.PI * k * t / horizon);
                basis[(t * waves) + (2 * k)] = (float)(scale[k] * cos);
                basis[(t * waves) + (2 * k) + 1] = (float)(scale[k] * sin);
                variance += scale[k] * scale[k];
            }

            for (int w = 0; w < waves; w++)
            {
                basis[(t * waves) + w] /= (float)Math.Sqrt(variance);
            }
        }
    }

    /// <summary>Numbers of normal amplitudes needed.</summary>
    public int Waves => waves;

    /// <summary>Draws sixteen sequences.</summary>
    /// <param name="random">Where from.</param>
    /// <param name="amplitudes">Scratch, <c>[Waves]</c>.</param>
    /// <param name="noise">Receives the noise, <c>[horizon]</c>.</param>
    public void Sample(ref LaneStream random, Span<Lanes> amplitudes, Span<Lanes> noise)
    {
        for (int w = 0; w < waves; w++)
        {
            amplitudes[w] = random.NextNormal();
        }

        for (int t = 0; t < horizon; t++)
        {
            Lanes sum = 0.0;
            for (int w = 0; w < waves; w++)
            {
                sum += basis[(t * waves) + w] * amplitudes[w];
            }

            noise[t] = sum;
        }
    }
}
