using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Planning.Control;

namespace Reverie.Experiments.Studies;

/// <summary>A way to improve a policy, or actions, on a world's exact model by its derivatives.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Rates">Step sizes to choose from.</param>
/// <param name="Kind">How the gradient is used.</param>
internal sealed record PolicySearch(string Label, double[] Rates, PolicySearch.Step Kind)
{
    /// <summary>Steps of every search.</summary>
    public const int Steps = 200;

    /// <summary>Steps from one evaluation to the next.</summary>
    public const int Every = 10;

    private const int Starts = 8, Short = 10;
    private const double NoLimit = 1e9;

    /// <summary>How a gradient is used.</summary>
    internal enum Step
    {
        /// <summary>θ ← θ + α g over the full horizon, in units of the return's scale.</summary>
        Plain,

        /// <summary>The same with g no longer than 1.</summary>
        Clipped,

        /// <summary>Adam over the full horizon.</summary>
        Adam,

        /// <summary>Adam over the full horizon with g no longer than 1.</summary>
        AdamClipped,

        /// <summary>Adam over ten steps, nothing after them, from states that the policy visits.</summary>
        Truncated,

        /// <summary>The same with a learned value after the ten steps.</summary>
        TruncatedWithValue,

        /// <summary>iLQR on the actions of each start: Newton's step with the curvature of dynamics left out.</summary>
        GaussNewton,
    }

    /// <summary>All of them.</summary>
    public static PolicySearch[] All { get; } =
    [
        new("plain gradient", [1e-2, 1e-1, 1.0], Step.Plain),
        new("clipped", [1e-2, 1e-1, 1.0], Step.Clipped),
        new("Adam", [1e-3, 1e-2], Step.Adam),
        new("Adam, clipped", [1e-3, 1e-2], Step.AdamClipped),
        new("Adam, 10 steps", [1e-3, 1e-2], Step.Truncated),
        new("Adam, 10 steps and value", [1e-3, 1e-2], Step.TruncatedWithValue),
        new("second order (iLQR, on actions)", [1.0], Step.GaussNewton),
    ];

    /// <summary>The steps after which it is evaluated.</summary>
    public static double[] Evaluations { get; } = [.. Enumerable.Range(0, (Steps / Every) + 1).Select(i => (double)(i * Every))];

    /// <summary>Steps of a rollout in a world.</summary>
    public static int Horizon(string world) => world == "cartpole-swingup" ? 40 : 100;

    /// <summary>Searches.</summary>
    /// <param name="world">The world's name.</param>
    /// <param name="rate">α.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Mean undiscounted return over fixed starts at every evaluation; NaN from where parameters left the finite numbers.</returns>
    public double[] Run(string world, double rate, long seed)
    {
        using var setting = new GradientSetting(world, seed, learn: false);
        return Kind == Step.GaussNewton ? OnActions(setting, Horizon(world)) : OnPolicy(setting, Horizon(world), rate);
    }

    private double[] OnPolicy(GradientSetting setting, int horizon, double rate)
    {
        var policy = setting.NewPolicy();
        double[] tests = setting.States(setting.Exact, setting.Starts(Starts, setting.Random("tests")));
        var full = new PolicyGradient(new LinearizerPullback(setting.Exact), policy, Starts, horizon, 1.0);
        bool isShort = Kind is Step.Truncated or Step.TruncatedWithValue;
        var learner = new SvgLearner(new LinearizerPullback(setting.Exact), policy, Options(horizon, rate, isShort), setting.Random("value"));
        learner.Begin(setting.Observations(), [.. Enumerable.Range(0, setting.Replay.Count).Select(i => setting.Replay.Reward(i))]);
        var random = setting.Random("search");
        var (gradient, curve, n) = (new double[policy.ParameterCount], new List<double>(), setting.Exact.StateSize);
        double[] visited = [];
        for (int step = 0; step <= Steps; step++)
        {
            if (step % Every == 0)
            {
                curve.Add(full.Evaluate(tests, default, []));

                // States that the policy visits from starts of its own.
                full.Evaluate(NewStarts(), default, []);
                visited = full.States[..(horizon * Starts * n)].ToArray();
            }

            if (isShort)
            {
                var starts = new double[Starts * n];
                for (int i = 0; i < Starts; i++)
                {
                    visited.AsSpan(random.NextInt32(horizon * Starts) * n, n).CopyTo(starts.AsSpan(i * n));
                }

                learner.Improve(starts, random.NextKey());
            }
            else if (Kind is Step.Adam or Step.AdamClipped)
            {
                learner.Improve(NewStarts(), random.NextKey());
            }
            else
            {
                Follow();
            }
        }

        return [.. curve];

        double[] NewStarts() => setting.States(setting.Exact, setting.Starts(Starts, random));

        void Follow()
        {
            full.Evaluate(NewStarts(), default, gradient);
            double norm = Math.Sqrt(gradient.Sum(g => g * g)) / learner.ReturnScale;
            double factor = rate / learner.ReturnScale * (Kind == Step.Clipped && norm > 1.0 ? 1.0 / norm : 1.0);
            policy.SetParameters([.. policy.Parameters.ToArray().Zip(gradient, (p, g) => p + (factor * g))]);
        }
    }

    private SvgOptions Options(int horizon, double rate, bool isShort) => new()
    {
        Horizon = isShort ? Short : horizon,
        LearnValue = Kind == Step.TruncatedWithValue,
        Starts = Starts,
        Discount = Kind == Step.TruncatedWithValue ? 0.99 : 1.0,
        PolicyLearningRate = rate,
        ValueLearningRate = 3e-3,
        GradientNorm = Kind == Step.Adam ? NoLimit : 1.0,
    };

    /// <summary>From each start, iLQR from actions of 0; its cost after each iteration.</summary>
    private static double[] OnActions(GradientSetting setting, int horizon)
    {
        double[] tests = setting.States(setting.Exact, setting.Starts(Starts, setting.Random("tests")));
        int n = setting.Exact.StateSize;
        var optimizer = new IterativeLqr(setting.Exact, new IlqrOptions { Horizon = horizon, Discount = 1.0, MaxIterations = Steps });
        var (curve, actions) = (new double[Evaluations.Length], new double[horizon * setting.Spec.Actions.Size]);
        for (int s = 0; s < Starts; s++)
        {
            optimizer.Solve(tests.AsSpan(s * n, n), actions);
            var costs = optimizer.Costs;
            for (int i = 0; i < curve.Length; i++)
            {
                curve[i] -= costs[Math.Min(costs.Length - 1, i * Every)] / Starts;
            }
        }

        return curve;
    }
}
