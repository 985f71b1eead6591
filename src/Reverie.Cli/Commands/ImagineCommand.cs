using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Spectre.Console;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie imagine run</c>: open-loop error of the learned model against horizon, on real trajectories it has not learned from.</summary>
internal sealed class ImagineCommand : Command
{
    private readonly Argument<string> run = CommonOptions.Run();
    private readonly Option<int> episodes = CommonOptions.Episodes(5, "Held-out real episodes");
    private readonly Option<int> horizon = CommonOptions.AtLeast(1, new Option<int>("--horizon")
    {
        Description = "The longest horizon, in steps (default 50)",
        DefaultValueFactory = _ => 50,
    });

    private readonly Option<bool> json = CommonOptions.Json();

    public ImagineCommand()
        : base("imagine", "Measure the learned model's open-loop error against horizon, on held-out real trajectories")
    {
        Add(run);
        Add(episodes);
        Add(horizon);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        using var interrupt = new Interrupt();
        var directory = RunDirectory.Open(parsed.GetRequiredValue(run));
        using var parts = Laboratory.Restore(directory);
        var result = OpenLoop.Measure(parts, directory, parsed.GetValue(episodes), parsed.GetValue(horizon), interrupt.Token);
        directory.WriteImagination(result);
        if (parsed.GetValue(json))
        {
            Output.Json(result);
            return ExitCode.Done;
        }

        var table = new Table().Border(TableBorder.Minimal).AddColumns("horizon", "starts", "error", "quartiles", "members' spread");
        foreach (var h in result.Horizons.Where(h => h.Horizon is 1 or 2 or 5 || h.Horizon % 10 == 0))
        {
            table.AddRow(Cell($"{h.Horizon}"), Cell($"{h.Starts}"), Cell($"{h.Median:G3}"), Cell($"{h.Lower:G3} to {h.Upper:G3}"), Cell($"{h.Spread:G3}"));
        }

        Output.Line($"open-loop error of {result.Agent} on {result.World}, in standard deviations of the held-out observations:");
        Output.Console().Write(table);
        return ExitCode.Done;
    }

    private static string Cell(FormattableString text) => FormattableString.Invariant(text);
}
