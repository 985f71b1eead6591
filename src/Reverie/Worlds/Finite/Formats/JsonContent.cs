using System.Text.Json;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>What the object of a JSON file says.</summary>
internal sealed class JsonContent(string file, JsonTokens tokens, string[] columns)
{
    private readonly HashSet<string> given = [];
    private readonly List<(int Row, int Next, double Probability, double Reward, bool Terminated)> outcomes = [];
    private int states;
    private int actions;
    private double? gamma;
    private double[]? start;
    private string[]? stateNames;
    private string[]? actionNames;
    private long[]? lines;

    /// <summary>The world's name; null where none is given.</summary>
    public string? Name { get; private set; }

    /// <summary>Steps after which an episode is truncated.</summary>
    public int MaxSteps { get; private set; } = FiniteFile.DefaultMaxSteps;

    /// <summary>Reads all of it.</summary>
    public void Read()
    {
        tokens.Require(JsonTokenType.StartObject, "an object");
        while (tokens.Next() == JsonTokenType.PropertyName)
        {
            Property(tokens.Text);
        }

        tokens.RequireEnd();
    }

    /// <summary>The process.</summary>
    public FiniteMdp Build()
    {
        if (lines is null || gamma is null)
        {
            throw new FiniteFileException(file, null, $"it has no {(gamma is null ? "gamma" : "transitions")}.");
        }

        RequireLength("stateNames", stateNames?.Length, states);
        RequireLength("actionNames", actionNames?.Length, actions);
        RequireLength("start", start?.Length, states);

        // Stable: the outcomes of a row keep their order.
        int[] order = [.. Enumerable.Range(0, outcomes.Count).OrderBy(i => outcomes[i].Row)];
        var rows = new FiniteRows(states, actions, outcomes.Count) { StateNames = stateNames, ActionNames = actionNames };
        long? line = null;
        try
        {
            int i = 0;
            for (int row = 0; row < lines.Length; row++)
            {
                line = lines[row] == 0 ? null : lines[row];
                for (; i < order.Length && outcomes[order[i]].Row == row; i++)
                {
                    var (_, next, probability, reward, terminated) = outcomes[order[i]];
                    rows.Add(next, probability, reward, terminated);
                }

                rows.EndRow();
            }

            line = null;
            return rows.Build(start, gamma.Value);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FiniteFileException(file, null, FormattableString.Invariant($"gamma is {gamma}; it must be above 0 and at most 1."), e);
        }
        catch (ArgumentException e)
        {
            throw new FiniteFileException(file, line, e.Message, e);
        }
    }

    private void Property(string key)
    {
        if (key.Length <= FileLimits.Word && !given.Add(key))
        {
            throw tokens.Error($"'{FileLimits.Shown(key)}' is given twice.");
        }

        if (given.Count > 1000)
        {
            throw tokens.Error("the object has more than 1000 keys.");
        }

        switch (key)
        {
            case "name":
                tokens.Require(JsonTokenType.String, "a name");
                Name = tokens.Text.Length is > 0 and <= FileLimits.Word && !tokens.Text.Any(char.IsControl)
                    ? tokens.Text
                    : throw tokens.Error($"the name '{FileLimits.Shown(tokens.Text)}' is empty, longer than {FileLimits.Word} characters, or not one line of text.");
                break;
            case "states":
                states = tokens.Whole("the number of states", FileLimits.Rows);
                break;
            case "actions":
                actions = tokens.Whole("the number of actions", FileLimits.Rows);
                break;
            case "gamma":
                gamma = tokens.Real("gamma");
                break;
            case "maxSteps":
                MaxSteps = tokens.Whole("maxSteps", int.MaxValue) is > 0 and var steps ? steps : throw tokens.Error("maxSteps must be above 0.");
                break;
            case "stateNames":
                stateNames = Strings(FileLimits.Rows);
                break;
            case "actionNames":
                actionNames = Strings(FileLimits.Rows);
                break;
            case "columns":
                if (!Strings(columns.Length).SequenceEqual(columns))
                {
                    throw tokens.Error($"the columns must be {string.Join(", ", columns)}.");
                }

                break;
            case "start":
                start = Numbers();
                break;
            case "transitions":
                Transitions();
                break;
            default:
                tokens.Skip();
                break;
        }
    }

    private void Transitions()
    {
        if (states == 0 || actions == 0)
        {
            throw tokens.Error("states and actions must be given before transitions, and not be 0.");
        }

        FileLimits.RequireSizes(file, tokens.Line, states, actions);
        lines = new long[states * actions];
        tokens.Require(JsonTokenType.StartArray, "a list of transitions");
        while (tokens.Next() == JsonTokenType.StartArray)
        {
            int row = (tokens.Whole("a state", states - 1) * actions) + tokens.Whole("an action", actions - 1);
            var (next, probability, reward) = (tokens.Whole("a next state", states - 1), tokens.Real("a probability"), tokens.Real("a reward"));
            bool terminated = tokens.Next() switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.Number when tokens.Number is 0.0 or 1.0 => tokens.Number == 1.0,
                _ => throw tokens.Error("terminated must be 0 or 1."),
            };
            tokens.Require(JsonTokenType.EndArray, "the end of a transition of six columns");
            outcomes.Add((row, next, probability, reward, terminated));
            lines[row] = tokens.Line;
            if (outcomes.Count > FileLimits.Outcomes)
            {
                throw tokens.Error($"there are more transitions than the {FileLimits.Outcomes} that can be read.");
            }
        }

        RequireEndOfList();
    }

    private double[] Numbers()
    {
        List<double> numbers = [];
        tokens.Require(JsonTokenType.StartArray, "a list of numbers");
        while (tokens.Next() == JsonTokenType.Number && numbers.Count <= FileLimits.Rows)
        {
            numbers.Add(tokens.Number);
        }

        RequireEndOfList();
        return [.. numbers];
    }

    private string[] Strings(int most)
    {
        List<string> strings = [];
        int characters = 0;
        tokens.Require(JsonTokenType.StartArray, "a list of names");
        while (tokens.Next() == JsonTokenType.String && strings.Count <= most)
        {
            strings.Add(tokens.Text);
            characters += tokens.Text.Length;
            if (characters > FileLimits.Names)
            {
                throw tokens.Error("the names are too long.");
            }
        }

        RequireEndOfList();
        return [.. strings];
    }

    private void RequireEndOfList()
    {
        if (tokens.Type != JsonTokenType.EndArray)
        {
            throw tokens.Error($"the list is too long, or has something of another kind in it: {tokens.Type}.");
        }
    }

    private void RequireLength(string key, int? length, int wanted)
    {
        if (length is not null && length != wanted)
        {
            throw new FiniteFileException(file, null, $"{key} has {length} entries; {wanted} are needed.");
        }
    }
}
