using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments;

/// <summary>
/// Owns the loop between world and agent, and saves it: at every episode's end, unless episodes are cheap, and every so many steps.
/// However often it is interrupted or killed, the run comes to the same bits.
/// </summary>
public sealed class Runner : IDisposable
{
    private readonly RunDirectory directory;
    private readonly RunParts parts;
    private readonly IRunListener listener;
    private readonly RunClock clock;
    private readonly RunFiles files;
    private readonly RunCounters counters = new();
    private readonly LearningEvaluation evaluation;
    private readonly IWorld world;
    private readonly IAgent agent;
    private readonly double[] action;
    private double[] observation;
    private double[] next;
    private double? modelLoss;
    private string stage = "the run failed";

    /// <summary>Opens a run where its checkpoint stands, or at its beginning.</summary>
    /// <param name="directory">The run, locked by the caller.</param>
    /// <param name="parts">Its world and its agent, newly made; disposed with the runner.</param>
    /// <param name="listener">Who watches.</param>
    /// <param name="time">The clock for timings; results do not depend on it.</param>
    /// <exception cref="RunException">The saved run is damaged or does not fit.</exception>
    public Runner(RunDirectory directory, RunParts parts, IRunListener listener, TimeProvider time)
    {
        (this.directory, this.parts, this.listener, world, agent) = (directory, parts, listener, parts.World, parts.Agent);
        (action, observation, next) = (new double[world.Spec.Actions.Size], new double[world.Spec.ObservationSize], new double[world.Spec.ObservationSize]);
        evaluation = new LearningEvaluation(directory.Request, counters, parts);
        var saved = RunCheckpoint.Read(directory);
        var pending = new TransitionBuffer(world.Spec);
        if (saved is not null)
        {
            RunCheckpoint.Restore(directory, () => Load(saved, pending));
        }

        files = new RunFiles(directory, counters, pending);
        clock = new RunClock(directory, time, counters.Steps, counters.Episodes);
        parts.Metrics.Connect(OnMetric, replay: saved is null);
    }

    /// <summary>Seconds spent on the run, however often it was interrupted.</summary>
    public double WallSeconds => clock.Seconds;

    private RunRequest Request => directory.Request;

    private bool Finished => counters.Steps >= Request.Steps || counters.Episodes >= Request.Episodes;

    private RunStatus Status => new(
        counters.Steps, counters.Episodes + (counters.InEpisode ? 1 : 0), counters.EpisodeSteps, counters.EpisodeReturn, modelLoss,
        clock.StepsPerSecond(counters.Steps), clock.Seconds, clock.SecondsLeft(Request, counters));

