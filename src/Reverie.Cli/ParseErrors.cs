using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reverie.Experiments;

namespace Reverie.Cli;

/// <summary>Says in one line what is wrong with a command line, with the nearest word that would be right.</summary>
internal static class ParseErrors
{
    public static string Describe(Command root, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string? stray = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (command == root)
        {
            string[] commands = [.. root.Subcommands.Select(c => c.Name)];
            return stray is null ? $"no command given; one of {string.Join(", ", commands)}" : $"unknown command '{stray}'{Names.Suggestion(stray, commands)}";
        }

        if (stray is not null)
        {
            return stray.StartsWith('-')
                ? $"unknown option '{stray}'{Names.Suggestion(stray, command.Options.Select(o => o.Name))}"
                : $"{command.Name} does not take '{stray}'";
        }

        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing => $"{command.Name} needs <{missing.Argument.Name}>",
            ArgumentResult { Tokens: [var token, ..], Parent: OptionResult option } when NumberError(option.Option, token.Value) is { } message => message,
            OptionResult { Tokens: [var token, ..] } option when NumberError(option.Option, token.Value) is { } message => message,
            _ => error.Message,
        };
    }

    // What is wrong with the value of an option that takes a number; null where nothing is, or it takes none.
    private static string? NumberError(Option option, string text)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type != typeof(int) && type != typeof(long))
        {
            return null;
        }

        long most = type == typeof(int) ? int.MaxValue : long.MaxValue;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value <= most && value >= -most)
        {
            return null;
        }

        return text.All(char.IsAsciiDigit)
            ? FormattableString.Invariant($"{option.Name} is {text}; it may be at most {most}")
            : $"{option.Name} takes a whole number; given '{text}'";
    }
}
