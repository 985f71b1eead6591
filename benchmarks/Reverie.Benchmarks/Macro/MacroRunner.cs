using System.Globalization;
using System.Runtime.Intrinsics;

namespace Reverie.Benchmarks.Macro;

/// <summary>Runs macro benchmarks and prints their table, in Markdown.</summary>
internal static class MacroRunner
{
    /// <summary>All macro benchmarks, in the table's order.</summary>
    public static IReadOnlyList<IMacroBenchmark> All { get; } =
    [
        new CartPoleSteps(), new Jacobians(), new PlanningDecisions(), new EnsembleForward(), new EnsembleTraining(), new EnsemblePlanning(), new LearnerTraining(),
        new FinitePlanning(), new FiniteGrowth(), new FiniteLearning(), new TrajectorySolves(), new ControlDeadline(),
    ];

    /// <summary>Runs those named, or all.</summary>
    /// <returns>The exit code: 0, or 2 for an unknown name.</returns>
    public static int Run(ReadOnlySpan<string> names, TextWriter output, TextWriter errors)
    {
        var chosen = new List<IMacroBenchmark>();
        foreach (string name in names)
        {
            if (All.FirstOrDefault(b => b.Name == name) is not { } benchmark)
            {
                errors.WriteLine($"there is no macro benchmark '{name}'; there are: {string.Join(", ", All.Select(b => b.Name))}");
                return 2;
            }

            chosen.Add(benchmark);
        }

        output.WriteLine($"{Environment.ProcessorCount} processors, {(Vector512.IsHardwareAccelerated ? "512" : "fewer than 512")}-bit vectors, .NET {Environment.Version}");
        output.WriteLine();
        output.WriteLine("| benchmark | quantity | value | reference | value | ratio | goal |");
        output.WriteLine("|---|---|---:|---|---:|---:|---|");
        foreach (var benchmark in chosen.Count > 0 ? chosen : All)
        {
            errors.WriteLine($"{benchmark.Name}: {benchmark.Summary}");
            foreach (var row in benchmark.Run())
            {
                output.WriteLine(
                    $"| {benchmark.Name} | {row.Quantity} | {Format(row.Value)} | {row.Reference} | {Format(row.ReferenceValue)} | {Format(row.Ratio)} | {row.Goal} |");
                output.Flush();
            }
        }

        return 0;
    }

    private static string Format(double value) => double.IsNaN(value) ? "" : value.ToString(
        Math.Abs(value) >= 100 ? "F0" : Math.Abs(value) >= 10 ? "F1" : Math.Abs(value) >= 0.1 ? "F2" : "G3", CultureInfo.InvariantCulture);
}
