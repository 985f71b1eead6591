using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Reverie.Planning.Control;

namespace Reverie.Cli.Commands;

/// <summary>Optimises one whole trajectory and tells what came of it.</summary>
internal static class TrajectoryPlanning
{
    /// <summary>More than this is a constraint that is not kept.</summary>
    private const double BrokenConstraint = 1e-3;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    public static int Run(string planner, string world, long seed, string[] assignments, int repeat, int threads, string? output, bool json, Interrupt interrupt)
    {
        string? directory = output is null ? null : PlanDirectory.RequireFree(output);
        var plan = TrajectoryTrial.Run(planner, world, seed, assignments, repeat, threads, TimeProvider.System, Progress(TimeProvider.System), interrupt.Token);
        if (directory is not null)
        {
            PlanDirectory.Write(directory, plan);
        }

        var result = plan.Result;
        if (json)
        {
            Output.Json(result);
        }
        else
        {
            Describe(result, directory);
        }

        if (result.StopReason.IsFailure())
        {
            Console.Error.WriteLine($"error: not solved: {result.Describe()}");
            return ExitCode.RunFailed;
        }

        if (result.Violation > BrokenConstraint && !result.Solved && result.StopReason != TrajectoryStop.Cancelled)
        {
            Console.Error.WriteLine(FormattableString.Invariant($"error: not solved: a constraint is broken by {result.Violation:G3}; {result.Describe()}"));
            return ExitCode.RunFailed;
        }

        return result.StopReason == TrajectoryStop.Cancelled || interrupt.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static void Describe(TrajectoryResult result, string? directory)
    {
        string outcome = result.Solved ? "solved" : "not solved";
        string cost = result.Cost is { } c ? FormattableString.Invariant($"cost {c:G9}") : "no cost";
        string from = result.InitialCost is { } initial ? FormattableString.Invariant($" (from {initial:G6})") : "";
        Output.Line($"{result.Planner} on {result.World}, seed {result.Seed}, {result.Horizon} steps: {outcome}, {cost}{from}; {result.Describe()}");
        if (result.FinalState is { } state)
        {
            Output.Line($"final state ({string.Join(", ", state.Select(x => FormattableString.Invariant($"{x:G6}")))})");
        }

        if (result.Violation is > 0.0)
        {
            Output.Line($"constraints are {(result.Solved ? "kept" : "broken")}, the worst exceeded by {result.Violation:G3}");
        }

        if (result.HeldSteps is { } held)
        {
            Output.Line($"the cost is indefinite in the actions: limits alone hold them at {held} of {result.Horizon} steps, and other choices of limits may be minima as well");
        }

        string times = result.Solves > 1 ? FormattableString.Invariant($"median of {result.Solves} solves") : "one solve, compiling included";
        Output.Line($"{result.Iterations} iteration{(result.Iterations == 1 ? "" : "s")}, {result.Milliseconds:G3} ms, {result.MicrosecondsPerIteration:G3} µs an iteration ({times})");
        if (directory is not null)
        {
            Output.Line($"plan: {directory}");
        }
    }

    /// <summary>A line on standard error now and then, none for what takes less than a second.</summary>
    private static Action<int, double> Progress(TimeProvider time)
    {
        long last = time.GetTimestamp();
        return (iteration, cost) =>
        {
            long now = time.GetTimestamp();
            if (time.GetElapsedTime(last, now) >= Often)
            {
                last = now;
                Console.Error.WriteLine(FormattableString.Invariant($"iteration {iteration}: cost {cost:G9}"));
            }
        };
    }
}
