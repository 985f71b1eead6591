using System.Collections.Concurrent;

namespace Reverie.Experiments.Comparisons;

/// <summary>Watches a comparison; called from the threads of its runs, several at a time.</summary>
public interface IComparisonListener
{
    /// <summary>The comparison starts or goes on.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="done">Runs that were done before.</param>
    void OnStart(ComparisonDirectory directory, int done);

    /// <summary>A run starts or goes on.</summary>
    /// <returns>Who watches it, called on its thread alone.</returns>
    IRunListener OnRun(ComparisonCell cell);

    /// <summary>A run came to an end.</summary>
    /// <param name="cell">The run.</param>
    /// <param name="result">What came of it; null where it failed or was interrupted.</param>
    /// <param name="failure">What failed, in one line, or null.</param>
    void OnEnd(ComparisonCell cell, RunResult? result, string? failure);
}

/// <summary>A run that failed.</summary>
/// <param name="Cell">The run.</param>
/// <param name="Message">What failed, in one line.</param>
public sealed record ComparisonFailure(ComparisonCell Cell, string Message);

/// <summary>
/// Runs what is left of a comparison, several runs at a time, each on one thread of its own: results do not depend on how many.
/// </summary>
public static class ComparisonRunner
{
    /// <summary>Runs until nothing is left, or until interrupted: the runs under way are saved then.</summary>
    /// <param name="directory">The comparison, locked by the caller.</param>
    /// <param name="threads">Runs at a time, ≥ 1.</param>
    /// <param name="listener">Who watches.</param>
    /// <param name="time">The clock for timings; results do not depend on it.</param>
    /// <param name="cancel">Interrupts it.</param>
    /// <returns>The runs that failed, in order; the others went on.</returns>
    public static IReadOnlyList<ComparisonFailure> Run(ComparisonDirectory directory, int threads, IComparisonListener listener, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ComparisonCell[] left = [.. directory.Plan.Cells.Where(c => !directory.IsDone(c))];
        listener.OnStart(directory, directory.Plan.Cells.Count - left.Length);
        var failures = new ConcurrentDictionary<ComparisonCell, string>();
        int next = -1;
        Thread[] workers = [.. Enumerable.Range(0, Math.Min(threads, left.Length)).Select(i => new Thread(Work) { Name = $"comparison {i + 1}" })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return [.. left.Where(failures.ContainsKey).Select(cell => new ComparisonFailure(cell, failures[cell]))];

        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < left.Length && !cancel.IsCancellationRequested; i = Interlocked.Increment(ref next))
            {
                RunResult? result = null;
                string? failure = null;
                try
                {
                    result = RunCell(directory.OpenOrCreate(left[i]), listener.OnRun(left[i]), time, cancel);
                }
                catch (Exception e)
                {
                    failure = Messages.OneLine(e);
                    failures[left[i]] = failure;
                }

                listener.OnEnd(left[i], result, failure);
            }
        }
    }

    private static RunResult? RunCell(RunDirectory run, IRunListener listener, TimeProvider time, CancellationToken cancel)
    {
        using var held = run.Lock();
        using var parts = Laboratory.Parts(run.Request);
        using var runner = new Runner(run, parts, listener, time);
        return runner.Run(cancel);
    }
}
