using System.Globalization;
using Reverie.Experiments;

namespace Reverie.Cli.Terminal;

/// <summary>Shows a run while it goes: a live table on a terminal, plain lines elsewhere.</summary>
internal static class Progress
{
    /// <summary>Does <paramref name="run"/> with a listener that fits standard error.</summary>
    public static T Watch<T>(Func<IRunListener, T> run) =>
        Console.IsErrorRedirected || !Output.ErrorConsole().Profile.Capabilities.Ansi
            ? run(new PlainProgress(Console.Error))
            : new LiveProgress(Output.ErrorConsole(), TimeProvider.System).Watch(run);

    /// <summary>Seconds as h:mm:ss or m:ss; – where unknown.</summary>
    public static string Clock(double? seconds)
    {
        if (seconds is not { } known || !double.IsFinite(known) || known < 0 || known > 1e7)
        {
            return "–";
        }

        var span = TimeSpan.FromSeconds(Math.Round(known));
        return span.ToString(span.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Steps a second.</summary>
    public static string Pace(double stepsPerSecond) => stepsPerSecond.ToString(stepsPerSecond < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    /// <summary>A number in few digits; – where there is none.</summary>
    public static string Number(double? value, string format = "G4") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
