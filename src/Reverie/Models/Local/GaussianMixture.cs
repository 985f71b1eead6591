using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// A mixture of K normal distributions with full covariances, Σₖ πₖ N(z; μₖ, Σₖ), fitted by expectation maximisation (Dempster, Laird, Rubin 1977; Bishop 2006, section 9.2).
/// </summary>
/// <remarks>Points are standardised within, so that units do not matter; every covariance has a floor of <c>Floor</c> of a standard deviation squared.</remarks>
public sealed class GaussianMixture
{
    private const double Floor = 1e-10;
    private const double Converged = 1e-4;

    private readonly int d;
    private readonly double[] weights, means, covariances, factors, logDeterminants, shift, scale, centred, standard;

    /// <summary>A mixture that fits nothing yet.</summary>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="clusters">The most clusters, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public GaussianMixture(int dimension, int clusters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        (d, MaxClusters) = (dimension, clusters);
        (weights, logDeterminants) = (new double[clusters], new double[clusters]);
        (means, covariances, factors) = (new double[clusters * d], new double[clusters * d * d], new double[clusters * d * d]);
        (shift, scale, centred, standard) = (new double[d], new double[d], new double[d], new double[d]);
    }

    /// <summary>The most clusters.</summary>
    public int MaxClusters { get; }

    /// <summary>K, the clusters of the last fit; 0 before it.</summary>
    public int Clusters { get; private set; }

    /// <summary>πₖ, <c>[K]</c>.</summary>
    public ReadOnlySpan<double> Weights => weights.AsSpan(0, Clusters);

    /// <summary>Fits.</summary>
    /// <param name="points">z, row-major <c>[N, d]</c>.</param>
    /// <param name="clusters">K, 1 to <see cref="MaxClusters"/>.</param>
    /// <param name="iterations">The most iterations, at least 1; it stops before where the likelihood no longer grows.</param>
    /// <param name="random">Draws the first means among the points (k-means++, Arthur and Vassilvitskii 2007).</param>
    /// <returns>The mean log-likelihood of a standardised point before each iteration; it never falls but by rounding and the floor.</returns>
    /// <exception cref="ArgumentException">There is no point, or K is out of range.</exception>
    public IReadOnlyList<double> Fit(ReadOnlySpan<double> points, int clusters, int iterations, RandomStream random)
    {
        int count = points.Length / d;
        if (count == 0 || points.Length % d != 0)
        {
            throw new ArgumentException($"{points.Length} numbers are no points of {d}.", nameof(points));
        }

        if (clusters < 1 || clusters > MaxClusters)
        {
            throw new ArgumentOutOfRangeException(nameof(clusters), clusters, $"There must be at least 1 and at most {MaxClusters} clusters.");
        }

        Clusters = clusters;
        double[] z = Standardise(points, count);
        double[] responsibilities = Seed(z, count, random);
        Maximise(z, count, responsibilities);
        var likelihoods = new List<double>();
        for (int i = 0; i < iterations; i++)
        {
            likelihoods.Add(Expect(z, count, responsibilities));
            Maximise(z, count, responsibilities);
            if (i > 0 && likelihoods[^1] - likelihoods[^2] < Converged)
            {
                break;
            }
        }

        return likelihoods;
    }

    /// <summary>rₖ = p(k | z), the posterior probability of each cluster.</summary>
    /// <param name="point">z, <c>[d]</c>.</param>
    /// <param name="responsibilities">Receives r, <c>[K]</c>.</param>
    public void Assign(ReadOnlySpan<double> point, Span<double> responsibilities)
    {
        for (int i = 0; i < d; i++)
        {
            standard[i] = (point[i] - shift[i]) / scale[i];
        }

        LogJoint(standard, responsibilities);
        Normalise(responsibilities[..Clusters]);
    }

    /// <summary>Mean and covariance of a mixture of the clusters: μ = Σ rₖ μₖ, Φ = Σ rₖ (Σₖ + (μₖ − μ)(μₖ − μ)ᵀ).</summary>
    /// <param name="responsibilities">r, <c>[K]</c>, sum 1.</param>
    /// <param name="mean">Receives μ, <c>[d]</c>.</param>
    /// <param name="covariance">Receives Φ, row-major <c>[d, d]</c>.</param>
    public void Blend(ReadOnlySpan<double> responsibilities, Span<double> mean, Span<double> covariance)
    {
        mean.Clear();
        covariance.Clear();
        for (int k = 0; k < Clusters; k++)
        {
            Dense.AddScaled(responsibilities[k], means.AsSpan(k * d, d), mean);
        }

        for (int k = 0; k < Clusters; k++)
        {
            means.AsSpan(k * d, d).CopyTo(centred);
            Dense.AddScaled(-1.0, mean, centred);
            Dense.AddScaled(responsibilities[k], covariances.AsSpan(k * d * d, d * d), covariance);
            Dense.AddProduct(responsibilities[k], centred, centred, covariance, d, 1, d);
        }

        for (int i = 0; i < d; i++)
        {
            mean[i] = shift[i] + (scale[i] * mean[i]);
            for (int j = 0; j < d; j++)
            {
                covariance[(i * d) + j] *= scale[i] * scale[j];
            }
        }
    }

    /// <summary>Writes the mixture under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/clusters", [(long)Clusters]);
        state.Set($"{prefix}/weights", weights);
        state.Set($"{prefix}/means", means);
        state.Set($"{prefix}/covariances", covariances);
        state.Set($"{prefix}/shift", shift);
        state.Set($"{prefix}/scale", scale);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Clusters = (int)state.GetInt64($"{prefix}/clusters", 1)[0];
        state.GetDouble($"{prefix}/weights", weights.Length).CopyTo(weights);
        state.GetDouble($"{prefix}/means", means.Length).CopyTo(means);
        state.GetDouble($"{prefix}/covariances", covariances.Length).CopyTo(covariances);
        state.GetDouble($"{prefix}/shift", d).CopyTo(shift);
        state.GetDouble($"{prefix}/scale", d).CopyTo(scale);
        for (int k = 0; k < Clusters; k++)
        {
            Factor(k);
        }
    }

    private double[] Standardise(ReadOnlySpan<double> points, int count)
    {
        Array.Clear(shift);
        Array.Clear(scale);
        for (int p = 0; p < count; p++)
        {
            Dense.AddScaled(1.0 / count, points.Slice(p * d, d), shift);
        }

        var z = points.ToArray();
        for (int p = 0; p < count; p++)
        {
            for (int i = 0; i < d; i++)
            {
                double difference = z[(p * d) + i] -= shift[i];
                scale[i] += difference * difference / count;
            }
        }

        for (int i = 0; i < d; i++)
        {
            scale[i] = scale[i] > 1e-18 ? Math.Sqrt(scale[i]) : 1.0;
        }

        for (int p = 0; p < z.Length; p++)
        {
            z[p] /= scale[p % d];
        }

        return z;
    }

    /// <summary>Each point to the nearest of K points, drawn one after the other with probability as the squared distance from those before.</summary>
    private double[] Seed(double[] z, int count, RandomStream random)
    {
        var (nearest, distance) = (new int[count], new double[count]);
        Array.Fill(distance, double.PositiveInfinity);
        int chosen = random.NextInt32(count);
        for (int k = 0; k < Clusters; k++)
        {
            double total = 0.0;
            for (int p = 0; p < count; p++)
            {
                double squared = 0.0;
                for (int i = 0; i < d; i++)
                {
                    double difference = z[(p * d) + i] - z[(chosen * d) + i];
                    squared += difference * difference;
                }

                (nearest[p], distance[p]) = squared < distance[p] ? (k, squared) : (nearest[p], distance[p]);
                total += distance[p];
            }

            double left = random.NextDouble() * total;
            for (chosen = 0; chosen < count - 1 && (left -= distance[chosen]) > 0.0; chosen++)
            {
            }
        }

        var responsibilities = new double[count * Clusters];
        for (int p = 0; p < count; p++)
        {
            responsibilities[(p * Clusters) + nearest[p]] = 1.0;
        }

        return responsibilities;
    }

    /// <summary>The E step: rₚₖ = πₖ N(zₚ; μₖ, Σₖ) / Σⱼ πⱼ N(zₚ; μⱼ, Σⱼ).</summary>
    private double Expect(double[] z, int count, double[] responsibilities)
    {
        double sum = 0.0;
        for (int p = 0; p < count; p++)
        {
            var row = responsibilities.AsSpan(p * Clusters, Clusters);
            LogJoint(z.AsSpan(p * d, d), row);
            sum += Normalise(row);
        }

        return sum / count;
    }

    /// <summary>The M step: πₖ = Σₚ rₚₖ / N, μₖ and Σₖ the moments of the points weighted by rₚₖ.</summary>
    private void Maximise(double[] z, int count, double[] responsibilities)
    {
        for (int k = 0; k < Clusters; k++)
        {
            var mean = means.AsSpan(k * d, d);
            var covariance = covariances.AsSpan(k * d * d, d * d);
            mean.Clear();
            covariance.Clear();
            double mass = 1e-12;
            for (int p = 0; p < count; p++)
            {
                double r = responsibilities[(p * Clusters) + k];
                mass += r;
                Dense.AddScaled(r, z.AsSpan(p * d, d), mean);
            }

            Dense.Scale(1.0 / mass, mean);
            for (int p = 0; p < count; p++)
            {
                double r = responsibilities[(p * Clusters) + k];
                if (r > 1e-9)
                {
                    z.AsSpan(p * d, d).CopyTo(centred);
                    Dense.AddScaled(-1.0, mean, centred);
                    Dense.AddProduct(r / mass, centred, centred, covariance, d, 1, d);
                }
            }

            weights[k] = mass / count;
            for (int i = 0; i < d; i++)
            {
                covariance[i * (d + 1)] += Floor;
            }

            Factor(k);
        }
    }

    private void Factor(int k)
    {
        var factor = factors.AsSpan(k * d * d, d * d);
        for (double floor = Floor; ; floor *= 10.0)
        {
            covariances.AsSpan(k * d * d, d * d).CopyTo(factor);
            if (Dense.Cholesky(factor, d))
            {
                break;
            }

            for (int i = 0; i < d; i++)
            {
                covariances[(k * d * d) + (i * (d + 1))] += floor;
            }
        }

        logDeterminants[k] = 0.0;
        for (int i = 0; i < d; i++)
        {
            logDeterminants[k] += 2.0 * Math.Log(factor[i * (d + 1)]);
        }
    }

    /// <summary>log πₖ N(z; μₖ, Σₖ) for each k.</summary>
    private void LogJoint(ReadOnlySpan<double> z, Span<double> result)
    {
        for (int k = 0; k < Clusters; k++)
        {
            z.CopyTo(centred);
            Dense.AddScaled(-1.0, means.AsSpan(k * d, d), centred);
            Dense.SolveLower(factors.AsSpan(k * d * d, d * d), centred, d, 1);
            result[k] = Math.Log(weights[k] + 1e-300) - (0.5 * (Dense.Dot(centred, centred) + logDeterminants[k] + (d * Math.Log(2.0 * Math.PI))));
        }
    }

    /// <summary>From logarithms to shares of one; returns the logarithm of their sum.</summary>
    private static double Normalise(Span<double> logs)
    {
        double greatest = double.NegativeInfinity, sum = 0.0;
        foreach (double x in logs)
        {
            greatest = Math.Max(greatest, x);
        }

        foreach (ref double x in logs)
        {
            sum += x = Math.Exp(x - greatest);
        }

        Dense.Scale(1.0 / sum, logs);
        return greatest + Math.Log(sum);
    }
}
