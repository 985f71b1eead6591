using Reverie.Models;
using Reverie.Numerics;
using Reverie.Tests.Worlds;
using Reverie.Worlds;

namespace Reverie.Tests.Models;

public class EvaluateTests
{
    public static TheoryData<string> Names => [.. EveryWorld.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fused_evaluation_equals_rollouts_and_does_not_depend_on_threads(string name) => EveryWorld.Run(name, new Agreement());

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_allocated_in_steady_state(string name) => EveryWorld.Run(name, new Allocations());

    [Fact]
    public void A_return_is_the_discounted_sum_of_the_worlds_own_rewards_until_it_ends()
    {
        // Ten sequences in the world agents act in, against the model's single precision.
        var dynamics = new CartPoleContinuous(new());
        const double Discount = 0.9;
        var candidates = Candidates(dynamics.Spec, 60, 10);
        var returns = new float[10];
        double[] start = [0.02, -0.3, 0.05, 0.4];
        new AnalyticModel<CartPoleContinuous>(dynamics, Discount).Evaluate(start, candidates, returns, default);
        int ended = 0;
        for (int i = 0; i < 10; i++)
        {
            Real[] x = [.. start.Select(v => (Real)v)], y = new Real[4];
            double sum = 0.0, weight = 1.0;
            for (int t = 0; t < 60; t++, weight *= Discount)
            {
                Real[] u = [(double)candidates.At(t).Feature(0)[i]];
                dynamics.Step<Real>(x, u, [], y);
                sum += weight * dynamics.Reward<Real>(x, u, y);
                (x, y) = (y, x);
                if (dynamics.Terminated<Real>(x) > 0.5)
                {
                    ended++;
                    break;
                }
            }

            Assert.Equal(sum, returns[i], 1e-5);
        }

        Assert.InRange(ended, 1, 10);
    }

    [Fact]
    public void Leaving_the_finite_numbers_scores_minus_infinity_unless_the_task_had_ended_before()
    {
        // x' = u·x·10²⁰ ends above 10. From 1: u = 0 rests at 0; u = −1 goes to −∞ alive; u = 1 ends at 10²⁰ on its first step, and what
        // overflows after that does not count; the last candidate is not a number from the start.
        var candidates = new ActionSequences(4, 1, 4);
        for (int t = 0; t < 4; t++)
        {
            var row = candidates.At(t).Feature(0);
            (row[0], row[1], row[2], row[3]) = (0f, t == 0 ? -1f : 1f, 1f, float.NaN);
        }

        var model = new AnalyticModel<Explosive>(default);
        var (fused, rolled) = (new float[4], new float[4]);
        model.Evaluate([1.0], candidates, fused, default);
        new RolloutEvaluator(model).Evaluate([1.0], candidates, rolled, default);
        Assert.Equal([4f, float.NegativeInfinity, 1f, float.NegativeInfinity], fused);
        Assert.Equal(fused, rolled);
    }

    [Fact]
    public void Noise_differs_between_keys_steps_and_candidates()
    {
        var model = new AnalyticModel<PointMass>(new PointMass(new() { NoiseForce = 1.0 }));
        var candidates = new ActionSequences(3, 2, 40);
        var (a, b) = (new float[40], new float[40]);
        model.Evaluate(new double[4], candidates, a, RandomKey.FromSeed(1));
        model.Evaluate(new double[4], candidates, b, RandomKey.FromSeed(2));
        Assert.NotEqual(a, b);
        Assert.Equal(40, a.Distinct().Count());
        Assert.Empty(a.Intersect(b));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var model = new AnalyticModel<Pendulum>(new Pendulum(new()));
        var candidates = new ActionSequences(3, 1, 20);
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[3], candidates, new float[20], default));
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[2], candidates, new float[19], default));
        Assert.Throws<ArgumentException>(() => model.Evaluate(new double[2], new ActionSequences(3, 2, 20), new float[20], default));
        Assert.Throws<ArgumentException>(() => model.Locate(new double[2], new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnalyticModel<Pendulum>(new Pendulum(new()), 0.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnalyticModel<Pendulum>(new Pendulum(new()), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RolloutEvaluator(model, 1.5));
        Assert.Throws<ArgumentException>(() => model.Step(
            Batch.Allocate(2, 5), Batch.Allocate(1, 5), Batch.Allocate(2, 6), new float[16], new float[16], default));
        Assert.Throws<ArgumentException>(() => model.Step(
            Batch.Allocate(2, 5), Batch.Allocate(1, 5), Batch.Allocate(2, 5), new float[5], new float[16], default));
    }

    private static ActionSequences Candidates(WorldSpec spec, int horizon, int count)
    {
        var random = new RandomStream(RandomKey.FromSeed(2));
        var (candidates, action) = (new ActionSequences(horizon, spec.Actions.Size, count), new double[spec.Actions.Size]);
        for (int t = 0; t < horizon; t++)
        {
            for (int i = 0; i < count; i++)
            {
                EveryWorld.Draw(spec.Actions, random, action);
                for (int f = 0; f < action.Length; f++)
                {
                    candidates.At(t).Feature(f)[i] = (float)action[f];
                }
            }
        }

        return candidates;
    }

    private sealed class Agreement : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            const int Count = 333;
            using var workers = new Workers(3);
            var alone = new AnalyticModel<TDynamics>(dynamics, 0.97);
            var shared = new AnalyticModel<TDynamics>(dynamics, 0.97, workers);
            var candidates = Candidates(dynamics.Spec, 25, Count);
            var state = new double[dynamics.StateSize];
            dynamics.Start(new RandomStream(RandomKey.FromSeed(1)), state);
            var key = RandomKey.FromSeed(5);
            var (a, b, c) = (new float[Count], new float[Count], new float[Count]);
            alone.Evaluate(state, candidates, a, key);
            shared.Evaluate(state, candidates, b, key);
            new RolloutEvaluator(shared, 0.97).Evaluate(state, candidates, c, key);
            Assert.Equal(a, b);
            Assert.Equal(a, c);
            Assert.All(a, x => Assert.True(float.IsFinite(x)));

            // Fewer candidates leave the scores of those that remain as they were.
            candidates.Resize(70);
            var (d, e) = (new float[70], new float[70]);
            shared.Evaluate(state, candidates, d, key);
            Assert.Equal(a[..70], d);
            new RolloutEvaluator(alone, 0.97).Evaluate(state, candidates, e, key);
            Assert.Equal(d, e);
        }
    }

    private sealed class Allocations : IWorldCheck
    {
        public void Run<TDynamics>(TDynamics dynamics)
            where TDynamics : struct, IDynamics
        {
            var model = new AnalyticModel<TDynamics>(dynamics);
            var rollouts = new RolloutEvaluator(model);
            int n = dynamics.StateSize, m = dynamics.Spec.Actions.Size;
            var (candidates, returns, state, action) = (Candidates(dynamics.Spec, 5, 100), new float[100], new double[n], new double[m]);
            var (expansion, hessian) = (new Linearization(n, m), new double[(n + m) * (n + m)]);
            long before = 0;
            for (int round = 0; round < 3; round++)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                model.Evaluate(state, candidates, returns, default);
                rollouts.Evaluate(state, candidates, returns, default);
                if (!dynamics.Spec.Actions.IsDiscrete)
                {
                    model.Linearize(state, action, expansion);
                    model.QuadratizeReward(state, action, hessian);
                }
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    /// <summary>x' = 10²⁰·u·x; reward 1; ends above 10.</summary>
    private readonly struct Explosive : IDynamics
    {
        public WorldSpec Spec => new("explosive", [new("x")], ActionSpace.Symmetric(1, 1.0), 10, 0.0);

        public int StateSize => 1;

        public int NoiseSize => 0;

        public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
            where T : unmanaged, IScalar<T> => next[0] = state[0] * action[0] * 1e20;

        public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => 1.0;

        public T Terminated<T>(ReadOnlySpan<T> next)
            where T : unmanaged, IScalar<T> => T.SelectLess(10.0, next[0], 1.0, 0.0);

        public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
            where T : unmanaged, IScalar<T> => state.CopyTo(observation);

        public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
            where T : unmanaged, IScalar<T> => observation.CopyTo(state);

        public void Start(RandomStream random, Span<double> state) => state[0] = 1.0;
    }
}
