namespace Reverie.Worlds.Finite.Formats;

/// <summary>The states or the actions of a Cassandra file: how many, and their names where they have some.</summary>
internal sealed class MdpNames
{
    private readonly Dictionary<string, int> numbers = [];
    private readonly string kind;

    private MdpNames(string kind) => this.kind = kind;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Their names; null where they have numbers only.</summary>
    public IReadOnlyList<string>? Names => numbers.Count == 0 ? null : [.. numbers.OrderBy(n => n.Value).Select(n => n.Key)];

    /// <summary>Reads how many there are, or their names.</summary>
    /// <param name="tokens">Stand behind the colon.</param>
    /// <param name="kind"><c>state</c> or <c>action</c>.</param>
    /// <param name="ends">Whether the next words begin another statement.</param>
    public static MdpNames Read(MdpTokens tokens, string kind, Func<bool> ends)
    {
        var names = new MdpNames(kind);
        string first = tokens.Take($"a number of {kind}s or their names");
        if (first.All(char.IsAsciiDigit))
        {
            names.Count = int.TryParse(first, out int count) && count is >= 1 and <= FileLimits.Rows
                ? count
                : throw tokens.Error($"there are {FileLimits.Shown(first)} {kind}s; allowed are 1 to {FileLimits.Rows}.");
            return names;
        }

        int characters = names.Add(tokens, first);
        while (!ends())
        {
            characters += names.Add(tokens, tokens.Take("a name"));
            if (characters > FileLimits.Names || names.Count > FileLimits.Rows)
            {
                throw tokens.Error($"there are too many names of {kind}s.");
            }
        }

        return names;
    }

    /// <summary>Takes a number or a name; −1 for <c>*</c>, all of them.</summary>
    public int Take(MdpTokens tokens)
    {
        string text = tokens.Take($"a {kind}");
        if (text == "*")
        {
            return -1;
        }

        if (numbers.TryGetValue(text, out int number) || (text.All(char.IsAsciiDigit) && int.TryParse(text, out number) && number < Count))
        {
            return number;
        }

        throw tokens.Error($"'{FileLimits.Shown(text)}' is no {kind}; there are {Count}{(numbers.Count > 0 ? "" : ", counted from 0")}.");
    }

    private int Add(MdpTokens tokens, string name)
    {
        if (!char.IsLetter(name[0]) && name[0] != '_')
        {
            throw tokens.Error($"a {kind} is named '{FileLimits.Shown(name)}'; names begin with a letter.");
        }

        if (!numbers.TryAdd(name, Count++))
        {
            throw tokens.Error($"two {kind}s are named '{FileLimits.Shown(name)}'.");
        }

        return name.Length;
    }
}
