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
/// The mean of controls wins ties: where every plan earns the same (a pole that stays up for the whole horizon), a calm plan is executed rather
/// than some noise. The mean of scores of discrete actions is no calm plan; there the best plan of before wins ties, so that it is held to.
/// </remarks>
public sealed class ImprovedCrossEntropyMethod : IPlanner
{
    private readonly ImprovedCrossEntropyOptions options;
    private readonly Population population;
    private readonly GaussianPlan distribution;
    private readonly ColoredSampler sampler;
    private readonly float[] elites;
    private readonly BestPlan best;
    private readonly int eliteCount;
    private int kept;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public ImprovedCrossEntropyMethod(IEvaluator model, ImprovedCrossEntropyOptions options)
    {
        options.CheckHorizon();
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        distribution = new GaussianPlan(population);
        sampler = new ColoredSampler(population, options.NoiseExponent, options.Hold);
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
            sampler.Sample(distribution.Mean, distribution.Deviation, iteration.Split("samples"));
            bool meanFirst = i == options.Iterations - 1 && !population.Space.Actions.IsDiscrete;
            AddKept(meanFirst ? 1 : 0);
            if (i == options.Iterations - 1)
            {
                population.Set(meanFirst ? 0 : count - 1, distribution.Mean);
            }

            population.Score(state, iteration.Split("model"));
            var ranking = population.Rank();
            best.Offer(ranking[0], orEqual: meanFirst);
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

    private void Keep(ReadOnlySpan<int> ranking)
    {
        kept = Math.Min(elites.Length / population.Variables, ranking.Length);
        for (int k = 0; k < kept; k++)
        {
            population.Get(ranking[k], elites.AsSpan(k * population.Variables, population.Variables));
        }
    }

    /// <summary>Makes the kept elites, best first, candidates: before all others, so that they win ties and a plan is held to.</summary>
    private void AddKept(int slot)
    {
        for (int k = 0; k < Math.Min(kept, population.Count - slot); k++)
        {
            population.Set(slot + k, elites.AsSpan(k * population.Variables, population.Variables));
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
