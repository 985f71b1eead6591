using System.CommandLine;
using System.CommandLine.Help;
using Reverie.Cli.Commands;
using Reverie.Experiments;

namespace Reverie.Cli;

/// <summary>Parses the command line, runs one command, and turns every failure into one line and an exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        try
        {
            var root = Root();
            var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0)
            {
                throw new RequestException(ParseErrors.Describe(root, parsed));
            }

            // Interruption is the commands' own business: they save first.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (RequestException e)
        {
            return Fail(e, ExitCode.WrongRequest);
        }
        catch (OperationCanceledException)
        {
            return Fail("interrupted", ExitCode.Interrupted);
        }
        catch (Exception e)
        {
            return Fail(e, ExitCode.RunFailed);
        }
    }

    // A plain command, whose name help shows; a RootCommand is called as the program's file is.
    private static Command Root() => new("reverie", "Reverie: model-based reinforcement learning. Learn a model of a world from little data, imagine in it, plan with it, act.")
    {
        new HelpOption(),
        new VersionOption(),
        new ListCommand(),
        new PlanCommand(),
        new LearnCommand(),
        new ResumeCommand(),
        new EvaluateCommand(),
        new ImagineCommand(),
        new ReportCommand(),
        new StudyCommand(),
        new CompareCommand(),
    };

    private static int Fail(Exception e, int code) => Fail($"error: {Messages.OneLine(e)}", code);

    private static int Fail(string line, int code)
    {
        Console.Error.WriteLine(line);
        return code;
    }
}
