using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// A Gaussian mixture over (x, u, x') as prior (Levine and Abbeel 2014, appendix A): each cluster is a linear-Gaussian model of a part of the space, and a step's rollouts say by
/// their responsibilities which clusters they are of.
/// </summary>
public sealed class MixturePrior : IDynamicsPrior
{
    private const int Iterations = 12;

    private readonly GaussianMixture mixture;
    private readonly RandomStream random;
    private readonly int d, pointsPerCluster;
    private readonly double[] point, share, average;

    /// <summary>A prior.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="clusters">The most clusters, at least 1.</param>
    /// <param name="pointsPerCluster">With fewer points than this for each, there are fewer clusters.</param>
    /// <param name="key">Its randomness.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public MixturePrior(int stateSize, int actionSize, int clusters, int pointsPerCluster, RandomKey key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pointsPerCluster, 1);
        d = (2 * stateSize) + actionSize;
        mixture = new GaussianMixture(d, clusters);
        random = new RandomStream(key);
        this.pointsPerCluster = pointsPerCluster;
        (point, share, average) = (new double[d], new double[clusters], new double[clusters]);
    }

    /// <inheritdoc/>
    public void Fit(IReadOnlyList<Rollout> memory)
    {
        int count = memory.Sum(r => r.Horizon), at = 0;
        var points = new double[count * d];
        foreach (var rollout in memory)
        {
            for (int t = 0; t < rollout.Horizon; t++, at++)
            {
                rollout.Point(t, points.AsSpan(at * d, d));
            }
        }

        mixture.Fit(points, Math.Clamp(count / pointsPerCluster, 1, mixture.MaxClusters), Iterations, random);
    }

    /// <inheritdoc/>
    public void At(IReadOnlyList<Rollout> rollouts, int step, Span<double> mean, Span<double> covariance)
    {
        Array.Clear(average);
        foreach (var rollout in rollouts)
        {
            rollout.Point(step, point);
            mixture.Assign(point, share);
            Dense.AddScaled(1.0 / rollouts.Count, share, average);
        }

        mixture.Blend(average, mean, covariance);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        mixture.Save(state, $"{prefix}/mixture");
        random.Save(state, $"{prefix}/random");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        mixture.Load(state, $"{prefix}/mixture");
        random.Load(state, $"{prefix}/random");
    }
}
