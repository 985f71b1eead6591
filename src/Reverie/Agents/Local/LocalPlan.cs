using Reverie.Models;
using Reverie.Models.Local;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Planning.Control.Local;
using Reverie.Worlds;

namespace Reverie.Agents.Local;

/// <summary>The best policy so far, the one that is tried next, and how far apart the two may be.</summary>
internal sealed class LocalPlan
{
    private const double LeastFactor = 0.1, GreatestFactor = 5.0;

    private const int MostFailures = 2;

    private readonly LocalModelsOptions options;
    private readonly int n, m, horizon;
    private readonly TaskExpansion expansion;
    private readonly KlConstrainedStep improvement;
    private readonly GaussianTrajectory trajectory;
    private readonly LinearQuadraticStage[] stages;
    private readonly QuadraticCost terminal;
    private readonly List<List<Rollout>> groups = [];
    private int failures;
    private bool repeats;

    public LocalPlan(WorldSpec spec, ITask task, LocalModelsOptions options)
    {
        this.options = options;
        (n, m, horizon, Step) = (spec.ObservationSize, spec.Actions.Size, spec.MaxSteps, options.Step);
        (Best, Candidate) = (new TimeVaryingPolicy(n, m, horizon), new TimeVaryingPolicy(n, m, horizon));
        Dynamics = new LocalDynamics(n, m, horizon);
        expansion = new TaskExpansion(task, n, m);
        improvement = new KlConstrainedStep(n, m, horizon)
        {
            Temperature = options.Temperature,
            LeastDeviation = options.LeastDeviation,
            FromActionCost = options.Execution == LocalExecution.ActionCostNoise,
        };
        trajectory = new GaussianTrajectory(n, m, horizon);
        stages = [.. Enumerable.Range(0, horizon).Select(_ => new LinearQuadraticStage(n, m))];
        terminal = new QuadraticCost(n);

        // u ~ N(ū, σ² I), whatever the state.
        var covariance = new double[m * m];
        Dense.Identity(covariance, m);
        Dense.Scale(options.InitialDeviation * options.InitialDeviation, covariance);
        for (int t = 0; t < horizon; t++)
        {
            Best.Feedforward(t).Fill(spec.InitialAction);
            Best.SetCovariance(t, covariance);
        }

        Candidate.CopyFrom(Best);
    }

    public TimeVaryingPolicy Best { get; }

    public TimeVaryingPolicy Candidate { get; }

    public LocalDynamics Dynamics { get; }

    /// <summary>What the next fit is made from: the rollouts of each policy that was the best, the newest first.</summary>
    public IReadOnlyList<IReadOnlyList<Rollout>> Groups => groups;

    public double BestCost { get; private set; } = double.PositiveInfinity;

    /// <summary>ε for each time step.</summary>
    public double Step { get; private set; }

    public double PredictedImprovement { get; private set; }

    public double Dual => improvement.Dual;

    public double Divergence => improvement.Divergence;

    /// <summary>Whether the candidate's rollout without noise says enough: that it is worse than the best policy.</summary>
    public bool IsWorse(Rollout rollout) => options.KeepBest && groups.Count > 0 && !repeats && Improvement(rollout).Actual < 0.0;

    /// <summary>Keeps the candidate if it is the best so far, and adapts ε by how its improvement compares to what was predicted.</summary>
    public void Judge(IReadOnlyList<Rollout> batch)
    {
        bool keep = true;
        if (groups.Count > 0)
        {
            var (predicted, actual) = Improvement(batch[0]);
            keep = actual >= 0.0 || !options.KeepBest || repeats;
            if (!repeats)
            {
                Adapt(predicted, actual);
            }
        }

        failures = keep ? 0 : failures + 1;
        if (keep)
        {
            Best.CopyFrom(Candidate);
            BestCost = batch[0].Cost;
            groups.Insert(0, [.. batch]);
            groups.RemoveRange(Math.Min(groups.Count, options.FitPolicies), Math.Max(0, groups.Count - options.FitPolicies));
        }
    }

