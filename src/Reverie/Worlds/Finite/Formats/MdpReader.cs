namespace Reverie.Worlds.Finite.Formats;

/// <summary>
/// Reads Cassandra's format (A. R. Cassandra, <c>pomdp-solve</c>, "POMDP file format") as far as it describes fully observed processes.
/// </summary>
/// <remarks>A state of which no transition is stated is terminal. Statements may come in any order once states and actions are known.</remarks>
internal sealed class MdpReader(string file, TextReader reader)
{
    private readonly MdpTokens tokens = new(file, reader);
    private readonly MdpRewards rewards = new();
    private MdpNames? states;
    private MdpNames? actions;
    private MdpTransitions? transitions;
    private double? discount;
    private double sign = 1.0;
    private int maxSteps = FiniteFile.DefaultMaxSteps;
    private MdpStart start = new();
    private long assignments;

    /// <summary>Reads to the end.</summary>
    public FiniteProblem Read()
    {
        while (tokens.Peek() is not null)
        {
            Statement();
        }

        var built = Build();
        return FiniteSpecs.Problem(Path.GetFileNameWithoutExtension(file), built, maxSteps);
    }

    private void Statement()
    {
        string key = tokens.Take("a statement");
        switch (key)
        {
            case "discount":
                tokens.Colon();
                discount = tokens.Number("a discount");
                break;
            case "values":
                tokens.Colon();
                sign = tokens.Take("'reward' or 'cost'") switch
                {
                    "reward" or "rewards" => 1.0,
                    "cost" or "costs" => -1.0,
                    var other => throw tokens.Error($"values are 'reward' or 'cost'; found '{FileLimits.Shown(other)}'."),
                };
                break;
            case "horizon":
                tokens.Colon();
                Horizon(tokens.Take("a horizon"));
                break;
            case "states" when states is null:
                tokens.Colon();
                states = MdpNames.Read(tokens, "state", AtStatement);
                break;
            case "actions" when actions is null:
                tokens.Colon();
                actions = MdpNames.Read(tokens, "action", AtStatement);
                break;
            case "start":
                start = MdpStart.Read(tokens, Sizes().States, AtStatement);
                break;
            case "T":
                tokens.Colon();
                Transition();
                break;
            case "R":
                tokens.Colon();
                Reward();
                break;
            case "observations" or "O":
                throw tokens.Error("this is a partially observed process; only fully observed ones can be read.");
            case "states" or "actions":
                throw tokens.Error($"'{key}' is given twice.");
            default:
                throw tokens.Error($"'{FileLimits.Shown(key)}' is no statement; there are discount, values, horizon, states, actions, start, T and R.");
        }
    }

    /// <summary>Whether the next words begin a statement, or the file ends.</summary>
    private bool AtStatement() =>
        tokens.Peek() is null || tokens.Peek(1) == ":" || (tokens.Peek() == "start" && tokens.Peek(1) is "include" or "exclude" && tokens.Peek(2) == ":");

    private void Horizon(string text)
    {
        if (text is "infinite" or "infinity" or "inf")
        {
            return;
        }

        maxSteps = int.TryParse(text, out int steps) && steps > 0 ? steps : throw tokens.Error($"a horizon is 'infinite' or a number of steps; found '{FileLimits.Shown(text)}'.");
    }

    private void Transition()
    {
        var (names, moves, table) = Sizes();
        int action = moves.Take(tokens);
        if (!tokens.Try(":"))
        {
            Matrix(action, table, names.Count);
            return;
        }

        int state = names.Take(tokens);
        if (!tokens.Try(":"))
        {
            Row(action, state, table, names.Count);
            return;
        }

        int next = names.Take(tokens);
        tokens.Try(":");
        double probability = tokens.Probability();
        Announce(Many(action, moves) * Many(state, names) * Many(next, names));
        foreach (int s in All(state, names))
        {
            foreach (int a in All(action, moves))
            {
                foreach (int n in All(next, names))
                {
                    Set(table, a, s, n, probability);
                }
            }
        }
    }

    private void Row(int action, int state, MdpTransitions table, int count)
    {
        Announce(Many(action, actions!) * Many(state, states!) * count);
        bool reset = tokens.Try("reset");
        IEnumerable<double> row = reset ? [] : tokens.Try("uniform") ? Enumerable.Repeat(1.0 / count, count) : [.. Enumerable.Range(0, count).Select(_ => tokens.Probability())];
        foreach (int s in All(state, states!))
        {
            SetRow(table, action, s, row, reset);
        }
    }

