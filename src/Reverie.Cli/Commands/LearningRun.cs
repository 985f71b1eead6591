using Reverie.Cli.Terminal;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary>What <c>learn</c> and <c>resume</c> share: run with progress until done or interrupted, then show the result.</summary>
internal static class LearningRun
{
    /// <summary>Runs; disposes of <paramref name="parts"/>.</summary>
    public static int Execute(RunDirectory run, RunParts parts, bool json)
    {
        using var interrupt = new Interrupt("finishing the step, then saving; once more ends at once");
        RunResult? result;
        double seconds;
        using (parts)
        {
            using var held = run.Lock();
            (result, seconds) = Progress.Watch(listener =>
            {
                if (run.Request.Data is not null)
                {
                    using var offline = new OfflineRunner(run, parts, listener, TimeProvider.System);
                    return (offline.Run(interrupt.Token), offline.WallSeconds);
                }

                using var runner = new Runner(run, parts, listener, TimeProvider.System);
                return (runner.Run(interrupt.Token), runner.WallSeconds);
            });
        }

        if (result is null)
        {
            Console.Error.WriteLine($"interrupted; saved. Go on with: reverie resume {run.Path}");
            return ExitCode.Interrupted;
        }

        Show(run, result, seconds, json);
        return ExitCode.Done;
    }

    /// <summary>Shows a result.</summary>
    public static void Show(RunDirectory run, RunResult result, double seconds, bool json)
    {
        if (json)
        {
            Output.Json(new LearnDocument(
                result.Agent, result.World, result.Seed, result.EnvironmentSteps, result.LearningSteps, run.Request.Data, result.Episodes, result.Evaluation, result.ValueOfFinalPolicy, result.OptimalValue, seconds, run.Path));
            return;
        }

        var evaluation = result.Evaluation;
        if (run.Request.Data is { } data)
        {
            Output.Line($"{result.Agent} on {result.World}, seed {result.Seed}: {result.LearningSteps} steps of learning from {data.Transitions} transitions, {result.EnvironmentSteps} steps in the world, {seconds:F1} s");
        }
        else
        {
            Output.Line($"{result.Agent} on {result.World}, seed {result.Seed}: {Output.Episodes(result.Episodes.Count)}, {result.EnvironmentSteps} steps, {seconds:F1} s");
        }

        if (evaluation.Episodes > 0)
        {
            Output.Line($"evaluation over {Output.Episodes(evaluation.Episodes, "fresh ")}: mean return {evaluation.MeanReturn:G6} ± {evaluation.StandardDeviation:G3}");
        }

        if (result.ValueOfFinalPolicy is { } value && result.OptimalValue is { } optimum)
        {
            Output.Line($"greedy policy, exactly and without a limit on steps: worth {value:G6} at the start, discounted; the best is worth {optimum:G6}");
        }

        Output.Line($"run directory: {run.Path}");
    }

    private sealed record LearnDocument(
        string Agent,
        string World,
        long Seed,
        long EnvironmentSteps,
        long? LearningSteps,
        RunData? Data,
        IReadOnlyList<EpisodeResult> Episodes,
        EvaluationResult Evaluation,
        double? ValueOfFinalPolicy,
        double? OptimalValue,
        double WallSeconds,
        string RunDirectory);
}
