using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie plan planner world</c>: control a world by planning in its exact model.</summary>
internal sealed class PlanCommand : Command
{
    private readonly Argument<string> planner = new("planner") { Description = "A planner's name" };
    private readonly Argument<string> world = new("world") { Description = "A world's name" };
    private readonly Option<int> episodes = CommonOptions.Episodes(10, "Episodes to run");
    private readonly Option<string[]> set = CommonOptions.Set();
    private readonly Option<long> seed = CommonOptions.Seed();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();

    public PlanCommand()
        : base("plan", "Control a world by planning in its exact model")
    {
        Add(planner);
        Add(world);
        Add(episodes);
        Add(set);
        Add(seed);
        Add(threads);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        using var interrupt = new Interrupt();
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
}
