using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Studies;

/// <summary>
/// What exploration costs and brings on river-swim, chain and six-arms (Strehl and Littman 2008), and whether the policies with which E³ and R-max stop
/// exploring are as good as their guarantee says.
/// </summary>
internal static class ExplorationStudy
{
    private const int Steps = 5000;
    private const int CheckEvery = 25;

    /// <summary>A policy is ε-optimal that loses no more than this part of the greatest value of any state.</summary>
    private const double Epsilon = 0.1;

    private static readonly (string World, Contestant[] Contestants)[] Fields =
    [
        ("river-swim", Contestants(16)),
        ("chain", Contestants(16)),
        ("six-arms", Contestants(100)),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "exploration", "Reward while learning, steps to a good policy, and the guarantees of E3 and R-max, on river-swim, chain and six-arms", 100, Run);

    private static Contestant[] Contestants(int k) =>
    [
        new("q-learning", "q-learning", []),
        new("dyna-q", "dyna-q", []),
        new($"e3, K = {k}", "e3", [$"K={k}"]),
        new($"r-max, K = {k}", "r-max", [$"K={k}"]),
        new("mbie-eb", "mbie-eb", []),
        new("posterior-sampling", "posterior-sampling", []),
    ];

    private static StudyReport Run(StudySetup setup)
    {
        var tables = new List<StudyTable>();
        var panels = new List<StudyPanel>();
        foreach (var (world, contestants) in Fields)
        {
            var truth = Truth(world);
            double[] optimal = PolicyValue.Optimal(truth);
            var (rows, guarantees, lines) = (new List<StudyRow>(), new List<StudyRow>(), new List<StudyLine>());
            foreach (var contestant in contestants)
            {
                var outcomes = setup.Trials($"{world}, {contestant.Label}", seed => Learn(contestant, world, truth, optimal, seed, setup.Cancel));
                double[] totals = [.. outcomes.Select(o => o.Rewards[^1])];
                double[] sorted = [.. totals.Order()];
                rows.Add(new StudyRow(contestant.Label,
                [
                    StudyCell.Median(totals),
                    new StudyCell(totals.Average()),
                    new StudyCell(Deviation(totals)),
                    new StudyCell(StudyCell.Quantile(sorted, 0.05)),
                    new StudyCell(StudyCell.Quantile(sorted, 0.95)),
                    StudyCell.Median(outcomes.Select(o => o.GoodFrom)),
                ]));
                if (contestant.Agent is "e3" or "r-max")
                {
                    var settled = outcomes.Where(o => o.Settled).ToArray();
                    guarantees.Add(new StudyRow(contestant.Label,
                    [
                        new StudyCell((double)settled.Length / outcomes.Length),
                        new StudyCell(settled.Length == 0 ? double.NaN : (double)settled.Count(o => o.Loss <= Epsilon) / settled.Length),
                        settled.Length == 0 ? new StudyCell(double.NaN) : new StudyCell(settled.Max(o => o.Loss)),
                    ]));
                }

                lines.Add(StudyLine.Median(contestant.Label, [.. Enumerable.Range(0, Steps + 1).Select(t => (double)t)], [.. outcomes.Select(o => o.Rewards)]));
            }

            string[] measures = ["reward, median (quartiles)", "mean", "standard deviation", "5% quantile", "95% quantile", "steps until ε-optimal for good"];
            tables.Add(new StudyTable($"`{world}`: cumulative reward of {Steps:#,0} steps over {setup.Seeds} seeds; ε = {Epsilon} of the greatest optimal value.", "agent", measures, rows, AroundMean: false));
            tables.Add(new StudyTable(
                $"`{world}`: share of {setup.Seeds} seeds that had stopped exploring; of these, the share whose policy was ε-optimal from where episodes start; the greatest loss.",
                "agent", ["stopped", "ε-optimal", "greatest loss, as a part"], guarantees, AroundMean: false));
            panels.Add(new StudyPanel(world, "steps", "cumulative reward", lines));
        }

        return new StudyReport("exploration", "Exploration: what it costs and brings", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("exploration", "Cumulative reward while learning", $"Median over {setup.Seeds} seeds; band: quartiles.", panels),
            ],
        };
    }

    private static Outcome Learn(Contestant contestant, string world, FiniteMdp truth, double[] optimal, long seed, CancellationToken cancel)
    {
        double best = truth.AtStart(optimal), allowed = Epsilon * optimal.Max();
        double goodFrom = double.PositiveInfinity;
        var known = new Dictionary<string, double>();
        var policy = new int[truth.States];
        var trial = LearningTrial.Run(contestant, world, seed, Steps, episodes: null, Check, cancel);
        double loss = (best - Worth((ITabularAgent)trial.Agent)) / optimal.Max();
        return new Outcome(trial.Cumulative(), goodFrom, Settled(trial.Agent, truth, policy), loss);

        bool Check(IAgent agent, IWorld stage, long step)
        {
            if (step % CheckEvery == 0)
            {
                bool good = best - Worth((ITabularAgent)agent) <= allowed;
                goodFrom = !good ? double.PositiveInfinity : Math.Min(goodFrom, step);
            }

            return false;
        }

        // There are few different policies, and each is evaluated once.
        double Worth(ITabularAgent agent)
        {
            agent.GreedyPolicy(policy);
            string key = string.Join(',', policy);
            if (!known.TryGetValue(key, out double value))
            {
                known.Add(key, value = truth.AtStart(PolicyValue.Of(truth, policy)));
            }

            return value;
        }
    }

    /// <summary>E³ has ended with its plan; R-max knows the action that it takes in every state that its policy can come to.</summary>
    private static bool Settled(IAgent agent, FiniteMdp truth, int[] policy)
    {
        if (agent is not RMaxAgent rmax)
        {
            return agent is E3Agent { Finished: true };
        }

        var (seen, open) = (new bool[truth.States], new Stack<int>(Enumerable.Range(0, truth.States).Where(s => truth.Start[s] > 0)));
        while (open.TryPop(out int state))
        {
            if (seen[state])
            {
                continue;
            }

            seen[state] = true;
            if (rmax.Model.Visits(truth.Row(state, policy[state])) < rmax.K)
            {
                return false;
            }

            int row = truth.Row(state, policy[state]);
            for (int i = truth.RowStart[row]; i < truth.RowLive[row]; i++)
            {
                open.Push(truth.Successors[i]);
            }
        }

        return true;
    }

    private static FiniteMdp Truth(string world)
    {
        var entry = Laboratory.World(world);
        return entry.CreateProblem(entry.DefaultOptions).Mdp;
    }

    private static double Deviation(double[] sample)
    {
        double mean = sample.Average();
        return Math.Sqrt(sample.Sum(x => (x - mean) * (x - mean)) / (sample.Length - 1));
    }

    /// <param name="Rewards">Cumulative, <c>[Steps + 1]</c>.</param>
    /// <param name="GoodFrom">Steps after which every policy looked at was ε-optimal; +∞ if the last was not.</param>
    /// <param name="Settled">Whether it had stopped exploring.</param>
    /// <param name="Loss">What the last policy loses from where episodes start, as a part of the greatest optimal value.</param>
    private sealed record Outcome(double[] Rewards, double GoodFrom, bool Settled, double Loss);
}
