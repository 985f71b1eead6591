using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>Options of <see cref="RandomShooting"/>.</summary>
public sealed record RandomShootingOptions : PlannerOptions
{
    /// <summary>Makes options with this planner's defaults.</summary>
    public RandomShootingOptions() => Population = 2000;

    /// <summary>
    /// Steps for which a drawn action is held, so that plans reach further than a random walk. Default 1; 1 to 1000.
    /// </summary>
    [Range(1, 1000)]
    public int Hold { get; init; } = 1;

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
    private readonly float[] best;
    private bool warm;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is not positive.</exception>
    public RandomShooting(IEvaluator model, RandomShootingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Horizon);
        this.options = options;
        population = new Population(model, options.Horizon, options.Population);
        best = new float[population.Variables];
    }

    /// <inheritdoc/>
    public void Reset() => warm = false;

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        Draw(key);
        if (warm && options.KeepBest)
        {
            population.Shift(best);
            population.Set(0, best);
        }

        population.Score(state, key.Split("model"));
        int winner = population.Best();
        population.Get(winner, best);
        warm = true;
        population.Space.Decode(best.AsSpan(0, population.Space.Size), action);
        return population.Returns[winner];
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/best", best);
        state.Set($"{prefix}/warm", [warm ? 1L : 0L]);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetSingle($"{prefix}/best", best.Length).CopyTo(best);
        warm = state.GetInt64($"{prefix}/warm", 1)[0] != 0;
    }

    private void Draw(RandomKey key)
    {
        var samples = key.Split("samples");
        int size = population.Space.Size;
        for (int v = 0; v < population.Variables; v++)
        {
            int step = v / size;
            if (step % options.Hold != 0)
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
