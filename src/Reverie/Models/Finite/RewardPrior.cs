using Reverie.Numerics;

namespace Reverie.Models.Finite;

/// <summary>What is believed of a mean reward r(s,a) before anything is seen, and how to draw it from the posterior.</summary>
public sealed class RewardPrior
{
    private readonly bool beta;
    private readonly double location;
    private readonly double scale;
    private readonly double weight;

    private RewardPrior(bool beta, double location, double scale, double weight)
    {
        if (!(double.IsFinite(location) && scale >= 0 && double.IsFinite(scale) && weight > 0 && double.IsFinite(weight)))
        {
            throw new ArgumentException(FormattableString.Invariant($"A reward prior at {location} of scale {scale} and weight {weight}: finite numbers, a scale of at least 0 and a weight above 0 are wanted."));
        }

        (this.beta, this.location, this.scale, this.weight) = (beta, location, scale, weight);
    }

    /// <summary>Rewards are normal about r(s,a) with a known deviation: r(s,a) ~ N((w·μ + n·r̂) / (w + n), σ² / (w + n)).</summary>
    /// <param name="mean">μ.</param>
    /// <param name="deviation">σ ≥ 0.</param>
    /// <param name="weight">w, the steps that the prior counts for; above 0.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static RewardPrior Normal(double mean, double deviation, double weight = 1.0) => new(beta: false, mean, deviation, weight);

    /// <summary>
    /// Rewards lie in [l, h] and count as that part of a success (Agrawal and Goyal 2012, without the toss of a coin): with x = (r̂ − l) / (h − l),
    /// (r(s,a) − l) / (h − l) ~ Beta(w/2 + n·x, w/2 + n·(1 − x)).
    /// </summary>
    /// <param name="low">l.</param>
    /// <param name="high">h ≥ l.</param>
    /// <param name="weight">w, above 0; 2 is the uniform distribution.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static RewardPrior Beta(double low, double high, double weight = 2.0) => new(beta: true, low, high - low, weight);

    /// <summary>Draws r(s,a).</summary>
    /// <param name="random">Where from.</param>
    /// <param name="visits">n.</param>
    /// <param name="mean">r̂.</param>
    public double Sample(RandomStream random, long visits, double mean)
    {
        if (!beta)
        {
            double mass = weight + visits;
            return (((weight * location) + (visits * mean)) / mass) + (scale / Math.Sqrt(mass) * random.NextNormal());
        }

        double x = scale > 0 ? Math.Clamp((mean - location) / scale, 0.0, 1.0) : 0.0;
        double successes = Draws.Gamma(random, (weight / 2) + (visits * x));
        double failures = Draws.Gamma(random, (weight / 2) + (visits * (1.0 - x)));
        double sum = successes + failures;
        return location + (scale * (sum > 0 ? successes / sum : 0.5));
    }
}

/// <summary>Random numbers of distributions that models need.</summary>
internal static class Draws
{
    /// <summary>A draw from the gamma distribution of the given shape, above 0, and scale 1 (Marsaglia and Tsang 2000).</summary>
    public static double Gamma(RandomStream random, double shape)
    {
        if (shape < 1.0)
        {
            // Γ(k) = Γ(k + 1)·U^(1/k).
            return Gamma(random, shape + 1.0) * Math.Pow(1.0 - random.NextDouble(), 1.0 / shape);
        }

        double d = shape - (1.0 / 3.0), c = 1.0 / Math.Sqrt(9.0 * d);
        while (true)
        {
            double x = random.NextNormal();
            double v = 1.0 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (Math.Log(1.0 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }
}
