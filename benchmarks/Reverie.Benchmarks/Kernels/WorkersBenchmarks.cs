using BenchmarkDotNet.Attributes;
using Reverie.Numerics;

namespace Reverie.Benchmarks.Kernels;

/// <summary>What it costs to hand a job of no work to other threads and to wait for them.</summary>
public class WorkersBenchmarks : IDisposable
{
    private readonly Workers workers = new(Environment.ProcessorCount);
    private readonly Nothing job = new();

    [Params(1, 2, 64)]
    public int Items { get; set; }

    [Benchmark]
    public void Run() => workers.Run(job, Items);

    public void Dispose()
    {
        workers.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Nothing : IParallelJob
    {
        public void Run(int index)
        {
        }
    }
}
