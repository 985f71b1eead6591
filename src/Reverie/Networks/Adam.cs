using Reverie.Numerics;

namespace Reverie.Networks;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) over an array of parameters in double precision: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − α m̂ / (√v̂ + ε).
/// </summary>
/// <param name="count">Parameters.</param>
public sealed class Adam(int count)
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly double[] mean = new double[count];
    private readonly double[] variance = new double[count];

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>One step down a gradient.</summary>
    /// <param name="parameters">θ, changed in place, <c>[count]</c>.</param>
    /// <param name="gradient">g, <c>[count]</c>.</param>
    /// <param name="learningRate">α.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Step(Span<double> parameters, ReadOnlySpan<double> gradient, double learningRate)
    {
        if (parameters.Length != mean.Length || gradient.Length != mean.Length)
        {
            throw new ArgumentException($"There are {parameters.Length} parameters and {gradient.Length} numbers of the gradient; this optimiser has {mean.Length}.", nameof(parameters));
        }

        Steps++;
        double correction1 = 1.0 - Math.Pow(Beta1, Steps), correction2 = 1.0 - Math.Pow(Beta2, Steps);
        for (int i = 0; i < mean.Length; i++)
        {
            double g = gradient[i];
            double m = mean[i] = (Beta1 * mean[i]) + ((1.0 - Beta1) * g);
            double v = variance[i] = (Beta2 * variance[i]) + ((1.0 - Beta2) * g * g);
            parameters[i] -= learningRate * (m / correction1) / (Math.Sqrt(v / correction2) + Epsilon);
        }
    }

    /// <summary>Writes moments and step count under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/mean", mean);
        state.Set($"{prefix}/variance", variance);
        state.Set($"{prefix}/steps", [Steps]);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetDouble($"{prefix}/mean", mean.Length).CopyTo(mean);
        state.GetDouble($"{prefix}/variance", variance.Length).CopyTo(variance);
        Steps = state.GetInt64($"{prefix}/steps", 1)[0];
    }
}
