using Reverie.Agents;
using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>
/// Lets an agent learn from logged trajectories alone, and saves it every so many of its steps of learning. The world is for evaluation only: no step of it is learned from.
/// However often it is interrupted or killed, the run comes to the same bits.
/// </summary>
public sealed class OfflineRunner : IDisposable
{
    private const string ExhaustedEntry = "runner/exhausted";

    private readonly RunDirectory directory;
    private readonly RunParts parts;
    private readonly IRunListener listener;
    private readonly IOfflineAgent agent;
    private readonly RunData data;
    private readonly RunClock clock;
    private readonly RunFiles files;
    private readonly RunCounters counters = new();
    private readonly LearningEvaluation evaluation;
    private readonly bool goesOn;
    private bool exhausted;
    private double? modelLoss;
    private string stage = "the run failed";

    /// <summary>Opens a run where its checkpoint stands, or at its beginning.</summary>
    /// <param name="directory">The run, locked by the caller, whose request has <see cref="RunRequest.Data"/>.</param>
    /// <param name="parts">Its world and its agent, newly made; disposed with the runner.</param>
    /// <param name="listener">Who watches; steps are steps of learning.</param>
    /// <param name="time">The clock for timings; results do not depend on it.</param>
    /// <exception cref="RequestException">The agent cannot learn from data alone.</exception>
    /// <exception cref="RunException">The saved run is damaged or does not fit.</exception>
    public OfflineRunner(RunDirectory directory, RunParts parts, IRunListener listener, TimeProvider time)
    {
        (this.directory, this.parts, this.listener) = (directory, parts, listener);
        agent = Require(directory.Request.Agent, parts.Agent);
        data = directory.Request.Data ?? throw new ArgumentException($"The run {directory.Path} has no data to learn from; it learns from its world.", nameof(directory));
        evaluation = new LearningEvaluation(directory.Request, counters, parts);
        var saved = RunCheckpoint.Read(directory);
        goesOn = saved is not null;
        if (saved is not null)
        {
            RunCheckpoint.Restore(directory, () =>
            {
                counters.Load(saved, "runner");
                exhausted = saved.GetInt64(ExhaustedEntry, 1)[0] != 0;
                agent.Load(saved, "agent");
            });
        }

        files = new RunFiles(directory, counters, new TransitionBuffer(parts.World.Spec));
        clock = new RunClock(directory, time, counters.Steps, counters.Episodes);
        parts.Metrics.Connect(OnMetric, replay: !goesOn);
    }

    /// <summary>Seconds spent on the run, however often it was interrupted.</summary>
    public double WallSeconds => clock.Seconds;

    private RunRequest Request => directory.Request;

    private bool Finished => exhausted || counters.Steps >= Request.Steps;

    private RunStatus Status => new(
        counters.Steps, 0, 0, 0, modelLoss, clock.StepsPerSecond(counters.Steps), clock.Seconds, Request.Steps is null ? null : clock.SecondsLeft(Request, counters));

    /// <summary>The agent as one that can learn from data alone.</summary>
    /// <exception cref="RequestException">It cannot.</exception>
    public static IOfflineAgent Require(string name, IAgent agent) =>
        agent as IOfflineAgent ?? throw new RequestException($"agent '{name}' cannot learn from data alone: it wants to act");

    /// <summary>Learns until there is nothing left to learn or the limit is reached, evaluates, and writes the result.</summary>
    /// <returns>The result, or null when it was interrupted; the state is saved then.</returns>
    /// <exception cref="RequestException">The data are no longer there.</exception>
    /// <exception cref="RunException">The agent failed, or the data were changed; what was saved before stays.</exception>
    public RunResult? Run(CancellationToken cancel)
    {
        try
        {
            listener.OnStart(directory, Status);
            if (!goesOn)
            {
                stage = "the data could not be taken";
                agent.Remember(LoggedData.ReadAgain(data, parts.World.Spec));
                Save();
            }

            while (!Finished || evaluation.Owed)
            {
                if (cancel.IsCancellationRequested)
                {
                    Save();
                    return null;
                }

                Step(cancel);
            }

            Save();
            stage = "the evaluation failed";
            var final = Evaluation.Run(
                agent, parts.CreateWorld, Request.EvaluationEpisodes, Evaluation.Key(Request.Seed), (i, r) => listener.OnEvaluation(i, Request.EvaluationEpisodes, r), cancel);
            clock.Mark(counters.Steps, counters.Episodes);
            var result = new RunResult(Request.Agent, Request.World, Request.Seed, parts.World.Steps, [], final) { LearningSteps = counters.Steps };
            directory.WriteResult(result);
            return result;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not (RunException or RequestException or OutOfMemoryException))
        {
            throw new RunException($"{stage}: {Messages.OneLine(e)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        files.Dispose();
        clock.Dispose();
        parts.Dispose();
    }

    private void Step(CancellationToken cancel)
    {
        if (evaluation.Owed)
        {
            stage = $"the evaluation after step {counters.Steps} of learning failed";
            if (evaluation.Run(cancel) is { } mean)
            {
                OnMetric(Evaluation.Metric, mean);
            }

            return;
        }

        // Metrics of a step carry its number.
        counters.Steps++;
        stage = $"step {counters.Steps} of learning failed";
        exhausted = !agent.Improve();
        listener.OnStep(Status);
        if (counters.Steps % Request.CheckpointSteps == 0)
        {
            Save();
        }
    }

    private void Save()
    {
        var state = new StateDictionary();
        agent.Save(state, "agent");
        state.Set(ExhaustedEntry, [exhausted ? 1L : 0L]);
        files.Commit(state, counters, keepPending: false);
        clock.Mark(counters.Steps, counters.Episodes);
    }

    private void OnMetric(string name, double value)
    {
        var metric = new MetricRecord(counters.Steps, 0, name, value);
        files.Append(metric);
        modelLoss = name.StartsWith("model/", StringComparison.Ordinal) && name.EndsWith("loss", StringComparison.OrdinalIgnoreCase) ? value : modelLoss;
        listener.OnMetric(metric, Status);
    }
}
