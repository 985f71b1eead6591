using System.Globalization;
using System.Text;
using System.Text.Json;
using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>A plan on disk, which stands alone.</summary>
/// <remarks>
/// <c>plan.json</c> is written last, the others before it: a directory without it is no plan.
/// <code>
/// plan.json        what was asked, what came of it, names and limits
/// trajectory.csv   step, state_0 …, action_0 …, gain_0_0 … (action, state): u = û + K (x − x̂); the last row has a state alone
/// costs.csv        iteration, cost
/// </code>
/// </remarks>
public static class PlanDirectory
{
    private const string CurrentFormat = "reverie-plan-1";

    /// <summary>Whether a directory holds a plan.</summary>
    public static bool IsPlan(string path) => path.Length > 0 && File.Exists(Path.Combine(path, "plan.json"));

    /// <summary>Refuses a path that a plan cannot be written to.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="RequestException">It is a file, or a directory that is not empty.</exception>
    public static string RequireFree(string path)
    {
        path = path.Length > 0 ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : throw new RequestException("the plan directory's path is empty");
        return File.Exists(path) ? throw new RequestException($"{path} is a file; a plan needs a directory of its own")
            : IsPlan(path) ? throw new RequestException($"{path} already holds a plan: choose another directory with --out")
            : Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(e => !IsLeftover(e)) ? throw new RequestException($"{path} is not empty: choose another directory with --out")
            : path;
    }

    /// <summary>Writes a plan into a directory, which is made where it is missing.</summary>
    /// <exception cref="RequestException">It cannot be made.</exception>
    public static void Write(string path, TrajectoryPlan plan)
    {
        try
        {
            Directory.CreateDirectory(path);
            if (plan.Trajectory is { } trajectory)
            {
                Lines("trajectory.csv", Table(trajectory, plan.Axes.StateNames.Length, plan.Axes.Low.Length));
                Lines("costs.csv", plan.Result.Costs.Select((cost, i) => string.Create(CultureInfo.InvariantCulture, $"{i},{cost:R}")).Prepend("iteration,cost"));
            }

            AtomicFile.Write(
                Path.Combine(path, "plan.json"), stream => JsonSerializer.Serialize(stream, new Document(CurrentFormat, plan.Request, plan.Result, plan.Axes), RunJson.Document));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RequestException($"the plan directory {path} cannot be written: {Messages.OneLine(e)}", e);
        }

        void Lines(string name, IEnumerable<string> lines) =>
            AtomicFile.Write(Path.Combine(path, name), stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="RunException">A file is missing or damaged, or of another version.</exception>
    public static TrajectoryPlan Read(string path)
    {
        string file = Path.Combine(path, "plan.json");
        try
        {
            var document = JsonSerializer.Deserialize<Document>(File.ReadAllBytes(file), RunJson.Document) ?? throw new JsonException("it is null");
            if (document.Format != CurrentFormat)
            {
                throw new FormatException($"its format is '{document.Format}', not '{CurrentFormat}'");
            }

            var result = document.Result;
            if (result.Cost is null)
            {
                return new TrajectoryPlan(document.Request, result, document.Axes, null);
            }

            file = Path.Combine(path, "trajectory.csv");
            return new TrajectoryPlan(document.Request, result, document.Axes, Trajectory(File.ReadAllLines(file), document.Axes.StateNames.Length, document.Axes.Low.Length, result.Horizon));
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException)
        {
            throw new RunException($"{file} is damaged: {Messages.OneLine(e)}", e);
        }
    }

    private static IEnumerable<string> Table(PlannedTrajectory trajectory, int n, int m)
    {
        yield return string.Join(',', (string[])["step", .. Names("state", n), .. Names("action", m), .. Enumerable.Range(0, m).SelectMany(a => Names($"gain_{a}", n))]);
        for (int t = 0; t < trajectory.States.Length; t++)
        {
            IEnumerable<string> rest = t < trajectory.Actions.Length
                ? trajectory.Actions[t].Concat(trajectory.Gains[t]).Select(Number)
                : Enumerable.Repeat("", m + (m * n));
            yield return string.Join(',', trajectory.States[t].Select(Number).Prepend(t.ToString(CultureInfo.InvariantCulture)).Concat(rest));
        }

        static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{i}"));
        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static PlannedTrajectory Trajectory(string[] lines, int n, int m, int horizon)
    {
        if (lines.Length != horizon + 2)
        {
            throw new FormatException($"it has {lines.Length} lines; {horizon + 2} are expected");
        }

        var (states, actions, gains) = (new double[horizon + 1][], new double[horizon][], new double[horizon][]);
        for (int t = 0; t <= horizon; t++)
        {
            string[] cells = lines[t + 1].Split(',');
            if (cells.Length != 1 + n + m + (m * n))
            {
                throw new FormatException($"row {t + 1} has {cells.Length} columns; {1 + n + m + (m * n)} are expected");
            }

            states[t] = Numbers(cells.AsSpan(1, n));
            if (t < horizon)
            {
                (actions[t], gains[t]) = (Numbers(cells.AsSpan(1 + n, m)), Numbers(cells.AsSpan(1 + n + m)));
            }
        }

        return new PlannedTrajectory(states, actions, gains);

        static double[] Numbers(ReadOnlySpan<string> cells)
        {
            var numbers = new double[cells.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = double.Parse(cells[i], CultureInfo.InvariantCulture);
                if (!double.IsFinite(numbers[i]))
                {
                    throw new FormatException($"it holds {cells[i]}; its numbers must be finite");
                }
            }

            return numbers;
        }
    }

    private static bool IsLeftover(string entry) =>
        entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal) || Path.GetFileName(entry) is "trajectory.csv" or "costs.csv";

    private sealed record Document(string Format, TrajectoryRequest Request, TrajectoryResult Result, TrajectoryAxes Axes);
}
