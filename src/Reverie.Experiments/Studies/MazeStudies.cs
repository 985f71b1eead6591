namespace Reverie.Experiments.Studies;

/// <summary>The experiments with Dyna-Q of Sutton and Barto, 2nd edition (2018), sections 8.2 and 8.3.</summary>
internal static class MazeStudies
{
    private static readonly string[] Learning = ["Alpha=0.1", "Epsilon=0.1", "agent.Discount=0.95"];

    /// <summary>Figure 8.2: steps an episode with 0, 5 and 50 planning steps.</summary>
    public static Study DynaMaze { get; } = new("dyna-maze", "Steps an episode of Dyna-Q with 0, 5 and 50 planning steps (Sutton and Barto 2018, figure 8.2)", 500, RunDynaMaze);

    /// <summary>Figure 8.4: a maze whose short way is closed.</summary>
    public static Study BlockingMaze { get; } = new(
        "blocking-maze",
        "Dyna-Q and Dyna-Q+ when the short way is closed (Sutton and Barto 2018, figure 8.4)",
        500,
        setup => RunChanging(setup, "blocking-maze", 3000, [1000, 2000, 3000], 1000, "PlanningSteps=10", "Kappa=1E-4", [42.8, 52.7, 74.2], [61.1, 82.5, 134.6]));

    /// <summary>Figure 8.5: a maze in which a shorter way opens.</summary>
    public static Study ShortcutMaze { get; } = new(
        "shortcut-maze",
        "Dyna-Q and Dyna-Q+ when a shorter way opens (Sutton and Barto 2018, figure 8.5)",
        500,
        setup => RunChanging(setup, "shortcut-maze", 6000, [3000, 6000], 3000, "PlanningSteps=50", "Kappa=1E-3", [125.2, 289.5], [136.4, 365.5]));

    private static StudyReport RunDynaMaze(StudySetup setup)
    {
        const int Episodes = 50;
        int[] shown = [1, 2, 3, 5, 10, 50];
        (int Planning, double[] Reference)[] cases =
        [
            (0, [850, 663, 523, 270, 133, 17.8]),
            (5, [863, 153, 63.6, 23.1, 16.9, 16.8]),
            (50, [874, 39.1, 17.8, 17.1, 17.0, 16.9]),
        ];
        var rows = new List<StudyRow>();
        var lines = new List<StudyLine>();
        double[] axis = [.. Enumerable.Range(2, Episodes - 1).Select(e => (double)e)];
        foreach (var (planning, reference) in cases)
        {
            var contestant = new Contestant($"n = {planning}", "dyna-q", [.. Learning, $"PlanningSteps={planning}"]);
            var lengths = setup.Trials(contestant.Label, seed => Lengths(contestant, seed));
            rows.Add(new StudyRow(contestant.Label, [.. shown.Select(e => StudyCell.Mean([.. lengths.Select(l => l[e - 1])]))]));
            rows.Add(Reference(contestant.Label, reference));
            lines.Add(StudyLine.Mean(contestant.Label, axis, [.. lengths.Select(l => l[1..])]));
        }

        double[] Lengths(Contestant contestant, long seed) =>
            [.. LearningTrial.Run(contestant, "dyna-maze", seed, steps: null, Episodes, onStep: null, setup.Cancel).EpisodeSteps.Select(n => (double)n)];

        return new StudyReport("dyna-maze", "Dyna-Q in the maze: planning steps and experience", setup.Seeds,
        [
            new StudyTable($"Mean steps of an episode ± standard error over {setup.Seeds} seeds.", "planning steps", [.. shown.Select(e => $"episode {e}")], rows, AroundMean: true),
        ])
        {
            Figures =
            [
                StudyFigure.Of("dyna-maze", "Dyna-Q in the maze", $"Mean steps of an episode over {setup.Seeds} seeds; band: standard error. The first episode, alike for all, is left out.",
                    [new StudyPanel("", "episode", "steps", lines, Logarithmic: true)]),
            ],
        };
    }

    private static StudyReport RunChanging(
        StudySetup setup, string world, int steps, int[] shown, int change, string planning, string kappa, double[] plainReference, double[] bonusReference)
    {
        (Contestant Contestant, double[] Reference)[] cases =
        [
            (new("Dyna-Q", "dyna-q", ["Alpha=1", "Epsilon=0.1", "agent.Discount=0.95", planning]), plainReference),
            (new("Dyna-Q+", "dyna-q+", ["Alpha=1", "Epsilon=0.1", "agent.Discount=0.95", planning, kappa]), bonusReference),
        ];
        double[] axis = [.. Enumerable.Range(0, steps + 1).Select(t => (double)t)];
        var rows = new List<StudyRow>();
        var lines = new List<StudyLine>();
        foreach (var (contestant, reference) in cases)
        {
            var sums = setup.Trials(contestant.Label, seed => LearningTrial.Run(contestant, world, seed, steps, episodes: null, onStep: null, setup.Cancel).Cumulative());
            rows.Add(new StudyRow(contestant.Label, [.. shown.Select(t => StudyCell.Mean([.. sums.Select(s => s[t])]))]));
            rows.Add(Reference(contestant.Label, reference));
            lines.Add(StudyLine.Mean(contestant.Label, axis, sums));
        }

        return new StudyReport(world, $"Dyna-Q and Dyna-Q+ in a maze that changes after {change} steps", setup.Seeds,
        [
            new StudyTable($"Mean cumulative reward ± standard error over {setup.Seeds} seeds.", "agent", [.. shown.Select(t => $"step {t:#,0}")], rows, AroundMean: true),
        ])
        {
            Figures =
            [
                StudyFigure.Of(world, $"Cumulative reward; the maze changes after step {change}", $"Mean over {setup.Seeds} seeds; band: standard error.",
                    [new StudyPanel("", "steps", "cumulative reward", lines)]),
            ],
        };
    }

    private static StudyRow Reference(string label, double[] values) => new($"{label}, an independent implementation", [.. values.Select(v => new StudyCell(v))]);
}
