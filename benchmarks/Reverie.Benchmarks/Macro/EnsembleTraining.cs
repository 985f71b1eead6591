using Reverie.Neural.Models;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// A training step of five members of 4 × 200 SiLU, batch 256, Gaussian likelihood, Adam: the fused passes, and libtorch's automatic
/// differentiation of the same loss. As many GFLOP/s as 6 × weights × batch × members operations (forward, and twice that
/// backward) in the step's time, against a large matrix product; and the time itself.
/// </summary>
internal sealed class EnsembleTraining : IMacroBenchmark
{
    public string Name => "ensemble-training";

    public string Summary => "the ensemble's training step as a fraction of a large matrix product's GFLOP/s, and its time";

    public IEnumerable<MacroRow> Run()
    {
        var replay = EnsembleSubject.Experience();
        using var product = new MatrixProduct();
        foreach (int threads in EnsembleSubject.ThreadCounts)
        {
            using var workers = new Workers(threads);
            using var fused = new Trainee(replay, workers, threads);
            using var automatic = new Trainee(replay, null, threads);
            double[][] rates = Race.Rates(
                (() => product.Run(threads), MatrixProduct.Flops),
                (() => product.Run(1), MatrixProduct.Flops),
                (fused.Step, 1),
                (automatic.Step, 1));
            string count = EnsembleSubject.Threads(threads);
            foreach (var (side, name, goal) in new[] { (2, "fused", "≤ 5"), (3, "libtorch's automatic differentiation", "") })
            {
                yield return new(
                    $"GFLOP/s, {name}, {count}",
                    Race.Median(rates[side]) * fused.Flops / 1e9,
                    $"libtorch 2048³ product, {count}",
                    Race.Median(rates[0]) / 1e9,
                    Race.Median(rates[side].Zip(rates[0], (rate, other) => rate * fused.Flops / other)));
                yield return new($"ms/step, {name}, {count}", 1e3 / Race.Median(rates[side]), "", double.NaN, double.NaN);

                double scaled = 1e3 * Race.Median(rates[side].Zip(rates[1], (rate, core) => core / 1e9 / MatrixProduct.ReferenceCore / rate));
                double field = threads == 1 ? 9.9 : 7.4;
                yield return new(
                    $"ms/step, {name}, {count}, scaled to {MatrixProduct.ReferenceCore} GFLOP/s a core",
                    scaled,
                    $"MBRL-Lib on PyTorch at {MatrixProduct.ReferenceCore} GFLOP/s a core, {EnsembleSubject.Threads(Math.Min(threads, 2))}",
                    field,
                    scaled / field,
                    threads > 1 ? goal : "");
            }
        }
    }

    /// <summary>An ensemble in training.</summary>
    private sealed class Trainee : IDisposable
    {
        private readonly DynamicsEnsemble ensemble;
        private readonly TrainingData data;
        private readonly MinibatchSampler sampler;
        private readonly int threads;

        public Trainee(Reverie.Experience.ReplayBuffer replay, Workers? workers, int threads)
        {
            this.threads = threads;
            ensemble = EnsembleSubject.Ensemble(EnsembleSubject.Options, workers);
            data = TrainingData.From(ensemble, replay, validation: false, fit: true);
            sampler = new MinibatchSampler(ensemble.Options.Members, data.Count, ensemble.Options.BatchSize, ensemble.Random);
        }

        public double Flops => 3 * EnsembleSubject.Flops(ensemble) * ensemble.Options.BatchSize * ensemble.Options.Members;

        public void Step()
        {
            set_num_threads(threads);
            EnsembleTrainer.Step(ensemble, data, sampler.Next());
        }

        public void Dispose()
        {
            data.Dispose();
            ensemble.Dispose();
        }
    }
}
