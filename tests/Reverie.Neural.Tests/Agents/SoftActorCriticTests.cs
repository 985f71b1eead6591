using Reverie.Neural.Agents;
using Reverie.Neural.Networks;
using Reverie.Neural.Tests.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Tests.Agents;

public sealed class SoftActorCriticTests
{
    [Theory]
    [InlineData(0.3f, -0.2f, 1.1f)]
    [InlineData(-2.5f, 0.9f, -1.7f)]
    [InlineData(6f, 0.1f, 0.5f)]
    public void Squashed_density_and_gradient_are_those_of_automatic_differentiation(float mean, float z, float epsilon)
    {
        const float Alpha = 0.37f, Slope = -1.3f;
        using var scope = NewDisposeScope();
        var mu = tensor((double)mean, requires_grad: true);
        var spread = tensor((double)z, requires_grad: true);
        var log = -5.0 + (3.5 * (spread.tanh() + 1.0));
        var u = mu + (log.exp() * epsilon);
        var a = u.tanh();

        // ln N(u; μ, σ) − ln(1 − tanh² u), by log1p(−tanh²) in double precision.
        var density = (-0.5 * ((u - mu) / log.exp()).square()) - log - (0.5 * Math.Log(2 * Math.PI)) - ((1.0 - a.square()).log());
        ((Alpha * density) + (Slope * a)).backward();

        var squashed = SquashedGaussian.At(mean, z, epsilon);
        var (dMean, dSpread) = squashed.Gradient(epsilon, Alpha, Slope);
        Assert.Equal(a.item<double>(), squashed.Action, 1e-6);
        Assert.Equal(density.item<double>(), squashed.LogDensity, 2e-3 * Math.Max(1.0, Math.Abs(squashed.LogDensity)) * 1e-2);
        Assert.Equal(mu.grad!.item<double>(), dMean, 1e-5);
        Assert.Equal(spread.grad!.item<double>(), dSpread, 2e-5);
    }

    [Fact]
    public void Density_integrates_to_one()
    {
        // ∫ π(a) da over (−1, 1), by the midpoint rule in ε: da = (1 − a²) σ dε.
        double sum = 0;
        for (int i = -8000; i < 8000; i++)
        {
            float epsilon = (i + 0.5f) / 1000f;
            var s = SquashedGaussian.At(0.4f, 0.2f, epsilon);
            sum += Math.Exp(s.LogDensity) * (1.0 - ((double)s.Action * s.Action)) * s.Deviation * 1e-3;
        }

        Assert.Equal(1.0, sum, 1e-3);
    }

    [Fact]
    public void Input_errors_are_those_of_automatic_differentiation()
    {
        using var scope = NewDisposeScope();
        using var workers = new Workers(2);
        var random = new RandomStream(new RandomKey(3));
        using var network = new EnsembleNetwork(2, [5, 33, 17, 3], 0, random, CPU);
        var inputs = tensor(FusedPassesTests.Normal(random, 2 * 40 * 5)).view(2, 40, 5);
        inputs.requires_grad = true;
        var weights = tensor(FusedPassesTests.Normal(random, 2 * 40 * 3)).view(2, 40, 3);
        (network.Forward(inputs) * weights).sum().backward();

        var passes = new FusedPasses(network, 40, workers);
        inputs.detach().CopyTo(passes.Inputs);
        passes.Forward();
        weights.CopyTo(passes.OutputErrors);
        network.Gradient.zero_();
        passes.Backward(parameters: false, inputs: true);
        FusedPassesTests.AssertClose(inputs.grad!.ToFloats(), passes.InputErrors, 1e-5);
        Assert.All(network.Gradient.ToFloats(), g => Assert.Equal(0f, g));
    }

