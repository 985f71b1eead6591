using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Reverie.Numerics;

namespace Reverie.Benchmarks.Kernels;

/// <summary>Time per number of every elementary function, over <see cref="Lanes"/> and over <see cref="Real"/>.</summary>
[GenericTypeArguments(typeof(Lanes))]
[GenericTypeArguments(typeof(Real))]
public class ScalarFunctionBenchmarks<T>
    where T : unmanaged, IScalar<T>
{
    private const int Numbers = 1024;
    private readonly T[] x = new T[Numbers / (typeof(T) == typeof(Lanes) ? Lanes.Count : 1)];
    private readonly T[] y;

    public ScalarFunctionBenchmarks()
    {
        y = new T[x.Length];
        var random = new RandomStream(RandomKey.FromSeed(1));
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = random.NextDouble(0.01, 0.99);
        }
    }

    private interface IFunction
    {
        static abstract T Of(T x);
    }

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Multiply() => Apply<MultiplyFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Divide() => Apply<DivideFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Sqrt() => Apply<SqrtFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Min() => Apply<MinFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] SinCos() => Apply<SinCosFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Tan() => Apply<TanFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Exp() => Apply<ExpFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Log() => Apply<LogFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Tanh() => Apply<TanhFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Asin() => Apply<AsinFunction>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Atan2() => Apply<Atan2Function>();

    [Benchmark(OperationsPerInvoke = Numbers)]
    public T[] Pow() => Apply<PowFunction>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T[] Apply<TFunction>()
        where TFunction : struct, IFunction
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = TFunction.Of(x[i]);
        }

        return y;
    }

    private readonly struct MultiplyFunction : IFunction { public static T Of(T x) => x * x; }
    private readonly struct DivideFunction : IFunction { public static T Of(T x) => (T)1.0 / x; }
    private readonly struct SqrtFunction : IFunction { public static T Of(T x) => T.Sqrt(x); }
    private readonly struct MinFunction : IFunction { public static T Of(T x) => T.Min(x, 0.5); }
    private readonly struct TanFunction : IFunction { public static T Of(T x) => T.Tan(x); }
    private readonly struct ExpFunction : IFunction { public static T Of(T x) => T.Exp(x); }
    private readonly struct LogFunction : IFunction { public static T Of(T x) => T.Log(x); }
    private readonly struct TanhFunction : IFunction { public static T Of(T x) => T.Tanh(x); }
    private readonly struct AsinFunction : IFunction { public static T Of(T x) => T.Asin(x); }
    private readonly struct Atan2Function : IFunction { public static T Of(T x) => T.Atan2(x, 0.3); }
    private readonly struct PowFunction : IFunction { public static T Of(T x) => T.Pow(x, 2.5); }

    private readonly struct SinCosFunction : IFunction
    {
        public static T Of(T x)
        {
            var (sin, cos) = T.SinCos(x);
            return sin + cos;
        }
    }
}
