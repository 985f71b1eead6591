using BenchmarkDotNet.Attributes;
using Reverie.Numerics;

namespace Reverie.Benchmarks.Kernels;

/// <summary>Time per random number, lane-wise and scalar.</summary>
public class RandomBenchmarks
{
    private const int Numbers = 1024;
    private readonly float[] floats = new float[Numbers];
    private readonly double[] doubles = new double[Numbers];
    private readonly RandomStream scalar = new(RandomKey.FromSeed(1));
    private LaneStream lanes = new(RandomKey.FromSeed(1));

    [Benchmark(OperationsPerInvoke = Numbers)]
    public void LaneUniform()
    {
        var stream = lanes;
        for (int i = 0; i < Numbers; i += Lanes.Count)
        {
            stream.NextUniform().Store(floats, i);
        }

        lanes = stream;
    }

    [Benchmark(OperationsPerInvoke = Numbers)]
    public void LaneNormal()
    {
        var stream = lanes;
        for (int i = 0; i < Numbers; i += Lanes.Count)
        {
            stream.NextNormal().Store(floats, i);
        }

        lanes = stream;
    }

    [Benchmark(OperationsPerInvoke = Numbers)]
    public void ScalarUniform()
    {
        for (int i = 0; i < Numbers; i++)
        {
            doubles[i] = scalar.NextDouble();
        }
    }

    [Benchmark(OperationsPerInvoke = Numbers)]
    public void ScalarNormal()
    {
        for (int i = 0; i < Numbers; i++)
        {
            doubles[i] = scalar.NextNormal();
        }
    }

    [Benchmark]
    public RandomKey SplitByName() => scalar.Key.Split("agent");
}