    /// <summary>Expands the costs in the dynamics as they are fitted now.</summary>
    public void Expand() => expansion.Expand(Dynamics, groups[0], stages, terminal);

    /// <summary>The next candidate.</summary>
    public void Improve()
    {
        // Where tries from the best policy fail, it needs rollouts more than another try.
        repeats = failures >= MostFailures;
        if (repeats)
        {
            Candidate.CopyFrom(Best);
            PredictedImprovement = 0.0;
            return;
        }

        improvement.TryRun(Dynamics, stages, terminal, Best, Step * horizon, Candidate);
        PredictedImprovement = PredictedCost(Best, Dynamics.StartMean) - PredictedCost(Candidate, Dynamics.StartMean);
        if (options.Execution == LocalExecution.OpenLoop)
        {
            // trajectory is the candidate's: its mean actions are the plan.
            for (int t = 0; t < horizon; t++)
            {
                trajectory.Action(t).CopyTo(Candidate.Feedforward(t));
                Candidate.Gain(t).Clear();
            }
        }
    }

    public void Save(StateDictionary state, string prefix)
    {
        Best.Save(state, $"{prefix}/best");
        Candidate.Save(state, $"{prefix}/candidate");
        Dynamics.Save(state, $"{prefix}/dynamics");
        state.Set($"{prefix}/groups", groups.Select(g => (long)g.Count).ToArray());
        RolloutCollector.Save(state, $"{prefix}/rollouts", [.. groups.SelectMany(g => g)]);
        state.Set($"{prefix}/numbers", [BestCost, Step, PredictedImprovement, improvement.Dual, improvement.Divergence]);
        state.Set($"{prefix}/tries", [failures, repeats ? 1L : 0L]);
    }

    public void Load(StateDictionary state, string prefix)
    {
        Best.Load(state, $"{prefix}/best");
        Candidate.Load(state, $"{prefix}/candidate");
        Dynamics.Load(state, $"{prefix}/dynamics");
        var rollouts = RolloutCollector.Load(state, $"{prefix}/rollouts", n, m, horizon);
        groups.Clear();
        int at = 0;
        foreach (long count in state.GetInt64($"{prefix}/groups"))
        {
            groups.Add(rollouts.GetRange(at, (int)count));
            at += (int)count;
        }

        var numbers = state.GetDouble($"{prefix}/numbers", 5);
        (BestCost, Step, PredictedImprovement) = (numbers[0], numbers[1], numbers[2]);
        (improvement.Dual, improvement.Divergence) = (numbers[3], numbers[4]);
        var tries = state.GetInt64($"{prefix}/tries", 2);
        (failures, repeats) = ((int)tries[0], tries[1] != 0);
        if (groups.Count > 0)
        {
            Expand();
        }
    }

    /// <summary>
    /// With an improvement that is linear in the step and an error that grows as its square, the best factor is predicted / (2 (predicted − actual))
    /// (Levine, Wagener, Abbeel 2015, section V).
    /// </summary>
    private void Adapt(double predicted, double actual)
    {
        double factor = predicted > 0.0
            ? Math.Clamp(predicted / (2.0 * Math.Max(1e-4 * predicted, predicted - actual)), LeastFactor, GreatestFactor)
            : LeastFactor;
        Step = Math.Clamp(Step * factor, options.LeastStep, options.GreatestStep);
    }

    /// <summary>By how much the candidate is better than the best policy, as predicted and as it turned out. Where starts vary, the model says what the best policy would have cost from this one.</summary>
    private (double Predicted, double Actual) Improvement(Rollout rollout)
    {
        double here = PredictedCost(Best, rollout.State(0));
        double bestHere = BestCost + here - PredictedCost(Best, groups[0][0].State(0));
        return (here - PredictedCost(Candidate, rollout.State(0)), bestHere - rollout.Cost);
    }

    private double PredictedCost(TimeVaryingPolicy policy, ReadOnlySpan<double> start)
    {
        trajectory.Run(Dynamics, policy, start);
        return trajectory.Cost(stages, terminal);
    }
}
