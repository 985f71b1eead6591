using Reverie.Numerics;

namespace Reverie.Models.Local;

/// <summary>
/// Locally weighted regression as prior (Atkeson, Moore, Schaal 1997, sections 3 and 4): how a world moves does not depend on when, so that whatever is remembered near a step's (x̂, û), of whichever
/// policy and time, tells of its slopes. A quadratic in δ = (x, u) − (x̂, û) is fitted to the nearest points, the nearer the more they count, and its linear part is the prior's.
/// </summary>
/// <remarks>
/// Distances are of standardised inputs. What is regressed is x' − x, so that what the neighbours leave open stays as it is. Squares and products of δ keep the dynamics' curvature out of the slopes, where
/// a linear fit to the same neighbours would have it.
/// </remarks>
public sealed class NeighbourPrior : IDynamicsPrior
{
    private const double Ridge = 1e-8, Tiny = 1e-9;

    private readonly int n, m, k, features, neighbours;
    private readonly double[] scale, query, feature, normal, solution, residuals, slopes;
    private double[] inputs = [], changes = [], distances = [];
    private int[] order = [];
    private int count;

    /// <summary>A prior that knows nothing yet.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="pointsPerUnknown">Neighbours that a fit is made of, for each of its 1 + k + k (k + 1) / 2 unknowns, k = n + m; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public NeighbourPrior(int stateSize, int actionSize, int pointsPerUnknown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pointsPerUnknown, 1);
        (n, m, k) = (stateSize, actionSize, stateSize + actionSize);
        features = 1 + k + (k * (k + 1) / 2);
        neighbours = pointsPerUnknown * features;
        (scale, query, feature, residuals, slopes) = (new double[k], new double[k], new double[features], new double[n], new double[n * k]);
        (normal, solution) = (new double[features * features], new double[features * n]);
    }

    /// <inheritdoc/>
    public void Fit(IReadOnlyList<Rollout> memory)
    {
        Resize(memory.Sum(r => r.Horizon));
        int at = 0;
        foreach (var rollout in memory)
        {
            for (int t = 0; t < rollout.Horizon; t++, at++)
            {
                rollout.State(t).CopyTo(inputs.AsSpan(at * k));
                rollout.Action(t).CopyTo(inputs.AsSpan((at * k) + n));
                rollout.State(t + 1).CopyTo(changes.AsSpan(at * n));
                Dense.AddScaled(-1.0, rollout.State(t), changes.AsSpan(at * n, n));
            }
        }

        Standardise();
    }

    /// <inheritdoc/>
    public void At(IReadOnlyList<Rollout> rollouts, int step, Span<double> mean, Span<double> covariance)
    {
        rollouts[0].Point(step, mean);
        mean[..k].CopyTo(query);
        int used = Math.Min(neighbours, count);
        double width = Nearest(used);
        Regress(used, width);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < k; j++)
            {
                slopes[(i * k) + j] = (solution[((1 + j) * n) + i] / (scale[j] * width)) + (i == j ? 1.0 : 0.0);
            }
        }

        LinearPrior.Join(slopes, residuals, covariance);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/inputs", inputs.AsSpan(0, count * k));
        state.Set($"{prefix}/changes", changes.AsSpan(0, count * n));
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetDouble($"{prefix}/inputs");
        Resize(saved.Length / k);
        saved.CopyTo(inputs);
        state.GetDouble($"{prefix}/changes", count * n).CopyTo(changes);
        Standardise();
    }

    private void Resize(int points)
    {
        count = points;
        if (distances.Length < count)
        {
            (inputs, changes, distances, order) = (new double[count * k], new double[count * n], new double[count], new int[count]);
        }
    }

    private void Standardise()
    {
        for (int j = 0; j < k; j++)
        {
            double mean = 0.0, square = 0.0;
            for (int p = 0; p < count; p++)
            {
                mean += inputs[(p * k) + j] / count;
            }

            for (int p = 0; p < count; p++)
            {
                double difference = inputs[(p * k) + j] - mean;
                square += difference * difference / count;
            }

            scale[j] = square > 1e-18 ? Math.Sqrt(square) : 1.0;
        }
    }

    /// <summary>Puts the nearest points first, in no order; returns how far away the farthest of them is.</summary>
    private double Nearest(int used)
    {
        for (int p = 0; p < count; p++)
        {
            double squared = 0.0;
            for (int j = 0; j < k; j++)
            {
                double difference = (inputs[(p * k) + j] - query[j]) / scale[j];
                squared += difference * difference;
            }

            (distances[p], order[p]) = (squared, p);
        }

        Select(used - 1);
        return Math.Sqrt(distances[used - 1]) + Tiny;
    }

    /// <summary>Hoare's FIND: the element of a rank to its place, none before it greater, none after it smaller.</summary>
    private void Select(int rank)
    {
        for (int left = 0, right = count - 1; left < right;)
        {
            double pivot = distances[rank];
            var (i, j) = (left, right);
            while (i <= j)
            {
                while (distances[i] < pivot)
                {
                    i++;
                }

                while (pivot < distances[j])
                {
                    j--;
                }

                if (i <= j)
                {
                    (distances[i], distances[j]) = (distances[j], distances[i]);
                    (order[i], order[j]) = (order[j], order[i]);
                    (i, j) = (i + 1, j - 1);
                }
            }

            (left, right) = (j < rank ? i : left, rank < i ? j : right);
        }
    }

    /// <summary>β = (Σ w φφᵀ + λ Σ w)⁻¹ Σ w φ (x' − x)ᵀ with the tricube kernel w = (1 − (‖δ‖ / h)³)³; residuals are the weighted mean squares of what remains.</summary>
    private void Regress(int used, double width)
    {
        Array.Clear(normal);
        Array.Clear(solution);
        Array.Clear(residuals);
        double total = 0.0;
        for (int r = 0; r < used; r++)
        {
            double weight = Weight(r, width);
            Features(order[r], width);
            Dense.AddProduct(weight, feature, feature, normal, features, 1, features);
            Dense.AddProduct(weight, feature, changes.AsSpan(order[r] * n, n), solution, features, 1, n);
            total += weight;
        }

        for (int i = 0; i < features; i++)
        {
            normal[i * (features + 1)] += Ridge * total;
        }

        if (!Dense.Cholesky(normal, features))
        {
            // Not by numbers that are finite: no neighbour counts.
            Array.Clear(solution);
            return;
        }

        Dense.CholeskySolve(normal, solution, features, n);
        for (int r = 0; r < used; r++)
        {
            double weight = Weight(r, width);
            Features(order[r], width);
            for (int i = 0; i < n; i++)
            {
                double rest = changes[(order[r] * n) + i];
                for (int f = 0; f < features; f++)
                {
                    rest -= feature[f] * solution[(f * n) + i];
                }

                residuals[i] += weight * rest * rest / total;
            }
        }
    }

    private double Weight(int rank, double width)
    {
        double ratio = Math.Sqrt(distances[rank]) / width, kernel = 1.0 - (ratio * ratio * ratio);
        return kernel * kernel * kernel;
    }

    /// <summary>φ = (1, δᵢ, δᵢ δⱼ) with δ in units of h and of the inputs' standard deviations.</summary>
    private void Features(int point, double width)
    {
        feature[0] = 1.0;
        for (int j = 0; j < k; j++)
        {
            feature[1 + j] = (inputs[(point * k) + j] - query[j]) / (scale[j] * width);
        }

        int at = 1 + k;
        for (int i = 1; i <= k; i++)
        {
            for (int j = i; j <= k; j++)
            {
                feature[at++] = feature[i] * feature[j];
            }
        }
    }
}
