namespace Reverie.Experiments.Studies;

/// <summary>
/// A model that is trained on random steps is planned in, and the planner goes where the model was not trained: how wrong is it there, and what does training on what the planner
/// meets mend (Ross and Bagnell 2012)?
/// </summary>
internal static class CovariateShiftStudy
{
    private static readonly (string Name, string[] Options, int Steps, int Episodes)[] Settings =
    [
        ("cartpole-swingup", [], 120, 8),
        ("pendulum", ["maxSteps=100"], 100, 6),
    ];

    private static readonly (string Label, MoreData Data)[] Arms =
    [
        ("frozen", MoreData.None),
        ("more random steps", MoreData.RandomSteps),
        ("the planner's own steps", MoreData.OwnSteps),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new("covariate-shift", "Errors of a model where it was trained and where its planner goes, with and without continued interaction, on two worlds", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var (tables, errors, returns) = (new List<StudyTable>(), new List<StudyPanel>(), new List<StudyPanel>());
        foreach (var (name, options, steps, episodes) in Settings)
        {
            var world = StudyWorld.Of(name, options);
            var (rows, errorLines, returnLines) = (new List<StudyRow>(), new List<StudyLine>(), new List<StudyLine>());
            double[] x = [.. Enumerable.Range(1, episodes).Select(i => (double)i)];
            foreach (var (label, data) in Arms)
            {
                var trials = setup.Trials($"{name}, {label}", seed => CovariateShiftTrial.Run(world, steps, episodes, data, seed, setup.Cancel));
                rows.Add(new StudyRow(label,
                [
                    StudyCell.Median(trials.Select(t => t.Trained[0])),
                    StudyCell.Median(trials.Select(t => t.Visited[0])),
                    StudyCell.Median(trials.Select(t => t.Trained[^1])),
                    StudyCell.Median(trials.Select(t => t.Visited[^1])),
                    StudyCell.Median(trials.Select(t => t.Visited[^1] / t.Trained[^1])),
                    StudyCell.Median(trials.Select(t => t.Returns[0])),
                    StudyCell.Median(trials.Select(t => t.Returns[^3..].Average())),
                ]));
                errorLines.Add(StudyLine.Median($"{label}: visited", x, [.. trials.Select(t => t.Visited)]));
                errorLines.Add(StudyLine.Median($"{label}: random", x, [.. trials.Select(t => t.Trained)]));
                returnLines.Add(StudyLine.Median(label, x, [.. trials.Select(t => t.Returns)]));
            }

            string[] columns = ["random, at first", "visited, at first", "random, at last", "visited, at last", "visited / random", "first return", "return of the last 3"];
            tables.Add(new StudyTable(
                $"`{name}`, {steps} random steps and {episodes} episodes of planning: one-step errors on held-out random steps and on the states that the planner visits, in standard deviations of random steps' observations, and returns; median (quartiles) over {setup.Seeds} seeds.",
                "trained on besides", columns, rows, AroundMean: false));
            errors.Add(new StudyPanel(name, "episode", "one-step error", errorLines, Logarithmic: true));
            returns.Add(new StudyPanel(name, "episode", "return", returnLines));
        }

        return new StudyReport("covariate-shift", "Covariate shift: where the model was trained and where its planner goes", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("covariate-shift-error", "One-step error on visited states and on random steps", $"Median over {setup.Seeds} seeds; band: quartiles.", errors),
                StudyFigure.Of("covariate-shift-return", "Return of the planner's episodes", $"Median over {setup.Seeds} seeds; band: quartiles.", returns),
            ],
        };
    }
}
