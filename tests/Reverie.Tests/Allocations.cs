namespace Reverie.Tests;

/// <summary>Counts what code allocates on the current thread once it is warm.</summary>
internal static class Allocations
{
    private const int Batches = 5;

    /// <summary>
    /// The least that any of a few batches of runs allocated. Code that allocates does so in each of them; the runtime, when it compiles anew what runs
    /// often, now and then allocates on the thread that runs it.
    /// </summary>
    /// <param name="run">What is measured.</param>
    /// <param name="runs">Runs of a batch.</param>
    public static long InSteadyState(Action run, int runs = 100)
    {
        run();
        long least = long.MaxValue;
        for (int batch = 0; batch < Batches && least > 0; batch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++)
            {
                run();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
