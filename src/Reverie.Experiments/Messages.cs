using System.Text.RegularExpressions;

namespace Reverie.Experiments;

/// <summary>Turns exceptions into what people read.</summary>
public static partial class Messages
{
    /// <summary>The first line of the message, without the name of a parameter that no one outside the code knows.</summary>
    public static string OneLine(Exception exception)
    {
        var cause = exception is TypeInitializationException { InnerException: { } inner } ? inner : exception;
        string line = cause.Message.ReplaceLineEndings("\n").Split('\n')[0];
        return ParameterName().Replace(line, "");
    }

    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex ParameterName();
}