    [Fact]
    public void Values_are_the_expected_soft_values_and_bonuses_the_entropy()
    {
        // With γ = ½ and reward 1 for ever, Q → 1 / (1 − ½) = 2 plus the entropy of later steps; here α is tiny.
        using var workers = new Workers(1);
        var options = new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 16, BatchSize = 32, Discount = 0.5, InitialTemperature = 1e-6, TemperatureRate = 0, TargetRate = 0.05, CriticRate = 5e-3 };
        using var learner = new SoftActorCritic(2, 1, options, RandomKey.FromSeed(1), workers);
        var random = new RandomStream(RandomKey.FromSeed(2));
        var batch = new LearnerBatch(32, 2, 1);
        var values = new float[64];
        var bounds = new ValueBounds(learner);
        bounds.See(1.0);
        for (int step = 0; step < 800; step++)
        {
            for (int b = 0; b < 32; b++)
            {
                (batch.Features[2 * b], batch.Features[(2 * b) + 1]) = ((float)random.NextDouble(-1, 1), 0.3f);
                (batch.NextFeatures[2 * b], batch.NextFeatures[(2 * b) + 1]) = ((float)random.NextDouble(-1, 1), 0.3f);
                (batch.Actions[b], batch.Rewards[b], batch.Discounts[b]) = ((float)random.NextDouble(-1, 1), 1f, 0.5f);
            }

            batch.Bootstrap(learner, bounds, values);
            learner.Learn(batch);
        }

        learner.Values(batch.Features, 32, values);
        Assert.All(values, v => Assert.InRange(v, 1.8f, 2.2f));
    }

    [Fact]
    public void The_lesser_twin_counts()
    {
        var slopes = new float[6];
        SoftActorCritic.FollowLesser([1, 5, 0, 2, 4, 0], slopes, 3);
        Assert.Equal([-1 / 3f, 0, -1 / 3f, 0, -1 / 3f, 0], slopes);

        // y = 1 + 0.9 (3 − ½), and 1 where the task ended.
        using var learner = new FixedPolicy(x => 3 * x) { Spread = 0.5 };
        var bounds = new ValueBounds(learner);
        bounds.See(100);
        bounds.See(-100);
        var batch = new LearnerBatch(2, 1, 1);
        (batch.NextFeatures[0], batch.Rewards[0], batch.Discounts[0]) = (1f, 1f, 0.9f);
        (batch.NextFeatures[1], batch.Rewards[1], batch.Discounts[1]) = (1f, 1f, 0f);
        batch.Bootstrap(learner, bounds, new float[4]);
        Assert.Equal(3.25f, batch.Targets[0], 1e-6f);
        Assert.Equal(1f, batch.Targets[1]);
    }

    [Fact]
    public void The_entropy_is_part_of_the_value()
    {
        // With α = 1000 nothing else is seen: values of single draws spread as −α ln π does.
        const int Rows = 2000;
        using var workers = new Workers(1);
        using var learner = new SoftActorCritic(2, 1, new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 16, BatchSize = 32, InitialTemperature = 1000 }, RandomKey.FromSeed(1), workers);
        var (values, actions, bonuses) = (new float[2 * Rows], new float[Rows], new float[Rows]);
        learner.Values(new float[2 * Rows], Rows, values);
        learner.Draw(new float[2 * Rows], Rows, actions, bonuses);
        Assert.Equal(1.0, Deviation(values) / Deviation(bonuses), 0.1);
        Assert.Equal(0.0, (values.Average() - bonuses.Average()) / Deviation(bonuses), 0.15);

        static double Deviation(float[] numbers)
        {
            double mean = numbers.Average(x => (double)x);
            return Math.Sqrt(numbers.Average(x => (x - mean) * (x - mean)));
        }
    }

    [Theory]
    [InlineData(0.6, 1)]
    [InlineData(-10.0, -1)]
    public void The_temperature_grows_while_the_entropy_is_below_its_target(double target, int direction)
    {
        using var workers = new Workers(1);
        using var learner = new SoftActorCritic(2, 1, new SoftActorCriticOptions { HiddenLayers = 1, HiddenSize = 16, BatchSize = 32, TargetEntropy = target }, RandomKey.FromSeed(1), workers);
        double before = learner.Temperature;
        var batch = new LearnerBatch(32, 2, 1);
        for (int i = 0; i < 20; i++)
        {
            learner.Learn(batch);
        }

        Assert.Equal(direction, Math.Sign(learner.Temperature - before));
    }
}
