using Reverie.Planning.Finite;

namespace Reverie.Benchmarks.Macro;

/// <summary>How time and memory of the solvers grow with the number of states, 10⁴ to 10⁶, one thread.</summary>
internal sealed class FiniteGrowth : IMacroBenchmark
{
    private static readonly string[] Measured = ["value-iteration", "modified-policy-iteration", "policy-iteration", "prioritized-sweeping"];

    public string Name => "finite-growth";

    public string Summary => "seconds and megabytes to solve finite processes of 10⁴ to 10⁶ states";

    public IEnumerable<MacroRow> Run()
    {
        foreach (int states in (int[])[10_000, 100_000, 1_000_000])
        {
            long empty = GC.GetTotalMemory(forceFullCollection: true);
            var mdp = FiniteSubject.Create(states);
            long held = GC.GetTotalMemory(forceFullCollection: true) - empty;
            yield return new($"bytes a transition of the process, {states} states", held / (double)mdp.Outcomes, "", double.NaN, double.NaN, "at most 16");
            foreach (string name in Measured)
            {
                var entry = FiniteSolverCatalog.Entries.Single(e => e.Name == name);
                var solver = entry.Create(entry.DefaultOptions with { Precision = 1e-6 });
                long allocated = GC.GetTotalAllocatedBytes(precise: true);
                FiniteSolution? solution = null;
                var (seconds, _) = FinitePlanning.Best(() => solution = solver.Solve(mdp, null, CancellationToken.None), () => { }, 1);
                allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
                yield return new($"s, {name} to 1e-6, {states} states ({solution!.Backups} backups)", seconds, "", double.NaN, double.NaN, states == 1_000_000 ? "minutes" : "");
                yield return new($"MB allocated by it beside the process's {held / 1e6:F0}", allocated / 1e6, "", double.NaN, double.NaN, states == 1_000_000 ? "2000 with the process" : "");
            }
        }
    }
}
