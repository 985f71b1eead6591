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

    /// <summary>Initial standard deviation, as a fraction of half the control range. Default 1; above 0, up to 10.</summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 1.0;

    /// <summary>
    /// Whether the best plan so far, moved on by a step from the last decision, is always among the candidates (not in the published method;
    /// it keeps a plan that reaches a distant goal from being lost to fresh noise). Default true.
    /// </summary>
    public bool KeepBest { get; init; } = true;
}

/// <summary>
/// The cross-entropy method (Rubinstein 1999; for control Kobilarov 2012; as used by Chua et al. 2018): repeat: draw N plans from
/// N(μ, diag σ²), score them, refit μ and σ to the best K; execute the first action of μ. μ is warm-started by the last decision's, moved on by a step.
/// </summary>
/// <remarks>With discrete actions the mean of scores need not decode to any plan that was scored: there the best plan found is executed.</remarks>
public sealed class CrossEntropyMethod : IPlanner
{
    private readonly CrossEntropyOptions options;
    private readonly Population population;
    private readonly GaussianPlan distribution;
    private readonly IEvaluator model;
    private readonly BestPlan best;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public CrossEntropyMethod(IEvaluator model, CrossEntropyOptions options)
    {
        options.CheckHorizon();
        (this.model, this.options) = (model, options);
        population = new Population(model, options.Horizon, options.Population);
        distribution = new GaussianPlan(population);
        best = new BestPlan(population);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        distribution.Clear();
        best.Clear();
    }

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        distribution.ShiftMean();
        distribution.ResetDeviation(options.InitialDeviation);
        int elites = Math.Max(2, (int)Math.Round(options.EliteFraction * options.Population));
        double expected = 0;
        best.Shift();
        best.Centre(distribution.Mean);
        for (int i = 0; i < options.Iterations; i++)
        {
            var iteration = key.Split(i);
            distribution.Sample(iteration.Split("samples"), options.Hold);
            if (options.KeepBest)
            {
                best.Join(0);
            }

            population.Score(state, iteration.Split("model"));
            var ranking = population.Rank();
            best.Offer(ranking[0]);
            expected = distribution.Refit(ranking[..Math.Min(elites, population.Count)], options.Smoothing);
        }

        population.Space.Decode(model.Actions.IsDiscrete ? best.First : distribution.FirstMean, action);
        return expected;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        distribution.Save(state, prefix);
        best.Save(state, prefix);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        distribution.Load(state, prefix);
        best.Load(state, prefix);
    }
}
