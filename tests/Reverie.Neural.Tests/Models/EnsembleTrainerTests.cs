using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Neural.Networks;
using Reverie.Neural.Tests.Networks;
using Reverie.Numerics;
using Reverie.Worlds;
using TorchSharp;

namespace Reverie.Neural.Tests.Models;

public sealed class EnsembleTrainerTests
{
    private static readonly WorldSpec OneFeature = new("noisy", [new Feature("x")], ActionSpace.Symmetric(1, 1.0), 100, 0.0);

    [Theory]
    [InlineData(false, 0.0, false, false)]
    [InlineData(false, 0.0, true, true)]
    [InlineData(true, 0.0, false, false)]
    [InlineData(true, 0.0, true, true)]
    [InlineData(true, 0.5, false, false)]
    [InlineData(true, 1.0, true, true)]
    public void The_fused_loss_and_gradient_are_those_of_automatic_differentiation(bool stochastic, double weight, bool reward, bool termination)
    {
        using var workers = new Workers(2);
        var options = new DynamicsOptions { Members = 3, Stochastic = stochastic, VarianceWeight = weight, LearnReward = reward, LearnTermination = termination, Elites = 3 };
        using var ensemble = Ensembles.Random("cartpole-continuous", options, workers: workers);
        var replay = Ensembles.Experience("cartpole-continuous", 200, 0.0);
        using var data = TrainingData.From(ensemble, replay, validation: false, fit: true);
        long[] indices = [.. Enumerable.Range(0, 3 * 21).Select(i => (long)(i * 37 % 200))];
        double wanted = EnsembleTrainer.Gradient(ensemble, data, indices);
        float[] expected = ensemble.Network.Gradient.ToFloats();
        ensemble.Network.Gradient.zero_();
        double loss = ensemble.Fused(21)!.Gradient(data, indices);
        float[] gradient = ensemble.Network.Gradient.ToFloats();
        Assert.Equal(1.0, loss / wanted, 1e-5);
        FusedPassesTests.AssertClose(expected, gradient, 1e-5);

        // The log-variance bounds by themselves, which are small beside the rest.
        int extras = stochastic ? 3 * 2 * ensemble.Targets : 0;
        if (extras > 0)
        {
            Assert.True(expected[^extras..].Max(Math.Abs) > 1e-3);
            FusedPassesTests.AssertClose(expected[^extras..], gradient[^extras..], 1e-5);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_linear_system_is_learned_and_training_stops_early(bool stochastic)
    {
        // x' = 0.9 x + 0.3 u, seen through a little noise: 0.3% of the variance of the change.
        var random = new RandomStream(RandomKey.FromSeed(2));
        var replay = new ReplayBuffer(1, 1, 600, 0.2, RandomKey.FromSeed(3));
        for (int i = 0; i < 600; i++)
        {
            double x = random.NextDouble(-1, 1), u = random.NextDouble(-1, 1);
            Add(replay, x, u, (0.9 * x) + (0.3 * u) + (0.01 * random.NextNormal()));
        }

        using var workers = new Workers(2);
        var options = new DynamicsOptions { Members = 4, Elites = 2, HiddenLayers = 2, HiddenSize = 24, Stochastic = stochastic, MaxSteps = 3000, Patience = 4, LearningRate = 3e-3 };
        using var ensemble = new DynamicsEnsemble(OneFeature, options, new RandomStream(RandomKey.FromSeed(1)), workers);
        Dictionary<string, double> metrics = [];
        var result = EnsembleTrainer.Train(ensemble, replay, (name, value) => metrics.Add(name, value));
        Assert.InRange(result.ValidationLoss, 0.001, 0.01);
        Assert.InRange(result.Steps, 100, 2999);
        Assert.Equal((result.TrainingLoss, result.ValidationLoss, result.Steps), (metrics["model/trainingLoss"], metrics["model/validationLoss"], metrics["model/gradientSteps"]));

        // The elites are the members with the least squared error on held-out transitions, the best first, and that is the loss reported.
        int[] held = [.. Enumerable.Range(0, 600).Where(replay.IsValidation)];
        var (mean, _, _) = Ensembles.Predict(ensemble, [.. held.Select(i => replay.Observation(i).ToArray())], [.. held.Select(i => replay.Action(i).ToArray())]);
        double[] losses = [.. mean.Select(member => held.Select((i, row) =>
            Math.Pow((member[row][0] - (replay.NextObservation(i)[0] - replay.Observation(i)[0])) / ensemble.TargetNormalizer.Deviation[0], 2)).Average())];
        Assert.Equal([.. Enumerable.Range(0, 4).OrderBy(e => losses[e]).Take(2)], ensemble.Elites);
        Assert.Equal(1.0, ensemble.Elites.Average(e => losses[e]) / result.ValidationLoss, 1e-2);
    }

    [Fact]
    public void Members_that_never_improve_on_held_out_transitions_keep_what_they_learned()
    {
        // Held out are transitions of the world that was learned before, where nothing moves; trained on is another, x' = x + u.
        var random = new RandomStream(RandomKey.FromSeed(2));
        var (still, moving) = (new ReplayBuffer(1, 1, 300, 0.2, RandomKey.FromSeed(3)), new ReplayBuffer(1, 1, 300, 0.2, RandomKey.FromSeed(3)));
        for (int i = 0; i < 300; i++)
        {
            double x = random.NextDouble(-1, 1), u = random.NextDouble(-1, 1), noise = 0.01 * random.NextNormal();
            Add(still, x, u, x + noise);
            Add(moving, x, u, x + (still.IsValidation(i) ? noise : u));
        }

        var options = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 1, HiddenSize = 16, Stochastic = false, MaxSteps = 3000, Patience = 4, LearningRate = 3e-3 };
        using var ensemble = new DynamicsEnsemble(OneFeature, options, new RandomStream(RandomKey.FromSeed(1)));
        EnsembleTrainer.Train(ensemble, still);
        Assert.InRange(EnsembleTrainer.Train(ensemble, moving).Steps, 100, 2999);
        var (mean, _, _) = Ensembles.Predict(ensemble, [[0.0]], [[0.8]]);
        Assert.All(mean, member => Assert.InRange(member[0][0], 0.4, 1.2));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void A_gaussian_ensemble_learns_how_the_noise_varies(double weight)
    {
        // x' = x + ½ u + σ(x) ε, σ = 0.3 above 0 and 0.1 below.
        var random = new RandomStream(RandomKey.FromSeed(3));
        var replay = new ReplayBuffer(1, 1, 3000, 0.1, RandomKey.FromSeed(4));
        for (int i = 0; i < 3000; i++)
        {
            double x = random.NextDouble(-1, 1), u = random.NextDouble(-1, 1);
            Add(replay, x, u, x + (0.5 * u) + ((x > 0 ? 0.3 : 0.1) * random.NextNormal()));
        }

        using var workers = new Workers(2);
        var options = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 2, HiddenSize = 32, MaxSteps = 1500, Patience = 10_000, BatchSize = 64, LearningRate = 3e-3, VarianceWeight = weight };
        using var ensemble = new DynamicsEnsemble(OneFeature, options, new RandomStream(RandomKey.FromSeed(5)), workers);
        EnsembleTrainer.Train(ensemble, replay);
        double[] points = [-0.8, -0.5, 0.5, 0.8];
        var (mean, logVariance, _) = Ensembles.Predict(ensemble, [.. points.Select(x => (double[])[x])], [.. points.Select(_ => (double[])[0.4])]);
        for (int i = 0; i < points.Length; i++)
        {
            double sigma = points[i] > 0 ? 0.3 : 0.1;
            for (int e = 0; e < 2; e++)
            {
                Assert.Equal(1.0, Math.Exp(0.5 * logVariance[e][i][0]) / sigma, 0.25);
                Assert.Equal(0.2, mean[e][i][0], 0.4 * sigma);
            }
        }
    }

    [Fact]
    public void Held_out_transitions_are_never_trained_on()
    {
        // Two buffers that differ in their held-out rows only: what the optimiser saw, and the normalisers, are the same to the bit.
        var states = new StateDictionary[2];
        for (int run = 0; run < 2; run++)
        {
            var random = new RandomStream(RandomKey.FromSeed(1));
            var sides = new ReplayBuffer(1, 1, 300, 0.3, RandomKey.FromSeed(2));
            var replay = new ReplayBuffer(1, 1, 300, 0.3, RandomKey.FromSeed(2));
            for (int i = 0; i < 300; i++)
            {
                Add(sides, 0, 0, 0);
                double x = random.NextNormal(), u = random.NextDouble(-1, 1);
                Add(replay, x + (sides.IsValidation(i) ? 100 * run : 0), u, (0.9 * x) + u);
            }

            Assert.InRange(replay.ValidationCount, 60, 120);
            using var workers = new Workers(1);
            var options = new DynamicsOptions { Members = 2, Elites = 1, HiddenLayers = 1, HiddenSize = 8, MaxSteps = 60, StepsPerRound = 20 };
            using var ensemble = new DynamicsEnsemble(OneFeature, options, new RandomStream(RandomKey.FromSeed(3)), workers);
            EnsembleTrainer.Train(ensemble, replay);
            ensemble.Save(states[run] = new StateDictionary(), "e");
        }

        foreach (string name in (string[])["e/adam/mean", "e/adam/variance", "e/inputs/mean", "e/inputs/deviation", "e/targets/mean"])
        {
            Assert.Equal(states[0].GetSingle(name), states[1].GetSingle(name));
        }

        Assert.NotEqual(0f, states[0].GetSingle("e/adam/mean")[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_number_of_tensors_stays_as_it_was(bool fused)
    {
        using var workers = new Workers(2);
        var options = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 2, HiddenSize = 8, MaxSteps = 15, StepsPerRound = 5, LearnTermination = true };
        var replay = Ensembles.Experience("cartpole-continuous", 100, 0.2);
        using var ensemble = new DynamicsEnsemble(Ensembles.Spec("cartpole-continuous"), options, new RandomStream(RandomKey.FromSeed(1)), fused ? workers : null);
        var model = new EnsembleModel(ensemble, Ensembles.Task("cartpole-continuous"), workers);
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = round == 1 ? DisposeScopeManager.Statistics.ThreadTotalLiveCount : before;
            EnsembleTrainer.Train(ensemble, replay);
            model.Refresh();
            model.Evaluate(new double[4], new(3, 1, 20), new float[20], default);
            ensemble.Save(new StateDictionary(), "e");
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Add(ReplayBuffer replay, double x, double u, double next) =>
        replay.Add(new Transition { Observation = [x], Action = [u], Reward = 0, NextObservation = [next], Terminated = false, Truncated = true });
}
