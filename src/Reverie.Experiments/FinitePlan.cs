using System.Text.Json;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments;

/// <summary>What a solver found of a finite world whose model is given.</summary>
/// <param name="Planner">The solver's name.</param>
/// <param name="World">The world's name, or the file it came from.</param>
/// <param name="States">Number of states.</param>
/// <param name="Actions">Number of actions.</param>
/// <param name="Discount">γ.</param>
/// <param name="Value">What an episode is worth: the values weighed by the start distribution.</param>
/// <param name="Lower">It is guaranteed to be at least this; −∞ where nothing is known.</param>
/// <param name="Upper">It is guaranteed to be at most this; +∞ where nothing is known.</param>
/// <param name="Error">No state's value is further than this from the optimal one; +∞ where nothing is known.</param>
/// <param name="Sweeps">Sweeps over all states, or policies evaluated.</param>
/// <param name="Backups">Single states whose value was computed.</param>
/// <param name="Milliseconds">Time that it took.</param>
/// <param name="StopReason">Why it stopped.</param>
public sealed record FinitePlanResult(
    string Planner,
    string World,
    int States,
    int Actions,
    double Discount,
    double Value,
    double Lower,
    double Upper,
    double Error,
    long Sweeps,
    long Backups,
    double Milliseconds,
    StopReason StopReason);

/// <summary>Solves finite worlds whose model is given.</summary>
public static class FinitePlan
{
    /// <summary>The solvers by name.</summary>
    public static IReadOnlyList<FiniteSolverEntry> Solvers { get; } = [.. FiniteSolverCatalog.Entries.Append(LinearProgram.Entry).OrderBy(e => e.Name, StringComparer.Ordinal)];

    /// <summary>Whether <paramref name="planner"/> is a solver of finite worlds.</summary>
    public static bool IsSolver(string planner) => Solvers.Any(s => s.Name == planner);

    /// <summary>Solves a world.</summary>
    /// <param name="planner">The solver's name.</param>
    /// <param name="world">The world's name, or a file with a finite one.</param>
    /// <param name="assignments">Options as <c>name=value</c>, of the world or the solver.</param>
    /// <param name="precision">The guaranteed error to stop at, or null for the solver's own.</param>
    /// <param name="threads">Worker threads, ≥ 1.</param>
    /// <param name="time">The clock that times the solver.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="RequestException">An unknown name, a value that is not allowed, or a file that is no finite world.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static (FinitePlanResult Result, FiniteMdp Mdp, FiniteSolution Solution) Run(
        string planner, string world, IEnumerable<string> assignments, double? precision, int threads, TimeProvider time, CancellationToken cancel)
    {
        var entry = Solvers.First(s => s.Name == planner);
        var target = new OptionTarget("planner", entry.Name, entry.DefaultOptions);
        string[] all = precision is { } p ? [.. assignments, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"planner.precision={p:R}")] : [.. assignments];
        var given = GivenWorld.Find(world, target, all);
        using var workers = new Workers(threads);
        try
        {
            var mdp = given.Model(workers) is ITabulator model ? model.Tabulate() : throw new RequestException($"{planner} solves finite worlds; world '{world}' is continuous");
            var solver = entry.Create((FiniteSolverOptions)given.PlannerOptions);
            long start = time.GetTimestamp();
            var solution = solver.Solve(mdp, workers, cancel);
            double milliseconds = time.GetElapsedTime(start).TotalMilliseconds;
            return (Result(entry.Name, world, mdp, solution, milliseconds), mdp, solution);
        }
        catch (ArgumentException e)
        {
            throw new RequestException(Messages.OneLine(e), e);
        }
    }

    /// <summary>Writes all values, their bounds and the greedy policy as one JSON document.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteValues(string path, FiniteMdp mdp, FiniteSolution solution) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(
        stream,
        new { mdp.Discount, mdp.StateNames, mdp.ActionNames, solution.Values, solution.Lower, solution.Upper, solution.Policy },
        RunJson.Line));

    private static FinitePlanResult Result(string planner, string world, FiniteMdp mdp, FiniteSolution solution, double milliseconds)
    {
        double error = 0;
        for (int s = 0; s < mdp.States; s++)
        {
            error = Math.Max(error, Math.Max(solution.Upper[s] - solution.Values[s], solution.Values[s] - solution.Lower[s]));
        }

        return new FinitePlanResult(
            planner, world, mdp.States, mdp.Actions, mdp.Discount, mdp.AtStart(solution.Values), AtStart(mdp, solution.Lower), AtStart(mdp, solution.Upper),
            error, solution.Sweeps, solution.Backups, milliseconds, solution.StopReason);
    }

    /// <summary>Likewise of values that may be infinite, where no episode starts too.</summary>
    private static double AtStart(FiniteMdp mdp, double[] values)
    {
        double sum = 0;
        for (int s = 0; s < values.Length; s++)
        {
            sum += mdp.Start[s] > 0 ? mdp.Start[s] * values[s] : 0;
        }

        return sum;
    }
}
