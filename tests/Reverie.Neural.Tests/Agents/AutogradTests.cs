using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Models;
using Reverie.Neural.Networks;
using Reverie.Neural.Tests.Models;
using Reverie.Numerics;
using Reverie.Worlds;
using TorchSharp;
using static TorchSharp.torch;

namespace Reverie.Neural.Tests.Agents;

/// <summary>The adjoint's policy gradient is that of libtorch's automatic differentiation of the same rollout in double precision, to a relative error of 1e-6 and less.</summary>
public sealed class AutogradTests
{
    private const int Starts = 6, Horizon = 15;
    private const double Discount = 0.95, Tolerance = 1e-9;

    [Theory]
    [InlineData(PolicyNoise.None)]
    [InlineData(PolicyNoise.Shared)]
    [InlineData(PolicyNoise.StateDependent)]
    public void On_a_linear_world(PolicyNoise noise)
    {
        var options = new LinearWorldOptions { A = [0.95, 0.1, -0.1, 0.9], B = [0.0, 0.2], MaxAction = 2.0 };
        var model = new AnalyticModel<LinearWorld>(new LinearWorld(options));
        var (a, b) = (tensor(options.A).view(2, 2), tensor(options.B).view(2, 1));
        Compare(new LinearizerPullback(model), Policy("linear", noise, options), (x, u) => x, (x, u, _) =>
            (x.matmul(a.t()) + u.matmul(b.t()), -(x.square().sum(1) + (0.1 * u.square().sum(1)))));
    }

