using Reverie.Experience;
using Reverie.Models;
using Reverie.Models.Local;
using Reverie.Numerics;
using Reverie.Planning.Control.Local;
using Reverie.Worlds;

namespace Reverie.Agents.Local;

/// <summary>
/// Local models learned from a handful of rollouts: guided policy search under unknown dynamics (Levine and Abbeel 2014), without its neural policy. Repeat: roll the time-varying linear-Gaussian
/// policy out N times; fit linear-Gaussian dynamics to each time step; expand the known costs; improve the policy within a neighbourhood of the best so far; and change the neighbourhood's size by
/// what the improvement turned out to be (Levine, Wagener, Abbeel 2015, section V).
/// </summary>
/// <remarks>
/// The first rollout of each iteration is without noise, and its cost is the policy's. The world is stepped only; its reward alone is known. Observations are taken for states.
/// </remarks>
public sealed class LocalModelsAgent : IAgent, IDisposable
{
    private readonly LocalModelsOptions options;
    private readonly WorldSpec spec;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly IDynamicsPrior? prior;
    private readonly LocalRegression regression;
    private readonly LocalPlan plan;
    private readonly RolloutCollector collector;
    private long iterations;

    /// <summary>An agent that knows nothing but the reward.</summary>
    /// <param name="spec">The world; its episodes must all be as long as its time limit.</param>
    /// <param name="task">The reward, that of the end among it.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives costs, steps and errors.</param>
    /// <param name="prior">The prior of <see cref="LocalFit.Ensemble"/>; owned, and disposed of, by the agent where it is disposable.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the world is finite or has numbered actions, or the prior is missing.</exception>
    public LocalModelsAgent(WorldSpec spec, ITask task, LocalModelsOptions options, RandomKey key, MetricSink? metrics = null, IDynamicsPrior? prior = null)
    {
        (this.spec, this.options, this.metrics) = (spec, OptionRanges.Checked(options), metrics);
        options.Validate();
        if (spec.IsFinite || spec.Actions.IsDiscrete)
        {
            throw new ArgumentException($"Local models need continuous states and actions; world '{spec.Name}' has {(spec.IsFinite ? "numbered states" : "numbered actions")}.", nameof(spec));
        }

        int n = spec.ObservationSize, m = spec.Actions.Size;
        random = new RandomStream(key.Split("exploration"));
        this.prior = options.Fit switch
        {
            LocalFit.Mixture => new MixturePrior(n, m, options.Clusters, options.PointsPerCluster, key.Split("mixture")),
            LocalFit.Neighbours => new NeighbourPrior(n, m, options.PointsPerUnknown),
            LocalFit.Ensemble => prior ?? throw new ArgumentException("A fit with an ensemble needs its prior; none was given.", nameof(prior)),
            _ => null,
        };
        regression = new LocalRegression(n, m, options.Ridge, options.PriorStrength, options.Forgetting);
        plan = new LocalPlan(spec, task, options);
        collector = new RolloutCollector(n, m, spec.MaxSteps, options.Memory);
    }

    /// <summary>The policy that is rolled out.</summary>
    public TimeVaryingPolicy Current => plan.Candidate;

    /// <summary>The best policy so far.</summary>
    public TimeVaryingPolicy Best => plan.Best;

    /// <summary>What <see cref="Best"/> cost when it was rolled out without noise; +∞ before the first iteration is over.</summary>
    public double BestCost => plan.BestCost;

    /// <summary>The local dynamics of the last fit.</summary>
    public LocalDynamics Dynamics => plan.Dynamics;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        bool noisy = iterations == 0 || options.Execution is LocalExecution.ActionCostNoise or LocalExecution.ActionValueNoise;
        if (noisy && collector.Finished > 0)
        {
            plan.Candidate.Sample(collector.Step, observation, action, random);
        }
        else
        {
            plan.Candidate.Act(collector.Step, observation, action);
        }

        spec.Actions.Limit(action);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition has the wrong lengths.</exception>
    /// <exception cref="InvalidOperationException">The episode ended before its time limit.</exception>
    public void Observe(in Transition transition)
    {
        spec.RequireSizes(transition.Observation, transition.Action);
        spec.RequireSizes(transition.NextObservation, transition.Action);
        if (transition.Terminated)
        {
            throw new InvalidOperationException($"Local models need episodes of {spec.MaxSteps} steps; world '{spec.Name}' terminated after {collector.Step + 1}.");
        }

        // What turned out worse is not rolled out again.
        if (collector.Add(transition) && (collector.Finished == options.Rollouts || (collector.Finished == 1 && plan.IsWorse(collector.Last))))
        {
            Improve();
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new MeanPolicy(spec, plan.Best);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/iterations", [iterations]);
        random.Save(state, $"{prefix}/random");
        collector.Save(state, $"{prefix}/rollouts");
        plan.Save(state, $"{prefix}/plan");
        prior?.Save(state, $"{prefix}/prior");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        iterations = state.GetInt64($"{prefix}/iterations", 1)[0];
        random.Load(state, $"{prefix}/random");
        collector.Load(state, $"{prefix}/rollouts");
        plan.Load(state, $"{prefix}/plan");
        prior?.Load(state, $"{prefix}/prior");
    }

    /// <inheritdoc/>
    public void Dispose() => (prior as IDisposable)?.Dispose();

    /// <summary>One iteration, with its N rollouts at hand.</summary>
    private void Improve()
    {
        var batch = collector.TakeBatch();
        if (iterations > 0)
        {
            ReportErrors(batch);
        }

        plan.Judge(batch);
        prior?.Fit(collector.Memory);
        regression.Fit(plan.Groups, prior, plan.Dynamics);
        plan.Expand();
        plan.Improve();
        iterations++;
        Report(batch);
    }

    private void Report(IReadOnlyList<Rollout> batch)
    {
        metrics?.Invoke("local/cost", batch[0].Cost);
        metrics?.Invoke("local/bestCost", plan.BestCost);
        metrics?.Invoke("local/dual", plan.Dual);
        metrics?.Invoke("local/divergence", plan.Divergence);
        metrics?.Invoke("local/step", plan.Step);
        metrics?.Invoke("local/entropy", plan.Candidate.Entropy());
        metrics?.Invoke("local/predictedImprovement", plan.PredictedImprovement);
        metrics?.Invoke("local/processNoise", plan.Dynamics.NoiseDeviation());
    }

    /// <summary>What the model that the policy was planned in is wrong by where the policy went.</summary>
    private void ReportErrors(IReadOnlyList<Rollout> batch)
    {
        for (int t = 0; metrics is not null && t < spec.MaxSteps; t++)
        {
            metrics($"model/oneStepError/{t}", plan.Dynamics.Error(t, batch));
        }
    }

    private sealed class MeanPolicy(WorldSpec spec, TimeVaryingPolicy policy) : IPolicy
    {
        private int step;

        public void Reset() => step = 0;

        public void Act(ReadOnlySpan<double> observation, Span<double> action)
        {
            spec.RequireSizes(observation, action);
            policy.Act(Math.Min(step++, policy.Horizon - 1), observation, action);
            spec.Actions.Limit(action);
        }
    }
}
