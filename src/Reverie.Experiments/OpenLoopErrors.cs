using System.Runtime.InteropServices;
using Reverie.Experiments.Reports;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>Gathers the errors of imagined trajectories by horizon.</summary>
internal sealed class OpenLoopErrors(WorldSpec spec, double[] scales, int horizon)
{
    private readonly List<double>[] errors = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly List<double>[] spreads = [.. Enumerable.Range(0, horizon).Select(_ => new List<double>())];
    private readonly double[,] squares = new double[horizon, spec.ObservationSize];

    /// <summary>The longest horizon.</summary>
    public int Horizon => horizon;

    /// <summary>Value minus reference; angles by the shorter way.</summary>
    public static double Difference(FeatureKind kind, double value, double reference) =>
        kind == FeatureKind.Angle ? Math.IEEERemainder(value - reference, 2 * Math.PI) : value - reference;

    /// <summary>Adds an episode, imagined from each of its steps, flat <c>[K][T][horizon][F]</c>.</summary>
    public void Add(RealEpisode episode, double[] imagined, int members)
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

        errors[t].Add(Known(Math.Sqrt(error / features)));
        spreads[t].Add(Known(Math.Sqrt(spread / features)));

        // Imagination that has left the finite numbers is as wrong as can be; NaN would be sorted as the least error.
        static double Known(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;
    }

    /// <summary>The errors at each horizon.</summary>
    public IReadOnlyList<OpenLoopHorizon> Summarise() => [.. Enumerable.Range(0, horizon).Select(t =>
    {
        errors[t].Sort();
        spreads[t].Sort();
        int starts = errors[t].Count;
        double[] perFeature = [.. Enumerable.Range(0, spec.ObservationSize).Select(f => Math.Sqrt(squares[t, f] / starts))];
        double Quantile(List<double>[] sorted, double p) => Series.Quantile(CollectionsMarshal.AsSpan(sorted[t]), p);
        return new OpenLoopHorizon(t + 1, starts, Quantile(errors, 0.5), Quantile(errors, 0.25), Quantile(errors, 0.75), Quantile(spreads, 0.5), perFeature);
    })];
}
