using System.Text.RegularExpressions;

namespace Reverie.Experiments.Comparisons;

/// <summary>An agent or a world of a comparison, with options of its own and a label that tells it from others.</summary>
/// <param name="Label">What tables, figures and run directories call it.</param>
/// <param name="Name">The agent's or the world's name.</param>
/// <param name="Options">Options as <c>name=value</c>.</param>
public sealed partial record Contender(string Label, string Name, IReadOnlyList<string> Options)
{
    /// <summary>Reads <c>name</c>, <c>name option=value …</c> or <c>label: name option=value …</c>, blanks between.</summary>
    /// <param name="kind"><c>agent</c> or <c>world</c>, for messages.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="RequestException">There is no name, an option without value, or a label that can be no file name.</exception>
    public static Contender Parse(string kind, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);

        // A colon within an option's value is no label's.
        bool labelled = colon >= 0 && !text[..colon].Contains('=', StringComparison.Ordinal);
        string[] words = (labelled ? text[(colon + 1)..] : text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].Contains('=', StringComparison.Ordinal))
        {
            throw new RequestException($"--{kind} takes [label:] name [option=value …]; given '{text}'");
        }

        foreach (string word in words.Skip(1))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                throw new RequestException($"--{kind} takes [label:] name [option=value …]; '{word}' in '{text}' is no option=value");
            }
        }

        string label = labelled ? text[..colon].Trim() : string.Join(',', words);
        return AllowedLabel().IsMatch(label)
            ? new Contender(label, words[0], words[1..])
            : throw new RequestException(labelled
                ? $"the label '{label}' names files: letters, digits and . , = + _ - are allowed, a letter or digit first, at most 100"
                : $"'{text}' needs a label of its own, as in '--{kind} \"label: {text}\"': letters, digits and . , = + _ - are allowed");
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.,=+_-]{0,99}$")]
    private static partial Regex AllowedLabel();
}
