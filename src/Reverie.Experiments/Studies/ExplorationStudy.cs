namespace Reverie.Experiments.Studies;

/// <summary>What exploration costs and brings on river-swim, chain and six-arms (Strehl and Littman 2008).</summary>
internal static class ExplorationStudy
{
    private const int Steps = 5000;
    private static readonly string[] Worlds = ["river-swim", "chain", "six-arms"];

    private static readonly Contestant[] Contestants =
    [
        new("q-learning", "q-learning", []),
        new("dyna-q", "dyna-q", []),
        new("e3, K = 16", "e3", ["K=16"]),
        new("r-max, K = 16", "r-max", ["K=16"]),
        new("mbie-eb", "mbie-eb", []),
        new("posterior-sampling", "posterior-sampling", []),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "exploration", "Reward while learning, and steps to a good policy, of six agents on river-swim, chain and six-arms", 100, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var tables = new List<StudyTable>();
        var panels = new List<StudyPanel>();
        foreach (string world in Worlds)
        {
            var truth = ExplorationTrial.Truth(world);
            double[] optimal = PolicyValue.Optimal(truth);
            var (rows, lines) = (new List<StudyRow>(), new List<StudyLine>());
            foreach (var contestant in Contestants)
            {
                var outcomes = setup.Trials($"{world}, {contestant.Label}", seed => ExplorationTrial.Run(contestant, world, truth, optimal, Steps, untilSettled: false, seed, setup.Cancel));
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
                lines.Add(StudyLine.Median(contestant.Label, [.. Enumerable.Range(0, Steps + 1).Select(t => (double)t)], [.. outcomes.Select(o => o.Rewards)]));
            }

            string[] measures = ["reward, median (quartiles)", "mean", "standard deviation", "5% quantile", "95% quantile", "steps until ε-optimal for good"];
            tables.Add(new StudyTable($"`{world}`: cumulative reward of {Steps:#,0} steps over {setup.Seeds} seeds; ε = {ExplorationTrial.Epsilon} of the optimal value where episodes start.", "agent", measures, rows, AroundMean: false));
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

    private static double Deviation(double[] sample)
    {
        double mean = sample.Average();
        return Math.Sqrt(sample.Sum(x => (x - mean) * (x - mean)) / (sample.Length - 1));
    }
}
