using Reverie.Neural.Models;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// The network part of imagination, five members of 4 × 200 SiLU on tiles of 64 particles: the fused managed kernel, and the same
/// ensemble in libtorch operation by operation, each against a large matrix product on as many threads.
/// </summary>
internal sealed class EnsembleForward : IMacroBenchmark
{
    private const int TilesPerMember = 22;

    public string Name => "ensemble-forward";

    public string Summary => "the ensemble's forward pass as a fraction of a large matrix product's GFLOP/s";

    public IEnumerable<MacroRow> Run()
    {
        using var ensemble = EnsembleSubject.Ensemble(EnsembleSubject.Options);
        using var product = new MatrixProduct();
        using var pass = new FusedPass(ensemble);
        using var inputs = randn(ensemble.Options.Members, TilesPerMember * DenseKernel.TileWidth, ensemble.Embedding.InputSize);
        double flops = EnsembleSubject.Flops(ensemble) * inputs.shape[0] * inputs.shape[1];
        foreach (int threads in EnsembleSubject.ThreadCounts)
        {
            using var workers = new Workers(threads);
            void OperationByOperation()
            {
                set_num_threads(threads);
                using var guard = no_grad();
                using var outputs = ensemble.Network.Forward(inputs);
            }

            double[][] rates = Race.Rates(
                (() => product.Run(threads), MatrixProduct.Flops), (() => workers.Run(pass, pass.Items), flops), (OperationByOperation, flops));
            string reference = $"libtorch 2048³ product, {EnsembleSubject.Threads(threads)}";
            foreach (var (side, name, goal) in new[] { (1, "fused", "≥ 0.85"), (2, "libtorch operation by operation", "") })
            {
                yield return new(
                    $"GFLOP/s, {name}, {EnsembleSubject.Threads(threads)}",
                    Race.Median(rates[side]) / 1e9,
                    reference,
                    Race.Median(rates[0]) / 1e9,
                    Race.Median(rates[side].Zip(rates[0], (rate, other) => rate / other)),
                    goal);
            }
        }
    }

    /// <summary>An item is a tile of one member; consecutive items share their member, as they do in a planner's evaluation.</summary>
    private sealed unsafe class FusedPass : IParallelJob, IDisposable
    {
        private readonly PackedNetwork[] networks;
        private readonly Random random = new(1);
        private readonly float[] inputs;
        private readonly int inputTile;
        private readonly ThreadLocal<Scratch> scratch;

        public FusedPass(DynamicsEnsemble ensemble)
        {
            var sizes = ensemble.Network.Sizes;
            networks = [.. Enumerable.Range(0, ensemble.Options.Members).Select(_ => new PackedNetwork(sizes))];
            for (int l = 0; l < sizes.Count - 1; l++)
            {
                float[] weights = ensemble.Network.Weights(l).ToFloats(), biases = ensemble.Network.Biases(l).ToFloats();
                for (int e = 0; e < networks.Length; e++)
                {
                    int count = sizes[l] * sizes[l + 1];
                    networks[e].Set(l, weights.AsSpan(e * count, count), biases.AsSpan(e * sizes[l + 1], sizes[l + 1]), [], [], [], []);
                }
            }

            inputTile = ensemble.Embedding.InputSize * DenseKernel.TileWidth;
            inputs = new float[Items * inputTile];
            foreach (ref float input in inputs.AsSpan())
            {
                input = (random.NextSingle() * 4f) - 2f;
            }

            scratch = new ThreadLocal<Scratch>(() => new Scratch(inputTile, networks[0].Rows * DenseKernel.TileWidth));
        }

        public int Items => networks.Length * TilesPerMember;

        public void Run(int index)
        {
            var s = scratch.Value!;
            inputs.AsSpan(index * inputTile, inputTile).CopyTo(new Span<float>(s.X, inputTile));
            networks[index / TilesPerMember].Forward(s.X, s.First, s.Second);
        }

        public void Dispose() => scratch.Dispose();
    }

    /// <summary>One thread's tiles, aligned to cache lines.</summary>
    private sealed unsafe class Scratch
    {
        private const int Line = 64;

        private readonly float[] memory;

        public Scratch(int inputs, int rows)
        {
            memory = GC.AllocateArray<float>(inputs + (2 * rows) + (Line / sizeof(float)), pinned: true);
            fixed (float* start = memory)
            {
                X = (float*)(((nuint)start + Line - 1) / Line * Line);
            }

            First = X + inputs;
            Second = First + rows;
        }

        public float* X { get; }

        public float* First { get; }

        public float* Second { get; }
    }
}
