namespace Reverie.Experiments.Studies;

/// <summary>
/// Whether the policies with which E³ and R-max stop exploring are as good as their guarantee says (Kearns and Singh 2002; Brafman and Tennenholtz 2002):
/// ε-optimal with probability 1 − δ where K is large enough. What is large enough in practice is far less than what the proofs ask for.
/// </summary>
internal static class GuaranteeStudy
{
    private const int MostSteps = 8_000_000;

    private static readonly string[] Worlds = ["river-swim", "chain", "six-arms"];

    private static readonly int[] Tries = [4, 16, 64, 256, 1024, 4096];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new("guarantees", "Whether E3 and R-max stop exploring with policies as good as their guarantee says, by the tries K", 100, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var rows = new List<StudyRow>();
        var panels = new List<StudyPanel>();
        foreach (string world in Worlds)
        {
            var truth = ExplorationTrial.Truth(world);
            double[] optimal = PolicyValue.Optimal(truth);
            var lines = new List<StudyLine>();
            foreach (string agent in (string[])["e3", "r-max"])
            {
                var shares = new List<StudyCell>();
                foreach (int k in Tries)
                {
                    var contestant = new Contestant($"{world}, {agent}, K = {k}", agent, [$"K={k}"]);
                    var settled = setup.Trials(
                        contestant.Label, seed => ExplorationTrial.Run(contestant, world, truth, optimal, MostSteps, untilSettled: true, seed, setup.Cancel)).Where(t => t.Settled).ToArray();
                    rows.Add(new StudyRow(contestant.Label, Cells(settled, setup.Seeds)));
                    shares.Add(Share(settled));
                }

                lines.Add(new StudyLine(
                    agent, [.. Tries.Select(k => Math.Log10(k))], [.. shares.Select(s => s.Value)], [.. shares.Select(s => s.Low)], [.. shares.Select(s => s.High)]));
            }

            panels.Add(new StudyPanel(world, "tries K, decimal logarithm", "share that is ε-optimal", lines));
        }

        string[] measures = ["stopped", "steps until then", "ε-optimal, of these", "mean loss", "greatest loss"];
        return new StudyReport("guarantees", "E3 and R-max: what their policies are worth when they stop exploring", setup.Seeds,
        [
            new StudyTable(
                $"Shares of {setup.Seeds} seeds that stopped exploring within {MostSteps:#,0} steps, and of these, whose policy was then ε-optimal from where episodes start; losses and "
                    + $"ε = {ExplorationTrial.Epsilon} are parts of the optimal value there.",
                "world, agent, tries", measures, rows, AroundMean: false),
        ])
        {
            Figures =
            [
                StudyFigure.Of("guarantees", "Policies with which exploration stops", $"Share of {setup.Seeds} seeds whose policy is then ε-optimal; band: standard error of the share.", panels),
            ],
        };
    }

    private static StudyCell[] Cells(ExplorationTrial[] settled, int seeds) => settled.Length == 0
        ? [new(0), new(double.NaN), new(double.NaN), new(double.NaN), new(double.NaN)]
        :
        [
            new((double)settled.Length / seeds),
            StudyCell.Median(settled.Select(t => t.Rewards.Length - 1.0)),
            new(Share(settled).Value),
            new(settled.Average(Lost)),
            new(settled.Max(Lost)),
        ];

    /// <summary>The share whose policy is ε-optimal, ± its standard error √(p (1 − p) / n); NaN of none.</summary>
    private static StudyCell Share(ExplorationTrial[] settled)
    {
        double share = (double)settled.Count(t => t.Loss <= ExplorationTrial.Epsilon) / settled.Length;
        double error = Math.Sqrt(share * (1 - share) / settled.Length);
        return new StudyCell(share, share - error, share + error);
    }

    /// <summary>The loss, but for rounding.</summary>
    private static double Lost(ExplorationTrial trial) => trial.Loss < 1e-9 ? 0.0 : trial.Loss;
}
