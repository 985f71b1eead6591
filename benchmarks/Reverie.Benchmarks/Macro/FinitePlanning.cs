using System.Diagnostics;
using Reverie.Planning.Finite;

namespace Reverie.Benchmarks.Macro;

/// <summary>Solvers of finite processes on one thread: seconds to a solution of 10,000 states, against plain sweeps in the same run.</summary>
internal sealed class FinitePlanning : IMacroBenchmark
{
    private const int States = 10_000;
    private const int Rounds = 25;

    public string Name => "finite-planning";

    public string Summary => "milliseconds to solve a finite process of 10,000 states, one thread, the best of several runs";

    public IEnumerable<MacroRow> Run()
    {
        var mdp = FiniteSubject.Create(States);
        var (rowStart, successors, probabilities, rewards) = (mdp.RowStart.ToArray(), mdp.Successors.ToArray(), mdp.Probabilities.ToArray(), mdp.Rewards.ToArray());
        void Plain(int sweeps)
        {
            var (values, next) = (new double[States], new double[States]);
            for (int n = 0; n < sweeps; n++)
            {
                FiniteSubject.PlainSweep(rowStart, successors, probabilities, rewards, mdp.Discount, mdp.Actions, values, next);
                (values, next) = (next, values);
            }
        }

        FiniteSolution? solution = null;
        MacroRow Row(string name, IFiniteSolver solver, int plainSweeps, string goal, int rounds = Rounds)
        {
            var (seconds, reference) = Best(() => solution = solver.Solve(mdp, null, CancellationToken.None), () => Plain(plainSweeps), rounds);
            return new($"ms, {name} ({solution!.Sweeps} sweeps, {solution.Backups} backups)", 1e3 * seconds, $"ms, {plainSweeps} plain sweeps", 1e3 * reference, seconds / reference, goal);
        }

        yield return Row("value-iteration to a change of 1e-6", new ValueIteration(new() { Criterion = StopCriterion.Change }), 1355, "at most 250 ms", 3);
        yield return new("V*(0) − 80.3545864827 there", solution!.Values[0] - 80.3545864827, "", double.NaN, double.NaN, "at most 1e-6");
        yield return Row("value-iteration to a guaranteed 5e-7", new ValueIteration(new() { Precision = 5e-7 }), 20, "at most 6 ms");
        yield return new("mean V* − 80.5968897752 there", solution!.Values.Average() - 80.5968897752, "", double.NaN, double.NaN, "at most 5e-7");
        yield return Row("value-iteration without elimination, 5e-7", new ValueIteration(new() { Precision = 5e-7, Eliminate = false }), 20, "");
        yield return Row("modified-policy-iteration, 5e-7", new ModifiedPolicyIteration(new() { Precision = 5e-7 }), 20, "at most 15 ms");
        yield return Row("gauss-seidel, 5e-7", new GaussSeidel(new() { Precision = 5e-7 }), 20, "");
        yield return Row("policy-iteration", new PolicyIteration(new() { Precision = 5e-7 }), 20, "");
        var swept = new PrioritizedSweeping(new() { Precision = 5e-7 });
        yield return Row("prioritized-sweeping, 5e-7", swept, 20, "", 3);
        var (time, _) = Best(() => solution = swept.Solve(mdp, null, CancellationToken.None), () => { }, 3);
        yield return new("million backups/s, prioritized-sweeping", solution!.Backups / time / 1e6, "", double.NaN, double.NaN, "at least 1");

        var corridor = FiniteSubject.Corridor(States, 0.9999);
        foreach (var entry in FiniteSolverCatalog.Entries.Where(e => e.Name != "backward-induction"))
        {
            var solver = entry.Create(entry.DefaultOptions with { Precision = 1e-6 });
            (time, _) = Best(() => solution = solver.Solve(corridor, null, CancellationToken.None), () => { }, 1);
            yield return new($"ms, {entry.Name}, corridor of {States} cells, γ = .9999, 1e-6 ({solution!.Backups} backups)", 1e3 * time, "", double.NaN, double.NaN);
        }
    }

    /// <summary>The shortest times of both, taken in turn.</summary>
    internal static (double Work, double Reference) Best(Action work, Action reference, int rounds)
    {
        var (best, other) = (double.PositiveInfinity, double.PositiveInfinity);
        for (int round = 0; round < rounds + (rounds > 1 ? 2 : 0); round++)
        {
            var watch = Stopwatch.StartNew();
            work();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
            watch.Restart();
            reference();
            other = Math.Min(other, watch.Elapsed.TotalSeconds);
        }

        return (best, other);
    }
}
