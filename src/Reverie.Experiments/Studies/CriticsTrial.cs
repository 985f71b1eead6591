using Reverie.Agents.Gradients;
using Reverie.Experience;
using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>Estimates of one policy's gradient, and how good they are.</summary>
/// <param name="Variance">Total variance over the squared norm of the mean, <c>[model][method][horizon]</c>.</param>
/// <param name="Cosine">Mean cosine with the true gradient, <c>[model][method][horizon]</c>.</param>
internal sealed record CriticsTrial(double[][][] Variance, double[][][] Cosine)
{
    /// <summary>Imagined steps of an estimate.</summary>
    public const int Budget = 3200;

    private const double Discount = 0.99, Deviation = 0.5;
    private const int Hidden = 32, Estimates = 16, Pool = 5000, Transitions = 2000, AscentSteps = 50, ValueSteps = 500, BaselineSteps = 50;

    /// <summary>The worlds.</summary>
    public static IReadOnlyList<string> Worlds { get; } = ["linear", "pendulum"];

    /// <summary>What is imagined in.</summary>
    public static IReadOnlyList<string> Models { get; } = ["true model", "learned model"];

    /// <summary>How the gradient is estimated.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["model-critic, rollouts of H steps", "model-critic, H steps and a value by TD", "svg, H steps"];

    /// <summary>H.</summary>
    public static IReadOnlyList<int> Horizons { get; } = [1, 2, 5, 10, 20, 50, 100, 200];

    /// <summary>The network of the learned model: one member that predicts a point, so that all methods meet the same dynamics.</summary>
    private static readonly DynamicsOptions Network = new()
    {
        Members = 1,
        Elites = 1,
        HiddenLayers = 2,
        HiddenSize = 64,
        Stochastic = false,
        BatchSize = 64,
        MaxSteps = 1500,
        ValidationFraction = 0.0,
        Device = TrainingDevice.Cpu,
        Propagation = Propagation.Mean,
    };

    /// <summary>Improves a policy for a while in the true model, then estimates its gradient in every way, many times each.</summary>
    public static CriticsTrial Run(string world, long seed)
    {
        var entry = WorldCatalog.TryFind(world, out var found) ? found : throw new RequestException($"unknown world '{world}'");
        object options = world == "pendulum" ? new PendulumOptions { MaxSteps = 1000 } : new LinearWorldOptions { MaxSteps = 1000 };
        var key = RandomKey.FromSeed(seed).Split(world);
        using var workers = new Workers(1);
        var spec = entry.Describe(options);
        var features = new ObservationFeatures(spec);
        using var policy = new LikelihoodPolicy(features, spec.Actions, [Hidden, Hidden], Deviation, new RandomStream(key.Split("policy")), workers, squash: true);
        var exact = (ILinearizer)entry.CreateModel(options);
        var simulator = new ObservedSimulator(exact);
        var trial = new Estimators(spec, policy, key, workers);
        trial.Visit(entry.CreateWorld(options, key.Split("world")));
        for (int i = 0; i < AscentSteps; i++)
        {
            trial.Ascend(simulator, i);
        }

        trial.Visit(entry.CreateWorld(options, key.Split("world")));
        double[] reference = trial.Reference(simulator);
        using var ensemble = new DynamicsEnsemble(spec, Network, new RandomStream(key.Split("model")), workers);
        EnsembleTrainer.Train(ensemble, trial.Collect(entry.CreateWorld(options, key.Split("data")), Transitions));
        var learned = new EnsembleModel(ensemble, entry.CreateTask(options), workers, Discount);
        var (variance, cosine) = (new double[2][][], new double[2][][]);
        (variance[0], cosine[0]) = trial.Measure(simulator, new LinearizerPullback(exact), reference);
        (variance[1], cosine[1]) = trial.Measure(learned, new EnsemblePullback(learned), reference);
        return new CriticsTrial(variance, cosine);
    }

    /// <summary>A policy, the states that it visits, and estimates of its gradient.</summary>
    private sealed class Estimators(WorldSpec spec, LikelihoodPolicy policy, RandomKey key, Workers workers)
    {
        private readonly RandomStream random = new(key.Split("estimates"));
        private readonly List<double[]> visited = [];
        private readonly List<double[]> starts = [];

