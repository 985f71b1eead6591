using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Options of <see cref="RandomShooting"/>.</summary>
public sealed record RandomShootingOptions : PlannerOptions
{
    /// <summary>Makes options with this planner's defaults.</summary>
    public RandomShootingOptions() => Population = 2000;

    /// <summary>Whether the best plan of the last decision, moved on by a step, is among the candidates. Default true.</summary>
    public bool KeepBest { get; init; } = true;
}

/// <summary>
/// Random shooting (Rao 2009; Nagabandi et al. 2018): draw N action sequences uniformly, score them in the model, take the first
/// action of the best: a* = argmaxₙ Ĵ(aⁿ₀ … aⁿ_{H−1}).
/// </summary>
public sealed class RandomShooting : IPlanner
{
    private readonly RandomShootingOptions options;
    private readonly Population population;
    private readonly BestPlan best;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public RandomShooting(IEvaluator model, RandomShootingOptions options)
    {
        options.CheckHorizon();
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        best = new BestPlan(population);
    }

    /// <inheritdoc/>
    public void Reset() => best.Clear();

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        Draw(key);
        if (options.KeepBest)
        {
            best.Shift();
            best.Join(0);
        }
        else
        {
            best.Clear();
        }

        population.Score(state, key.Split("model"));
        best.Offer(population.Best());
        population.Space.Decode(best.First, action);
        return best.Return;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix) => best.Save(state, prefix);

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix) => best.Load(state, prefix);

    private void Draw(RandomKey key)
    {
        var samples = key.Split("samples");
        int size = population.Space.Size, hold = Math.Max(1, options.Hold);
        for (int v = 0; v < population.Variables; v++)
        {
            int step = v / size;
            if (step % hold != 0)
            {
                population.Variable(v - size).CopyTo(population.Variable(v));
                continue;
            }

            var random = new LaneStream(samples, (uint)v);
            var row = population.Variable(v);
            for (int i = 0; i < population.Count; i += Lanes.Count)
            {
                ((random.NextUniform() * 2.0) - 1.0).Store(row, i);
            }
        }
    }
}
