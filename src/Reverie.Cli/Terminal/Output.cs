using System.Text;
using System.Text.Json;
using Reverie.Experiments;
using Spectre.Console;

namespace Reverie.Cli.Terminal;

/// <summary>Standard output.</summary>
internal static class Output
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The one JSON document.</summary>
    public static void Json<T>(T document)
    {
        using var stream = System.Console.OpenStandardOutput();
        stream.Write(Utf8.GetBytes(JsonSerializer.Serialize(document, RunJson.Document) + "\n"));
    }

    /// <summary>One line for people.</summary>
    public static void Line(FormattableString text) => System.Console.Out.WriteLine(FormattableString.Invariant(text));

    /// <summary>A number of episodes.</summary>
    public static string Episodes(int count, string kind = "") => FormattableString.Invariant($"{count} {kind}episode{(count == 1 ? "" : "s")}");

    /// <summary>For tables; wide where standard output is no terminal.</summary>
    public static IAnsiConsole Console() => Create(System.Console.Out, System.Console.IsOutputRedirected);

    /// <summary>Standard error, for progress.</summary>
    public static IAnsiConsole ErrorConsole() => Create(System.Console.Error, System.Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = 160;
        }

        return console;
    }
}
