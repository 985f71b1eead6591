using System.CommandLine;
using System.Globalization;
using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Reverie.Experiments.Comparisons;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie compare</c>: agents × worlds × seeds, side by side, into one table and one figure; asked again it goes on.</summary>
internal sealed class CompareCommand : Command
{
    /// <summary>Evaluations of a run unless <c>--evaluate-every</c> says otherwise.</summary>
    private const int Evaluations = 20;

    private readonly Option<string?> agents = new("--agents") { Description = "Agents by name, with commas between", HelpName = "name,…" };
    private readonly Option<string[]> agent = Contenders("agent");
    private readonly Option<string?> worlds = new("--worlds") { Description = "Worlds by name, with commas between", HelpName = "name,…" };
    private readonly Option<string[]> world = Contenders("world");
    private readonly Option<int?> seeds = new("--seeds") { Description = "Seeds of each agent in each world (default 5)" };
    private readonly Option<long?> firstSeed = new("--first-seed") { Description = "The first of them (default 1)" };
    private readonly Option<string[]> steps = new("--steps")
    {
        Description = "Environment steps of each run; this or --episodes is needed. With an agent's label, of its runs alone; may be repeated",
        DefaultValueFactory = _ => [],
        HelpName = "[agent=]steps",
    };

    private readonly Option<int?> episodes = new("--episodes") { Description = "Episodes of each run" };
    private readonly Option<int?> evaluateEvery = new("--evaluate-every") { Description = $"Steps after each of which the policy learned so far is evaluated (default: a {Evaluations}th of --steps)" };
    private readonly Option<int?> evaluateEpisodes = new("--evaluate-episodes") { Description = "Fresh episodes of each evaluation while learning (default 5)" };
    private readonly Option<int?> evaluationEpisodes = new("--evaluation-episodes") { Description = "Fresh episodes to evaluate the final policy on (default 10)" };
    private readonly Option<string[]> set = new("--set")
    {
        Description = "Set an option wherever an agent or a world has one of that name; may be repeated. Their own come after",
        DefaultValueFactory = _ => [],
        HelpName = "name=value",
    };

    private readonly Option<string[]> mark = Returns("--mark", "The return that counts as solved in a world: the table tells the steps to it");
    private readonly Option<string[]> floor = Returns("--floor", "The return that counts as nothing in a world (default: the mean of 'random', if it takes part); with marks everywhere, scores are summed up over worlds");
    private readonly Option<int> threads = CommonOptions.AtLeast(1, new Option<int>("--threads")
    {
        Description = "Runs at a time, each on one thread; results do not depend on it (default: all cores)",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    });

    private readonly Option<string> output = new("--out")
    {
        Description = "The directory (default comparison). Where it holds a comparison, that one goes on; agents, worlds and seeds may be added",
        DefaultValueFactory = _ => "comparison",
    };

    private readonly Option<bool> json = CommonOptions.Json();

    public CompareCommand()
        : base("compare", "Compare agents in worlds over seeds: one table and one figure; after a kill the same command, or --out alone, goes on")
    {
        foreach (var option in (Option[])[agents, agent, worlds, world, seeds, firstSeed, steps, episodes, evaluateEvery, evaluateEpisodes, evaluationEpisodes, set, mark, floor, threads, output, json])
        {
            Add(option);
        }

        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(output);
        var plan = ComparisonPlan.Of(Request(parsed, path));
        plan.Try();
        var directory = ComparisonDirectory.Open(path, plan);
        using var held = directory.Lock();
        using var interrupt = new Interrupt("finishing the steps, then saving; once more ends at once");
        int atATime = parsed.GetValue(threads);
        var failures = ComparisonProgress.Watch(plan, atATime, listener => ComparisonRunner.Run(directory, atATime, listener, TimeProvider.System, interrupt.Token));
        foreach (var failure in failures)
        {
            Console.Error.WriteLine($"error: {failure.Cell}: {failure.Message}");
        }

        if (plan.Cells.Count(c => !directory.IsDone(c)) > failures.Count)
        {
            Console.Error.WriteLine($"interrupted; saved. Go on with: reverie compare --out {directory.Path}");
            return ExitCode.Interrupted;
        }

        var result = ComparisonResult.Read(directory);
        var files = ComparisonReport.Write(result, directory.Path);
        if (failures.Count > 0)
        {
            Console.Error.WriteLine($"{failures.Count} of {plan.Cells.Count} runs failed; the table is of the others: {directory.Path}");
            return ExitCode.RunFailed;
        }

        if (parsed.GetValue(json))
        {
            Output.Json(new CompareDocument(directory.Path, files, result));
        }
        else
        {
            Console.Out.Write(ComparisonReport.Markdown(result));
            Output.Line($"\ncomparison: {directory.Path}");
        }

        return ExitCode.Done;
    }

