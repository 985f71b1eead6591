using System.CommandLine;
using System.CommandLine.Parsing;
using Reverie.Experiments;

namespace Reverie.Cli;

/// <summary>Says in one line what is wrong with a command line, with the nearest word that would be right.</summary>
internal static class ParseErrors
{
    public static string Describe(RootCommand root, ParseResult parsed)
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
            ArgumentResult { Tokens: [var token, ..], Parent: OptionResult option } when IsNumber(option.Option) && !long.TryParse(token.Value, out _) =>
                $"{option.Option.Name} takes a whole number; given '{token.Value}'",
            OptionResult { Tokens: [var token, ..] } option when IsNumber(option.Option) && !long.TryParse(token.Value, out _) =>
                $"{option.Option.Name} takes a whole number; given '{token.Value}'",
            _ => error.Message,
        };
    }

    private static bool IsNumber(Option option) => (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is var type && (type == typeof(int) || type == typeof(long));
}
