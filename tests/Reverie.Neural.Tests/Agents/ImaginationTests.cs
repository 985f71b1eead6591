using Reverie.Experience;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents;

/// <summary>What learners are told of imagined steps, with the true model in the model's place.</summary>
public sealed class ImaginationTests
{
    private const double Discount = NoisyLine.Discount;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Targets_that_look_ahead_in_the_true_model_are_unbiased(int horizon)
    {
        // With the policy's exact value as critic, every horizon has the same expectation: r + γ V(s').
        double wanted = -0.25 + (Discount * NoisyLine.Value(1.1));
        var (mean, error) = Expand(new NoisyLine(), new FixedPolicy(s => NoisyLine.Value(s)), horizon);
        Assert.InRange(mean, wanted - (4 * error) - 1e-4, wanted + (4 * error) + 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_of_the_critic_is_discounted_by_the_horizon(int horizon)
    {
        const double Error = 5.0;
        double wanted = -0.25 + (Discount * NoisyLine.Value(1.1)) + (Math.Pow(Discount, horizon + 1) * Error);
        var (mean, error) = Expand(new NoisyLine(), new FixedPolicy(s => NoisyLine.Value(s) + Error), horizon);
        Assert.InRange(mean, wanted - (4 * error), wanted + (4 * error));
    }

    [Fact]
    public void A_wrong_model_shows_as_bias()
    {
        double wanted = -0.25 + (Discount * NoisyLine.Value(1.1));
        var (mean, error) = Expand(new NoisyLine { Decay = 0.95 }, new FixedPolicy(s => NoisyLine.Value(s)), 3);
        Assert.True(Math.Abs(mean - wanted) > 20 * error);
    }

    [Fact]
    public void What_the_policy_adds_counts_in_every_imagined_step()
    {
        const double Bonus = 0.5;
        double wanted = -0.25 + (Discount * NoisyLine.Value(1.1)) + (Bonus * (Discount + (Discount * Discount)));
        var (mean, error) = Expand(new NoisyLine(), new FixedPolicy(s => NoisyLine.Value(s)) { Bonus = Bonus }, 2);
        Assert.InRange(mean, wanted - (4 * error), wanted + (4 * error));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(30, false)]
    [InlineData(30, true)]
    public void Nothing_is_bootstrapped_past_the_end_of_the_task(int horizon, bool weighted)
    {
        // Pushed to the right for ever, a pole falls after a few steps, each worth 1; the critic's 1000 must not show once it has fallen.
        var world = new CartPole(new CartPoleOptions());
        var model = new AnalyticModel<CartPole>(world);
        var learner = new FixedPolicy(_ => 1000.0) { Action = 1f };
        double[] observation = [0.0, 0.0, 0.0, 0.0];
        int lasts = StepsUntilFallen(model, observation);
        Assert.InRange(lasts, 5, 20);
        var replay = Replay(4, observation, 1.0, terminated: false, truncated: true);
        var batch = Sample(replay, learner, world.Spec);
        new ValueExpansion(model, learner, Unbounded(learner), new ObservationEmbedding(world.Spec), horizon, weighted).Fill(batch, replay, new RandomStream(default));
        double bootstrapped = Enumerable.Range(0, horizon + 1).Sum(i => Math.Pow(Discount, i)) + (Math.Pow(Discount, horizon + 1) * 1000.0);
        double fallen = Enumerable.Range(0, lasts + 1).Sum(i => Math.Pow(Discount, i));
        if (weighted)
        {
            // The horizons beyond the fall agree; those before it are far above.
            Assert.InRange(batch.Targets[0], fallen, 1001.0);
        }
        else
        {
            Assert.Equal(horizon < lasts ? bootstrapped : fallen, batch.Targets[0], 1e-2);
        }
    }

    [Fact]
    public void A_real_end_of_the_task_is_not_looked_beyond()
    {
        var model = new NoisyLine();
        var learner = new FixedPolicy(_ => 1000.0);
        var replay = Replay(1, [1.1], -0.25, terminated: true, truncated: false);
        var batch = Sample(replay, learner, NoisyLine.Spec);
        new ValueExpansion(model, learner, Unbounded(learner), new ObservationEmbedding(NoisyLine.Spec), 3, weighted: false).Fill(batch, replay, new RandomStream(default));
        Assert.All(batch.Targets, y => Assert.Equal(-0.25f, y));
    }

    [Fact]
    public void Rollouts_end_where_the_task_ends_and_their_horizon_is_no_end()
    {
        var world = new CartPole(new CartPoleOptions());
        var model = new AnalyticModel<CartPole>(world);
        var learner = new FixedPolicy(_ => 0.0) { Action = 1f };
        double[] observation = [0.0, 0.0, 0.0, 0.0];
        int lasts = StepsUntilFallen(model, observation);
        var replay = Replay(4, observation, 1.0, terminated: false, truncated: true);
        foreach (int horizon in (int[])[3, lasts, 100])
        {
            var buffer = new ImaginedBuffer(10_000, 4, 1);
            new BranchedRollouts(model, learner, Unbounded(learner), new ObservationEmbedding(world.Spec), buffer, 20, 0.0).Run(replay, horizon, new RandomStream(default));
            Assert.Equal(20 * Math.Min(horizon, lasts), buffer.Count);
            var batch = new LearnerBatch(2000, 4, 1);
            buffer.Fill(batch, 0, 2000, new RandomStream(default));
            for (int b = 0; b < 2000; b++)
            {
                Assert.Equal(1f, batch.Rewards[b]);
                Assert.Equal(Math.Abs(batch.NextFeatures[(4 * b) + 2]) > 0.2095f ? 0f : (float)Discount, batch.Discounts[b]);
            }

            Assert.Equal(horizon >= lasts, batch.Discounts.Contains(0f));
        }
    }

    [Fact]
    public void Returns_of_several_real_steps_stop_at_ends_and_bootstrap_where_time_ran_out()
    {
        // Rewards 1, 10, 100, …; the third step terminates, the fifth is truncated, the sixth and seventh are the newest.
        var replay = new ReplayBuffer(1, 1, 20);
        for (int i = 0; i < 7; i++)
        {
            replay.Add(new Transition { Observation = [i], Action = [0.5], Reward = Math.Pow(10, i), NextObservation = [i + 0.5], Terminated = i == 2, Truncated = i == 4 });
        }

        var sampler = new ReplaySampler(replay, new ObservationEmbedding(NoisyLine.Spec), 0.5, 3);
        var batch = new LearnerBatch(7, 1, 1);
        for (int i = 0; i < 7; i++)
        {
            sampler.Fill(batch, i, i);
        }

        Assert.Equal([1f + 5f + 25f, 10f + 50f, 100f, 1000f + 5000f, 10_000f, 100_000f + 500_000f, 1_000_000f], batch.Rewards);
        Assert.Equal([0f, 0f, 0f, 0.25f, 0.5f, 0.25f, 0.5f], batch.Discounts);
        Assert.Equal([2.5f, 2.5f, 2.5f, 4.5f, 4.5f, 6.5f, 6.5f], batch.NextFeatures);
        Assert.Equal([2, 2, 2, 4, 4, 6, 6], batch.Last);
        Assert.All(batch.Actions, a => Assert.Equal(0.25f, a));
    }

    [Fact]
    public void The_surest_horizons_weigh_most()
    {
        // Critics that differ by 2 d have T₀ with variance d², T₁ with γ² d²: weights 1 and 1 / γ².
        const double Spread = 1.0;
        var learner = new FixedPolicy(_ => 0.0) { Spread = Spread };
        var model = new NoisyLine { Noise = 0.0 };
        var replay = Replay(1, [1.0], 0.0, terminated: false, truncated: true);
        var batch = Sample(replay, learner, NoisyLine.Spec);
        new ValueExpansion(model, learner, Unbounded(learner), new ObservationEmbedding(NoisyLine.Spec), 1, weighted: true).Fill(batch, replay, new RandomStream(default));
        double t0 = -Discount * Spread, t1 = (-Discount * 0.49) - (Discount * Discount * Spread);
        double w0 = 1.0 / (Discount * Discount), w1 = w0 * w0;
        Assert.Equal(((w0 * t0) + (w1 * t1)) / (w0 + w1), batch.Targets[0], 1e-4);
    }

    [Fact]
    public void Bootstrapped_values_stay_within_what_rewards_allow()
    {
        // Rewards −2 to 1 at γ = 0.9: values −20 to 10.
        var replay = Replay(1, [1.1], -0.25, terminated: false, truncated: true);
        foreach (var (value, wanted) in (ReadOnlySpan<(double, double)>)[(1e6, 10.0), (-1e6, -20.0), (3.0, 3.0)])
        {
            var learner = new FixedPolicy(_ => value);
            var bounds = new ValueBounds(learner);
            bounds.See(-2.0);
            bounds.See(1.0);
            var batch = Sample(replay, learner, NoisyLine.Spec);
            batch.Bootstrap(learner, bounds, new float[64]);
            Assert.Equal(-0.25 + (Discount * wanted), batch.Targets[0], 1e-4);
            new ValueExpansion(new NoisyLine(), learner, bounds, new ObservationEmbedding(NoisyLine.Spec), 0, weighted: false).Fill(batch, replay, new RandomStream(default));
            Assert.Equal(-0.25 + (Discount * wanted), batch.Targets[0], 1e-4);
        }

        var penalised = new ValueBounds(new FixedPolicy(_ => 0.0));
        penalised.See(1.0);
        Assert.Equal(0f, penalised.Now().Low);
        Assert.Equal(10f, penalised.Now().High, 1e-3f);
        penalised.SeePenalised(-3.0);
        Assert.Equal(-30f, penalised.Now().Low, 1e-3f);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 1)]
    [InlineData(300, 3)]
    [InlineData(500, 5)]
    [InlineData(9000, 5)]
    public void The_horizon_grows_as_scheduled(long step, int horizon) =>
        Assert.Equal(horizon, new ModelBasedOptions { Horizon = 1, LastHorizon = 5, HorizonGrowsFrom = 100, HorizonGrowsTo = 500 }.HorizonAt(step));

    private static (double Mean, double Error) Expand(ISimulator model, FixedPolicy learner, int horizon)
    {
        var replay = Replay(1, [1.1], -0.25, terminated: false, truncated: true);
        var batch = Sample(replay, learner, NoisyLine.Spec);
        var expansion = new ValueExpansion(model, learner, Unbounded(learner), new ObservationEmbedding(NoisyLine.Spec), horizon, weighted: false);
        var random = new RandomStream(RandomKey.FromSeed(5));
        List<double> targets = [];
        for (int i = 0; i < 200; i++)
        {
            expansion.Fill(batch, replay, random);
            targets.AddRange(batch.Targets.Select(y => (double)y));
        }

        double mean = targets.Average();
        return (mean, Math.Sqrt(targets.Average(y => (y - mean) * (y - mean)) / targets.Count));
    }

    private static int StepsUntilFallen(AnalyticModel<CartPole> model, double[] observation)
    {
        var (state, next, rewards, ended) = (new float[4 * 16], new float[4 * 16], new float[16], new float[16]);
        var right = new float[16];
        Array.Fill(right, 1f);
        for (int d = 0; d < 4; d++)
        {
            state[16 * d] = (float)observation[d];
        }

        for (int steps = 1; ; steps++)
        {
            model.Step(new Batch(state, 4, 1, 16), new Batch(right, 1, 1, 16), new Batch(next, 4, 1, 16), rewards, ended, default);
            if (Math.Abs(next[2 * 16]) > 12 * Math.PI / 180)
            {
                return steps;
            }

            (state, next) = (next, state);
        }
    }

    private static ValueBounds Unbounded(FixedPolicy learner)
    {
        var bounds = new ValueBounds(learner);
        bounds.See(-1e9);
        bounds.See(1e9);
        return bounds;
    }

    private static ReplayBuffer Replay(int size, double[] next, double reward, bool terminated, bool truncated)
    {
        var replay = new ReplayBuffer(size, 1, 10);
        replay.Add(new Transition { Observation = next, Action = [0.0], Reward = reward, NextObservation = next, Terminated = terminated, Truncated = truncated });
        return replay;
    }

    private static LearnerBatch Sample(ReplayBuffer replay, FixedPolicy learner, WorldSpec spec)
    {
        var batch = new LearnerBatch(learner.BatchSize, spec.ObservationSize, 1);
        new ReplaySampler(replay, new ObservationEmbedding(spec), Discount, 1).Fill(batch, 0, batch.Size, new RandomStream(default));
        return batch;
    }
}
