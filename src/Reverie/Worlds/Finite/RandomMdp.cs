using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>random-mdp</c>.</summary>
public sealed record RandomMdpOptions
{
    /// <summary>S. Default 10 000, range 1 to 10 000 000.</summary>
    [Range(1, 10_000_000)]
    public int States { get; init; } = 10_000;

    /// <summary>A. Default 4, range 2 to 1000.</summary>
    [Range(2, 1000)]
    public int Actions { get; init; } = 4;

    /// <summary>Different next states of each action, at most as many as there are states. Default 10, range 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Successors { get; init; } = 10;

    /// <summary>Seed of the process itself; a run's own seed draws starts and outcomes. Default 12345.</summary>
    public long GeneratorSeed { get; init; } = 12345;

    /// <summary>γ. Default 0.99, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Steps after which an episode is truncated; the task itself never ends. Default 5000, range 1 to 1 000 000 000.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxSteps { get; init; } = 5000;

    /// <summary>Refuses more successors than states, and more outcomes than fit.</summary>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public void Validate()
    {
        if (Successors > States)
        {
            throw new ArgumentException($"{nameof(Successors)} is {Successors}; there are only {States} states.");
        }

        if ((long)States * Actions * Successors > Array.MaxLength)
        {
            throw new ArgumentException($"{States} states with {Actions} actions of {Successors} successors are more than {Array.MaxLength} outcomes.");
        }
    }
}

/// <summary>
/// <c>random-mdp</c>: a process drawn at random, to measure planners by. Every action of every state has the same number of different next states, drawn
/// uniformly, with random probabilities and a reward uniform in [0, 1). Starts anywhere; never ends.
/// </summary>
public static class RandomMdp
{
    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(RandomMdpOptions options)
    {
        OptionRanges.Checked(options).Validate();
        var random = new SplitMix64((ulong)options.GeneratorSeed);
        var rows = new FiniteRows(options.States, options.Actions, options.States * options.Actions * options.Successors);
        var (next, weights) = (new int[options.Successors], new double[options.Successors]);
        for (int row = 0; row < options.States * options.Actions; row++)
        {
            for (int k = 0; k < next.Length; k++)
            {
                do
                {
                    next[k] = (int)(random.Next() % (ulong)options.States);
                }
                while (next.AsSpan(0, k).Contains(next[k]));
            }

            double total = 0;
            for (int k = 0; k < weights.Length; k++)
            {
                weights[k] = random.NextDouble() + 1e-3;
                total += weights[k];
            }

            double reward = random.NextDouble();
            for (int k = 0; k < next.Length; k++)
            {
                rows.Add(next[k], weights[k] / total, reward);
            }

            rows.EndRow();
        }

        var mdp = rows.Build(null, options.Discount);
        return new FiniteProblem(FiniteSpecs.Of("random-mdp", mdp, options.MaxSteps, 0.0, 1.0), mdp);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): as it is simple, others can draw the same processes.</summary>
    private struct SplitMix64(ulong seed)
    {
        private ulong state = seed;

        public ulong Next()
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        public double NextDouble() => (Next() >> 11) * (1.0 / (1ul << 53));
    }
}
