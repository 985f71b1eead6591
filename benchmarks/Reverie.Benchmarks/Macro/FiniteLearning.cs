using Reverie.Agents.Finite;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// Planning updates a second of Dyna-Q in a world of 10,000 states and four actions of which every action was tried, and steps a second recorded in a
/// model by counting, each against the same in plain loops over arrays.
/// </summary>
internal sealed class FiniteLearning : IMacroBenchmark
{
    private const int States = 10_000, Actions = 4, Rows = States * Actions, PlanningSteps = 1000, Calls = 100, Steps = 1 << 17, Successors = 4;

    public string Name => "finite-learning";

    public string Summary => "Dyna-Q's planning updates and recorded steps a second, one thread";

    public IEnumerable<MacroRow> Run()
    {
        var plain = new PlainDyna();
        foreach (int planningSteps in (int[])[PlanningSteps, 10])
        {
            var dyna = new Dyna(planningSteps);
            int calls = Calls * PlanningSteps / planningSteps;
            var (rate, reference, ratio) = Race.Run(() => dyna.Observe(calls), Calls * PlanningSteps, plain.Plan, PlanningSteps * Calls);
            double bytes = Race.BytesPerCall(() => dyna.Observe(calls), 3);
            yield return new($"million Dyna-Q updates/s, n = {planningSteps} ({bytes:F0} bytes allocated)", rate / 1e6, "plain loop, xorshift", reference / 1e6, ratio, "≥ 25");
        }

        var counts = new Counts();
        var (recorded, direct, share) = Race.Run(counts.Record, Steps, counts.RecordPlain, Steps);
        double allocated = Race.BytesPerCall(counts.Record, 3);
        yield return new($"million steps recorded/s ({allocated:F0} bytes allocated)", recorded / 1e6, "dictionary of counts", direct / 1e6, share, "≥ 2");
    }

    private static int Next(int row, int successor) => (int)((((uint)row * 2654435761u) + ((uint)successor * 40503u)) % States);

    /// <summary>The agent, having tried everything once.</summary>
    private sealed class Dyna
    {
        private readonly DynaQAgent agent;
        private readonly double[] observation = new double[1], action = new double[1], next = new double[1];
        private int step;

        public Dyna(int planningSteps)
        {
            var spec = new WorldSpec("finite", [new Feature("state")], ActionSpace.Discrete(Actions), 1000, 0) { States = States, Discount = 0.95 };
            agent = new DynaQAgent(spec, new() { PlanningSteps = planningSteps }, RandomKey.FromSeed(1));
            Observe(Rows);
        }

        public void Observe(int calls)
        {
            for (int i = 0; i < calls; i++, step = (step + 1) % Rows)
            {
                (observation[0], action[0], next[0]) = (step / Actions, step % Actions, Next(step, 0));
                agent.Observe(new Transition { Observation = observation, Action = action, Reward = step % 97 == 0 ? 1 : 0, NextObservation = next, Terminated = false, Truncated = false });
            }
        }
    }

    /// <summary>The same updates as one would write them down: no checks, and numbers drawn by four instructions.</summary>
    private sealed class PlainDyna
    {
        private readonly double[] q = new double[Rows], rewards = [.. Enumerable.Range(0, Rows).Select(row => row % 97 == 0 ? 1.0 : 0.0)];
        private readonly int[] next = [.. Enumerable.Range(0, Rows).Select(row => Next(row, 0))];
        private ulong seed = 88172645463325252;

        public void Plan()
        {
            for (int i = 0; i < PlanningSteps * Calls; i++)
            {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                int row = (int)((seed >> 32) * Rows >> 32), first = next[row] * Actions;
                double best = q[first];
                for (int a = 1; a < Actions; a++)
                {
                    best = q[first + a] > best ? q[first + a] : best;
                }

                q[row] += 0.1 * (rewards[row] + (0.95 * best) - q[row]);
            }
        }
    }

    /// <summary>Steps from everywhere, each row with four successors.</summary>
    private sealed class Counts
    {
        private readonly EmpiricalModel model = new(States, Actions, 0.95);
        private readonly Dictionary<(int Row, int Next), int> plain = [];
        private readonly int[] rows = new int[Steps], next = new int[Steps];

        public Counts()
        {
            var random = new RandomStream(RandomKey.FromSeed(2));
            for (int i = 0; i < Steps; i++)
            {
                rows[i] = random.NextInt32(Rows);
                next[i] = Next(rows[i], random.NextInt32(Successors));
            }
        }

        public void Record()
        {
            for (int i = 0; i < Steps; i++)
            {
                model.Record(rows[i] / Actions, rows[i] % Actions, 1.0, next[i], terminated: false);
            }
        }

        public void RecordPlain()
        {
            for (int i = 0; i < Steps; i++)
            {
                plain[(rows[i], next[i])] = plain.GetValueOrDefault((rows[i], next[i])) + 1;
            }
        }
    }
}
