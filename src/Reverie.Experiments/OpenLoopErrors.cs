using Reverie.Agents;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>A real episode that no model has learned from.</summary>
/// <param name="observations">What was seen, <c>[T + 1][F]</c>.</param>
/// <param name="actions">What was done, flat <c>[T][A]</c>.</param>
internal sealed class HeldOutEpisode(double[][] observations, double[] actions)
{
    public double[][] Observations => observations;

    public int Steps => observations.Length - 1;

    private int ActionSize => actions.Length / Steps;

    private int Features => observations[0].Length;

    public static HeldOutEpisode Collect(IWorld world, IPolicy policy, CancellationToken cancel)
    {
        var (observations, actions) = (new List<double[]>(), new List<double>());
        var last = new double[world.Spec.ObservationSize];
        var action = new double[world.Spec.Actions.Size];
        world.Reset(last);
        policy.Reset();
        for (bool done = false; !done;)
        {
            cancel.ThrowIfCancellationRequested();
            policy.Act(last, action);
            observations.Add([.. last]);
            actions.AddRange(action);
            done = world.Step(action, last).Done;
        }

        observations.Add(last);
        return new HeldOutEpisode([.. observations], [.. actions]);
    }

    /// <summary>
    /// What the members imagine from every step of the episode, flat <c>[K][T][horizon][F]</c>. Where the episode ends before
    /// the horizon its last action is repeated; what is imagined beyond its end means nothing.
    /// </summary>
    public double[] Imagine(IImagination imagination, int horizon)
    {
        var starts = new double[Steps * Features];
        var plans = new double[Steps * horizon * ActionSize];
        for (int start = 0; start < Steps; start++)
        {
            observations[start].CopyTo(starts, start * Features);
            for (int t = 0; t < horizon; t++)
            {
                actions.AsSpan(Math.Min(start + t, Steps - 1) * ActionSize, ActionSize).CopyTo(plans.AsSpan(((start * horizon) + t) * ActionSize));
            }
        }

        var imagined = new double[imagination.Members * Steps * horizon * Features];
        imagination.Imagine(Steps, starts, plans, imagined);
        return imagined;
    }

    /// <summary>The episode's beginning and what each member imagines from its start.</summary>
    public OpenLoopTrajectory Trajectory(IImagination imagination, int horizon)
    {
        int steps = Math.Min(horizon, Steps);
        var imagined = new double[imagination.Members * steps * Features];
        imagination.Imagine(1, observations[0], actions.AsSpan(0, steps * ActionSize), imagined);
        var members = Enumerable.Range(0, imagination.Members).Select(k => (double[][])
            [observations[0], .. Enumerable.Range(0, steps).Select(t => imagined.AsSpan(((k * steps) + t) * Features, Features).ToArray())]);
        return new OpenLoopTrajectory(observations[..(steps + 1)], [.. members]);
    }
}

/// <summary>Gathers the errors of imagined trajectories by horizon.</summary>
internal sealed class OpenLoopErrors(WorldSpec spec, double[] scales, int horizon)
{
    private readonly List<double>[] errors = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly List<double>[] spreads = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly double[,] squares = new double[horizon, spec.ObservationSize];

    /// <summary>Value minus reference; angles by the shorter way.</summary>
    public static double Difference(FeatureKind kind, double value, double reference) =>
        kind == FeatureKind.Angle ? Math.IEEERemainder(value - reference, 2 * Math.PI) : value - reference;

    /// <summary>Adds an episode, imagined from each of its steps, flat <c>[K][T][horizon][F]</c>.</summary>
    public void Add(HeldOutEpisode episode, double[] imagined, int members)
    {
        for (int start = 0; start < episode.Steps; start++)
        {
            for (int t = 0; t < Math.Min(horizon, episode.Steps - start); t++)
            {
                Add(t, episode.Observations[start + t + 1], imagined, ((start * horizon) + t) * spec.ObservationSize, episode.Steps * horizon * spec.ObservationSize, members);
            }
        }
    }

    // One real observation beside the members' imagined ones, which stand at 'first' and every 'stride' on.
    private void Add(int t, double[] real, double[] imagined, int first, int stride, int members)
    {
        int features = spec.ObservationSize;
        var (error, spread) = (0.0, 0.0);
        for (int f = 0; f < features; f++)
        {
            // Members' errors, rather than their values, are averaged: so angles need no unwrapping.
            var (mean, square) = (0.0, 0.0);
            for (int k = 0; k < members; k++)
            {
                double difference = Difference(spec.Observation[f].Kind, imagined[(k * stride) + first + f], real[f]);
                (mean, square) = (mean + (difference / members), square + (difference * difference / members));
            }

            squares[t, f] += mean * mean;
            error += mean * mean / (scales[f] * scales[f]);
            spread += Math.Max(0, square - (mean * mean)) / (scales[f] * scales[f]);
        }

        errors[t].Add(Math.Sqrt(error / features));
        spreads[t].Add(Math.Sqrt(spread / features));
    }

    /// <summary>The errors at each horizon.</summary>
    public IReadOnlyList<OpenLoopHorizon> Summarise() => [.. Enumerable.Range(0, horizon).Select(t =>
    {
        errors[t].Sort();
        spreads[t].Sort();
        int starts = errors[t].Count;
        double[] perFeature = [.. Enumerable.Range(0, spec.ObservationSize).Select(f => Math.Sqrt(squares[t, f] / starts))];
        return new OpenLoopHorizon(t + 1, starts, Quantile(errors[t], 0.5), Quantile(errors[t], 0.25), Quantile(errors[t], 0.75), Quantile(spreads[t], 0.5), perFeature);
    })];

    // Linear between order statistics (Hyndman and Fan 1996, type 7).
    private static double Quantile(List<double> sorted, double p)
    {
        double position = p * (sorted.Count - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
