using Reverie.Experiments.Studies;
using Reverie.Numerics;

namespace Reverie.Experiments.Comparisons;

/// <summary>What came of one run.</summary>
/// <param name="Agent">The agent's label.</param>
/// <param name="World">The world's label.</param>
/// <param name="Seed">The seed.</param>
/// <param name="FinalReturn">Mean return of the final policy over fresh episodes.</param>
/// <param name="StepsToMark">Environment steps at the first evaluation that came up to the mark; infinite where none did; null where there is no mark.</param>
/// <param name="Evaluations">The evaluations while learning, in order.</param>
/// <param name="WallSeconds">Seconds the run took.</param>
/// <param name="RunDirectory">Where it stands.</param>
public sealed record ComparedRun(
    string Agent, string World, long Seed, double FinalReturn, double? StepsToMark, IReadOnlyList<EvaluationPoint> Evaluations, double WallSeconds, string RunDirectory);

/// <summary>An evaluation while learning.</summary>
/// <param name="Step">Environment steps then.</param>
/// <param name="Return">Mean return.</param>
public readonly record struct EvaluationPoint(long Step, double Return);

/// <summary>An agent in a world, over seeds.</summary>
/// <param name="Agent">The agent's label.</param>
/// <param name="World">The world's label.</param>
/// <param name="Runs">Runs that came to their end.</param>
/// <param name="FinalReturn">Interquartile mean of the final returns, with its interval.</param>
/// <param name="StepsToMark">Median of the steps to the mark, between the quartiles; null where there is no mark.</param>
/// <param name="Curve">Interquartile mean of the evaluations, with intervals, as far as all runs go.</param>
public sealed record ComparedPair(string Agent, string World, int Runs, Estimate FinalReturn, StudyCell? StepsToMark, IReadOnlyList<CurvePoint> Curve);

/// <summary>A point of a learning curve over seeds.</summary>
/// <param name="Step">Environment steps.</param>
/// <param name="Return">Interquartile mean over seeds, with its interval.</param>
public readonly record struct CurvePoint(long Step, Estimate Return);

/// <summary>An agent over all worlds, on scores that are 0 at a world's floor and 1 at its mark.</summary>
/// <param name="Agent">The agent's label.</param>
/// <param name="Score">Interquartile mean of the final scores of all runs, with its interval.</param>
/// <param name="OptimalityGap">How far they fall short of 1 on average, with its interval.</param>
public sealed record ComparedAgent(string Agent, Estimate Score, Estimate OptimalityGap);