    [Theory]
    [InlineData(PolicyNoise.None)]
    [InlineData(PolicyNoise.StateDependent)]
    public void On_the_pendulum(PolicyNoise noise) => Compare(
        new LinearizerPullback(Ensembles.Exact("pendulum")),
        Policy("pendulum", noise),
        (x, _) => stack([x.select(1, 0).cos(), x.select(1, 0).sin(), x.select(1, 1)], 1),
        (x, u, _) =>
        {
            var (angle, omega, torque) = (x.select(1, 0), x.select(1, 1), u.select(1, 0));
            var speed = (omega + (((angle.sin() * 15.0) + (torque * 3.0)) * 0.05)).clamp(-8.0, 8.0);
            return (stack([angle + (speed * 0.05), speed], 1), PendulumReward(angle, omega, torque));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_a_learned_pendulum_whose_members_are_followed_one_each_or_in_the_mean(bool mean)
    {
        using var ensemble = Ensembles.Random("pendulum", new DynamicsOptions { Members = 3, Elites = 2, Stochastic = true, Propagation = mean ? Propagation.Mean : Propagation.TrajectorySamplingInfinite });
        using var workers = new Workers(1);
        var model = new EnsembleModel(ensemble, Ensembles.Task("pendulum"), workers);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Compare(new EnsemblePullback(model), Policy("pendulum", PolicyNoise.StateDependent), (x, _) => x, Step);
        if (mean)
        {
            Compare(new LinearizerPullback(model), Policy("pendulum", PolicyNoise.StateDependent), (x, _) => x, Step);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        (Tensor Next, Tensor Reward) Step(Tensor x, Tensor u, int _)
        {
            var inputs = cat([x, u], 1);
            Tensor[] deltas = [.. ensemble.Elites.Select(e => Forward(model.Packed(e), ensemble.Network.Sizes, inputs).narrow(1, 0, 3))];
            var chosen = arange(Starts).remainder(2).unsqueeze(1);
            var delta = mean ? (deltas[0] + deltas[1]) * 0.5 : where(chosen == 0, deltas[0], deltas[1]);
            return (x + delta, PendulumReward(atan2(x.select(1, 1), x.select(1, 0)), x.select(1, 2), u.select(1, 0)));
        }
    }

    [Fact]
    public void On_a_learned_cart_pole_with_an_angle_and_a_reward_of_where_it_arrives()
    {
        using var ensemble = Ensembles.Random("cartpole-swingup", new DynamicsOptions { Members = 2, Elites = 1, Stochastic = false });
        using var workers = new Workers(1);
        var model = new EnsembleModel(ensemble, Ensembles.Task("cartpole-swingup"), workers);
        Compare(new EnsemblePullback(model), Policy("cartpole-swingup", PolicyNoise.None), (x, _) => x, (x, u, _) =>
        {
            var inputs = cat([x.narrow(1, 0, 2), x.narrow(1, 2, 1).cos(), x.narrow(1, 2, 1).sin(), x.narrow(1, 3, 1), u], 1);
            var next = x + Forward(model.Packed(ensemble.Elites[0]), ensemble.Network.Sizes, inputs);
            var (dx, dy) = (next.select(1, 0) + (0.6 * next.select(1, 2).sin()), 0.6 * (next.select(1, 2).cos() + 1.0));
            return (next, (-(dx.square() + dy.square()) / (2.0 * 0.25 * 0.25)).exp());
        });
    }

    [Fact]
    public void A_learned_reward_is_differentiated_too()
    {
        using var ensemble = Ensembles.Random("pendulum", new DynamicsOptions { Members = 2, Elites = 2, LearnReward = true, LearnTermination = true });
        ensemble.Network.Biases(2).view(2, -1).narrow(1, 8, 1).detach().fill_(-50f);
        using var workers = new Workers(1);
        var model = new EnsembleModel(ensemble, null, workers);
        Compare(new EnsemblePullback(model), Policy("pendulum", PolicyNoise.None), (x, _) => x, (x, u, _) =>
        {
            Tensor[] outputs = [.. ensemble.Elites.Select(e => Forward(model.Packed(e), ensemble.Network.Sizes, cat([x, u], 1)))];
            var output = where(arange(Starts).remainder(2).unsqueeze(1) == 0, outputs[0], outputs[1]);
            return (x + output.narrow(1, 0, 3), output.select(1, 3));
        });
    }

    private static Tensor PendulumReward(Tensor angle, Tensor omega, Tensor torque)
    {
        var wrapped = angle - ((2.0 * Math.PI) * ((angle + Math.PI) / (2.0 * Math.PI)).floor());
        return -(wrapped.square() + (0.1 * omega.square()) + (0.001 * torque.square()));
    }

    private static NeuralPolicy Policy(string world, PolicyNoise noise, object? worldOptions = null)
    {
        Assert.True(WorldCatalog.TryFind(world, out var entry));
        var spec = entry.Describe(worldOptions ?? entry.DefaultOptions);
        var random = new RandomStream(RandomKey.FromSeed(3));
        var policy = new NeuralPolicy(spec, new NeuralPolicyOptions { HiddenSize = 16, Noise = noise }, new ObservationInputs(spec.Observation), random);
        policy.SetParameters([.. policy.Parameters.ToArray().Select(p => p + (0.2 * random.NextNormal()))]);
        return policy;
    }

    /// <summary>Rolls out in torch what the adjoint rolls out, and compares return and gradient.</summary>
    private static void Compare(IPullback model, NeuralPolicy policy, Func<Tensor, int, Tensor> observe, Func<Tensor, Tensor, int, (Tensor Next, Tensor Reward)> step)
    {
        using var scope = NewDisposeScope();
        var key = RandomKey.FromSeed(8);
        var random = new RandomStream(RandomKey.FromSeed(4));
        double[] starts = [.. Enumerable.Range(0, Starts * model.StateSize).Select(_ => 0.7 * random.NextNormal())];
        var value = new NeuralValue(policy.Inputs, 1, 8, random) { Scale = 2.0 };
        var gradient = new double[policy.ParameterCount];
        double estimate = new PolicyGradient(model, policy, Starts, Horizon, Discount, value).Evaluate(starts, key, gradient);

        var theta = tensor(policy.Parameters.ToArray(), requires_grad: true);
        int m = policy.Spec.Actions.Size;
        double[] normals = new double[Horizon * Starts * m];
        var draws = new RandomStream(key);
        for (int i = 0; i < normals.Length && policy.IsStochastic; i++)
        {
            normals[i] = draws.NextNormal();
        }

        var noise = tensor(normals).view(Horizon, Starts, m);
        var x = tensor(starts).view(Starts, -1);
        var sum = zeros(Starts, dtype: ScalarType.Float64);
        var sizes = policy.Network.Sizes;
        for (int t = 0; t < Horizon; t++)
        {
            var output = Forward(theta, sizes, Inputs(policy, observe(x, t)));
            var mu = output.narrow(1, 0, m);
            var log = policy.Options.Noise switch
            {
                PolicyNoise.Shared => theta.narrow(0, policy.Network.ParameterCount, m),
                PolicyNoise.StateDependent => -5.0 + (3.0 * (1.0 + output.narrow(1, m, m).tanh())),
                _ => zeros(m, dtype: ScalarType.Float64),
            };
            double limit = policy.Spec.Actions.High[0];
            var u = limit * (mu + (log.exp() * noise[t])).tanh();
            var (next, reward) = step(x, u, t);
            sum = sum + (Math.Pow(Discount, t) * reward);
            x = next;
        }

        sum = sum + (Math.Pow(Discount, Horizon) * 2.0 * Forward(tensor(value.Parameters.ToArray()), value.Network.Sizes, Inputs(policy, observe(x, Horizon))).select(1, 0));
        var loss = sum.mean();
        loss.backward();
        double[] wanted = theta.grad!.data<double>().ToArray();
        Assert.Equal(loss.item<double>(), estimate, Tolerance * Math.Abs(estimate));
        double error = Math.Sqrt(wanted.Zip(gradient, (w, g) => (w - g) * (w - g)).Sum() / wanted.Sum(w => w * w));
        TestContext.Current.SendDiagnosticMessage($"relative error {error:E1}");
        Assert.InRange(error, 0.0, Tolerance);
        theta.grad!.Dispose();
    }

    private static Tensor Inputs(NeuralPolicy policy, Tensor observation) => cat(
        [.. policy.Spec.Observation.Select((f, d) => f.Kind == FeatureKind.Angle
            ? stack([observation.select(1, d).cos(), observation.select(1, d).sin()], 1)
            : observation.narrow(1, d, 1))],
        1);

    private static Tensor Forward(Tensor theta, IReadOnlyList<int> sizes, Tensor h)
    {
        long offset = 0;
        for (int l = 0; l < sizes.Count - 1; l++)
        {
            var w = theta.narrow(0, offset, sizes[l] * sizes[l + 1]).view(sizes[l], sizes[l + 1]);
            var b = theta.narrow(0, offset + (sizes[l] * sizes[l + 1]), sizes[l + 1]);
            offset += (sizes[l] + 1) * sizes[l + 1];
            h = h.matmul(w) + b;
            h = l < sizes.Count - 2 ? nn.functional.silu(h) : h;
        }

        return h;
    }

    private static Tensor Forward(PackedNetwork network, IReadOnlyList<int> sizes, Tensor h)
    {
        List<double> theta = [];
        for (int l = 0; l < sizes.Count - 1; l++)
        {
            for (int i = 0; i < sizes[l]; i++)
            {
                for (int o = 0; o < sizes[l + 1]; o++)
                {
                    theta.Add(network.Weight(l, i, o));
                }
            }

            for (int o = 0; o < sizes[l + 1]; o++)
            {
                theta.Add(network.Bias(l, o));
            }
        }

        return Forward(tensor(theta), sizes, h);
    }
}
