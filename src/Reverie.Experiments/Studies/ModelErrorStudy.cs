namespace Reverie.Experiments.Studies;

/// <summary>
/// How errors of a learned model grow with the horizon: on finite worlds against a bound that is a theorem, on continuous ones against the extrapolation of the one-step error.
/// </summary>
internal static class ModelErrorStudy
{
    private const int FiniteHorizon = 50, Horizon = 30;
    private const double LeastDrawn = 1e-4, MostDrawn = 30.0;

    private static readonly int[] Counted = [1000, 10_000, 100_000, 1_000_000];
    private static readonly int[] Trained = [500, 4000];

    private static readonly (string Name, string[] Options)[] FiniteWorlds = [("frozen-lake-8x8", []), ("random-mdp", ["states=50", "successors=5"])];
    private static readonly (string Name, string[] Options)[] Worlds = [("pendulum", ["maxSteps=50"]), ("cartpole-swingup", [])];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new("model-error", "How errors of counted and of neural models grow with the horizon, and what bounds say of it, on four worlds", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var tables = new List<StudyTable>();
        var (finite, continuous) = (new List<StudyPanel>(), new List<StudyPanel>());
        foreach (var (name, options) in FiniteWorlds)
        {
            var trials = setup.Trials(name, seed => FiniteErrorTrial.Run(name, options, Counted, FiniteHorizon, seed, setup.Cancel));
            tables.Add(FiniteTable(name, trials));
            finite.Add(FinitePanel(name, trials));
        }

        foreach (var (name, options) in Worlds)
        {
            var world = StudyWorld.Of(name, options);
            var trials = Trained.Select(steps => setup.Trials($"{name}, {steps} steps", seed => ImaginationErrorTrial.Run(world, steps, Horizon, seed, setup.Cancel))).ToArray();
            tables.Add(Table(name, trials));
            continuous.Add(Panel(name, trials));
        }

        return new StudyReport("model-error", "Model error against horizon", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("model-error-finite", "Counted models: distance between the distributions over states", $"Median over {setup.Seeds} seeds; band: quartiles.", finite),
                StudyFigure.Of("model-error", "Neural ensembles: error of open-loop imagination", $"Median over {setup.Seeds} seeds; band: quartiles. Above {MostDrawn} drawn there.", continuous),
            ],
        };
    }

    private static StudyTable FiniteTable(string name, ChainDistance[][] trials)
    {
        var rows = Counted.Select((amount, i) =>
        {
            var at = trials.Select(t => t[i]).ToArray();
            return new StudyRow($"{amount:#,0}",
            [
                StudyCell.Median(at.Select(d => d.Worst)),
                StudyCell.Median(at.Select(d => d.Measured[1])),
                StudyCell.Median(at.Select(d => d.Measured[10])),
                StudyCell.Median(at.Select(d => Math.Min(1.0, d.Visited[10]))),
                StudyCell.Median(at.Select(d => d.Bound[10])),
                StudyCell.Median(at.Select(d => d.Measured[^1])),
                StudyCell.Median(at.Select(d => Math.Min(1.0, d.Visited[^1]))),
                StudyCell.Median(at.Select(d => d.Bound[^1])),
            ]);
        });
        string[] columns = ["ε", "measured, k = 1", "measured, k = 10", "min(1, Σ errors where it goes)", "min(1, k ε)", $"measured, k = {FiniteHorizon}", "min(1, Σ errors where it goes)", "min(1, k ε)"];
        return new StudyTable(
            $"`{name}`: total variation between the distributions over states after k steps of the optimal policy, in the world and in a model counted from so many steps; median (quartiles) over {trials.Length} seeds.",
            "steps counted", columns, [.. rows], AroundMean: false);
    }

    private static StudyPanel FinitePanel(string name, ChainDistance[][] trials)
    {
        double[] k = [.. Enumerable.Range(1, FiniteHorizon).Select(i => (double)i)];
        var lines = new List<StudyLine>();
        foreach (int i in (int[])[1, 3])
        {
            Add($"measured, {Counted[i]:#,0} steps", d => d.Measured);
            Add($"Σ errors where it goes, {Counted[i]:#,0} steps", d => [.. d.Visited.Select(y => Math.Min(1.0, y))]);
            Add($"k ε, {Counted[i]:#,0} steps", d => d.Bound);

            void Add(string label, Func<ChainDistance, double[]> of) =>
                lines.Add(StudyLine.Median(label, k, [.. trials.Select(t => of(t[i])[1..].Select(y => Math.Max(LeastDrawn, y)).ToArray())]));
        }

        return new StudyPanel(name, "steps k", "total variation", lines, Logarithmic: true);
    }

    private static StudyTable Table(string name, ImaginationErrorTrial[][] trials)
    {
        var rows = Trained.Select((steps, i) =>
        {
            var at = trials[i];
            return new StudyRow($"{steps:#,0}",
            [
                StudyCell.Median(at.Select(t => t.OneStep)),
                StudyCell.Median(at.Select(t => t.Lipschitz)),
                StudyCell.Median(at.Select(t => t.Measured[10])),
                StudyCell.Median(at.Select(t => t.Linear[10])),
                StudyCell.Median(at.Select(t => t.Stretched[10])),
                StudyCell.Median(at.Select(t => t.Measured[^1])),
                StudyCell.Median(at.Select(t => t.Linear[^1])),
                StudyCell.Median(at.Select(t => t.Stretched[^1])),
            ]);
        });
        string[] columns = ["ε, k = 1", "L", "measured, k = 10", "k ε", "ε Σ Lⁱ", $"measured, k = {Horizon}", "k ε", "ε Σ Lⁱ"];
        return new StudyTable(
            $"`{name}`: root mean square error of the ensemble's open-loop imagination on fresh random episodes, in standard deviations of the observation, after training on so many random steps; median (quartiles) over {trials[0].Length} seeds.",
            "steps", columns, [.. rows], AroundMean: false);
    }

    private static StudyPanel Panel(string name, ImaginationErrorTrial[][] trials)
    {
        double[] k = [.. Enumerable.Range(1, Horizon).Select(i => (double)i)];
        var lines = new List<StudyLine>();
        for (int i = 0; i < Trained.Length; i++)
        {
            var at = trials[i];
            Add($"measured, {Trained[i]:#,0} steps", t => t.Measured);
            Add($"k ε, {Trained[i]:#,0} steps", t => t.Linear);
            Add($"ε Σ Lⁱ, {Trained[i]:#,0} steps", t => t.Stretched);

            void Add(string label, Func<ImaginationErrorTrial, double[]> of) =>
                lines.Add(StudyLine.Median(label, k, [.. at.Select(t => of(t)[1..].Select(y => Math.Min(MostDrawn, y)).ToArray())]));
        }

        return new StudyPanel(name, "steps k", "error", lines, Logarithmic: true);
    }
}
