namespace Reverie.Experiments.Comparisons;

/// <summary>What a comparison was asked to do: <c>comparison.json</c>.</summary>
public sealed record ComparisonRequest
{
    /// <summary>What <see cref="Format"/> must say.</summary>
    public const string CurrentFormat = "reverie-comparison-1";

    /// <summary>Marks the file as a comparison's, with the version of the layout.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>The agents.</summary>
    public required IReadOnlyList<Contender> Agents { get; init; }

    /// <summary>The worlds.</summary>
    public required IReadOnlyList<Contender> Worlds { get; init; }

    /// <summary>The first seed. Default 1.</summary>
    public long FirstSeed { get; init; } = 1;

    /// <summary>Seeds of each agent in each world, ≥ 1. Default 5.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>Environment steps of each run, ≥ 1; null where episodes are the limit.</summary>
    public long? Steps { get; init; }

    /// <summary>By agent's label, environment steps of its runs where they are not <see cref="Steps"/>, ≥ 1.</summary>
    public IReadOnlyDictionary<string, long> AgentSteps { get; init; } = new Dictionary<string, long>();

    /// <summary>Episodes of each run, ≥ 1; null where steps are the limit.</summary>
    public int? Episodes { get; init; }

    /// <summary>Environment steps after each of which the policy learned so far is evaluated, ≥ 1.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary>Fresh episodes of each of those evaluations, ≥ 1. Default 5.</summary>
    public int EvaluateEpisodes { get; init; } = 5;

    /// <summary>Fresh episodes that the final policy is evaluated on, ≥ 1. Default 10.</summary>
    public int EvaluationEpisodes { get; init; } = 10;

    /// <summary>Options as <c>name=value</c>, set wherever an agent or a world has one of that name; its own come after.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>By world's label, the return that counts as solved. Runs do not depend on it.</summary>
    public IReadOnlyDictionary<string, double> Marks { get; init; } = new Dictionary<string, double>();

    /// <summary>By world's label, the return that counts as nothing; where there is none, the mean return of the agent <c>random</c> if it takes part.</summary>
    public IReadOnlyDictionary<string, double> Floors { get; init; } = new Dictionary<string, double>();
}

/// <summary>One run of a comparison.</summary>
/// <param name="Agent">The agent's label.</param>
/// <param name="World">The world's label.</param>
/// <param name="Name">The name of its run directory.</param>
/// <param name="Request">What is asked of it.</param>
public sealed record ComparisonCell(string Agent, string World, string Name, RunRequest Request)
{
    /// <summary>The seed.</summary>
    public long Seed => Request.Seed;

    /// <summary>For people: <c>agent on world, seed 3</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Agent} on {World}, seed {Seed}");
}
