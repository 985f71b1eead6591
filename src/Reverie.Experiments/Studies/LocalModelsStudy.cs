using Reverie.Agents.Local;
using Reverie.Experience;

namespace Reverie.Experiments.Studies;

/// <summary>
/// Which fits and which ways of executing a plan let local models be learned from a handful of rollouts. What is counted is the cost of the best policy's own rollout without noise, by rollouts
/// made, those that judged policies among them.
/// </summary>
internal static class LocalModelsStudy
{
    private const int ErrorsAt = 10;

    private static readonly Setting[] Settings =
    [
        new("point-mass", 50, ["startX=1", "startY=1", "startSpread=0", "maxForce=100", "maxSteps=50"]),
        new("cartpole-altro", 200, []),
        new("reacher", 100, ["startSpread=0", "targetX=0.3", "targetY=0.6", "maxSteps=50"]),
    ];

    // Coarser fits need more rollouts of each policy, and are worth less beside them.
    private static readonly Contestant[] Contestants =
    [
        new("neighbours", "local-models", "fit=neighbours"),
        new("regression", "local-models", "fit=regression", "rollouts=4"),
        new("mixture prior", "local-models", "fit=mixture", "rollouts=4", "priorStrength=0.01", "memory=40"),
        new("ensemble prior", "local-models", "fit=ensemble", "rollouts=4", "priorStrength=0.01", "memory=40"),
        new("open loop", "local-models", "execution=openLoop"),
        new("feedback without noise", "local-models", "execution=feedback"),
        new("noise by R⁻¹", "local-models", "execution=actionCostNoise", "temperature=0.001"),
        new("mixture, not keeping the best", "local-models", "keepBest=false", "fit=mixture", "rollouts=4", "priorStrength=0.01", "memory=40"),
    ];

    /// <summary>The study.</summary>
    public static Study Entry { get; } = new("local-models", "Which fits and executions let local models be learned from a handful of rollouts", 5, Run);

    private static StudyReport Run(StudySetup setup)
    {
        var tables = new List<StudyTable>();
        var (costs, errors) = (new List<StudyPanel>(), new List<StudyPanel>());
        foreach (var setting in Settings)
        {
            var (rows, costLines, errorLines) = (new List<StudyRow>(), new List<StudyLine>(), new List<StudyLine>());
            foreach (var contestant in Contestants)
            {
                var trials = setup.Trials($"{setting.World}, {contestant.Label}", seed => Trial(setting, contestant, seed, setup.Cancel));
                rows.Add(new StudyRow(contestant.Label,
                [
                    StudyCell.Median(trials.Select(t => t.Best[9])),
                    StudyCell.Median(trials.Select(t => t.Best[(setting.Rollouts / 2) - 1])),
                    StudyCell.Median(trials.Select(t => t.Best[^1])),
                    new(trials.Max(t => t.Best[^1])),
                    StudyCell.Median(trials.Select(t => t.Costs[^1])),
                    StudyCell.Median(trials.Select(t => t.Noise)),
                ]));
                costLines.Add(StudyLine.Median(contestant.Label, [.. Enumerable.Range(1, setting.Rollouts).Select(i => (double)i)], [.. trials.Select(t => t.Best)]));
                errorLines.Add(StudyLine.Median(contestant.Label, [.. Enumerable.Range(0, trials[0].Errors.Length).Select(t => (double)t)], [.. trials.Select(t => t.Errors)]));
            }

            tables.Add(new StudyTable(
                $"{setting.World}: cost, median and quartiles over {setup.Seeds} seeds, by rollouts made. The best policy's is of its own rollout without noise; the last rollout's is as it was "
                    + "executed. Noise: estimated standard deviation of the process noise, which is 0 in these worlds.",
                "what is changed",
                ["best after 10", $"after {setting.Rollouts / 2}", $"after {setting.Rollouts}", "worst seed", "last rollout", "noise"],
                rows,
                AroundMean: false));
            costs.Add(new StudyPanel(setting.World, "rollouts", "cost of the best policy", costLines, Logarithmic: true));
            errors.Add(new StudyPanel(setting.World, "time step", $"one-step error, from rollout {ErrorsAt} on", errorLines, Logarithmic: true));
        }

        return new StudyReport("local-models", "Local models learned from a handful of rollouts", setup.Seeds, tables)
        {
            Figures =
            [
                StudyFigure.Of("local-models-cost", "Cost against rollouts", $"Median and quartiles over {setup.Seeds} seeds.", costs),
                StudyFigure.Of("local-models-error", "One-step error of fitted dynamics", $"On the next policy's rollouts, root mean square; median and quartiles over {setup.Seeds} seeds.", errors),
            ],
        };
    }

    private static Outcome Trial(Setting setting, Contestant contestant, long seed, CancellationToken cancel)
    {
        var request = Laboratory.Request(contestant.Agent, setting.World, seed, [.. setting.Options, .. contestant.Assignments], null, setting.Rollouts, threads: 1);
        using var parts = Laboratory.Parts(request);
        var agent = (LocalModelsAgent)parts.Agent;
        int horizon = parts.World.Spec.MaxSteps, measured = 0;
        var (best, costs, squares) = (new double[setting.Rollouts], new double[setting.Rollouts], new double[horizon]);
        int rollout = 0;
        parts.Metrics.Connect(
            (name, value) =>
            {
                const string Prefix = "model/oneStepError/";
                if (rollout >= ErrorsAt && name.StartsWith(Prefix, StringComparison.Ordinal))
                {
                    int t = int.Parse(name.AsSpan(Prefix.Length), System.Globalization.CultureInfo.InvariantCulture);
                    squares[t] += value * value;
                    measured += t == 0 ? 1 : 0;
                }
            },
            replay: true);
        var action = new double[parts.World.Spec.Actions.Size];
        var (observation, next) = (new double[parts.World.Spec.ObservationSize], new double[parts.World.Spec.ObservationSize]);
        for (; rollout < setting.Rollouts; rollout++)
        {
            cancel.ThrowIfCancellationRequested();
            parts.World.Reset(observation);
            for (bool done = false; !done;)
            {
                agent.Act(observation, action);
                var result = parts.World.Step(action, next);
                costs[rollout] -= result.Reward;
                agent.Observe(new Transition
                {
                    Observation = observation,
                    Action = action,
                    Reward = result.Reward,
                    NextObservation = next,
                    Terminated = result.Terminated,
                    Truncated = result.Truncated,
                });
                (observation, next, done) = (next, observation, result.Done);
            }

            best[rollout] = double.IsFinite(agent.BestCost) ? agent.BestCost : costs[0];
        }

        return new Outcome(best, costs, [.. squares.Select(s => Math.Max(1e-12, Math.Sqrt(s / Math.Max(1, measured))))], agent.Dynamics.NoiseDeviation());
    }

    private sealed record Setting(string World, int Rollouts, string[] Options);

    private sealed record Outcome(double[] Best, double[] Costs, double[] Errors, double Noise);
}
