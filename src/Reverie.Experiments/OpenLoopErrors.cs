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

    /// <summary>What the members imagine of <paramref name="steps"/> steps from <paramref name="start"/>, flat <c>[K][steps][F]</c>.</summary>
    public double[] Imagine(IImagination imagination, int start, int steps)
    {
        var imagined = new double[imagination.Members * steps * Features];
        imagination.Imagine(observations[start], actions.AsSpan(start * ActionSize, steps * ActionSize), imagined);
        return imagined;
    }

    public OpenLoopTrajectory Trajectory(IImagination imagination, int horizon)
    {
        int steps = Math.Min(horizon, Steps);
        double[] imagined = Imagine(imagination, 0, steps);
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

    /// <summary>Adds one imagined stretch, flat <c>[K][steps][F]</c>.</summary>
    public void Add(HeldOutEpisode episode, int start, int steps, double[] imagined, int members)
    {
        int features = spec.ObservationSize;
        for (int t = 0; t < steps; t++)
        {
            double[] real = episode.Observations[start + t + 1];
            var (error, spread) = (0.0, 0.0);
            for (int f = 0; f < features; f++)
            {
                // Members' errors, rather than their values, are averaged: so angles need no unwrapping.
                var (mean, square) = (0.0, 0.0);
                for (int k = 0; k < members; k++)
                {
                    double difference = Difference(spec.Observation[f].Kind, imagined[(((k * steps) + t) * features) + f], real[f]);
                    (mean, square) = (mean + (difference / members), square + (difference * difference / members));
                }

                squares[t, f] += mean * mean;
                error += mean * mean / (scales[f] * scales[f]);
                spread += Math.Max(0, square - (mean * mean)) / (scales[f] * scales[f]);
            }

            errors[t].Add(Math.Sqrt(error / features));
            spreads[t].Add(Math.Sqrt(spread / features));
        }
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
