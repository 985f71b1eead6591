using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Reverie.Experiments.Reports;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie report run…</c>: plots and one page from runs.</summary>
internal sealed class ReportCommand : Command
{
    private readonly Argument<string[]> runs = new("runs") { Description = "Run directories", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> output = new("--out") { Description = "The folder to write to (default: <run>/report for one run, report for several)" };
    private readonly Option<bool> json = CommonOptions.Json();

    public ReportCommand()
        : base("report", "Draw learning curves, model losses and imagined trajectories of runs, and one page of all")
    {
        Add(runs);
        Add(output);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        RunDirectory[] directories = [.. parsed.GetValue(runs)!.Select(RunDirectory.Open)];
        string folder = Folder(parsed.GetValue(output) ?? (directories.Length == 1 ? Path.Combine(directories[0].Path, "report") : "report"));
        var files = ReportWriter.Write(directories, folder);
        if (parsed.GetValue(json))
        {
            Output.Json(new { report = folder, files });
        }
        else
        {
            Output.Line($"report: {folder}");
        }

        return ExitCode.Done;
    }

    private static string Folder(string path)
    {
        try
        {
            return path.Length > 0 ? Directory.CreateDirectory(path).FullName : throw new RequestException("the report folder's path is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"the report folder {path} cannot be made: {Messages.OneLine(e)}", e);
        }
    }
}
