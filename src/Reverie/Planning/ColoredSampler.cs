using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Draws a population of plans around a mean, their noise coloured over time, each draw held for some steps.</summary>
internal sealed class ColoredSampler
{
    private readonly Population population;
    private readonly ColoredNoise noise;
    private readonly Lanes[] amplitudes;
    private readonly Lanes[] blocks;
    private readonly int hold;

    /// <param name="population">The candidates to draw.</param>
    /// <param name="exponent">The noise's colour β, over blocks of <paramref name="hold"/> steps.</param>
    /// <param name="hold">Steps for which a draw is held; less than 2 draws each step anew.</param>
    public ColoredSampler(Population population, double exponent, int hold)
    {
        (this.population, this.hold) = (population, Math.Max(1, hold));
        blocks = new Lanes[(population.Horizon + this.hold - 1) / this.hold];
        noise = new ColoredNoise(blocks.Length, exponent);
        amplitudes = new Lanes[noise.Waves];
    }

    /// <summary>z ← μ + σ ε for every candidate.</summary>
    /// <param name="mean">μ, <c>[H × D]</c>.</param>
    /// <param name="deviation">σ, <c>[H × D]</c>.</param>
    /// <param name="key">The random stream.</param>
    public void Sample(ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation, RandomKey key)
    {
        int size = population.Space.Size;
        for (int d = 0; d < size; d++)
        {
            var random = new LaneStream(key, (uint)d);
            for (int i = 0; i < population.Count; i += Lanes.Count)
            {
                noise.Sample(ref random, amplitudes, blocks);
                for (int t = 0; t < population.Horizon; t++)
                {
                    int v = (t * size) + d;
                    (mean[v] + (deviation[v] * blocks[t / hold])).Store(population.Variable(v), i);
                }
            }
        }
    }
}
