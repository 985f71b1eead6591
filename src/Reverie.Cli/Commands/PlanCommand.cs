using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie plan planner world</c>: control a world by planning in its exact model, optimise one whole trajectory in it, or solve a finite world.</summary>
internal sealed class PlanCommand : Command
{
    private readonly Argument<string> planner = new("planner") { Description = "A planner's name" };
    private readonly Argument<string> world = new("world") { Description = "A world's name, or a file with a finite world" };
    private readonly Option<int> episodes = CommonOptions.Episodes(10, "Episodes to control the world for; without it lqr, ilqr and ddp optimise one whole trajectory");
    private readonly Option<string[]> set = CommonOptions.Set();
    private readonly Option<long> seed = CommonOptions.Seed();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<double?> precision = new("--precision") { Description = "Guaranteed error at which a solver of finite worlds stops (default 1e-6)" };
    private readonly Option<string?> values = new("--values") { Description = "A file for all values, bounds and the greedy policy of a finite world" };
    private readonly Option<int> repeat = CommonOptions.AtLeast(1, new Option<int>("--repeat")
    {
        Description = "Solve a trajectory so often, after once that does not count, for the median time (default 1: once, compiling included)",
        DefaultValueFactory = _ => 1,
    });

    private readonly Option<string?> output = new("--out") { Description = "A new directory for a trajectory, which 'reverie report' draws" };
    private readonly Option<bool> json = CommonOptions.Json();

    public PlanCommand()
        : base("plan", "Control a world by planning in its exact model, optimise one whole trajectory in it, or solve a finite world")
    {
        Add(planner);
        Add(world);
        Add(episodes);
        Add(set);
        Add(seed);
        Add(threads);
        Add(precision);
        Add(values);
        Add(repeat);
        Add(output);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(planner);
        bool isTrajectory = TrajectoryTrial.IsSolver(name) && !IsGiven(parsed, episodes);
        if (!isTrajectory && (IsGiven(parsed, repeat) || IsGiven(parsed, output)))
        {
            throw new RequestException("--repeat and --out are for whole trajectories: those of lqr, ilqr and ddp without --episodes");
        }

        using var interrupt = new Interrupt(isTrajectory ? "finishing the iteration; once more ends at once" : "finishing the step; once more ends at once");
        return FinitePlan.IsSolver(name) ? Solve(parsed, interrupt) : isTrajectory ? Optimize(parsed, interrupt) : Control(parsed, interrupt);
    }

    private int Optimize(ParseResult parsed, Interrupt interrupt)
    {
        RefuseFinite(parsed);
        return TrajectoryPlanning.Run(
            parsed.GetRequiredValue(planner),
            parsed.GetRequiredValue(world),
            parsed.GetValue(seed),
            parsed.GetValue(set)!,
            parsed.GetValue(repeat),
            parsed.GetValue(threads),
            parsed.GetValue(output),
            parsed.GetValue(json),
            interrupt);
    }

    private int Solve(ParseResult parsed, Interrupt interrupt)
    {
        var (result, mdp, solution) = FinitePlan.Run(
            parsed.GetRequiredValue(planner),
            parsed.GetRequiredValue(world),
            parsed.GetValue(set)!,
            parsed.GetValue(precision),
            parsed.GetValue(threads),
            TimeProvider.System,
            interrupt.Token);
        if (parsed.GetValue(values) is { } path)
        {
            FinitePlan.WriteValues(path, mdp, solution);
        }

        if (parsed.GetValue(json))
        {
            Output.Json(result);
        }
        else
        {
            string bounds = double.IsFinite(result.Lower) || double.IsFinite(result.Upper) ? FormattableString.Invariant($"guaranteed from {result.Lower:G9} to {result.Upper:G9}") : "without a guarantee";
            Output.Line($"{result.Planner} on {result.World}: the value at the start is {result.Value:G9}, {bounds}");
            Output.Line($"{result.Sweeps} sweeps, {result.Backups} backups, {result.Milliseconds:G3} ms; stopped by {result.StopReason}");
        }

        return ExitCode.Done;
    }

    private int Control(ParseResult parsed, Interrupt interrupt)
    {
        RefuseFinite(parsed);
        var result = PlanTrial.Run(
            parsed.GetRequiredValue(planner),
            parsed.GetRequiredValue(world),
            parsed.GetValue(seed),
            parsed.GetValue(episodes),
            parsed.GetValue(set)!,
            parsed.GetValue(threads),
            TimeProvider.System,
            (episode, value) => Console.Error.WriteLine(FormattableString.Invariant($"episode {episode}: return {value:G6}")),
            interrupt.Token);
        if (parsed.GetValue(json))
        {
            Output.Json(result);
        }
        else
        {
            Output.Line($"{result.Planner} on {result.World}, seed {result.Seed}: mean return {result.MeanReturn:G6} ± {result.StandardDeviation:G3} over {Output.Episodes(result.Episodes)}");
            Output.Line($"decisions took {result.MillisecondsPerDecision.Median:G3} ms (median), {result.MillisecondsPerDecision.P99:G3} ms (99th percentile)");
        }

        return ExitCode.Done;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private void RefuseFinite(ParseResult parsed)
    {
        if (parsed.GetValue(precision) is not null || parsed.GetValue(values) is not null)
        {
            throw new RequestException($"--precision and --values are for solvers of finite worlds: {string.Join(", ", FinitePlan.Solvers.Select(s => s.Name))}");
        }
    }
}
