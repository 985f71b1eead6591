using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Numerics;
using Reverie.Tests.Networks;
using Reverie.Worlds;

namespace Reverie.Tests.Agents.Gradients;

/// <summary>Back-propagation through time, against the closed form of a linear world and against central differences.</summary>
public sealed class PolicyGradientTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(5);

    [Fact]
    public void On_a_scalar_linear_world_the_gradient_is_the_closed_form()
    {
        // x' = a x + b u, r = −(q x² + ρ u²), u = L tanh(θ) with every weight but the last bias 0: u is the same at all steps. From x₀, with γ:
        // xₜ = aᵗ x₀ + b u (1 − aᵗ)/(1 − a), J = −Σ γᵗ (q xₜ² + ρ u²), dJ/du = −Σ γᵗ (2 q xₜ b (1 − aᵗ)/(1 − a) + 2 ρ u).
        const double A = 0.8, B = 0.5, Q = 1.3, R = 0.2, Limit = 2.0, Theta = 0.4, Start = 1.5, Discount = 0.9;
        const int Horizon = 12;
        var world = new LinearWorld(new() { StateSize = 1, ActionSize = 1, A = [A], B = [B], Q = [Q], R = [R], MaxAction = Limit });
        var policy = Policy(world.Spec, PolicyNoise.None, 1, 1);
        var parameters = new double[policy.ParameterCount];
        parameters[^1] = Theta;
        policy.SetParameters(parameters);
        var gradient = new double[policy.ParameterCount];
        double estimate = Of(new AnalyticModel<LinearWorld>(world), policy, 1, Horizon, Discount).Evaluate([Start], Key, gradient);

        double u = Limit * Math.Tanh(Theta), wanted = 0.0, slope = 0.0;
        for (int t = 0; t < Horizon; t++)
        {
            double reach = B * (1.0 - Math.Pow(A, t)) / (1.0 - A), x = (Math.Pow(A, t) * Start) + (reach * u), weight = Math.Pow(Discount, t);
            wanted -= weight * ((Q * x * x) + (R * u * u));
            slope -= weight * ((2.0 * Q * x * reach) + (2.0 * R * u));
        }

        Assert.Equal(wanted, estimate, 1e-12);
        Assert.Equal(slope * Limit * (1.0 - (Math.Tanh(Theta) * Math.Tanh(Theta))), gradient[^1], 1e-12);
    }

    [Theory]
    [InlineData("pendulum", PolicyNoise.None, 7)]
    [InlineData("pendulum", PolicyNoise.Shared, 7)]
    [InlineData("pendulum", PolicyNoise.StateDependent, 7)]
    [InlineData("cartpole-swingup", PolicyNoise.StateDependent, 5)]
    [InlineData("linear", PolicyNoise.Shared, 7)]
    public void It_agrees_with_central_differences(string name, PolicyNoise noise, int horizon)
    {
        const int Starts = 5;
        Assert.True(WorldCatalog.TryFind(name, out var entry));
        var model = (ILinearizer)entry.CreateModel(entry.DefaultOptions);
        var policy = Policy(entry.Describe(entry.DefaultOptions), noise);
        var random = new RandomStream(RandomKey.FromSeed(2));
        var value = new NeuralValue(policy.Inputs, 1, 7, random) { Scale = 3.0 };
        value.SetParameters([.. value.Parameters.ToArray().Select(p => p + (0.3 * random.NextNormal()))]);
        double[] starts = [.. Enumerable.Range(0, Starts * model.StateSize).Select(_ => 0.5 * random.NextNormal())], parameters = [.. policy.Parameters];
        var adjoint = new PolicyGradient(new LinearizerPullback(model), policy, Starts, horizon, 0.97, value);
        var gradient = new double[policy.ParameterCount];
        adjoint.Evaluate(starts, Key, gradient);
        PerceptronTests.AssertDifferences(gradient, parameters, theta =>
        {
            policy.SetParameters(theta);
            return adjoint.Evaluate(starts, Key, []);
        });
    }

    [Fact]
    public void What_has_terminated_counts_no_more()
    {
        // The pole of start 1 falls at the first step: J and gradient are those of start 0 alone, halved, plus the reward of that step.
        var world = new CartPoleContinuous(new());
        var policy = Policy(world.Spec, PolicyNoise.None);
        var value = new NeuralValue(policy.Inputs, 1, 5, new RandomStream(Key)) { Scale = 100.0 };
        var model = new AnalyticModel<CartPoleContinuous>(world);
        var task = new KnownTask<CartPoleContinuous>(world);
        double[] standing = [0.0, 0.1, 0.02, 0.0], falling = [0.0, 0.0, 0.2, 3.0];
        var (alone, both) = (new double[policy.ParameterCount], new double[policy.ParameterCount]);
        double one = new PolicyGradient(new LinearizerPullback(model, task), policy, 1, 6, 0.9, value).Evaluate(standing, Key, alone);
        var adjoint = new PolicyGradient(new LinearizerPullback(model, task), policy, 2, 6, 0.9, value);
        double two = adjoint.Evaluate([.. standing, .. falling], Key, both);
        Assert.Equal([true, true, true, false, true, false], adjoint.Alive[..6].ToArray());
        Assert.Equal(0.5 * (one + 1.0), two, 1e-12);
        Assert.True(Dense.Norm(alone) > 1e-4);
        for (int i = 0; i < both.Length; i++)
        {
            Assert.Equal(0.5 * alone[i], both[i], 1e-12);
        }
    }

    [Fact]
    public void The_same_key_gives_the_same_bits_and_another_others()
    {
        var world = new Pendulum(new());
        var policy = Policy(world.Spec, PolicyNoise.StateDependent);
        var adjoint = Of(new AnalyticModel<Pendulum>(world), policy, 3, 10, 1.0);
        var (first, second, other) = (new double[policy.ParameterCount], new double[policy.ParameterCount], new double[policy.ParameterCount]);
        double[] starts = [3.0, 0.0, -2.0, 0.5, 1.0, 1.0];
        adjoint.Evaluate(starts, Key, first);
        adjoint.Evaluate(starts, Key.Split(1), other);
        Of(new AnalyticModel<Pendulum>(world), policy, 3, 10, 1.0).Evaluate(starts, Key, second);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_rollout_that_overflows_says_so()
    {
        var world = new LinearWorld(new() { StateSize = 1, ActionSize = 1, A = [1e100], B = [1.0], Q = [1.0], R = [1.0] });
        var policy = Policy(world.Spec, PolicyNoise.None);
        var gradient = new double[policy.ParameterCount];
        Assert.False(double.IsFinite(Of(new AnalyticModel<LinearWorld>(world), policy, 1, 10, 1.0).Evaluate([1.0], Key, gradient)));
        Assert.False(double.IsFinite(Dense.Norm(gradient)));
    }

    [Fact]
    public void Numbered_actions_and_wrong_sizes_are_refused()
    {
        var numbered = new CartPole(new());
        Assert.Contains("numbered", Assert.Throws<ArgumentException>(() => Policy(numbered.Spec, PolicyNoise.None)).Message, StringComparison.Ordinal);
        Assert.Contains("numbered", Assert.Throws<ArgumentException>(() => new LinearizerPullback(new AnalyticModel<CartPole>(numbered))).Message, StringComparison.Ordinal);
        var pendulum = new Pendulum(new());
        var policy = Policy(pendulum.Spec, PolicyNoise.None);
        var swingUp = new LinearizerPullback(new AnalyticModel<CartPoleSwingUp>(new CartPoleSwingUp(new())));
        Assert.Throws<ArgumentException>(() => new PolicyGradient(swingUp, policy, 1, 1, 1.0));
        var adjoint = Of(new AnalyticModel<Pendulum>(pendulum), policy, 2, 3, 1.0);
        Assert.Contains("4", Assert.Throws<ArgumentException>(() => adjoint.Evaluate([1.0], Key, [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => adjoint.Evaluate(new double[4], Key, new double[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(new AnalyticModel<Pendulum>(pendulum), policy, 2, 3, 1.5));
    }

    private static NeuralPolicy Policy(WorldSpec spec, PolicyNoise noise, int layers = 2, int size = 9)
    {
        var random = new RandomStream(RandomKey.FromSeed(3));
        var inputs = new ObservationInputs(spec.Observation);
        var policy = new NeuralPolicy(spec, new NeuralPolicyOptions { HiddenLayers = layers, HiddenSize = size, Noise = noise }, inputs, random);
        policy.SetParameters([.. policy.Parameters.ToArray().Select(p => p + (0.2 * random.NextNormal()))]);
        return policy;
    }

    private static PolicyGradient Of(ILinearizer model, NeuralPolicy policy, int starts, int horizon, double discount) =>
        new(new LinearizerPullback(model), policy, starts, horizon, discount);
}
