namespace Reverie.Experiments;

/// <summary>Where a run stands.</summary>
/// <param name="Step">Environment steps taken.</param>
/// <param name="Episode">The episode running, from 1.</param>
/// <param name="EpisodeSteps">Its steps so far.</param>
/// <param name="EpisodeReturn">Its rewards so far.</param>
/// <param name="ModelLoss">The latest metric of a model's loss, or null before the first.</param>
/// <param name="StepsPerSecond">Environment steps per second since the run was last started.</param>
/// <param name="Seconds">Seconds spent on the run, however often it was interrupted.</param>
/// <param name="SecondsLeft">An estimate from the pace since the run was last started; null before there is one.</param>
public readonly record struct RunStatus(
    long Step, int Episode, int EpisodeSteps, double EpisodeReturn, double? ModelLoss, double StepsPerSecond, double Seconds, double? SecondsLeft);

/// <summary>Watches a run; called on the run's thread, so it must be quick.</summary>
public interface IRunListener
{
    /// <summary>The run starts, or goes on where its checkpoint stands.</summary>
    void OnStart(RunDirectory run, in RunStatus status);

    /// <summary>A step was taken.</summary>
    void OnStep(in RunStatus status);

    /// <summary>The agent measured something; during long training these are the only calls.</summary>
    void OnMetric(MetricRecord metric, in RunStatus status);

    /// <summary>An episode ended and was saved.</summary>
    void OnEpisode(EpisodeRecord episode, in RunStatus status);

    /// <summary>An episode of the final evaluation ended.</summary>
    void OnEvaluation(int episode, int episodes, double episodeReturn);
}

/// <summary>Watches nothing.</summary>
public sealed class SilentListener : IRunListener
{
    /// <inheritdoc/>
    public void OnStart(RunDirectory run, in RunStatus status)
    {
    }

    /// <inheritdoc/>
    public void OnStep(in RunStatus status)
    {
    }

    /// <inheritdoc/>
    public void OnMetric(MetricRecord metric, in RunStatus status)
    {
    }

    /// <inheritdoc/>
    public void OnEpisode(EpisodeRecord episode, in RunStatus status)
    {
    }

    /// <inheritdoc/>
    public void OnEvaluation(int episode, int episodes, double episodeReturn)
    {
    }
}
