using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments.Studies;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie study name</c>: a question answered over many seeds, by a table and a figure.</summary>
internal sealed class StudyCommand : Command
{
    private readonly Argument<string> study = new("study") { Description = "A study's name ('reverie list studies' shows them)" };
    private readonly Option<int?> seeds = new("--seeds") { Description = "Seeds of each agent (default: the study's own)" };
    private readonly Option<string?> output = new("--out") { Description = "The folder for tables and figures (default studies/<study>)" };
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();

    public StudyCommand()
        : base("study", "Compare agents over many seeds, and write a table and a figure")
    {
        Add(study);
        Add(seeds);
        Add(output);
        Add(threads);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        using var interrupt = new Interrupt();
        var entry = StudyCatalog.Find(parsed.GetRequiredValue(study));
        int count = parsed.GetValue(seeds) ?? entry.Seeds;
        CommonOptions.CheckAtLeast(2, "--seeds", count);
        var report = entry.Run(new StudySetup(count, parsed.GetValue(threads), Console.Error.WriteLine, interrupt.Token));
        string folder = Path.GetFullPath(parsed.GetValue(output) ?? Path.Combine("studies", entry.Name));
        var files = report.Write(folder);
        if (parsed.GetValue(json))
        {
            Output.Json(new { study = report.Name, report.Seeds, report.Tables, files });
        }
        else
        {
            Console.Out.Write(report.Markdown());
            Output.Line($"study: {folder}");
        }

        return ExitCode.Done;
    }
}
