using Reverie.Experience;
using Reverie.Neural.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// A gradient step of SAC (targets, critics, actor, temperature, target critics) in managed passes, and the same step by plain libtorch: modules,
/// automatic differentiation and Adam of the library; both as the learner of <c>mbpo</c> takes it and with the networks of Haarnoja et al. (2018).
/// Then the whole of <c>mbpo</c>, with its rollouts and the training of its model, in gradient steps of the learner.
/// </summary>
internal sealed class LearnerTraining : IMacroBenchmark
{
    private const int Width = 4, Controls = 1;

    public string Name => "learner-training";

    public string Summary => "gradient steps/s of SAC and of mbpo, against the same step by plain libtorch";

    public IEnumerable<MacroRow> Run()
    {
        foreach (var (hidden, batchSize) in new[] { (64, 128), (256, 256) })
        {
            var options = new SoftActorCriticOptions { HiddenSize = hidden, BatchSize = batchSize };
            foreach (int threads in EnsembleSubject.ThreadCounts)
            {
                using var workers = new Workers(threads);
                using var learner = new SoftActorCritic(Width, Controls, options, RandomKey.FromSeed(1), workers);
                using var plain = new PlainSac(Width, Controls, options, threads);
                var batch = Batch(batchSize);
                var bounds = new ValueBounds(learner);
                bounds.See(-5.0);
                bounds.See(5.0);
                var values = new float[learner.Critics * batchSize];
                var (rate, other, ratio) = Race.Run(
                    () =>
                    {
                        batch.Bootstrap(learner, bounds, values);
                        learner.Learn(batch);
                    },
                    1,
                    () => plain.Step(batch),
                    1);
                string count = EnsembleSubject.Threads(threads);
                yield return new($"SAC steps/s, 2 × {hidden}, batch {batchSize}, {count}", rate, $"plain libtorch, {count}", other, ratio);
                if (hidden == 64)
                {
                    var (whole, _, share) = WholeAgent(threads, () => plain.Step(batch));
                    yield return new($"mbpo, gradient steps/s with all else it does, 2 × {hidden}, batch {batchSize}, {count}", whole, $"plain libtorch, the SAC step alone, {count}", whole / share, share);
                }
            }
        }
    }

    private static LearnerBatch Batch(int size)
    {
        var random = new RandomStream(RandomKey.FromSeed(2));
        var batch = new LearnerBatch(size, Width, Controls);
        foreach (float[] numbers in new[] { batch.Features, batch.NextFeatures, batch.Rewards })
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (float)random.NextNormal();
            }
        }

        for (int i = 0; i < batch.Actions.Length; i++)
        {
            batch.Actions[i] = (float)random.NextDouble(-1, 1);
        }

        Array.Fill(batch.Discounts, 0.99f);
        return batch;
    }

    /// <summary>A unit of work is 50 real steps: 1000 gradient steps of the learner, 10 × 400 rollouts, one training of the model.</summary>
    private static (double Rate, double Reference, double Ratio) WholeAgent(int threads, Action plainStep)
    {
        using var workers = new Workers(threads);
        var dynamics = new CartPoleSwingUp(new CartPoleSwingUpOptions());
        var world = new ContinuousWorld<CartPoleSwingUp>(dynamics, RandomKey.FromSeed(1));
        var options = new ModelBasedOptions();
        using var agent = new ModelBasedAgent(world.Spec, new Reverie.Models.KnownTask<CartPoleSwingUp>(dynamics), options, RandomKey.FromSeed(2), workers);
        var (observation, next, action) = (new double[4], new double[4], new double[1]);
        bool running = false;
        Live(options.RandomSteps + 200);
        return Race.Run(() => Live(options.RetrainEvery), options.RetrainEvery * options.UpdatesPerStep, plainStep, 1);

        void Live(int steps)
        {
            for (int t = 0; t < steps; t++)
            {
                if (!running)
                {
                    world.Reset(observation);
                }

                agent.Act(observation, action);
                var result = world.Step(action, next);
                agent.Observe(new Transition { Observation = observation, Action = action, Reward = result.Reward, NextObservation = next, Terminated = result.Terminated, Truncated = result.Truncated });
                next.CopyTo(observation, 0);
                running = !result.Done;
            }
        }
    }
}
