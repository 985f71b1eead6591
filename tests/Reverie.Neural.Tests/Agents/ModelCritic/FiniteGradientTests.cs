using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Neural.Tests.Agents.ModelCritic;

/// <summary>The estimated gradient against the exact one, ∂J/∂z(s,a) = d(s) π(a|s) (Q(s,a) − V(s)), in a finite process with a softmax policy.</summary>
public sealed class FiniteGradientTests : IDisposable
{
    private const int States = 3, Actions = 2, Batches = 40, Size = 1024;
    private const double Discount = 0.8;

    private readonly Workers workers = new(1);
    private readonly FiniteMdp mdp = Process();
    private readonly LikelihoodPolicy policy;
    private readonly double[] pi = new double[States * Actions];
    private readonly double[] values;
    private readonly double[] visits;
    private readonly double[] exact;

    public FiniteGradientTests()
    {
        var spec = new WorldSpec("toy", [new("state")], ActionSpace.Discrete(Actions), 100, 0.0) { States = States };
        policy = new LikelihoodPolicy(new ObservationFeatures(spec), spec.Actions, [], 1.0, new RandomStream(RandomKey.FromSeed(1)), workers);

        // z(s,a) = W(s,a) + b(a).
        float[] theta = [0.3f, -0.5f, 0.1f, 0.9f, -0.2f, 0.4f, 0.2f, -0.1f];
        policy.SetParameters(theta);
        for (int s = 0; s < States; s++)
        {
            double[] e = [.. Enumerable.Range(0, Actions).Select(a => Math.Exp(theta[(s * Actions) + a] + theta[(States * Actions) + a]))];
            for (int a = 0; a < Actions; a++)
            {
                pi[(s * Actions) + a] = e[a] / e.Sum();
            }
        }

        (values, visits) = (Solve(transpose: false), Solve(transpose: true));
        exact = new double[theta.Length];
        for (int s = 0; s < States; s++)
        {
            for (int a = 0; a < Actions; a++)
            {
                double slope = visits[s] * pi[(s * Actions) + a] * (mdp.Lookahead(mdp.Row(s, a), values) - values[s]);
                exact[(s * Actions) + a] += slope;
                exact[(States * Actions) + a] += slope;
            }
        }
    }

    public void Dispose()
    {
        policy.Dispose();
        workers.Dispose();
    }

    [Fact]
    public void By_long_rollouts_it_is_exact_on_average()
    {
        var (far, _) = Distance(new() { Horizon = 40, Discount = Discount }, baseline: null, bootstrap: null);
        Assert.InRange(far, 0.0, 3.5);
    }

