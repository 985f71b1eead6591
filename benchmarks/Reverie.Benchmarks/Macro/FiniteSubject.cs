using System.Runtime.CompilerServices;
using Reverie.Worlds.Finite;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// The process that solvers are measured on: four actions, ten distinct successors, rewards in [0, 1), γ = .99; drawn with SplitMix64 from the seed 12345,
/// so that others can draw the same.
/// </summary>
internal static class FiniteSubject
{
    /// <summary>A process of so many states.</summary>
    public static FiniteMdp Create(int states)
    {
        const int Actions = 4, Successors = 10;
        ulong seed = 12345;
        ulong Next()
        {
            ulong z = seed += 0x9E3779B97F4A7C15ul;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
            return z ^ (z >> 31);
        }

        double Uniform() => (Next() >> 11) * (1.0 / (1ul << 53));
        var rows = new FiniteRows(states, Actions, states * Actions * Successors);
        var successors = new int[Successors];
        var weights = new double[Successors];
        for (int row = 0; row < states * Actions; row++)
        {
            for (int n = 0; n < Successors;)
            {
                successors[n] = (int)(Next() % (ulong)states);
                n += successors.AsSpan(0, n).Contains(successors[n]) ? 0 : 1;
            }

            double total = 0;
            for (int i = 0; i < Successors; i++)
            {
                total += weights[i] = Uniform() + 1e-3;
            }

            double reward = Uniform();
            for (int i = 0; i < Successors; i++)
            {
                rows.Add(successors[i], weights[i] / total, reward);
            }

            rows.EndRow();
        }

        return rows.Build(null, 0.99);
    }

    /// <summary>A corridor with a goal at its end, each step failing with probability 1/10: values flow slowly, and nothing mixes.</summary>
    public static FiniteMdp Corridor(int cells, double discount)
    {
        var rows = new FiniteRows(cells, 2, 4 * cells);
        for (int s = 0; s < cells; s++)
        {
            rows.Add(s, 0.1, 0.0);
            rows.Add(Math.Max(0, s - 1), 0.9, 0.0);
            rows.EndRow();
            rows.Add(s, 0.1, 0.0);
            rows.Add(Math.Min(cells - 1, s + 1), 0.9, s == cells - 1 ? 1.0 : 0.0, s == cells - 1);
            rows.EndRow();
        }

        return rows.Build(null, discount);
    }

    /// <summary>One plain sweep over compressed rows, as anyone would write it. Returns the largest change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double PlainSweep(int[] rowStart, int[] successors, double[] probabilities, double[] rewards, double discount, int actions, double[] before, double[] after)
    {
        double largest = 0;
        for (int s = 0; s < before.Length; s++)
        {
            double best = double.NegativeInfinity;
            for (int row = s * actions; row < (s + 1) * actions; row++)
            {
                double sum = 0;
                for (int i = rowStart[row]; i < rowStart[row + 1]; i++)
                {
                    sum += probabilities[i] * before[successors[i]];
                }

                best = Math.Max(best, rewards[row] + (discount * sum));
            }

            after[s] = best;
            largest = Math.Max(largest, Math.Abs(best - before[s]));
        }

        return largest;
    }
}
