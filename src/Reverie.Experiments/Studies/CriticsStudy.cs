namespace Reverie.Experiments.Studies;

/// <summary>
/// How much an estimate of the policy gradient varies, and how near to the true one it points, against the horizon, at the same number of imagined steps: with a critic that is a model
/// (likelihood ratios of single steps) and by back-propagation through the model.
/// </summary>
internal static class CriticsStudy
{
    private const double LeastDrawn = 1e-6, MostDrawn = 1e6;

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "critics", "Variance and direction of policy gradients against the horizon: model-critic and svg, on pendulum and linear, true and learned model", 3, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var trials = CriticsTrial.Worlds.Select(world => setup.Trials(world, seed => CriticsTrial.Run(world, seed))).ToArray();
        string[] columns = [.. CriticsTrial.Horizons.Select(h => $"H = {h}")];
        var (tables, variances, cosines) = (new List<StudyTable>(), new List<StudyPanel>(), new List<StudyPanel>());
        double[] x = [.. CriticsTrial.Horizons.Select(h => Math.Log10(h))];
        for (int w = 0; w < CriticsTrial.Worlds.Count; w++)
        {
            for (int m = 0; m < CriticsTrial.Models.Count; m++)
            {
                string where = $"{CriticsTrial.Worlds[w]}, {CriticsTrial.Models[m]}";
                double[][] Of(int method, Func<CriticsTrial, double[][][]> measure) => [.. trials[w].Select(t => measure(t)[m][method])];
                StudyRow[] Rows(Func<CriticsTrial, double[][][]> measure) =>
                    [.. CriticsTrial.Methods.Select((label, i) => new StudyRow(label, [.. columns.Select((_, h) => StudyCell.Median(Of(i, measure).Select(values => values[h])))]))];
                StudyLine[] Lines(Func<CriticsTrial, double[][][]> measure, double low, double high) =>
                    [.. CriticsTrial.Methods.Select((label, i) => StudyLine.Median(label, x, [.. Of(i, measure).Select(values => values.Select(v => Math.Clamp(v, low, high)).ToArray())]))];
                tables.Add(new StudyTable($"{where}: total variance of an estimate over the squared norm of their mean; median (quartiles) over {setup.Seeds} seeds.", "estimate", columns, Rows(t => t.Variance), AroundMean: false));
                tables.Add(new StudyTable($"{where}: cosine between an estimate and the true gradient, mean over estimates; median (quartiles) over {setup.Seeds} seeds.", "estimate", columns, Rows(t => t.Cosine), AroundMean: false));
                variances.Add(new StudyPanel(where, "log10 of the horizon H", "relative variance", Lines(t => t.Variance, LeastDrawn, MostDrawn), Logarithmic: true));
                cosines.Add(new StudyPanel(where, "log10 of the horizon H", "cosine", Lines(t => t.Cosine, -1.0, 1.0)));
            }
        }

        string caption = $"Median over {setup.Seeds} seeds; band: quartiles. {CriticsTrial.Budget:#,0} imagined steps an estimate.";
        return new StudyReport("critics", "Policy gradients with a model for critic, and through the model", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("critics-variance", "Relative variance of gradient estimates", caption, variances),
                StudyFigure.Of("critics-cosine", "Cosine of an estimate with the true gradient", caption, cosines),
            ],
        };
    }
}
