using System.Text.Json;
using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Planning.Finite;

/// <summary>Small processes, and ways to solve them that share nothing with the solvers.</summary>
internal static class Processes
{
    public static FiniteSolution Solve(string name, FiniteMdp mdp, double precision = 1e-9, Workers? workers = null)
    {
        Assert.True(FiniteSolverCatalog.TryFind(name, out var entry));
        return entry.Create(entry.DefaultOptions with { Precision = precision }).Solve(mdp, workers, TestContext.Current.CancellationToken);
    }

    /// <summary>RiverSwim as used with γ = .95: six states, left 0, right 1; 5 for left in the first, 10,000 for staying right in the last.</summary>
    public static FiniteMdp RiverSwim()
    {
        var builder = new FiniteMdpBuilder(6, 2);
        for (int s = 0; s < 6; s++)
        {
            builder.Add(s, 0, Math.Max(0, s - 1), 1.0, s == 0 ? 5.0 : 0.0);
            builder.Add(s, 1, Math.Max(0, s - 1), s == 0 ? 0.0 : s == 5 ? 0.7 : 0.1, 0.0);
            builder.Add(s, 1, s, s == 0 ? 0.7 : s == 5 ? 0.3 : 0.6, s == 5 ? 10_000.0 : 0.0);
            builder.Add(s, 1, Math.Min(5, s + 1), s == 5 ? 0.0 : 0.3, 0.0);
        }

        return builder.Build(null, 0.95);
    }

    /// <summary>A corridor of cells; left 0, right 1, each failing with the probability of slipping; the step out of the last cell ends it and pays.</summary>
    public static FiniteMdp Corridor(int cells, double slip, double discount, double stepReward, double endReward)
    {
        var builder = new FiniteMdpBuilder(cells, 2);
        for (int s = 0; s < cells; s++)
        {
            for (int a = 0; a < 2; a++)
            {
                int to = a == 0 ? Math.Max(0, s - 1) : s + 1;
                builder.Add(s, a, s, slip, stepReward);
                builder.Add(s, a, Math.Min(to, cells - 1), 1.0 - slip, to == cells ? endReward : stepReward, to == cells);
            }
        }

        return builder.Build(null, discount);
    }

    /// <summary>A random process; <c>ending</c> is the share of outcomes that end the task, and of terminal states.</summary>
    public static FiniteMdp Random(ulong seed, int states, int actions, double discount, double ending)
    {
        var random = new RandomStream(RandomKey.FromSeed((long)seed));
        var builder = new FiniteMdpBuilder(states, actions);
        for (int s = 0; s < states; s++)
        {
            if (s > 0 && random.NextDouble() < ending)
            {
                continue;
            }

            for (int a = 0; a < actions; a++)
            {
                int outcomes = 1 + random.NextInt32(4);
                double[] weights = [.. Enumerable.Range(0, outcomes).Select(_ => random.NextDouble() + 1e-3)];
                for (int i = 0; i < outcomes; i++)
                {
                    builder.Add(s, a, random.NextInt32(states), weights[i] / weights.Sum(), random.NextDouble(-1.0, 1.0), random.NextDouble() < ending);
                }
            }
        }

        double[] start = new double[states];
        start[0] = 1.0;
        return builder.Build(start, discount);
    }

    /// <summary>The reference process of the speed goals: SplitMix64, ten distinct successors a row.</summary>
    public static FiniteMdp Reference(int states)
    {
        ulong seed = 12345;
        ulong Next()
        {
            ulong z = seed += 0x9E3779B97F4A7C15ul;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
            return z ^ (z >> 31);
        }

        double Uniform() => (Next() >> 11) * (1.0 / (1ul << 53));
        var rows = new FiniteRows(states, 4, states * 40);
        var successors = new int[10];
        var weights = new double[10];
        for (int row = 0; row < states * 4; row++)
        {
            for (int n = 0; n < 10;)
            {
                successors[n] = (int)(Next() % (ulong)states);
                n += successors.AsSpan(0, n).Contains(successors[n]) ? 0 : 1;
            }

            double total = 0;
            for (int i = 0; i < 10; i++)
            {
                total += weights[i] = Uniform() + 1e-3;
            }

            double reward = Uniform();
            for (int i = 0; i < 10; i++)
            {
                rows.Add(successors[i], weights[i] / total, reward);
            }

            rows.EndRow();
        }

        return rows.Build(null, 0.99);
    }

    /// <summary>Gymnasium's table and the values recorded with it.</summary>
    public static (FiniteMdp Mdp, double[] Optimal) Gymnasium(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "gymnasium", name + ".json")));
        var root = document.RootElement;
        var builder = new FiniteMdpBuilder(root.GetProperty("states").GetInt32(), root.GetProperty("actions").GetInt32());
        foreach (var t in root.GetProperty("transitions").EnumerateArray())
        {
            builder.Add(t[0].GetInt32(), t[1].GetInt32(), t[2].GetInt32(), t[3].GetDouble(), t[4].GetDouble(), t[5].GetInt32() != 0);
        }

        return (builder.Build(null, root.GetProperty("gamma").GetDouble()), [.. root.GetProperty("optimalValueAtGamma").EnumerateArray().Select(v => v.GetDouble())]);
    }

    /// <summary>Values by many plain sweeps.</summary>
    public static double[] Exact(FiniteMdp mdp, int sweeps)
    {
        var values = new double[mdp.States];
        for (int n = 0; n < sweeps; n++)
        {
            values = Backup(mdp, values);
        }

        return values;
    }

    /// <summary>TV by the definition.</summary>
    public static double[] Backup(FiniteMdp mdp, double[] values) =>
        [.. Enumerable.Range(0, mdp.States).Select(s => mdp.IsTerminal(s) ? 0.0 : Enumerable.Range(0, mdp.Actions).Max(a => mdp.Lookahead(mdp.Row(s, a), values)))];
}
