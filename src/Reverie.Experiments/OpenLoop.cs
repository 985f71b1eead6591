using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>Open-loop error of a learned model on held-out real trajectories: <c>imagination.json</c>.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="World">The world's name.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="EnvironmentSteps">Real steps that had been taken when the model was saved.</param>
/// <param name="Features">Names of the observation's components, <c>[F]</c>.</param>
/// <param name="Scales">What errors of each component are divided by: its standard deviation over the held-out steps, <c>[F]</c>.</param>
/// <param name="Horizons">The error at each horizon, ascending.</param>
/// <param name="Trajectories">Held-out episodes and how they were imagined from their start.</param>
public sealed record OpenLoopResult(
    string Agent,
    string World,
    long Seed,
    long EnvironmentSteps,
    IReadOnlyList<string> Features,
    double[] Scales,
    IReadOnlyList<OpenLoopHorizon> Horizons,
    IReadOnlyList<OpenLoopTrajectory> Trajectories);

/// <summary>Error at one horizon, over all starts in the held-out episodes.</summary>
/// <param name="Horizon">Steps imagined without seeing, ≥ 1.</param>
/// <param name="Starts">How many starts there were.</param>
/// <param name="Median">Median over the starts of the error: root mean square over components, in units of their scales, of the ensemble's mean prediction; +∞ where it left the finite numbers.</param>
/// <param name="Lower">Its lower quartile.</param>
/// <param name="Upper">Its upper quartile.</param>
/// <param name="Spread">Median over the starts of the members' standard deviation, in the same units.</param>
/// <param name="FeatureErrors">Root mean square error of each component, in its own unit, <c>[F]</c>.</param>
public sealed record OpenLoopHorizon(int Horizon, int Starts, double Median, double Lower, double Upper, double Spread, double[] FeatureErrors);

/// <summary>A real trajectory and its imagination, from the same start and with the same actions.</summary>
/// <param name="Real">Observations from the start on, <c>[T + 1][F]</c>.</param>
/// <param name="Members">What each member imagined from the start on, the start included, <c>[K][T + 1][F]</c>.</param>
public sealed record OpenLoopTrajectory(double[][] Real, double[][][] Members);

/// <summary>Measures how far a learned model can be trusted without looking.</summary>
public static class OpenLoop
{
    /// <summary>
    /// Collects fresh episodes, which the agent never learns from, and imagines them open loop from every one of their steps.
    /// </summary>
    /// <param name="parts">The run's agent and worlds, restored.</param>
    /// <param name="run">The run.</param>
    /// <param name="episodes">Held-out episodes, ≥ 1.</param>
    /// <param name="horizon">The longest horizon, ≥ 1; shorter where no episode is as long.</param>
    /// <param name="cancel">Ends it between two steps.</param>
    /// <exception cref="RequestException">The agent has no model to look into.</exception>
    /// <exception cref="RunException">The checkpoint is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static OpenLoopResult Measure(RunParts parts, RunDirectory run, int episodes, int horizon, CancellationToken cancel)
    {
        if (parts.Agent is not IImagination imagination)
        {
            throw new RequestException($"agent '{run.Request.Agent}' has no model to imagine with");
        }

        var key = RandomKey.FromSeed(run.Request.Seed).Split("imagination");
        var world = parts.CreateWorld(key.Split("world"));
        var policy = parts.Agent.Policy(new RandomStream(key.Split("policy")));
        var heldOut = new List<RealEpisode>();
        for (int i = 0; i < episodes; i++)
        {
            heldOut.Add(RealEpisode.Collect(world, policy, cancel));
        }

        horizon = Math.Min(horizon, heldOut.Max(e => e.Steps));
        double[] scales = Scales(world.Spec, heldOut);
        var errors = new OpenLoopErrors(world.Spec, scales, horizon);
        foreach (var episode in heldOut)
        {
            cancel.ThrowIfCancellationRequested();
            errors.Add(episode, episode.Imagine(imagination, horizon), imagination.Members);
        }

        var counters = new RunCounters();
        if (RunCheckpoint.Read(run) is { } saved)
        {
            RunCheckpoint.Restore(run, () => counters.Load(saved, "runner"));
        }

        return new OpenLoopResult(
            run.Request.Agent, run.Request.World, run.Request.Seed, counters.Steps,
            [.. world.Spec.Observation.Select(f => f.Name)], scales, errors.Summarise(),
            [.. heldOut.Select(e => e.Trajectory(imagination, horizon))]);
    }

    /// <summary>Standard deviation of each component over all observations; an angle's about its circular mean. 1 where a component does not move.</summary>
    internal static double[] Scales(WorldSpec spec, IReadOnlyList<RealEpisode> episodes)
    {
        var scales = new double[spec.ObservationSize];
        for (int f = 0; f < scales.Length; f++)
        {
            double[] values = [.. episodes.SelectMany(e => e.Observations.Select(o => o[f]))];
            bool angle = spec.Observation[f].Kind == FeatureKind.Angle;
            double mean = angle ? Math.Atan2(values.Average(Math.Sin), values.Average(Math.Cos)) : values.Average();
            double variance = values.Average(v => Math.Pow(OpenLoopErrors.Difference(spec.Observation[f].Kind, v, mean), 2));
            scales[f] = variance > 1e-18 ? Math.Sqrt(variance) : 1;
        }

        return scales;
    }
}
