using System.CommandLine;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie resume run</c>: go on with an interrupted or killed run, to the same result as if it had not been.</summary>
internal sealed class ResumeCommand : Command
{
    private readonly Argument<string> run = CommonOptions.Run();
    private readonly Option<bool> json = CommonOptions.Json();

    public ResumeCommand()
        : base("resume", "Go on with an interrupted run, to the same result as if it had not been interrupted")
    {
        Add(run);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        var directory = RunDirectory.Open(parsed.GetRequiredValue(run));
        if (directory.ReadResult() is { } result)
        {
            Console.Error.WriteLine("the run was finished already");
            LearningRun.Show(directory, result, directory.ReadTiming() is [.., var last] ? last.Seconds : 0, parsed.GetValue(json));
            return ExitCode.Done;
        }

        if (directory.Request.Versions != RunVersions.Current)
        {
            Console.Error.WriteLine($"note: the run was made with other versions ({directory.Request.Versions}); the result may differ in its last bits");
        }

        return LearningRun.Execute(directory, Laboratory.Parts(directory.Request), parsed.GetValue(json));
    }
}