/// <summary>What came of a comparison.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Resamples">Resamples of each bootstrap.</param>
/// <param name="Level">Confidence of each interval.</param>
/// <param name="Floors">The floor of each world that has one, given or measured.</param>
/// <param name="Pairs">Each agent in each world.</param>
/// <param name="Agents">Each agent over all worlds; empty where a world lacks a floor or a mark.</param>
/// <param name="Runs">The runs that came to their end.</param>
public sealed record ComparisonResult(
    ComparisonRequest Request,
    int Resamples,
    double Level,
    IReadOnlyDictionary<string, double> Floors,
    IReadOnlyList<ComparedPair> Pairs,
    IReadOnlyList<ComparedAgent> Agents,
    IReadOnlyList<ComparedRun> Runs)
{
    /// <summary>Reads the runs that are done, and sums them up. The same runs give the same numbers.</summary>
    /// <exception cref="RunException">A run is damaged.</exception>
    public static ComparisonResult Read(ComparisonDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var request = directory.Plan.Request;
        ComparedRun[] runs = [.. directory.Plan.Cells.Where(directory.IsDone).Select(cell => Read(directory.Run(cell), cell, request))];
        return Of(request, runs);
    }

    /// <summary>Sums runs up.</summary>
    internal static ComparisonResult Of(ComparisonRequest request, IReadOnlyList<ComparedRun> runs)
    {
        var key = RandomKey.FromSeed(0).Split("comparison");
        var pairs = from world in request.Worlds
                    from agent in request.Agents
                    let own = runs.Where(r => r.Agent == agent.Label && r.World == world.Label).ToArray()
                    select Pair(agent.Label, world.Label, own, key.Split(agent.Label).Split(world.Label));
        var floors = Floored(request, runs);
        return new ComparisonResult(request, Bootstrap.Resamples, Bootstrap.Level, floors, [.. pairs], Aggregate(request, runs, floors, key), runs);
    }

    private static ComparedRun Read(RunDirectory run, ComparisonCell cell, ComparisonRequest request)
    {
        var result = run.ReadResult() ?? throw new RunException($"{run.ResultPath} is missing");
        EvaluationPoint[] evaluations = [.. run.ReadMetrics().Where(m => m.Name == Evaluation.Metric).Select(m => new EvaluationPoint(m.Step, m.Value))];
        double? steps = request.Marks.TryGetValue(cell.World, out double mark) ? StepsTo(mark, evaluations) : null;
        return new ComparedRun(cell.Agent, cell.World, cell.Seed, result.Evaluation.MeanReturn, steps, evaluations, run.ReadTiming() is [.., var last] ? last.Seconds : 0, run.Path);
    }

    private static double StepsTo(double mark, EvaluationPoint[] evaluations)
    {
        int first = Array.FindIndex(evaluations, e => e.Return >= mark);
        return first < 0 ? double.PositiveInfinity : evaluations[first].Step;
    }

    private static ComparedPair Pair(string agent, string world, ComparedRun[] runs, RandomKey key)
    {
        // The same key at every point: a resample is of whole runs.
        int points = runs.Length == 0 ? 0 : runs.Min(r => r.Evaluations.Count);
        var curve = Enumerable.Range(0, points).Select(i => new CurvePoint(runs[0].Evaluations[i].Step, Bootstrap.OfRuns([.. runs.Select(r => r.Evaluations[i].Return)], key)));
        double[] steps = [.. runs.Select(r => r.StepsToMark).OfType<double>()];
        return new ComparedPair(
            agent, world, runs.Length, Bootstrap.OfRuns([.. runs.Select(r => r.FinalReturn)], key), steps.Length == 0 ? null : StudyCell.Median(steps), [.. curve]);
    }

    private static Dictionary<string, double> Floored(ComparisonRequest request, IReadOnlyList<ComparedRun> runs)
    {
        var floors = new Dictionary<string, double>();
        string? random = request.Agents.FirstOrDefault(a => a.Name == "random")?.Label;
        foreach (string world in request.Worlds.Select(w => w.Label))
        {
            if (request.Floors.TryGetValue(world, out double given))
            {
                floors[world] = given;
            }
            else if (runs.Where(r => r.Agent == random && r.World == world).Select(r => r.FinalReturn).ToArray() is { Length: > 0 } returns)
            {
                floors[world] = returns.Average();
            }
        }

        return floors;
    }

    private static ComparedAgent[] Aggregate(ComparisonRequest request, IReadOnlyList<ComparedRun> runs, Dictionary<string, double> floors, RandomKey key)
    {
        string[] worlds = [.. request.Worlds.Select(w => w.Label)];
        if (!worlds.All(w => floors.TryGetValue(w, out double floor) && request.Marks.TryGetValue(w, out double mark) && mark > floor))
        {
            return [];
        }

        var agents = new List<ComparedAgent>();
        foreach (string agent in request.Agents.Select(a => a.Label))
        {
            double[][] scores = [.. worlds.Select(w => runs.Where(r => r.Agent == agent && r.World == w).Select(r => (r.FinalReturn - floors[w]) / (request.Marks[w] - floors[w])).ToArray())];
            var own = key.Split(agent);
            bool everywhere = scores.All(s => s.Length > 0);
            agents.Add(new ComparedAgent(
                agent,
                everywhere ? Bootstrap.Interval(scores, Bootstrap.SortAndTrim, own) : Estimate.None,
                everywhere ? Bootstrap.Interval(scores, sample => Bootstrap.OptimalityGap(sample), own) : Estimate.None));
        }

        return [.. agents];
    }
}
