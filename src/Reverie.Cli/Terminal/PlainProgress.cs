using Reverie.Experiments;

namespace Reverie.Cli.Terminal;

/// <summary>One line for each episode.</summary>
internal sealed class PlainProgress(TextWriter output) : IRunListener
{
    public void OnStart(RunDirectory run, in RunStatus status)
    {
        var request = run.Request;
        string limit = request.Steps is { } steps ? FormattableString.Invariant($"{steps} steps") : FormattableString.Invariant($"{request.Episodes} episodes");
        if (request.Data is { } data)
        {
            string most = request.Steps is null ? "" : $", at most {limit} of learning";
            limit = FormattableString.Invariant($"from {data.Transitions} transitions{most}");
        }

        string from = status.Step > 0 ? FormattableString.Invariant($", going on after step {status.Step}") : "";
        output.WriteLine(FormattableString.Invariant($"{request.Agent} learns {request.World}, seed {request.Seed}, {limit}{from}: {run.Path}"));
    }

    public void OnStep(in RunStatus status)
    {
    }

    public void OnMetric(MetricRecord metric, in RunStatus status)
    {
        if (metric.Name == Evaluation.Metric)
        {
            output.WriteLine(FormattableString.Invariant($"step {metric.Step}: evaluation return {metric.Value:G6}"));
        }
    }

    public void OnEpisode(EpisodeRecord episode, in RunStatus status) => output.WriteLine(FormattableString.Invariant(
        $"episode {episode.Episode}: {episode.Steps} steps, return {episode.Return:G6}, model loss {Progress.Number(status.ModelLoss)}, {Progress.Pace(status.StepsPerSecond)} steps/s, {Progress.Clock(status.SecondsLeft)} left"));

    public void OnEvaluation(int episode, int episodes, double episodeReturn) =>
        output.WriteLine(FormattableString.Invariant($"evaluation {episode} of {episodes}: return {episodeReturn:G6}"));
}