    // Without agents and worlds, what the directory was asked before, with what is given changed.
    private ComparisonRequest Request(ParseResult parsed, string path)
    {
        Contender[] ownAgents = [.. Named("agent", parsed.GetValue(agents)), .. parsed.GetValue(agent)!.Select(text => Contender.Parse("agent", text))];
        Contender[] ownWorlds = [.. Named("world", parsed.GetValue(worlds)), .. parsed.GetValue(world)!.Select(text => Contender.Parse("world", text))];
        var before = ownAgents.Length == 0 && ownWorlds.Length == 0 ? ComparisonDirectory.Read(path) : null;
        if (before is null && (ownAgents.Length == 0 || ownWorlds.Length == 0))
        {
            string nothing = parsed.GetResult(output) is { Implicit: false } && ownAgents.Length + ownWorlds.Length == 0 ? $"{path} holds no comparison to go on with, and a new one" : "compare";
            throw new RequestException($"{nothing} needs agents and worlds: give --agents or --agent, and --worlds or --world");
        }

        var (maxSteps, agentSteps) = Steps(parsed.GetValue(steps)!);
        int? maxEpisodes = parsed.GetValue(episodes);
        if (maxSteps is not null && maxEpisodes is not null)
        {
            throw new RequestException("give --steps or --episodes, not both");
        }

        if (maxSteps is null && maxEpisodes is null)
        {
            (maxSteps, maxEpisodes) = before is null ? throw new RequestException("compare needs --steps or --episodes, for all agents") : (before.Steps, before.Episodes);
        }

        int every = parsed.GetValue(evaluateEvery) ?? before?.EvaluateEvery
            ?? (maxSteps is { } s ? (int)Math.Clamp(s / Evaluations, 1, int.MaxValue) : throw new RequestException("--evaluate-every is needed with --episodes: the steps after which policies are compared"));
        var request = new ComparisonRequest
        {
            Agents = before?.Agents ?? ownAgents,
            Worlds = before?.Worlds ?? ownWorlds,
            FirstSeed = parsed.GetValue(firstSeed) ?? before?.FirstSeed ?? 1,
            Seeds = parsed.GetValue(seeds) ?? before?.Seeds ?? 5,
            Steps = maxSteps,
            AgentSteps = agentSteps.Count > 0 ? agentSteps : before?.AgentSteps ?? agentSteps,
            Episodes = maxEpisodes,
            EvaluateEvery = every,
            EvaluateEpisodes = parsed.GetValue(evaluateEpisodes) ?? before?.EvaluateEpisodes ?? 5,
            EvaluationEpisodes = parsed.GetValue(evaluationEpisodes) ?? before?.EvaluationEpisodes ?? 10,
            Options = parsed.GetValue(set) is { Length: > 0 } own ? own : before?.Options ?? [],
            Marks = parsed.GetValue(mark) is { Length: > 0 } marks ? Numbers("--mark", marks) : before?.Marks ?? new Dictionary<string, double>(),
            Floors = parsed.GetValue(floor) is { Length: > 0 } floors ? Numbers("--floor", floors) : before?.Floors ?? new Dictionary<string, double>(),
        };
        CommonOptions.CheckAtLeast(1, "--seeds", request.Seeds);
        CommonOptions.CheckAtLeast(1, "--episodes", request.Episodes);
        CommonOptions.CheckAtLeast(1, "--evaluate-every", request.EvaluateEvery);
        CommonOptions.CheckAtLeast(1, "--evaluate-episodes", request.EvaluateEpisodes);
        CommonOptions.CheckAtLeast(1, "--evaluation-episodes", request.EvaluationEpisodes);
        return request;
    }

    private static Option<string[]> Contenders(string kind) => new($"--{kind}")
    {
        Description = $"One {kind} with options of its own, perhaps called by a label; may be repeated",
        DefaultValueFactory = _ => [],
        HelpName = "\"[label:] name [option=value …]\"",
    };

    private static Option<string[]> Returns(string name, string description) => new(name)
    {
        Description = description + "; may be repeated",
        DefaultValueFactory = _ => [],
        HelpName = "world=return",
    };

    private static IEnumerable<Contender> Named(string kind, string? list) => list is null
        ? []
        : list.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Length > 0 && !name.AsSpan().ContainsAny(' ', '=', ':')
            ? Contender.Parse(kind, name)
            : throw new RequestException($"--{kind}s takes names with commas between; given '{list}'. One with options goes to --{kind}"));

    private static (long? All, Dictionary<string, long> Own) Steps(string[] given)
    {
        long? all = null;
        var own = new Dictionary<string, long>();
        foreach (string text in given)
        {
            // An agent's label may have an equals sign.
            int equals = text.LastIndexOf('=');
            if (!long.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value < 1 || equals == 0)
            {
                throw new RequestException($"--steps takes a number of at least 1, or agent=steps; given '{text}'");
            }

            if (equals < 0 ? all is not null : !own.TryAdd(text[..equals], value))
            {
                throw new RequestException(equals < 0 ? "--steps is given twice" : $"--steps is given twice for '{text[..equals]}'");
            }

            all = equals < 0 ? value : all;
        }

        return (all, own);
    }

    private static Dictionary<string, double> Numbers(string option, string[] assignments)
    {
        var numbers = new Dictionary<string, double>();
        foreach (string assignment in assignments)
        {
            // A world's label may have an equals sign.
            int equals = assignment.LastIndexOf('=');
            if (equals <= 0 || !double.TryParse(assignment[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            {
                throw new RequestException($"{option} takes world=return; given '{assignment}'");
            }

            if (!numbers.TryAdd(assignment[..equals], value))
            {
                throw new RequestException($"{option} is given twice for '{assignment[..equals]}'");
            }
        }

        return numbers;
    }

    private sealed record CompareDocument(string Directory, IReadOnlyList<string> Files, ComparisonResult Comparison);
}
