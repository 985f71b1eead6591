using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Options of <see cref="PathIntegral"/>.</summary>
public sealed record PathIntegralOptions : PlannerOptions
{
    /// <summary>Iterations of sampling and averaging. Default 3; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Iterations { get; init; } = 3;

    /// <summary>Standard deviation of the noise, as a fraction of half the control range. Default 1; above 0, up to 10.</summary>
    [Range(1e-6, 10.0)]
    public double Deviation { get; init; } = 1.0;

    /// <summary>
    /// Temperature λ, in standard deviations of the candidates' returns, so that one value serves rewards of any scale. Default 0.2; above 0, up to 100.
    /// </summary>
    [Range(1e-6, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>The noise's colour β: its power falls as 1/f^β. Default 1; 0 (white, as published) to 10.</summary>
    [Range(0.0, 10.0)]
    public double NoiseExponent { get; init; } = 1.0;

    /// <summary>
    /// Whether the best plan so far, moved on by a step from the last decision, is always among the candidates (not in the published method;
    /// it keeps a plan that reaches a distant goal from being lost to fresh noise). Default true.
    /// </summary>
    public bool KeepBest { get; init; } = true;
}

/// <summary>
/// MPPI, model-predictive path integral control (Williams, Aldrich, Theodorou 2017; information-theoretic form Williams et al. 2018):
/// draw plans μ + ε, weigh them by their returns, wₙ ∝ exp(Jₙ / λ), and average: μ ← Σ wₙ zₙ.
/// </summary>
/// <remarks>With discrete actions the average of scores need not decode to any plan that was scored: there the action with the greatest weight is executed.</remarks>
public sealed class PathIntegral : IPlanner
{
    private readonly PathIntegralOptions options;
    private readonly Population population;
    private readonly ColoredSampler sampler;
    private readonly float[] mean;
    private readonly float[] deviation;
    private readonly BestPlan best;
    private readonly double[] weights;
    private readonly double[] votes;
    private readonly float[] first;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public PathIntegral(IEvaluator model, PathIntegralOptions options)
    {
        options.CheckHorizon();
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        sampler = new ColoredSampler(population, options.NoiseExponent, options.Hold);
        mean = new float[population.Variables];
        deviation = new float[population.Variables];
        Array.Fill(deviation, (float)options.Deviation);
        best = new BestPlan(population);
        weights = new double[options.Population];
        votes = new double[model.Actions.Choices];
        first = new float[population.Space.Size];
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(mean);
        best.Clear();
    }

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        population.Shift(mean);
        best.Shift();
        best.Centre(mean);
        double expected = 0;
        for (int i = 0; i < options.Iterations; i++)
        {
            var iteration = key.Split(i);
            sampler.Sample(mean, deviation, iteration.Split("samples"));
            population.Set(0, mean);
            if (options.KeepBest)
            {
                best.Join(1);
            }

            population.Score(state, iteration.Split("model"));
            best.Offer(population.Best());
            expected = Weigh();
            Average();
        }

        if (population.Space.Actions.IsDiscrete)
        {
            Vote(action);
        }
        else
        {
            population.Space.Decode(mean.AsSpan(0, population.Space.Size), action);
        }

        return expected;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/mean", mean);
        best.Save(state, prefix);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetSingle($"{prefix}/mean", mean.Length).CopyTo(mean);
        best.Load(state, prefix);
    }

    /// <summary>wₙ = exp((Jₙ − max J) / (λ s)) / Σ, s the standard deviation of the finite returns.</summary>
    /// <returns>The weighted mean return.</returns>
    private double Weigh()
    {
        var returns = population.Returns;
        double best = double.NegativeInfinity, sum = 0, squares = 0;
        int finite = 0;
        foreach (float j in returns)
        {
            if (float.IsFinite(j))
            {
                best = Math.Max(best, j);
                sum += j;
                squares += (double)j * j;
                finite++;
            }
        }

        if (finite == 0)
        {
            // Nothing is known of any candidate: the mean stays, candidate 0.
            Array.Clear(weights);
            weights[0] = 1.0;
            return double.NegativeInfinity;
        }

        double average = sum / finite;
        double scale = Math.Max(options.Temperature * Math.Sqrt(Math.Max((squares / finite) - (average * average), 0)), 1e-12);
        double total = 0, expected = 0;
        for (int n = 0; n < returns.Length; n++)
        {
            weights[n] = float.IsFinite(returns[n]) ? Math.Exp((returns[n] - best) / scale) : 0;
            total += weights[n];
            expected += weights[n] > 0 ? weights[n] * returns[n] : 0;
        }

        for (int n = 0; n < returns.Length; n++)
        {
            weights[n] /= total;
        }

        return expected / total;
    }

    /// <summary>argmaxₐ Σ wₙ [aₙ = a] over the candidates' first actions.</summary>
    private void Vote(Span<double> action)
    {
        Array.Clear(votes);
        for (int n = 0; n < population.Count; n++)
        {
            population.First(n, first);
            population.Space.Decode(first, action);
            votes[(int)action[0]] += weights[n];
        }

        action[0] = Array.IndexOf(votes, votes.Max());
    }

    /// <summary>μ ← Σ wₙ zₙ.</summary>
    private void Average()
    {
        for (int v = 0; v < mean.Length; v++)
        {
            var row = population.Variable(v);
            double sum = 0;
            for (int n = 0; n < population.Count; n++)
            {
                sum += weights[n] * row[n];
            }

            mean[v] = (float)sum;
        }
    }
}
