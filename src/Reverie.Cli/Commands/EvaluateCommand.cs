using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie evaluate run</c>: measure the saved policy on fresh episodes; the run is not changed.</summary>
internal sealed class EvaluateCommand : Command
{
    private readonly Argument<string> run = CommonOptions.Run();
    private readonly Option<int> episodes = CommonOptions.Episodes(10, "Fresh episodes");
    private readonly Option<long?> seed = new("--seed") { Description = "Seed of the evaluation (default: the run's, as at its end)" };
    private readonly Option<bool> json = CommonOptions.Json();

    public EvaluateCommand()
        : base("evaluate", "Measure the saved policy on fresh episodes; the run is not changed")
    {
        Add(run);
        Add(episodes);
        Add(seed);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        using var interrupt = new Interrupt();
        var directory = RunDirectory.Open(parsed.GetRequiredValue(run));
        using var parts = Laboratory.Restore(directory);
        long evaluationSeed = parsed.GetValue(seed) ?? directory.Request.Seed;
        var result = Evaluation.Run(
            parts.Agent,
            parts.CreateWorld,
            parsed.GetValue(episodes),
            Evaluation.Key(evaluationSeed),
            (episode, value) => Console.Error.WriteLine(FormattableString.Invariant($"episode {episode}: return {value:G6}")),
            interrupt.Token);
        if (parsed.GetValue(json))
        {
            Output.Json(new EvaluateDocument(directory.Request.Agent, directory.Request.World, evaluationSeed, result, directory.Path));
        }
        else
        {
            Output.Line($"{directory.Request.Agent} on {directory.Request.World}: mean return {result.MeanReturn:G6} ± {result.StandardDeviation:G3} over {Output.Episodes(result.Episodes, "fresh ")}");
        }

        return ExitCode.Done;
    }

    private sealed record EvaluateDocument(string Agent, string World, long Seed, EvaluationResult Evaluation, string RunDirectory);
}
