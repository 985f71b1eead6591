namespace Reverie.Experiments.Studies;

/// <summary>
/// How good a trajectory iLQR finds with the derivatives of a neural network that was trained on transitions of the world: with rollouts in the world, and with rollouts in the
/// network, whose plan is then carried out in the world.
/// </summary>
internal static class NeuralDerivativesStudy
{
    private const double LeastDrawn = 1e-10;

    private static readonly int[] Amounts = [500, 1000, 2000, 5000, 10_000];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "neural-derivatives", $"iLQR on {NeuralDerivativesTrial.World} with the derivatives of a network trained on 500 to 10,000 of its transitions", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var trials = Amounts.Select(amount => setup.Trials($"{amount} transitions", seed => NeuralDerivativesTrial.Run(amount, seed))).ToArray();
        (string Label, Func<NeuralDerivativesTrial, double> Of)[] costs =
        [
            ("J: derivatives of the network, rollouts in the world", t => t.Derivatives),
            ("J: plan of the network alone, with its feedback", t => t.Feedback),
            ("J: plan of the network alone, its actions only", t => t.Actions),
        ];
        (string Label, Func<NeuralDerivativesTrial, double> Of)[] rows = [.. costs, ("J that the network expects of its plan", t => t.Belief), ("Jacobians along the optimal trajectory", t => t.Jacobians)];
        double[] amounts = [.. Amounts.Select(a => (double)a)];
        return new StudyReport("neural-derivatives", "Optimal trajectories by the derivatives of a neural network", setup.Seeds,
        [
            new StudyTable(
                $"Relative error, median (range) over {setup.Seeds} seeds, after training on so many transitions of {NeuralDerivativesTrial.World}.",
                "error of", [.. Amounts.Select(a => $"{a:#,0}")], [.. rows.Select(row => new StudyRow(row.Label, [.. trials.Select(t => Spread(t.Select(row.Of)))]))], AroundMean: false),
        ])
        {
            Figures =
            [
                StudyFigure.Of("neural-derivatives", "Errors on pendulum-altro", $"Median over {setup.Seeds} seeds; band: range. Errors below {LeastDrawn:0E+0} are drawn there.",
                    [new StudyPanel("", "transitions", "relative error", [.. rows.Where(r => r.Label != rows[3].Label).Select(row => Line(row.Label, amounts, trials, row.Of))], Logarithmic: true)]),
            ],
        };
    }

    private static StudyCell Spread(IEnumerable<double> errors)
    {
        double[] sorted = [.. errors.Order()];
        return new StudyCell(StudyCell.Quantile(sorted, 0.5), sorted[0], sorted[^1]);
    }

    private static StudyLine Line(string label, double[] x, NeuralDerivativesTrial[][] trials, Func<NeuralDerivativesTrial, double> error)
    {
        var cells = trials.Select(t => Spread(t.Select(trial => Math.Max(LeastDrawn, error(trial))))).ToArray();
        return new StudyLine(label, x, [.. cells.Select(c => c.Value)], [.. cells.Select(c => c.Low)], [.. cells.Select(c => c.High)]);
    }
}
