using System.Globalization;
using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Studies;

/// <summary>
/// Gradients through models against the horizon: how they explode or vanish, how those of a learned model compare with the exact model's, and what clipping, truncation with a value and
/// second-order steps change.
/// </summary>
internal static class GradientsStudy
{
    private const double LeastDrawn = 1e-12;

    private static readonly string[] Worlds = ["linear", "pendulum", "cartpole-swingup"];
    private static readonly int[] Shown = [1, 5, 10, 20, 50, 100];

    // Step sizes are chosen on seeds that are not reported.
    private static readonly long[] TuningSeeds = [1001, 1002];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new(
        "gradients", "Policy gradients through exact and learned models against the horizon, on linear, pendulum and cartpole-swingup", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var (tables, figures, curves) = (new List<StudyTable>(), new List<Figure>(), new List<StudyPanel>());
        foreach (string world in Worlds)
        {
            Measure(world, setup, tables, figures);
        }

        foreach (string world in Worlds)
        {
            Search(world, setup, tables, curves);
        }

        figures.Add(StudyFigure.Of("gradients-search", "Return on the exact model against steps", $"Median over {setup.Seeds} seeds; band: quartiles. Step sizes were chosen on other seeds.", curves));
        return new StudyReport("gradients", "Policy gradients through models", setup.Seeds, tables) { Figures = figures };
    }

    private static void Measure(string world, StudySetup setup, List<StudyTable> tables, List<Figure> figures)
    {
        var trials = setup.Trials($"{world}, gradients", seed => GradientTrial.Run(world, seed));
        (string Label, Func<GradientTrial, double[]> Of)[] measures =
        [
            ("norm of ∇J, exact model", t => t.Exact),
            ("norm of ∇Ĵ, learned model", t => t.Learned),
            ("cosine of ∇Ĵ and ∇J", t => t.Cosine),
            ("largest singular value", t => t.Largest),
            ("smallest singular value", t => t.Smallest),
            ("condition of ∂²J/∂a², exact", t => t.ExactCondition),
            ("condition of ∂²Ĵ/∂a², learned", t => t.LearnedCondition),
        ];
        tables.Add(new StudyTable(
            $"`{world}`: by steps of the rollout, median (quartiles) over {setup.Seeds} seeds. J is the mean return from 16 states visited under random actions, θ the parameters of a policy as it is drawn; singular values are of the product of closed-loop Jacobians (median of the 16), a all actions of a rollout (median of 4; condition numbers of 10⁸ mean at least that). A dash: not measured, or not finite.",
            "measure",
            [.. Shown.Select(h => h.ToString(CultureInfo.InvariantCulture))],
            [.. measures.Select(m => new StudyRow(m.Label, [.. Shown.Select(h => Cell(trials, m.Of, Array.IndexOf(GradientTrial.Horizons, h)))]))],
            AroundMean: false));

        const string Exact = "exact model", Learned = "learned model", Largest = "largest", Smallest = "smallest", Angle = "between both";
        figures.Add(StudyFigure.Of(
            $"gradients-{world}",
            $"Gradients through models of {world}",
            $"Median over {setup.Seeds} seeds; band: quartiles. Below {LeastDrawn:0E+0} drawn there.",
            [
                new StudyPanel("Norm of the policy gradient", "horizon", "norm", [Line(Exact, trials, t => t.Exact), Line(Learned, trials, t => t.Learned)], Logarithmic: true),
                new StudyPanel("Cosine of the learned and the exact gradient", "horizon", "cosine", [Line(Angle, trials, t => t.Cosine, logarithmic: false)]),
                new StudyPanel("Singular values of the product of closed-loop Jacobians", "horizon", "σ", [Line(Largest, trials, t => t.Largest), Line(Smallest, trials, t => t.Smallest)], Logarithmic: true),
                new StudyPanel("Condition of the Hessian to all actions", "horizon", "condition number", [Line(Exact, trials, t => t.ExactCondition), Line(Learned, trials, t => t.LearnedCondition)], Logarithmic: true),
            ]));
    }

    private static void Search(string world, StudySetup setup, List<StudyTable> tables, List<StudyPanel> curves)
    {
        var (rows, lines) = (new List<StudyRow>(), new List<StudyLine>());
        foreach (var search in PolicySearch.All)
        {
            double rate = search.Rates.Length == 1 ? search.Rates[0] : search.Rates.MaxBy(r => TuningSeeds.Average(seed => Finite(search.Run(world, r, seed)[^1])));
            var trials = setup.Trials($"{world}, {search.Label}", seed => search.Run(world, rate, seed));
            StudyCell At(int step) => Spread(trials.Select(t => t[step / PolicySearch.Every]));
            rows.Add(new StudyRow(search.Label, [search.Rates.Length == 1 ? new StudyCell(double.NaN) : new StudyCell(rate), At(10), At(50), At(100), At(PolicySearch.Steps)]));
            int[] finite = [.. Enumerable.Range(0, PolicySearch.Evaluations.Length).Where(i => trials.All(t => double.IsFinite(t[i])))];
            lines.Add(StudyLine.Median(search.Label, [.. finite.Select(i => PolicySearch.Evaluations[i])], [.. trials.Select(t => finite.Select(i => t[i]).ToArray())]));
        }

        tables.Add(new StudyTable(
            $"`{world}`: return of {PolicySearch.Horizon(world)} steps on the exact model, mean of 8 starts, after so many gradient steps; median (quartiles) over {setup.Seeds} seeds. Step sizes are those of the best last return on two other seeds. iLQR optimises the actions from each start by themselves, an iteration counted as a step.",
            "method", ["step size", "after 10", "after 50", "after 100", $"after {PolicySearch.Steps}"], rows, AroundMean: false));
        curves.Add(new StudyPanel(world, "gradient steps", "return", lines));

        static double Finite(double value) => double.IsFinite(value) ? value : double.NegativeInfinity;
    }

    private static StudyCell Cell(GradientTrial[] trials, Func<GradientTrial, double[]> of, int index) => Spread(trials.Select(t => of(t)[index]));

    /// <summary>Median and quartiles; nothing if any is not finite.</summary>
    private static StudyCell Spread(IEnumerable<double> values)
    {
        double[] sample = [.. values];
        return Array.TrueForAll(sample, double.IsFinite) ? StudyCell.Median(sample) : new StudyCell(double.NaN);
    }

    private static StudyLine Line(string label, GradientTrial[] trials, Func<GradientTrial, double[]> of, bool logarithmic = true)
    {
        int[] kept = [.. Enumerable.Range(0, GradientTrial.Horizons.Length).Where(i => trials.All(t => double.IsFinite(of(t)[i])))];
        return StudyLine.Median(
            label, [.. kept.Select(i => (double)GradientTrial.Horizons[i])], [.. trials.Select(t => kept.Select(i => logarithmic ? Math.Max(LeastDrawn, of(t)[i]) : of(t)[i]).ToArray())]);
    }
}