        /// <summary>States of the policy's discounted visits: those of episodes that end after each step with probability 1 − γ; and where episodes start.</summary>
        public void Visit(IWorld world)
        {
            visited.Clear();
            starts.Clear();
            var (observation, action) = (new double[spec.ObservationSize], new double[spec.Actions.Size]);
            var actor = policy.Actor(spec, new RandomStream(key.Split("visits")));
            for (bool done = true; visited.Count < Pool;)
            {
                if (done)
                {
                    world.Reset(observation);
                    starts.Add([.. observation]);
                }

                visited.Add([.. observation]);
                actor.Act(observation, action);
                done = world.Step(action, observation).Done || random.NextDouble() >= Discount;
            }
        }

        /// <summary>Transitions under the policy and, in every other episode of 50 steps, under random actions.</summary>
        public ReplayBuffer Collect(IWorld world, int transitions)
        {
            var replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, transitions);
            var (before, after, action) = (new double[spec.ObservationSize], new double[spec.ObservationSize], new double[spec.Actions.Size]);
            var actor = policy.Actor(spec, new RandomStream(key.Split("data")));
            while (replay.Count < transitions)
            {
                if (replay.Count % 50 == 0)
                {
                    world.Reset(before);
                }

                if (replay.Count % 100 < 50)
                {
                    actor.Act(before, action);
                }
                else
                {
                    spec.Actions.Sample(random, action);
                }

                var result = world.Step(action, after);
                replay.Add(new Transition { Observation = before, Action = action, Reward = result.Reward, NextObservation = after, Terminated = result.Terminated, Truncated = replay.Count % 50 == 49 });
                after.CopyTo(before, 0);
            }

            return replay;
        }

        /// <summary>θ ← θ + 0.1 ĝ/|ĝ|.</summary>
        public void Ascend(ISimulator model, int step)
        {
            var gradient = new ModelPolicyGradient(model, policy, null, null, new() { Horizon = 50, Discount = Discount }, 256);
            var (g, theta) = (new float[policy.ParameterCount], policy.Parameters);
            gradient.Estimate(Draw(visited, 256), g, key.Split("ascent").Split(step));
            double norm = Math.Sqrt(g.Sum(v => (double)v * v));
            for (int p = 0; p < g.Length - spec.Actions.Size; p++)
            {
                theta[p] += (float)(0.1 * g[p] / norm);
            }

            policy.SetParameters(theta);
        }

        /// <summary>The mean of many estimates by long rollouts in the true model, in the order of the other methods' parameters.</summary>
        public double[] Reference(ISimulator model)
        {
            using var value = NewValue();
            var gradient = new ModelPolicyGradient(model, policy, value, null, new() { Horizon = 200, Discount = Discount }, 256);
            LearnValue(gradient, BaselineSteps);
            return Mean(Many(32, () => ByCritic(gradient)));
        }

        /// <summary>Variance and cosine, <c>[method][horizon]</c>.</summary>
        public (double[][] Variance, double[][] Cosine) Measure(ISimulator model, IPullback pullback, double[] reference)
        {
            // The value by TD(0), learned once for all horizons.
            using var value = NewValue();
            using var slow = NewValue();
            LearnValue(new ModelPolicyGradient(model, policy, value, slow, new() { Horizon = 1, Discount = Discount }, 256), ValueSteps);
            var (variance, cosine) = (new double[Methods.Count][], new double[Methods.Count][]);
            for (int m = 0; m < Methods.Count; m++)
            {
                (variance[m], cosine[m]) = (new double[Horizons.Count], new double[Horizons.Count]);
                for (int h = 0; h < Horizons.Count; h++)
                {
                    var estimates = m switch
                    {
                        0 => ByRollouts(model, Horizons[h]),
                        1 => ByValue(model, Horizons[h], value),
                        _ => ByBackPropagation(pullback, Horizons[h]),
                    };
                    (variance[m][h], cosine[m][h]) = Judge(estimates, reference);
                }
            }

            return (variance, cosine);
        }

        private double[][] ByRollouts(ISimulator model, int horizon)
        {
            using var value = NewValue();
            LearnValue(new ModelPolicyGradient(model, policy, value, null, new() { Horizon = horizon, Discount = Discount }, 64), BaselineSteps);
            var gradient = new ModelPolicyGradient(model, policy, value, null, new() { Horizon = horizon, Discount = Discount }, Budget / horizon);
            return Many(Estimates, () => ByCritic(gradient));
        }