    /// <summary>Runs to the end, evaluates, and writes the result.</summary>
    /// <returns>The result, or null when it was interrupted; the state is saved then.</returns>
    /// <exception cref="RunException">World or agent failed; what was saved before stays.</exception>
    public RunResult? Run(CancellationToken cancel)
    {
        try
        {
            listener.OnStart(directory, Status);
            while (!Finished || evaluation.Owed)
            {
                if (cancel.IsCancellationRequested)
                {
                    Save(interrupted: true);
                    return null;
                }

                if (evaluation.Owed)
                {
                    Evaluate(cancel);
                }
                else
                {
                    Step();
                }
            }

            if (files.Pending > 0 || evaluation.Uncommitted)
            {
                Save(interrupted: false);
            }

            stage = "the evaluation failed";
            var final = Evaluation.Run(
                agent, parts.CreateWorld, Request.EvaluationEpisodes, Evaluation.Key(Request.Seed), (i, r) => listener.OnEvaluation(i, Request.EvaluationEpisodes, r), cancel);
            clock.Mark(counters.Steps, counters.Episodes);
            return WriteResult(final);
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

    private void Step()
    {
        stage = $"the run failed at step {counters.Steps + 1}";
        if (!counters.InEpisode)
        {
            world.Reset(observation);
            (counters.InEpisode, counters.EpisodeSteps, counters.EpisodeReturn) = (true, 0, 0);
        }

        agent.Act(observation, action);
        var result = world.Step(action, next);
        RefuseNonFinite(result.Reward);
        var transition = new Transition
        {
            Observation = observation,
            Action = action,
            Reward = result.Reward,
            NextObservation = next,
            Terminated = result.Terminated,
            Truncated = result.Truncated,
        };
        counters.Steps++;
        counters.EpisodeSteps++;
        counters.EpisodeReturn += result.Reward;
        files.Append(transition, counters);
        agent.Observe(transition);
        (observation, next) = (next, observation);
        listener.OnStep(Status);
        if (result.Done)
        {
            EndEpisode(result);
        }

        if (files.Pending >= Request.CheckpointSteps)
        {
            Save(interrupted: false);
        }
    }

    private void Evaluate(CancellationToken cancel)
    {
        stage = $"the evaluation after step {counters.Steps} failed";
        if (evaluation.Run(cancel) is { } mean)
        {
            OnMetric(Evaluation.Metric, mean);
        }
    }

    private void EndEpisode(StepResult result)
    {
        counters.Episodes++;
        counters.InEpisode = false;
        var episode = new EpisodeRecord(counters.Episodes, counters.Steps, counters.EpisodeSteps, counters.EpisodeReturn, result.Terminated);
        files.Append(episode);
        if (Request.CheckpointEpisodes)
        {
            Save(interrupted: false);
        }

        listener.OnEpisode(episode, Status);
    }

    // Interrupted in the middle of an interval, its transitions wait in the checkpoint, so that the parts come out the same.
    private void Save(bool interrupted)
    {
        var state = new StateDictionary();
        world.Save(state, "world");
        agent.Save(state, "agent");
        state.Set("runner/observation", observation);
        files.Commit(state, counters, interrupted);
        clock.Mark(counters.Steps, counters.Episodes);
        evaluation.Uncommitted = false;
    }

    private void Load(StateDictionary state, TransitionBuffer pending)
    {
        counters.Load(state, "runner");
        state.GetDouble("runner/observation", observation.Length).CopyTo(observation);
        pending.Load(state, "runner/pending");
        world.Load(state, "world");
        agent.Load(state, "agent");
    }

    private void OnMetric(string name, double value)
    {
        var metric = new MetricRecord(counters.Steps, counters.Episodes + (counters.InEpisode ? 1 : 0), name, value);
        files.Append(metric);
        if (name.StartsWith("model/", StringComparison.Ordinal) && name.EndsWith("loss", StringComparison.OrdinalIgnoreCase))
        {
            modelLoss = value;
        }

        listener.OnMetric(metric, Status);
    }

    private RunResult WriteResult(EvaluationResult final)
    {
        var episodes = directory.ReadEpisodes().Select(e => new EpisodeResult(e.Steps, e.Return)).ToList();
        if (counters.InEpisode)
        {
            episodes.Add(new EpisodeResult(counters.EpisodeSteps, counters.EpisodeReturn));
        }

        var result = new RunResult(Request.Agent, Request.World, Request.Seed, counters.Steps, episodes, final);
        if (world is FiniteWorld { Mdp: var mdp })
        {
            result = result with
            {
                ValueOfFinalPolicy = agent is ITabularAgent tabular ? FiniteOrNull(() => PolicyValue.Of(mdp, tabular)) : null,
                OptimalValue = FiniteOrNull(() => mdp.AtStart(PolicyValue.Optimal(mdp))),
            };
        }

        directory.WriteResult(result);
        return result;
    }

    // Without a discount a policy that never ends the task has no finite value, which solvers refuse.
    private static double? FiniteOrNull(Func<double> value)
    {
        try
        {
            return value();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private void RefuseNonFinite(double reward)
    {
        if (!double.IsFinite(reward))
        {
            throw new RunException($"{stage}: {world.Spec.Name} gave the reward {reward}");
        }

        for (int i = 0; i < next.Length; i++)
        {
            if (!double.IsFinite(next[i]))
            {
                throw new RunException($"{stage}: {world.Spec.Name} gave {next[i]} for '{world.Spec.Observation[i].Name}'");
            }
        }
    }
}
