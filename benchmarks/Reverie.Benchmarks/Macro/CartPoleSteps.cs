using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// Cart-pole steps a second (dynamics, reward and termination) of a batch through the exact model, against the same equations in
/// a plain loop over <see cref="Real"/>.
/// </summary>
internal sealed class CartPoleSteps : IMacroBenchmark
{
    private const int Count = 16_384, Steps = 50;
    private const double GymnasiumRate = 27e6;

    private readonly CartPole dynamics = new(new CartPoleOptions());

    public string Name => "cartpole-steps";

    public string Summary => "cart-pole steps a second, lanes against doubles";

    public IEnumerable<MacroRow> Run()
    {
        var scalar = new ScalarBatch(dynamics);
        using var all = new Workers(Environment.ProcessorCount);
        foreach (var (threads, workers) in new[] { (1, null), (all.Count, all) })
        {
            var batch = new LaneBatch(new AnalyticModel<CartPole>(dynamics, 1.0, workers));
            string goal = threads > 1 ? "≥ 300 on two cores" : "";
            var (rate, reference, ratio) = Race.Run(batch.Simulate, Count * Steps, scalar.Simulate, Count * Steps);
            yield return new($"million steps/s, step by step, {Threads(threads)}", rate / 1e6, "double, 1 thread", reference / 1e6, ratio, goal);
            yield return new($"million steps/s, step by step, {Threads(threads)}", rate / 1e6, "Gymnasium's numpy-vectorised CartPole, published", GymnasiumRate / 1e6, rate / GymnasiumRate);
            (rate, reference, ratio) = Race.Run(batch.Evaluate, Count * Steps, scalar.Simulate, Count * Steps);
            yield return new($"million steps/s, whole rollouts, {Threads(threads)}", rate / 1e6, "double, 1 thread", reference / 1e6, ratio, goal);
        }
    }

    private static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    /// <summary>Every state alone, in double precision.</summary>
    private sealed class ScalarBatch(CartPole dynamics)
    {
        private readonly Real[] states = new Real[Count * 4];
        private readonly double[] rewards = new double[Count], terminated = new double[Count];

        public void Simulate()
        {
            Span<Real> next = stackalloc Real[4];
            Array.Clear(states);
            for (int t = 0; t < Steps; t++)
            {
                for (int i = 0; i < Count; i++)
                {
                    ReadOnlySpan<Real> action = [(i ^ t) & 1];
                    var state = states.AsSpan(i * 4, 4);
                    dynamics.Step(state, action, [], next);
                    rewards[i] = dynamics.Reward<Real>(state, action, next);
                    terminated[i] = dynamics.Terminated<Real>(next);
                    next.CopyTo(state);
                }
            }
        }
    }

    /// <summary>Sixteen states a vector, in single precision.</summary>
    private sealed class LaneBatch
    {
        private readonly AnalyticModel<CartPole> model;
        private readonly float[] states = new float[4 * Count], next = new float[4 * Count], rewards = new float[Count], terminated = new float[Count];
        private readonly ActionSequences actions = new(Steps, 1, Count);
        private readonly double[] start = new double[4];

        public LaneBatch(AnalyticModel<CartPole> model)
        {
            this.model = model;
            for (int t = 0; t < Steps; t++)
            {
                for (int i = 0; i < Count; i++)
                {
                    actions.At(t).Data[i] = (i ^ t) & 1;
                }
            }
        }

        public void Simulate()
        {
            Array.Clear(states);
            var x = new Batch(states, 4, Count, Count);
            var y = new Batch(next, 4, Count, Count);
            for (int t = 0; t < Steps; t++)
            {
                model.Step((t & 1) == 0 ? x : y, actions.At(t), (t & 1) == 0 ? y : x, rewards, terminated, default);
            }
        }

        public void Evaluate() => model.Evaluate(start, actions, rewards, default);
    }
}