        private double[][] ByValue(ISimulator model, int horizon, StateValue value)
        {
            var gradient = new ModelPolicyGradient(model, policy, value, value, new() { Horizon = horizon, Discount = Discount }, Budget / horizon);
            return Many(Estimates, () => ByCritic(gradient));
        }

        private double[][] ByBackPropagation(IPullback model, int horizon)
        {
            var neural = new NeuralPolicy(spec, new NeuralPolicyOptions { HiddenLayers = 2, HiddenSize = Hidden, Noise = PolicyNoise.Shared }, new ObservationInputs(spec.Observation), new RandomStream(key));
            neural.SetParameters(Reorder(policy.Parameters));
            int count = Budget / horizon, n = model.StateSize;
            var gradient = new PolicyGradient(model, neural, count, horizon, Discount);
            var states = new double[count * n];
            return Many(Estimates, () =>
            {
                for (int i = 0; i < count; i++)
                {
                    model.Locate(starts[random.NextInt32(starts.Count)], states.AsSpan(i * n, n));
                }

                var result = new double[neural.ParameterCount];
                gradient.Evaluate(states, random.NextKey(), result);
                return result;
            });
        }

        private double[] ByCritic(ModelPolicyGradient gradient)
        {
            var result = new float[policy.ParameterCount];
            gradient.Estimate(Draw(visited, gradient.States), result, random.NextKey());
            return Reorder(result);
        }

        private void LearnValue(ModelPolicyGradient gradient, int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                gradient.Imagine(Draw(visited, gradient.States), random.NextKey());
                gradient.ImproveValues(i < steps / 2 ? 1e-2 : 1e-3, 1.0, 0.05);
            }
        }

        private StateValue NewValue() => new(policy.Features, [Hidden, Hidden], new RandomStream(key.Split("value")), workers);

        private Batch Draw(List<double[]> states, int count)
        {
            var batch = Batch.Allocate(spec.ObservationSize, count);
            for (int i = 0; i < count; i++)
            {
                double[] state = states[random.NextInt32(states.Count)];
                for (int d = 0; d < state.Length; d++)
                {
                    batch.Data[(d * batch.Stride) + i] = (float)state[d];
                }
            }

            return batch;
        }

        /// <summary>From weights first, then biases, to each layer's weights and biases; log σ last in both.</summary>
        private double[] Reorder(float[] parameters)
        {
            int[] sizes = [policy.Features.Size, Hidden, Hidden, spec.Actions.Size];
            var result = new List<double>(parameters.Length);
            int weight = 0, bias = 0;
            for (int l = 0; l < 3; l++)
            {
                bias += sizes[l] * sizes[l + 1];
            }

            for (int l = 0; l < 3; l++)
            {
                int count = sizes[l] * sizes[l + 1];
                result.AddRange(parameters.Skip(weight).Take(count).Select(v => (double)v));
                result.AddRange(parameters.Skip(bias).Take(sizes[l + 1]).Select(v => (double)v));
                (weight, bias) = (weight + count, bias + sizes[l + 1]);
            }

            result.AddRange(parameters.Skip(bias).Select(v => (double)v));
            return [.. result];
        }

        private static double[][] Many(int count, Func<double[]> estimate) => [.. Enumerable.Range(0, count).Select(_ => estimate())];

        private static double[] Mean(double[][] estimates) => [.. Enumerable.Range(0, estimates[0].Length).Select(p => estimates.Average(g => g[p]))];

        private static (double Variance, double Cosine) Judge(double[][] estimates, double[] reference)
        {
            double[] mean = Mean(estimates);
            double squares = mean.Sum(v => v * v);
            double total = estimates.Sum(g => g.Zip(mean, (v, m) => (v - m) * (v - m)).Sum()) / (estimates.Length - 1);
            double cosine = estimates.Average(g => g.Zip(reference, (v, r) => v * r).Sum() / Math.Sqrt(g.Sum(v => v * v) * reference.Sum(r => r * r)));
            return double.IsFinite(total / squares) && double.IsFinite(cosine) ? (total / squares, cosine) : (double.PositiveInfinity, 0.0);
        }
    }
}
