using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <content>Fitting: standardised points, first clusters, and the two steps of expectation maximisation.</content>
public sealed partial class GaussianMixture
{
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
            if (!double.IsFinite(floor))
            {
                throw new ArithmeticException($"Covariance {k} of the mixture is not finite.");
            }

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
}