    private void Matrix(int action, MdpTransitions table, int count)
    {
        bool identity = tokens.Try("identity");
        bool uniform = !identity && tokens.Try("uniform");
        long outcomes = Many(action, actions!) * count * (identity ? 1L : count);
        Announce(outcomes);
        if (uniform && outcomes > FileLimits.Outcomes)
        {
            throw TooManyOutcomes();
        }

        for (int s = 0; s < count; s++)
        {
            double[] row = identity || uniform ? [] : [.. Enumerable.Range(0, count).Select(_ => tokens.Probability())];
            SetRow(table, action, s, uniform ? Enumerable.Repeat(1.0 / count, count) : row, reset: false);
            foreach (int a in identity ? All(action, actions!) : [])
            {
                Set(table, a, s, s, 1.0);
            }
        }
    }

    private void SetRow(MdpTransitions table, int action, int state, IEnumerable<double> row, bool reset)
    {
        foreach (int a in All(action, actions!))
        {
            table.Clear(a, state, tokens.Line, reset);
            int next = 0;
            foreach (double probability in row)
            {
                Set(table, a, state, next++, probability);
            }
        }
    }

    private void Set(MdpTransitions table, int action, int state, int next, double probability)
    {
        if (!table.Set(action, state, next, probability, tokens.Line))
        {
            throw TooManyOutcomes();
        }
    }

    private FiniteFileException TooManyOutcomes() => tokens.Error($"there are more outcomes than the {FileLimits.Outcomes} that can be read.");

    private void Reward()
    {
        var (names, moves, _) = Sizes();
        int action = moves.Take(tokens), count = names.Count;
        if (!tokens.Try(":"))
        {
            // One row for each state, one column for each next state.
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < count; j++)
                {
                    SetReward(action, i, j);
                }
            }

            return;
        }

        int state = names.Take(tokens);
        if (!tokens.Try(":"))
        {
            for (int j = 0; j < count; j++)
            {
                SetReward(action, state, j);
            }

            return;
        }

        int next = names.Take(tokens);
        if (tokens.Try(":"))
        {
            // Partially observed processes name an observation here; fully observed ones may keep the place.
            _ = tokens.Try("*") && tokens.Try(":");
        }

        SetReward(action, state, next);
    }

    private void SetReward(int action, int state, int next)
    {
        Announce(1);
        if (!rewards.Set(action, state, next, tokens.Number("a reward")))
        {
            throw tokens.Error($"there are more than {FileLimits.Rewards} rewards.");
        }
    }

    /// <summary>Counts assignments before they are made, so that none takes for ever.</summary>
    private void Announce(long count)
    {
        assignments += count;
        if (assignments > FileLimits.Assignments)
        {
            throw tokens.Error($"there are more than {FileLimits.Assignments} assignments, counting those that '*' stands for.");
        }
    }

    private static long Many(int number, MdpNames names) => number < 0 ? names.Count : 1L;

    private (MdpNames States, MdpNames Actions, MdpTransitions Transitions) Sizes()
    {
        if (states is null || actions is null)
        {
            throw tokens.Error("states and actions must be given before this.");
        }

        if (transitions is null)
        {
            FileLimits.RequireSizes(file, tokens.Line, states.Count, actions.Count);
            transitions = new MdpTransitions(states.Count, actions.Count);
        }

        return (states, actions, transitions);
    }

    private static IEnumerable<int> All(int number, MdpNames names) => number < 0 ? Enumerable.Range(0, names.Count) : [number];

    private FiniteMdp Build()
    {
        if (discount is null || states is null || actions is null || transitions is null || !transitions.Any)
        {
            throw new FiniteFileException(file, null, $"it has no {(discount is null ? "discount" : states is null ? "states" : actions is null ? "actions" : "transitions (T)")}.");
        }

        var rows = new FiniteRows(states.Count, actions.Count) { StateNames = states.Names, ActionNames = actions.Names };
        var from = start.Weights(states.Count, transitions);
        long line = 0;
        try
        {
            for (int row = 0; row < states.Count * actions.Count; row++)
            {
                line = transitions.LineOf(row);
                var (s, a) = (row / actions.Count, row % actions.Count);
                foreach (var (next, probability) in transitions.Of(row) ?? from.Select((p, n) => (n, p)))
                {
                    rows.Add(next, probability, sign < 0.0 ? 0.0 - rewards.Of(a, s, next) : rewards.Of(a, s, next));
                }

                rows.EndRow();
            }

            line = 0;
            return rows.Build(from, discount.Value);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FiniteFileException(file, null, FormattableString.Invariant($"the discount is {discount}; it must be above 0 and at most 1."), e);
        }
        catch (ArgumentException e)
        {
            throw new FiniteFileException(file, line == 0 ? null : line, e.Message, e);
        }
    }
}
