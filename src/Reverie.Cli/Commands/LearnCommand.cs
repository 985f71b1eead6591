using System.CommandLine;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie learn agent world</c>: learn from a world's own experience, into a new run directory.</summary>
internal sealed class LearnCommand : Command
{
    private readonly Argument<string> agent = new("agent") { Description = "An agent's name" };
    private readonly Argument<string> world = new("world") { Description = "A world's name" };
    private readonly Option<string?> from = new("--from")
    {
        Description = "Learn from logged trajectories alone: a Parquet or CSV file, a folder of them, or a run directory; the world is for evaluation only",
    };

    private readonly Option<long?> steps = new("--steps") { Description = "Environment steps to learn for; with --from steps of learning, at most (default: until nothing is left to learn)" };
    private readonly Option<int?> episodes = new("--episodes") { Description = "Episodes to learn for (default: the agent's own for this world)" };
    private readonly Option<string[]> set = CommonOptions.Set();
    private readonly Option<long> seed = CommonOptions.Seed();
    private readonly Option<string?> output = new("--out") { Description = "The run directory (default runs/<agent>-<world>-seed<S>-<n>)" };
    private readonly Option<int> evaluationEpisodes = CommonOptions.AtLeast(0, new Option<int>("--evaluation-episodes")
    {
        Description = "Fresh episodes to evaluate the final policy on (default 10)",
        DefaultValueFactory = _ => 10,
    });

    private readonly Option<int?> evaluateEvery = new("--evaluate-every") { Description = "Steps after each of which the policy learned so far is evaluated (default: never)" };
    private readonly Option<int> evaluateEpisodes = CommonOptions.EvaluateEpisodes();

    private readonly Option<int> checkpointSteps = CommonOptions.AtLeast(1, new Option<int>("--checkpoint-steps")
    {
        Description = "Steps within one episode after which a checkpoint is written before it ends (default 1000)",
        DefaultValueFactory = _ => 1000,
    });

    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();

    public LearnCommand()
        : base("learn", "Learn from a world's own experience, into a new run directory")
    {
        Add(agent);
        Add(world);
        Add(from);
        Add(steps);
        Add(episodes);
        Add(set);
        Add(seed);
        Add(output);
        Add(evaluationEpisodes);
        Add(evaluateEvery);
        Add(evaluateEpisodes);
        Add(checkpointSteps);
        Add(threads);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        var request = Request(parsed);
        string path = parsed.GetValue(output)
            ?? RunDirectory.DefaultPath("runs", request.Agent, request.World, request.Seed);

        // Made before the directory: what cannot be made is refused before anything runs.
        var parts = Laboratory.Parts(request);
        RunDirectory run;
        try
        {
            if (parsed.GetValue(from) is { } data)
            {
                OfflineRunner.Require(request.Agent, parts.Agent);
                request = request with { Episodes = null, Data = LoggedData.Read(data, parts.World.Spec).Data };
            }

            run = RunDirectory.Create(path, request);
        }
        catch
        {
            parts.Dispose();
            throw;
        }

        return LearningRun.Execute(run, parts, parsed.GetValue(json));
    }

    private RunRequest Request(ParseResult parsed)
    {
        var (maxSteps, maxEpisodes) = (parsed.GetValue(steps), parsed.GetValue(episodes));
        if (maxSteps is not null && maxEpisodes is not null)
        {
            throw new RequestException("give --steps or --episodes, not both");
        }

        if (maxEpisodes is not null && parsed.GetValue(from) is not null)
        {
            throw new RequestException("with --from there are no episodes to learn for: give --steps, or neither");
        }

        CommonOptions.CheckAtLeast(1, "--steps", maxSteps);
        CommonOptions.CheckAtLeast(1, "--episodes", maxEpisodes);
        CommonOptions.CheckAtLeast(1, "--evaluate-every", parsed.GetValue(evaluateEvery));
        return Laboratory.Request(
            parsed.GetRequiredValue(agent), parsed.GetRequiredValue(world), parsed.GetValue(seed), parsed.GetValue(set)!, maxSteps, maxEpisodes, parsed.GetValue(threads)) with
        {
            EvaluationEpisodes = parsed.GetValue(evaluationEpisodes),
            EvaluateEvery = parsed.GetValue(evaluateEvery) ?? 0,
            EvaluateEpisodes = parsed.GetValue(evaluateEpisodes),
            CheckpointSteps = parsed.GetValue(checkpointSteps),
        };
    }
}
