namespace Reverie.Experiments.Comparisons;

/// <summary>All runs of a comparison, bound and checked before any of them runs.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Cells">Its runs: all agents and worlds under the first seed, then under the next, so that what is done first tells of all.</param>
public sealed record ComparisonPlan(ComparisonRequest Request, IReadOnlyList<ComparisonCell> Cells)
{
    /// <summary>Threads of each run: runs are what goes side by side.</summary>
    private const int Threads = 1;

    /// <summary>Binds all options.</summary>
    /// <exception cref="RequestException">An unknown name, a value that is not allowed, or labels that do not tell runs apart.</exception>
    public static ComparisonPlan Of(ComparisonRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var pairs = (from agent in request.Agents
                     from world in request.Worlds
                     select (Agent: agent, World: world, Request: Bind(request, agent, world))).ToArray();
        foreach (string option in request.Options)
        {
            if (!pairs.Any(p => OptionBinder.Has(Targets(p.Agent, p.World), option)))
            {
                throw Unknown(request, option);
            }
        }

        ComparisonCell[] cells =
        [
            .. from seed in Enumerable.Range(0, request.Seeds).Select(i => request.FirstSeed + i)
               from pair in pairs
               select new ComparisonCell(
                   pair.Agent.Label, pair.World.Label, FormattableString.Invariant($"{pair.Agent.Label}-{pair.World.Label}-seed{seed}"), pair.Request with { Seed = seed }),
        ];
        return cells.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } same
            ? throw new RequestException($"two runs would be called '{same.Key}': give agents and worlds labels that tell them apart")
            : new ComparisonPlan(request, cells);
    }

    /// <summary>Makes every agent in every world once, so that what cannot be made is refused before anything runs.</summary>
    /// <exception cref="RequestException">An agent cannot act in a world.</exception>
    public void Try()
    {
        foreach (var cell in Cells.Where(c => c.Seed == Request.FirstSeed))
        {
            try
            {
                Laboratory.Parts(cell.Request).Dispose();
            }
            catch (RequestException e)
            {
                throw new RequestException($"{cell.Agent} on {cell.World}: {e.Message}", e);
            }
        }
    }

    private static void Check(ComparisonRequest request)
    {
        RefuseEmptyOrTwice("agent", request.Agents);
        RefuseEmptyOrTwice("world", request.Worlds);
        foreach (string agent in request.AgentSteps.Keys)
        {
            if (!request.Agents.Any(a => a.Label == agent))
            {
                throw new RequestException($"there are steps of '{agent}', which is none of the agents{Names.Suggestion(agent, request.Agents.Select(a => a.Label))}");
            }
        }

        foreach (string world in request.Marks.Keys.Concat(request.Floors.Keys))
        {
            if (!request.Worlds.Any(w => w.Label == world))
            {
                throw new RequestException($"there is a mark or a floor of '{world}', which is none of the worlds{Names.Suggestion(world, request.Worlds.Select(w => w.Label))}");
            }
        }

        foreach (var (world, floor) in request.Floors)
        {
            if (request.Marks.TryGetValue(world, out double mark) && !(mark > floor))
            {
                throw new RequestException(FormattableString.Invariant($"the mark of '{world}' is {mark}; it must be above the floor, {floor}"));
            }
        }
    }

    private static void RefuseEmptyOrTwice(string kind, IReadOnlyList<Contender> contenders)
    {
        if (contenders.Count == 0)
        {
            throw new RequestException($"a comparison needs at least one {kind}: give --{kind}s, or --{kind} for one with options");
        }

        if (contenders.GroupBy(c => c.Label).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw new RequestException($"there are two {kind}s called '{same.Key}': give labels that tell them apart, as in '--{kind} \"label: {same.First().Name} …\"'");
        }
    }

    private static RunRequest Bind(ComparisonRequest request, Contender agent, Contender world)
    {
        var targets = Targets(agent, world);

        // What is set for all comes first; what agent and world say of themselves has the last word.
        object[] options = OptionBinder.Bind(targets, request.Options.Where(o => OptionBinder.Has(targets, o)));
        object worldOptions = OptionBinder.Bind([targets[0] with { Defaults = options[0] }], world.Options)[0];
        object agentOptions = OptionBinder.Bind([targets[1] with { Defaults = options[1] }], agent.Options)[0];
        long? steps = request.AgentSteps.TryGetValue(agent.Label, out long own) ? own : request.Steps;
        return Laboratory.Request(Laboratory.Agent(agent.Name), agentOptions, Laboratory.World(world.Name), worldOptions, request.FirstSeed, steps, steps is null ? request.Episodes : null, Threads) with
        {
            EvaluateEvery = request.EvaluateEvery,
            EvaluateEpisodes = request.EvaluateEpisodes,
            EvaluationEpisodes = request.EvaluationEpisodes,
        };
    }

    private static OptionTarget[] Targets(Contender agent, Contender world) =>
        [Laboratory.Target(Laboratory.World(world.Name)), Laboratory.Target(Laboratory.Agent(agent.Name), world.Name)];

    private static RequestException Unknown(ComparisonRequest request, string option)
    {
        string name = option.Split('=')[0];
        var names = request.Worlds.SelectMany(w => request.Agents.SelectMany(a => Targets(a, w))).SelectMany(t => OptionBinder.Describe(t.Defaults)).Select(o => o.Name);
        return new RequestException($"none of the agents and worlds has an option '{name}'{Names.Suggestion(name, names.Distinct())}");
    }
}
