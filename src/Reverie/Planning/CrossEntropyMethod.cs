using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Options of <see cref="CrossEntropyMethod"/>.</summary>
public sealed record CrossEntropyOptions : PlannerOptions
{
    /// <summary>Iterations of sampling and refitting. Default 5; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Iterations { get; init; } = 5;

    /// <summary>Fraction of the candidates that refit the distribution. Default 0.1; above 0, up to 1.</summary>
    [Range(1e-6, 1.0)]
    public double EliteFraction { get; init; } = 0.1;

    /// <summary>Weight α of the old distribution in refitting. Default 0.1; 0 up to below 1.</summary>
    [Range(0.0, 0.999)]
    public double Smoothing { get; init; } = 0.1;

    /// <summary>Initial standard deviation, as a fraction of half the control range. Default 0.5; above 0, up to 10.</summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 0.5;
}

/// <summary>
/// The cross-entropy method (Rubinstein 1999; for control Kobilarov 2012; as used by Chua et al. 2018): repeat: draw N plans from
/// N(μ, diag σ²), score them, refit μ and σ to the best K; execute the first action of μ. μ is warm-started by the last decision's, moved on by a step.
/// </summary>
public sealed class CrossEntropyMethod : IPlanner
{
    private readonly CrossEntropyOptions options;
    private readonly Population population;
    private readonly GaussianPlan distribution;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public CrossEntropyMethod(IEvaluator model, CrossEntropyOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Horizon);
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        distribution = new GaussianPlan(population);
    }

    /// <inheritdoc/>
    public void Reset() => distribution.Clear();

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        distribution.ShiftMean();
        distribution.ResetDeviation(options.InitialDeviation);
        int elites = Math.Max(2, (int)Math.Round(options.EliteFraction * options.Population));
        double expected = 0;
        for (int i = 0; i < options.Iterations; i++)
        {
            var iteration = key.Split(i);
            distribution.Sample(iteration.Split("samples"));
            population.Score(state, iteration.Split("model"));
            expected = distribution.Refit(population.Rank()[..Math.Min(elites, population.Count)], options.Smoothing);
        }

        population.Space.Decode(distribution.FirstMean, action);
        return expected;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix) => distribution.Save(state, prefix);

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix) => distribution.Load(state, prefix);
}
