using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Options of <see cref="ImprovedCrossEntropyMethod"/>.</summary>
public sealed record ImprovedCrossEntropyOptions : PlannerOptions
{
    /// <summary>Makes options with this planner's defaults.</summary>
    public ImprovedCrossEntropyOptions() => Population = 200;

    /// <summary>Iterations of sampling and refitting. Default 4; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Iterations { get; init; } = 4;

    /// <summary>Candidates that refit the distribution, K. Default 20; 2 to 100,000.</summary>
    [Range(2, 100_000)]
    public int Elites { get; init; } = 20;

    /// <summary>Weight α of the old distribution in refitting. Default 0.1; 0 up to below 1.</summary>
    [Range(0.0, 0.999)]
    public double Smoothing { get; init; } = 0.1;

    /// <summary>Initial standard deviation, as a fraction of half the control range. Default 1; above 0, up to 10.</summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 1.0;

    /// <summary>The noise's colour β: its power falls as 1/f^β. Default 1; 0 (white) to 10.</summary>
    [Range(0.0, 10.0)]
    public double NoiseExponent { get; init; } = 1.0;

    /// <summary>The population shrinks by this factor γ each iteration, down to 2K. Default 1.25; 1 to 10.</summary>
    [Range(1.0, 10.0)]
    public double Decay { get; init; } = 1.25;

    /// <summary>Fraction ξ of the elites that stay candidates in the next iteration and decision. Default 0.3; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double KeptFraction { get; init; } = 0.3;
}

/// <summary>
/// iCEM (Pinneri, Sawant, Blaes, Achterhold, Stueckler, Rolinek, Martius 2020, algorithm 1): the cross-entropy method with noise
/// correlated in time, elites kept between iterations and shifted between decisions, a shrinking population, the mean among the
/// last candidates, and the best candidate executed.
/// </summary>
/// <remarks>
/// The mean is the first of the last candidates and wins ties: where every plan earns the same (a pole that stays up for the whole
/// horizon), a calm plan is executed rather than some noise.
/// </remarks>
public sealed class ImprovedCrossEntropyMethod : IPlanner
{
    private readonly ImprovedCrossEntropyOptions options;
    private readonly Population population;
    private readonly GaussianPlan distribution;
    private readonly ColoredNoise noise;
    private readonly Lanes[] amplitudes;
    private readonly Lanes[] sequence;
    private readonly float[] elites;
    private readonly BestPlan best;
    private readonly int eliteCount;
    private int kept;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public ImprovedCrossEntropyMethod(IEvaluator model, ImprovedCrossEntropyOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Horizon);
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        distribution = new GaussianPlan(population);
        noise = new ColoredNoise(options.Horizon, options.NoiseExponent);
        amplitudes = new Lanes[noise.Waves];
        sequence = new Lanes[options.Horizon];
        eliteCount = Math.Min(options.Elites, options.Population);
        elites = new float[(int)Math.Ceiling(options.KeptFraction * eliteCount) * population.Variables];
        best = new BestPlan(population);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        distribution.Clear();
        best.Clear();
        kept = 0;
    }

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        distribution.ShiftMean();
        distribution.ResetDeviation(options.InitialDeviation);
        ShiftKept();
        best.Shift();
        best.Centre(distribution.Mean);
        for (int i = 0; i < options.Iterations; i++)
        {
            var iteration = key.Split(i);
            int count = Math.Max((int)(options.Population * Math.Pow(options.Decay, -i)), Math.Min(2 * eliteCount, options.Population));
            population.Resize(count);
            Sample(iteration.Split("samples"));
            bool last = i == options.Iterations - 1;
            AddKept();
            if (last)
            {
                population.Set(0, distribution.Mean);
            }

            population.Score(state, iteration.Split("model"));
            var ranking = population.Rank();
            best.Offer(population.Best(), orEqual: last);
            Keep(ranking);
            distribution.Refit(ranking[..eliteCount], options.Smoothing);
        }

        population.Space.Decode(best.First, action);
        return best.Return;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        distribution.Save(state, prefix);
        best.Save(state, prefix);
        state.Set($"{prefix}/elites", elites);
        state.Set($"{prefix}/kept", [(long)kept]);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        distribution.Load(state, prefix);
        best.Load(state, prefix);
        state.GetSingle($"{prefix}/elites", elites.Length).CopyTo(elites);
        kept = (int)state.GetInt64($"{prefix}/kept", 1)[0];
    }

    /// <summary>z ← μ + σ ε, ε coloured over the steps of each component.</summary>
    private void Sample(RandomKey key)
    {
        int size = population.Space.Size;
        for (int d = 0; d < size; d++)
        {
            var random = new LaneStream(key, (uint)d);
            for (int i = 0; i < population.Count; i += Lanes.Count)
            {
                noise.Sample(ref random, amplitudes, sequence);
                for (int t = 0; t < population.Horizon; t++)
                {
                    int v = (t * size) + d;
                    (distribution.Mean[v] + (distribution.Deviation[v] * sequence[t])).Store(population.Variable(v), i);
                }
            }
        }
    }

    private void Keep(ReadOnlySpan<int> ranking)
    {
        kept = Math.Min(elites.Length / population.Variables, ranking.Length);
        for (int k = 0; k < kept; k++)
        {
            population.Get(ranking[k], elites.AsSpan(k * population.Variables, population.Variables));
        }
    }

    private void AddKept()
    {
        for (int k = 0; k < Math.Min(kept, population.Count - 1); k++)
        {
            population.Set(k + 1, elites.AsSpan(k * population.Variables, population.Variables));
        }
    }

    private void ShiftKept()
    {
        for (int k = 0; k < kept; k++)
        {
            population.Shift(elites.AsSpan(k * population.Variables, population.Variables));
        }
    }
}