    [Fact]
    public void A_baseline_changes_its_variance_and_not_its_mean()
    {
        using var value = Value(values);
        var (far, variance) = Distance(new() { Horizon = 40, Discount = Discount }, value, bootstrap: null);
        var (_, without) = Distance(new() { Horizon = 40, Discount = Discount }, baseline: null, bootstrap: null);
        Assert.InRange(far, 0.0, 3.5);
        Assert.InRange(variance / without, 0.0, 0.9);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    public void By_few_steps_and_the_value_of_where_they_lead_it_is_exact_on_average(int horizon, int rollouts)
    {
        using var value = Value(values);
        var (far, _) = Distance(new() { Horizon = horizon, Rollouts = rollouts, Discount = Discount }, value, value);
        Assert.InRange(far, 0.0, 3.5);
    }

    [Fact]
    public void With_a_wrong_critic_it_is_wrong()
    {
        // Rollouts broken off without a value; a value of another policy; another discount.
        using var other = Value([1.0, 0.0, 3.0]);
        Assert.InRange(Distance(new() { Horizon = 2, Discount = Discount }, null, null).Far, 6.0, double.PositiveInfinity);
        Assert.InRange(Distance(new() { Horizon = 1, Discount = Discount }, null, other).Far, 6.0, double.PositiveInfinity);
        Assert.InRange(Distance(new() { Horizon = 40, Discount = 0.95 }, null, null).Far, 6.0, double.PositiveInfinity);
    }

    [Fact]
    public void A_value_learned_from_single_imagined_steps_is_that_of_the_policy()
    {
        using var value = Value([0.0, 0.0, 0.0]);
        using var slow = Value([0.0, 0.0, 0.0]);
        var gradient = new ModelPolicyGradient(new FiniteModel(mdp), policy, value, slow, new() { Horizon = 1, Discount = Discount }, 64);
        var random = new RandomStream(RandomKey.FromSeed(7));
        var states = Batch.Allocate(1, 64);
        for (int step = 0; step < 3000; step++)
        {
            Draw(states, random);
            gradient.Imagine(states, random.NextKey());
            gradient.ImproveValues(step < 1500 ? 0.02 : 0.002, 1e9, 0.05);
        }

        var passes = new ValuePasses(value, States);
        for (int s = 0; s < States; s++)
        {
            passes.Show(s, [s]);
        }

        passes.Forward();
        for (int s = 0; s < States; s++)
        {
            Assert.Equal(values[s], passes.Value(s), 0.15);
        }
    }

    [Fact]
    public void The_same_key_gives_the_same_gradient()
    {
        var gradient = new ModelPolicyGradient(new FiniteModel(mdp), policy, null, null, new() { Horizon = 5, Discount = Discount }, 16);
        var states = Batch.Allocate(1, 16);
        Draw(states, new RandomStream(RandomKey.FromSeed(7)));
        var (first, second, other) = (new float[8], new float[8], new float[8]);
        gradient.Estimate(states, first, RandomKey.FromSeed(1));
        gradient.Estimate(states, other, RandomKey.FromSeed(2));
        gradient.Estimate(states, second, RandomKey.FromSeed(1));
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.Throws<ArgumentException>(() => gradient.Estimate(Batch.Allocate(1, 15), new float[8], default));
        Assert.Throws<ArgumentException>(() => gradient.Estimate(Batch.Allocate(1, 16), new float[7], default));
    }

    /// <summary>The largest distance of a component's mean from the exact one, in standard errors; and the sum of variances.</summary>
    private (double Far, double Variance) Distance(ModelPolicyGradientOptions options, StateValue? baseline, StateValue? bootstrap)
    {
        var gradient = new ModelPolicyGradient(new FiniteModel(mdp), policy, baseline, bootstrap, options, Size);
        var random = new RandomStream(RandomKey.FromSeed(3));
        var states = Batch.Allocate(1, Size);
        var estimate = new float[exact.Length];
        var (sum, squares) = (new double[exact.Length], new double[exact.Length]);
        for (int b = 0; b < Batches; b++)
        {
            Draw(states, random);
            gradient.Estimate(states, estimate, random.NextKey());
            for (int p = 0; p < exact.Length; p++)
            {
                double g = estimate[p] * visits.Sum();
                (sum[p], squares[p]) = (sum[p] + g, squares[p] + (g * g));
            }
        }

        double far = 0, total = 0;
        for (int p = 0; p < exact.Length; p++)
        {
            double mean = sum[p] / Batches, variance = ((squares[p] / Batches) - (mean * mean)) * Batches / (Batches - 1);
            far = Math.Max(far, Math.Abs(mean - exact[p]) / Math.Sqrt(variance / Batches));
            total += variance;
        }

        TestContext.Current.SendDiagnosticMessage($"{options}: {far} standard errors, variance {total}");
        return (far, total);
    }

    /// <summary>States of the discounted visits.</summary>
    private void Draw(Batch states, RandomStream random)
    {
        for (int i = 0; i < states.Count; i++)
        {
            double quantile = random.NextDouble() * visits.Sum();
            int s = 0;
            for (; s < States - 1 && quantile >= visits[s]; s++)
            {
                quantile -= visits[s];
            }

            states.Data[i] = s;
        }
    }

    private StateValue Value(double[] table)
    {
        var value = new StateValue(policy.Features, [], new RandomStream(RandomKey.FromSeed(1)), workers);
        value.Network.Parameters.CopyFrom([.. table.Select(v => (float)v), 0f]);
        return value;
    }

    /// <summary>V = (I − γ P_π)⁻¹ r_π, or d = (I − γ P_πᵀ)⁻¹ d₀.</summary>
    private double[] Solve(bool transpose)
    {
        var (kernel, right) = (new double[States * States], new double[States]);
        for (int s = 0; s < States; s++)
        {
            right[s] += transpose ? mdp.Start[s] : 0.0;
            for (int a = 0; a < Actions; a++)
            {
                int row = mdp.Row(s, a);
                right[s] += transpose ? 0.0 : pi[row] * mdp.Rewards[row];
                for (int i = mdp.RowStart[row]; i < mdp.RowLive[row]; i++)
                {
                    int next = mdp.Successors[i];
                    kernel[transpose ? (next * States) + s : (s * States) + next] += Discount * pi[row] * mdp.Probabilities[i];
                }
            }
        }

        // x = Σₙ (γ P)ⁿ r, of which 0.8⁴⁰⁰ is less than rounding.
        double[] x = new double[States];
        for (int n = 0; n < 400; n++)
        {
            x = [.. right.Select((r, s) => r + Enumerable.Range(0, States).Sum(next => kernel[(s * States) + next] * x[next]))];
        }

        return x;
    }

    private static FiniteMdp Process()
    {
        var builder = new FiniteMdpBuilder(States, Actions);
        builder.Add(state: 0, action: 0, next: 1, probability: 0.7, reward: 1.0);
        builder.Add(state: 0, action: 0, next: 0, probability: 0.3, reward: 0.0);
        builder.Add(state: 0, action: 1, next: 2, probability: 1.0, reward: 0.0);
        builder.Add(state: 1, action: 0, next: 0, probability: 0.5, reward: 2.0);
        builder.Add(state: 1, action: 0, next: 2, probability: 0.5, reward: 2.0);
        builder.Add(state: 1, action: 1, next: 1, probability: 0.8, reward: 0.5);
        builder.Add(state: 1, action: 1, next: 0, probability: 0.2, reward: 0.5, terminated: true);
        builder.Add(state: 2, action: 0, next: 1, probability: 0.6, reward: 3.0, terminated: true);
        builder.Add(state: 2, action: 0, next: 0, probability: 0.4, reward: -1.0);
        builder.Add(state: 2, action: 1, next: 2, probability: 1.0, reward: 0.3);
        return builder.Build(start: [0.6, 0.3, 0.1], discount: Discount);
    }
}
