using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>Train a model from a logged Parquet file, with no world at hand but its description.</summary>
public static class TrainFromLog
{
    /// <summary>Logs random steps of a pendulum, for <see cref="Train"/> to read.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="steps">Steps.</param>
    public static void WriteLog(string path, int steps)
    {
        var world = new ContinuousWorld<Pendulum>(new Pendulum(new PendulumOptions()), RandomKey.FromSeed(1));
        var agent = new RandomAgent(world.Spec, RandomKey.FromSeed(2));
        var log = new TrajectoryLog(world.Spec.Name, world.Spec.ObservationSize, world.Spec.Actions.Size);
        var (before, after, action) = (new double[log.ObservationSize], new double[log.ObservationSize], new double[log.ActionSize]);
        for (int i = 0; i < steps; i++)
        {
            if (log.NextStep == 0)
            {
                world.Reset(before);
            }

            agent.Act(before, action);
            var step = world.Step(action, after);
            log.Add(new Transition
            {
                Observation = before,
                Action = action,
                Reward = step.Reward,
                NextObservation = after,
                Terminated = step.Terminated,
                Truncated = step.Truncated,
            });
            (before, after) = (after, before);
        }

        log.Write(path);
    }

    /// <summary>Trains an ensemble on a log of the pendulum.</summary>
    /// <param name="path">A Parquet file.</param>
    /// <param name="options">The model's options.</param>
    /// <returns>Steps and losses; the validation loss of a model that predicts the mean change would be about 1.</returns>
    public static TrainingResult Train(string path, DynamicsOptions options)
    {
        var spec = new Pendulum(new PendulumOptions()).Spec;
        var log = TrajectoryLog.Read(path, spec.ObservationSize, spec.Actions.Size);
        var replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, log.Count, options.ValidationFraction, RandomKey.FromSeed(3));
        log.AddTo(replay);

        using var workers = new Workers(Environment.ProcessorCount);
        using var ensemble = new DynamicsEnsemble(spec, options, new RandomStream(RandomKey.FromSeed(4)), workers);
        return EnsembleTrainer.Train(ensemble, replay);
    }
}
