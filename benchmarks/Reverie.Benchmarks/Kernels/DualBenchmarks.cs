using BenchmarkDotNet.Attributes;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Kernels;

/// <summary>Derivatives of the continuous cart-pole's step and reward, a function of five variables.</summary>
public class DualBenchmarks
{
    private readonly AnalyticModel<CartPoleContinuous> model = new(new CartPoleContinuous(new CartPoleContinuousOptions()));
    private readonly Linearization result = new(4, 1);
    private readonly double[] state = [0.1, -0.2, 0.05, 0.3];
    private readonly double[] action = [0.4];
    private readonly double[] hessian = new double[25];

    [Benchmark]
    public void Jacobian() => model.Linearize(state, action, result);

    [Benchmark]
    public void RewardHessian() => model.QuadratizeReward(state, action, hessian);
}
