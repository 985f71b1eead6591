using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Planning;

namespace Reverie.Experiments;

/// <summary>How long decisions took.</summary>
/// <param name="Median">Median [ms].</param>
/// <param name="P99">99th percentile [ms].</param>
public sealed record DecisionTimes(double Median, double P99);

/// <summary>What a planner obtains when the model is given.</summary>
/// <param name="Planner">The planner's name.</param>
/// <param name="World">The world's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="MeanReturn">Mean return.</param>
/// <param name="StandardDeviation">Sample standard deviation of the returns.</param>
/// <param name="Returns">The return of each, in order.</param>
/// <param name="MillisecondsPerDecision">How long decisions took.</param>
/// <param name="Value">What the planner expected of an episode at its first decision, within its horizon: mean over episodes. An estimate without a guarantee.</param>
public sealed record PlanResult(
    string Planner, string World, long Seed, int Episodes, double MeanReturn, double StandardDeviation, double[] Returns, DecisionTimes MillisecondsPerDecision, double Value);

/// <summary>Receding-horizon control of a world by a planner that searches the world's exact model.</summary>
public static class PlanTrial
{
    /// <summary>Runs episodes.</summary>
    /// <param name="planner">The planner's name.</param>
    /// <param name="world">The world's name, or a file with a finite one.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="episodes">Episodes, ≥ 1.</param>
    /// <param name="assignments">Options as <c>name=value</c>, of the world or the planner.</param>
    /// <param name="threads">Worker threads, ≥ 1.</param>
    /// <param name="time">The clock that times decisions.</param>
    /// <param name="onEpisode">Told the number, from 1, and the return of each episode.</param>
    /// <param name="cancel">Ends the trial between two steps.</param>
    /// <exception cref="RequestException">An unknown name or a value that is not allowed.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static PlanResult Run(
        string planner, string world, long seed, int episodes, IEnumerable<string> assignments, int threads, TimeProvider time, Action<int, double>? onEpisode, CancellationToken cancel)
    {
        var plannerEntry = Laboratory.Planner(planner);
        var given = GivenWorld.Find(world, Laboratory.Target(plannerEntry), assignments);
        using var workers = new Workers(threads);
        var key = RandomKey.FromSeed(seed);
        TimedPolicy policy;
        try
        {
            var model = given.Model(workers);
            policy = new TimedPolicy(new MpcPolicy(model, plannerEntry.Create((PlannerOptions)given.PlannerOptions, model, given.Spec), new RandomStream(key.Split("planner"))), time);
        }
        catch (ArgumentException e)
        {
            throw new RequestException(Messages.OneLine(e), e);
        }

        var stage = given.Create(key.Split("world"));
        var returns = new double[episodes];
        for (int i = 0; i < episodes; i++)
        {
            returns[i] = Evaluation.Episode(stage, policy, cancel);
            onEpisode?.Invoke(i + 1, returns[i]);
        }

        var summary = EvaluationResult.Of(returns);
        return new PlanResult(planner, world, seed, episodes, summary.MeanReturn, summary.StandardDeviation, returns, policy.Times(), policy.Expected / episodes);
    }

    private sealed class TimedPolicy(MpcPolicy policy, TimeProvider time) : IPolicy
    {
        private readonly List<double> milliseconds = [];
        private bool first;

        /// <summary>What the planner expected at the first decision of each episode, summed.</summary>
        public double Expected { get; private set; }

        public void Reset()
        {
            policy.Reset();
            first = true;
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action)
        {
            long start = time.GetTimestamp();
            policy.Act(observation, action);
            milliseconds.Add(time.GetElapsedTime(start).TotalMilliseconds);
            Expected += first ? policy.ExpectedReturn : 0;
            first = false;
        }

        public DecisionTimes Times()
        {
            milliseconds.Sort();
            return new DecisionTimes(Quantile(0.5), Quantile(0.99));
        }

        // The smallest time that at least the share p of all does not exceed.
        private double Quantile(double p) => milliseconds[Math.Max(0, (int)Math.Ceiling(p * milliseconds.Count) - 1)];
    }
}
