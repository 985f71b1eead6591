using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Reverie.Experiments.Reports;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie report run…</c>: plots and one page from runs, or from plans.</summary>
internal sealed class ReportCommand : Command
{
    private readonly Argument<string[]> runs = new("runs") { Description = "Run directories, or plan directories", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> output = new("--out") { Description = "The folder to write to (default: <run>/report for one run, report for several)" };
    private readonly Option<bool> json = CommonOptions.Json();

    public ReportCommand()
        : base("report", "Draw learning curves, model losses and imagined trajectories of runs, or planned trajectories, and one page of all")
    {
        Add(runs);
        Add(output);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(runs)!;
        var data = Read(paths);
        string folder = Folder(parsed.GetValue(output) ?? (paths.Length == 1 ? Path.Combine(paths[0], "report") : "report"));
        var files = ReportWriter.Write(data, folder);
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

    private static ReportData Read(string[] paths)
    {
        if (!paths.Any(PlanDirectory.IsPlan))
        {
            return ReportData.FromRuns([.. paths.Select(RunDirectory.Open)]);
        }

        return Array.Find(paths, path => !PlanDirectory.IsPlan(path)) is { } other
            ? throw new RequestException($"{other} is no plan directory: report either plans or runs")
            : ReportData.FromPlans([.. paths.Select(path => new ReportedPlan(paths.Length == 1 ? Path.GetFileName(Path.GetFullPath(path).TrimEnd('/', '\\')) : path, PlanDirectory.Read(path)))]);
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
