using Reverie.Numerics;

namespace Reverie.Neural.Agents;

/// <summary>Adam (Kingma and Ba 2015) on one number.</summary>
/// <param name="initial">The number to begin with.</param>
internal sealed class ScalarAdam(double initial)
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private double mean;
    private double square;
    private double steps;

    /// <summary>The number.</summary>
    public double Value { get; private set; } = initial;

    /// <summary>A step against <paramref name="gradient"/>.</summary>
    public void Step(double gradient, double rate)
    {
        steps++;
        mean = (Beta1 * mean) + ((1.0 - Beta1) * gradient);
        square = (Beta2 * square) + ((1.0 - Beta2) * gradient * gradient);
        double m = mean / (1.0 - Math.Pow(Beta1, steps)), v = square / (1.0 - Math.Pow(Beta2, steps));
        Value -= rate * m / (Math.Sqrt(v) + Epsilon);
    }

    /// <summary>Writes everything under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix) => state.Set(prefix, [Value, mean, square, steps]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">The entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetDouble(prefix, 4);
        (Value, mean, square, steps) = (saved[0], saved[1], saved[2], saved[3]);
    }
}
