using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>A plan whose variables are independent and normal: N(μ, diag σ²) over H × D variables.</summary>
internal sealed class GaussianPlan(Population population)
{
    private readonly float[] mean = new float[population.Variables];
    private readonly float[] deviation = new float[population.Variables];

    /// <summary>μ of the first step, <c>[D]</c>.</summary>
    public ReadOnlySpan<float> FirstMean => mean.AsSpan(0, population.Space.Size);

    /// <summary>μ, <c>[H × D]</c>.</summary>
    public Span<float> Mean => mean;

    /// <summary>σ, <c>[H × D]</c>.</summary>
    public Span<float> Deviation => deviation;

    /// <summary>Forgets the mean: a new episode.</summary>
    public void Clear() => Array.Clear(mean);

    /// <summary>Moves the mean one step on.</summary>
    public void ShiftMean() => population.Shift(mean);

    /// <summary>σ ← <paramref name="value"/>.</summary>
    public void ResetDeviation(double value) => Array.Fill(deviation, (float)value);

    /// <summary>z ← μ + σ ε for every candidate, ε held for <paramref name="hold"/> steps.</summary>
    public void Sample(RandomKey key, int hold)
    {
        int size = population.Space.Size;
        for (int v = 0; v < mean.Length; v++)
        {
            // Steps that share a draw read the same stream from its start.
            int step = v / size;
            var random = new LaneStream(key, (uint)(v - (hold > 1 ? step % hold * size : 0)));
            var row = population.Variable(v);
            for (int i = 0; i < population.Count; i += Lanes.Count)
            {
                (mean[v] + (deviation[v] * random.NextNormal())).Store(row, i);
            }
        }
    }

    /// <summary>μ ← α μ + (1 − α) mean of the elites, σ likewise. Elites whose return is not finite do not count; without others nothing changes.</summary>
    /// <param name="elites">The candidates to fit, from the best to the worst.</param>
    /// <param name="smoothing">α.</param>
    /// <returns>The elites' mean return; −∞ if none is finite.</returns>
    public double Refit(ReadOnlySpan<int> elites, double smoothing)
    {
        while (!elites.IsEmpty && !float.IsFinite(population.Returns[elites[^1]]))
        {
            elites = elites[..^1];
        }

        if (elites.IsEmpty)
        {
            return double.NegativeInfinity;
        }

        for (int v = 0; v < mean.Length; v++)
        {
            var row = population.Variable(v);
            double sum = 0;
            foreach (int n in elites)
            {
                sum += row[n];
            }

            double fitted = sum / elites.Length;
            double squares = 0;
            foreach (int n in elites)
            {
                squares += (row[n] - fitted) * (row[n] - fitted);
            }

            mean[v] = (float)((smoothing * mean[v]) + ((1 - smoothing) * fitted));
            deviation[v] = (float)((smoothing * deviation[v]) + ((1 - smoothing) * Math.Sqrt(squares / elites.Length)));
        }

        double total = 0;
        foreach (int n in elites)
        {
            total += population.Returns[n];
        }

        return total / elites.Length;
    }

    public void Save(StateDictionary state, string prefix) => state.Set($"{prefix}/mean", mean);

    public void Load(StateDictionary state, string prefix) => state.GetSingle($"{prefix}/mean", mean.Length).CopyTo(mean);
}
