using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// What policies and values are fed: a finite world's state one-hot; an angle as (cos, sin); any other feature as (o − mean) / deviation within ±10,
/// with mean and deviation of all observations seen so far.
/// </summary>
/// <remarks>The statistics run on with <see cref="Add"/> but enter only with <see cref="Refresh"/>, so that a policy stays the same policy in between.</remarks>
public sealed class ObservationFeatures
{
    private const double Limit = 10.0, Smallest = 1e-6;

    private readonly WorldSpec spec;
    private readonly double[] runningMean;
    private readonly double[] runningSquares;
    private readonly double[] mean;
    private readonly double[] deviation;
    private long count;

    /// <summary>Features of a world's observations; until the first <see cref="Refresh"/> numbers enter as they are.</summary>
    /// <param name="spec">The world.</param>
    public ObservationFeatures(WorldSpec spec)
    {
        this.spec = spec;
        Size = spec.IsFinite ? spec.States : spec.Observation.Sum(f => f.Kind == FeatureKind.Angle ? 2 : 1);
        (runningMean, runningSquares) = (new double[spec.ObservationSize], new double[spec.ObservationSize]);
        (mean, deviation) = (new double[spec.ObservationSize], new double[spec.ObservationSize]);
        Array.Fill(deviation, 1.0);
    }

    /// <summary>Components of an observation.</summary>
    public int ObservationSize => spec.ObservationSize;

    /// <summary>Number of features.</summary>
    public int Size { get; }

    /// <summary>Counts an observation in (Welford 1962).</summary>
    /// <param name="observation"><c>[ObservationSize]</c>, finite.</param>
    public void Add(ReadOnlySpan<double> observation)
    {
        count++;
        for (int i = 0; i < observation.Length; i++)
        {
            double before = observation[i] - runningMean[i];
            runningMean[i] += before / count;
            runningSquares[i] += before * (observation[i] - runningMean[i]);
        }
    }

    /// <summary>Takes the statistics over.</summary>
    public void Refresh()
    {
        for (int i = 0; i < mean.Length && count > 1; i++)
        {
            double sigma = Math.Sqrt(runningSquares[i] / count);
            (mean[i], deviation[i]) = (runningMean[i], sigma < Smallest ? 1.0 : sigma);
        }
    }

    /// <summary>The features of an observation.</summary>
    /// <param name="observation"><c>[ObservationSize]</c>.</param>
    /// <param name="features">Receives them, <c>[Size]</c>.</param>
    public void Write(ReadOnlySpan<double> observation, Span<float> features)
    {
        if (spec.IsFinite)
        {
            features.Clear();
            features[(int)observation[0]] = 1f;
            return;
        }

        int n = 0;
        for (int i = 0; i < observation.Length; i++)
        {
            if (spec.Observation[i].Kind == FeatureKind.Angle)
            {
                (double sin, double cos) = Math.SinCos(observation[i]);
                (features[n], features[n + 1]) = ((float)cos, (float)sin);
                n += 2;
            }
            else
            {
                features[n++] = (float)Math.Clamp((observation[i] - mean[i]) / deviation[i], -Limit, Limit);
            }
        }
    }

    /// <summary>Writes the statistics under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/count", [count]);
        state.Set($"{prefix}/runningMean", runningMean);
        state.Set($"{prefix}/runningSquares", runningSquares);
        state.Set($"{prefix}/mean", mean);
        state.Set($"{prefix}/deviation", deviation);
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        count = state.GetInt64($"{prefix}/count", 1)[0];
        state.GetDouble($"{prefix}/runningMean", runningMean.Length).CopyTo(runningMean);
        state.GetDouble($"{prefix}/runningSquares", runningSquares.Length).CopyTo(runningSquares);
        state.GetDouble($"{prefix}/mean", mean.Length).CopyTo(mean);
        state.GetDouble($"{prefix}/deviation", deviation.Length).CopyTo(deviation);
    }
}
