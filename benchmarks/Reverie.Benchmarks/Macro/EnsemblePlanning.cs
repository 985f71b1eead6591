using Reverie.Models;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// Planning in a learned model: population 350, 20 particles, horizon 15, 5 elites of 7 members of 4 × 200 SiLU. Transitions a
/// second through one evaluation, and through a whole CEM decision of 5 iterations (525,000 transitions); bytes that a decision allocates.
/// </summary>
internal sealed class EnsemblePlanning : IMacroBenchmark
{
    private const int Population = 350, Particles = 20, Horizon = 15, Iterations = 5;
    private const double Evaluation = Population * Particles * Horizon, Decision = Evaluation * Iterations;

    public string Name => "ensemble-planning";

    public string Summary => "transitions a second through planning in a learned ensemble";

    public IEnumerable<MacroRow> Run()
    {
        using var product = new MatrixProduct();
        using var all = new Workers(Environment.ProcessorCount);
        using var ensemble = EnsembleSubject.Ensemble(EnsembleSubject.Options with { Members = 7, Elites = 5, Particles = Particles }, all);
        EnsembleTrainer.Train(ensemble, EnsembleSubject.Experience());
        double flops = EnsembleSubject.Flops(ensemble);
        foreach (int threads in EnsembleSubject.ThreadCounts)
        {
            using var workers = new Workers(threads);
            var model = new EnsembleModel(ensemble, new KnownTask<CartPoleContinuous>(EnsembleSubject.Dynamics), workers);
            var planner = new CrossEntropyMethod(model, new CrossEntropyOptions { Population = Population, Horizon = Horizon, Iterations = Iterations, Hold = 1 });
            var candidates = new ActionSequences(Horizon, 1, Population);
            var random = new RandomStream(RandomKey.FromSeed(4));
            foreach (ref float u in candidates.Data)
            {
                u = (float)random.NextDouble(-1, 1);
            }

            var (state, action, returns, key) = (new double[4], new double[1], new float[Population], RandomKey.FromSeed(5));
            long decision = 0;
            void Evaluate() => model.Evaluate(state, candidates, returns, key.Split(decision++));
            void Decide() => planner.Plan(state, action, key.Split(decision++));

            double[][] rates = Race.Rates(
                (() => product.Run(threads), MatrixProduct.Flops),
                (() => product.Run(1), MatrixProduct.Flops),
                (Evaluate, Evaluation),
                (Decide, Decision));
            string count = EnsembleSubject.Threads(threads);
            foreach (var (side, name) in new[] { (2, "one evaluation"), (3, "a CEM decision") })
            {
                yield return new(
                    $"GFLOP/s of the networks in {name}, {count}",
                    Race.Median(rates[side]) * flops / 1e9,
                    $"libtorch 2048³ product, {count}",
                    Race.Median(rates[0]) / 1e9,
                    Race.Median(rates[side].Zip(rates[0], (rate, other) => rate * flops / other)));
                yield return new($"million transitions/s through {name}, {count}", Race.Median(rates[side]) / 1e6, "", double.NaN, double.NaN);
            }

            double scaled = Race.Median(rates[3].Zip(rates[1], (rate, core) => rate * MatrixProduct.ReferenceCore * 1e9 / core)) / 1e6;
            double field = Decision / (threads == 1 ? 1.26 : 0.83) / 1e6;
            yield return new(
                $"million transitions/s through a CEM decision, {count}, scaled to {MatrixProduct.ReferenceCore} GFLOP/s a core",
                scaled,
                $"MBRL-Lib on PyTorch at {MatrixProduct.ReferenceCore} GFLOP/s a core, {EnsembleSubject.Threads(Math.Min(threads, 2))}",
                field,
                scaled / field,
                threads > 1 ? "≥ 1.4 on two cores" : "");
            yield return new($"bytes allocated per CEM decision, {count}", Race.BytesPerCall(Decide, 5), "", double.NaN, double.NaN, "0");
        }
    }
}
