using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents.ActorCritic;

public sealed class LikelihoodPolicyTests : IDisposable
{
    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_gradient_is_that_of_the_weighted_likelihoods_and_entropies(bool discrete)
    {
        using var policy = Policy(discrete, [7]);
        var parameters = policy.Parameters;
        var random = new RandomStream(RandomKey.FromSeed(3));
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = (float)random.NextNormal();
        }

        policy.SetParameters(parameters);
        var passes = new PolicyPasses(policy, 5);
        double[][] draws = [.. Enumerable.Range(0, 5).Select(i => discrete ? [i % 3] : new double[] { random.NextNormal(), random.NextNormal() })];
        double[] weights = [1.0, -0.5, 2.0, 0.3, -1.0];
        Forward(passes);
        for (int i = 0; i < 5; i++)
        {
            passes.Weigh(i, draws[i], weights[i], 0.2, 0.7);
        }

        passes.Backward();
        float[] gradient = policy.Network.Gradient.ToFloats();
        double Loss()
        {
            Forward(passes);
            return Enumerable.Range(0, 5).Sum(i => Pull(i) - (weights[i] * passes.LogProbability(i, draws[i])) - (0.2 * passes.Entropy(i)));
        }

        // Means outside the box are pulled back; those of these weights are up to 2 half widths away from its middle.
        double Pull(int i)
        {
            var mean = new double[discrete ? 1 : 2];
            passes.Mode(i, mean);
            return discrete ? 0.0 : mean.Sum(m => 0.35 * Math.Pow(Math.Max(0.0, Math.Abs(m) - 1.0), 2));
        }

        Assert.True(discrete || Enumerable.Range(0, 5).Any(i => Pull(i) > 0.01));
        const float Step = 1e-2f;
        for (int p = 0; p < parameters.Length; p++)
        {
            float kept = parameters[p];
            parameters[p] = kept + Step;
            policy.SetParameters(parameters);
            double above = Loss();
            parameters[p] = kept - Step;
            policy.SetParameters(parameters);
            double slope = (above - Loss()) / (2 * Step);
            parameters[p] = kept;
            Assert.Equal(slope, gradient[p], 2e-3 * (1 + Math.Abs(slope)));
        }
    }

    [Fact]
    public void Numbered_actions_are_drawn_as_often_as_they_are_likely()
    {
        using var policy = Policy(discrete: true, []);
        policy.SetParameters([0f, 0f, 0f, 0f, 0f, 0f, MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f)]);
        var passes = new PolicyPasses(policy, 1);
        passes.Show(0, [0.3, -0.2]);
        passes.Forward();
        var random = new RandomStream(RandomKey.FromSeed(5));
        int[] counts = new int[3];
        double[] draw = [0];
        for (int i = 0; i < 40_000; i++)
        {
            passes.Draw(0, random, draw);
            counts[(int)draw[0]]++;
        }

        Assert.Equal(0.5, counts[0] / 40_000.0, 0.01);
        Assert.Equal(0.3, counts[1] / 40_000.0, 0.01);
        Assert.Equal(Math.Log(0.3), passes.LogProbability(0, [1.0]), 1e-6);
        Assert.Equal(-((0.5 * Math.Log(0.5)) + (0.3 * Math.Log(0.3)) + (0.2 * Math.Log(0.2))), passes.Entropy(0), 1e-6);
    }

    [Fact]
    public void Controls_are_normal_and_limited_to_the_box()
    {
        // Box [−1, 3] × [0, 10]: z = 0 is (1, 5), a unit of z is (2, 5).
        using var policy = Policy(discrete: false, []);
        policy.SetParameters([0f, 0f, 0f, 0f, 0.5f, -0.2f, MathF.Log(0.5f), MathF.Log(2f)]);
        var passes = new PolicyPasses(policy, 1);
        passes.Show(0, [0.0, 0.0]);
        passes.Forward();

        // ½ ((1 − 0.5) / 0.5)² + log 0.5 + ½ log 2π, and likewise with (0.8 + 0.2) / 2.
        double wanted = -(0.5 + Math.Log(0.5) + 0.125 + Math.Log(2.0) + Math.Log(2.0 * Math.PI));
        Assert.Equal(wanted, passes.LogProbability(0, [1.0, 0.8]), 1e-6);
        double[] action = [0, 0], draw = [0, 0];
        policy.Execute([0.5, -0.2], action);
        Assert.Equal([2.0, 4.0], action);
        policy.Invert(action, draw);
        Assert.Equal(0.5, draw[0], 1e-12);
        policy.Execute([7.0, -7.0], action);
        Assert.Equal([3.0, 0.0], action);
    }

    [Fact]
    public void A_value_rescaled_to_its_targets_says_the_same()
    {
        var features = new ObservationFeatures(Spec(discrete: true));
        using var value = new StateValue(features, [5], new RandomStream(RandomKey.FromSeed(1)), workers);
        var passes = new ValuePasses(value, 1);
        passes.Show(0, [0.4, -1.0]);
        passes.Forward();
        double before = passes.Value(0);
        value.Rescale([-900.0, -1100.0, -1000.0], 0.1);
        passes.Forward();
        Assert.Equal(before, passes.Value(0), 1e-3);
        Assert.Equal((before + 1000.0) / Math.Sqrt(20_000.0 / 3.0), value.OutputOf(before), 1e-3);
        value.Rescale([500.0, 700.0], 0.1);
        passes.Forward();
        Assert.Equal(before, passes.Value(0), 1e-3);
    }

    [Fact]
    public void Targets_that_are_not_finite_do_not_count()
    {
        var features = new ObservationFeatures(Spec(discrete: true));
        using var value = new StateValue(features, [5], new RandomStream(RandomKey.FromSeed(1)), workers);
        using var other = new StateValue(features, [5], new RandomStream(RandomKey.FromSeed(1)), workers);
        value.Rescale([double.NaN, 500.0, double.PositiveInfinity, 700.0], 0.1);
        other.Rescale([500.0, 700.0], 0.1);
        value.Rescale([double.NaN], 0.1);
        Assert.Equal(other.OutputOf(100.0), value.OutputOf(100.0));
        Assert.Equal(other.Network.Parameters.ToFloats(), value.Network.Parameters.ToFloats());
    }

    private static void Forward(PolicyPasses passes)
    {
        for (int i = 0; i < 5; i++)
        {
            passes.Show(i, [Math.Sin(i), 0.3 * i]);
        }

        passes.Forward();
    }

    private static WorldSpec Spec(bool discrete) =>
        new("toy", [new("a"), new("b")], discrete ? ActionSpace.Discrete(3) : ActionSpace.Box([-1.0, 0.0], [3.0, 10.0]), 10, 0.0);

    private LikelihoodPolicy Policy(bool discrete, int[] hidden)
    {
        var spec = Spec(discrete);
        return new LikelihoodPolicy(new ObservationFeatures(spec), spec.Actions, hidden, 0.5, new RandomStream(RandomKey.FromSeed(1)), workers);
    }
}
