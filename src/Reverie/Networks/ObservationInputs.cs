using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Networks;

/// <summary>
/// What networks see of an observation: a linear feature as it is, an angle as (cos, sin); shifted and scaled, (f − m) / d. And the way back of a gradient.
/// </summary>
public sealed class ObservationInputs
{
    private const double LeastDeviation = 1e-6;

    private readonly FeatureKind[] kinds;
    private readonly double[] mean, deviation;

    /// <summary>Inputs that are neither shifted nor scaled.</summary>
    /// <param name="observation">The features of an observation.</param>
    public ObservationInputs(IReadOnlyList<Feature> observation)
    {
        kinds = [.. observation.Select(f => f.Kind)];
        Size = kinds.Sum(k => k == FeatureKind.Angle ? 2 : 1);
        (mean, deviation) = (new double[Size], new double[Size]);
        Array.Fill(deviation, 1.0);
    }

    /// <summary>Features of an observation, O.</summary>
    public int ObservationSize => kinds.Length;

    /// <summary>Inputs of a network.</summary>
    public int Size { get; }

    /// <summary>Takes mean and deviation of each input from observations; inputs that hardly vary are only shifted.</summary>
    /// <param name="observations">Row-major <c>[rows, O]</c>, at least one row.</param>
    /// <exception cref="ArgumentException">There are no whole rows.</exception>
    public void Fit(ReadOnlySpan<double> observations)
    {
        int rows = observations.Length / ObservationSize;
        if (rows == 0 || rows * ObservationSize != observations.Length)
        {
            throw new ArgumentException($"'{nameof(observations)}' has {observations.Length} numbers; whole rows of {ObservationSize} are wanted, at least one.", nameof(observations));
        }

        Span<double> sum = stackalloc double[Size], squares = stackalloc double[Size], input = stackalloc double[Size];
        sum.Clear();
        squares.Clear();
        mean.AsSpan().Clear();
        Array.Fill(deviation, 1.0);
        for (int r = 0; r < rows; r++)
        {
            Embed(observations.Slice(r * ObservationSize, ObservationSize), input);
            Dense.AddScaled(1.0 / rows, input, sum);
        }

        for (int r = 0; r < rows; r++)
        {
            Embed(observations.Slice(r * ObservationSize, ObservationSize), input);
            for (int i = 0; i < Size; i++)
            {
                squares[i] += (input[i] - sum[i]) * (input[i] - sum[i]) / rows;
            }
        }

        for (int i = 0; i < Size; i++)
        {
            double d = Math.Sqrt(squares[i]);
            (mean[i], deviation[i]) = (sum[i], d < LeastDeviation ? 1.0 : d);
        }
    }

    /// <summary>The inputs for an observation.</summary>
    /// <param name="observation"><c>[O]</c>.</param>
    /// <param name="input">Receives <c>[Size]</c>.</param>
    public void Embed(ReadOnlySpan<double> observation, Span<double> input)
    {
        int n = 0;
        for (int d = 0; d < kinds.Length; d++)
        {
            if (kinds[d] == FeatureKind.Angle)
            {
                var (sin, cos) = Math.SinCos(observation[d]);
                Set(cos, input);
                Set(sin, input);
            }
            else
            {
                Set(observation[d], input);
            }
        }

        void Set(double feature, Span<double> to)
        {
            to[n] = (feature - mean[n]) / deviation[n];
            n++;
        }
    }

    /// <summary>Adds the gradient to the observation, given that to the inputs.</summary>
    /// <param name="observation">Where, <c>[O]</c>.</param>
    /// <param name="inputGradient"><c>[Size]</c>.</param>
    /// <param name="gradient">What it is added to, <c>[O]</c>.</param>
    public void Pull(ReadOnlySpan<double> observation, ReadOnlySpan<double> inputGradient, Span<double> gradient)
    {
        int n = 0;
        for (int d = 0; d < kinds.Length; d++)
        {
            if (kinds[d] == FeatureKind.Angle)
            {
                var (sin, cos) = Math.SinCos(observation[d]);
                gradient[d] += (-sin * inputGradient[n] / deviation[n]) + (cos * inputGradient[n + 1] / deviation[n + 1]);
                n += 2;
            }
            else
            {
                gradient[d] += inputGradient[n] / deviation[n];
                n++;
            }
        }
    }

    /// <summary>Writes means and deviations under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/mean", mean);
        state.Set($"{prefix}/deviation", deviation);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetDouble($"{prefix}/mean", mean.Length).CopyTo(mean);
        state.GetDouble($"{prefix}/deviation", deviation.Length).CopyTo(deviation);
    }
}
