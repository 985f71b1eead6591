namespace Reverie.Experiments.Studies;

/// <summary>
/// Whether intervals of an ensemble's particles hold what happens as often as they should: for members that predict points or normal distributions, one or five of them, near what they
/// were trained on and elsewhere.
/// </summary>
internal static class CalibrationStudy
{
    private const int Steps = 500, Horizon = 20, Shown = 10;
    private static readonly double[] Levels = [0.5, 0.8, 0.9, 0.95];

    private static readonly Setting[] Settings =
    [
        new("point-mass", ["noiseForce=0.5"], ["noiseForce=0.5", "goalX=10", "goalY=10"]),
        new("pendulum", ["maxSteps=50"], ["maxSteps=50"]),
        new("cartpole-swingup", [], []),
    ];

    private static readonly (string Label, bool Stochastic, int Members)[] Kinds =
    [
        ("1 deterministic", false, 1),
        ("5 deterministic", false, 5),
        ("1 stochastic", true, 1),
        ("5 stochastic", true, 5),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new("calibration", "How often predictive intervals of ensembles hold what happens, near their training data and elsewhere, on three worlds", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var (tables, levels, horizons) = (new List<StudyTable>(), new List<StudyPanel>(), new List<StudyPanel>());
        foreach (var setting in Settings)
        {
            var (world, elsewhere) = (StudyWorld.Of(setting.World, setting.Options), StudyWorld.Of(setting.World, setting.Elsewhere));
            var trials = Kinds.Select(kind => setup.Trials(
                $"{setting.World}, {kind.Label}",
                seed => CalibrationTrial.Run(world, elsewhere, Steps, kind.Stochastic, kind.Members, Horizon, Levels, seed, setup.Cancel))).ToArray();
            Func<CalibrationTrial, PredictiveIntervals>[] places = [t => t.Near, t => t.Shifted];
            string[] names = ["near the training data", "elsewhere"];
            var rows = new List<StudyRow>();
            for (int p = 0; p < places.Length; p++)
            {
                var of = places[p];
                rows.AddRange(Kinds.Select((kind, i) => Row($"{kind.Label}, {names[p]}", [.. trials[i].Select(of)])));
                levels.Add(new StudyPanel($"{setting.World}, {names[p]}", "nominal [%]", $"measured after {Shown} steps [%]",
                [
                    .. Kinds.Select((kind, i) => StudyLine.Median(kind.Label, Percent(Levels), [.. trials[i].Select(t => Percent([.. Levels.Select((_, l) => of(t).Coverage(Shown, l))]))])),
                    new StudyLine("as it should be", Percent(Levels), Percent(Levels), Percent(Levels), Percent(Levels)),
                ]));
                double[] k = [.. Enumerable.Range(1, Horizon).Select(h => (double)h)];
                horizons.Add(new StudyPanel($"{setting.World}, {names[p]}", "steps ahead", "measured of 90% [%]",
                    [.. Kinds.Select((kind, i) => StudyLine.Median(kind.Label, k, [.. trials[i].Select(t => Percent([.. k.Select(h => of(t).Coverage((int)h, 2))]))]))]));
            }

            string[] columns = ["50%, 1 step", "80%", "90%", "95%", $"50%, {Shown} steps", "80%", "90%", "95%", "width of 90%, 1 step", $"{Shown} steps"];
            tables.Add(new StudyTable(
                $"`{setting.World}`{(setting.Options.Length > 0 ? $" ({string.Join(", ", setting.Options)})" : "")}, {Steps} random steps: percentage of what happened that lay within central intervals of {PredictiveIntervals.Particles} particles (TS∞), and these intervals' mean width in standard deviations of the observation; median (quartiles) over {setup.Seeds} seeds.",
                "members", columns, rows, AroundMean: false));
        }

        return new StudyReport("calibration", "Calibration of ensembles", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("calibration", $"Coverage of predictive intervals {Shown} steps ahead", $"Median over {setup.Seeds} seeds; band: quartiles.", levels),
                StudyFigure.Of("calibration-horizon", "Coverage of 90% intervals against horizon", $"Median over {setup.Seeds} seeds; band: quartiles.", horizons),
            ],
        };
    }

    private static StudyRow Row(string label, PredictiveIntervals[] trials) => new(label,
    [
        .. Levels.Select((_, l) => StudyCell.Median(trials.Select(t => 100.0 * t.Coverage(1, l)))),
        .. Levels.Select((_, l) => StudyCell.Median(trials.Select(t => 100.0 * t.Coverage(Shown, l)))),
        StudyCell.Median(trials.Select(t => t.Width(1, 2))),
        StudyCell.Median(trials.Select(t => t.Width(Shown, 2))),
    ]);

    private static double[] Percent(double[] shares) => [.. shares.Select(s => 100.0 * s)];

    /// <param name="World">The world.</param>
    /// <param name="Options">Its options in training.</param>
    /// <param name="Elsewhere">Its options where a planner acts.</param>
    private sealed record Setting(string World, string[] Options, string[] Elsewhere);
}
