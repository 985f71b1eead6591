using System.Runtime.ExceptionServices;

namespace Reverie.Numerics;

/// <summary>A job split in numbered items that may run in any order, on any thread; each writes only what is its own.</summary>
public interface IParallelJob
{
    /// <summary>Does item <paramref name="index"/>.</summary>
    void Run(int index);
}

/// <summary>
/// Threads that are kept alive between jobs: starting them costs more than a small decision. The caller's thread takes part.
/// Results must not depend on the number of threads: jobs split by item, never by thread.
/// </summary>
/// <remarks>
/// A job whose items themselves call <see cref="Run"/>, of these workers or of others, has the inner items run one after the other
/// on the item's own thread: nesting can neither block nor crowd the processor.
/// A steady stream of jobs allocates nothing.
/// </remarks>
public sealed class Workers : IDisposable
{
    private const int SpinsBeforeBlocking = 2000;

    /// <summary>The workers whose job the current thread is busy with.</summary>
    [ThreadStatic]
    private static Workers? busyWith;

    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim[] wake;
    private readonly ManualResetEventSlim finished = new(false, SpinsBeforeBlocking);
    private IParallelJob? job;
    private int items;
    private int nextItem;
    private int running;
    private readonly Lock failing = new();
    private ExceptionDispatchInfo? failure;
    private int failedItem;
    private volatile bool stopping;

    /// <summary>Starts <paramref name="count"/> − 1 background threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one.</exception>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        threads = new Thread[count - 1];
        wake = new SemaphoreSlim[count - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            var signal = wake[i] = new SemaphoreSlim(0, 1);
            threads[i] = new Thread(() => Loop(signal)) { IsBackground = true, Name = $"Reverie worker {i + 1}" };
            threads[i].Start();
        }
    }

    /// <summary>Threads that take part in a job, the caller's among them.</summary>
    public int Count { get; }

    /// <summary>
    /// Runs every item of <paramref name="work"/>, 0 … <paramref name="count"/> − 1, and returns when all are done. One job at a
    /// time; calls from other threads wait.
    /// </summary>
    /// <remarks>
    /// If items throw, the exception of the lowest-numbered of them is thrown on, as by a plain loop; whether higher-numbered items
    /// have run is then undefined. The workers remain usable.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="ObjectDisposedException">The threads have been stopped.</exception>
    public void Run(IParallelJob work, int count)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ObjectDisposedException.ThrowIf(stopping, this);
        if (threads.Length == 0 || count <= 1 || busyWith is not null)
        {
            for (int i = 0; i < count; i++)
            {
                work.Run(i);
            }

            return;
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);

            // No worker looks at these fields now: every one that took part in the last job has counted itself out of `running`.
            (job, items, nextItem, failure) = (work, count, 0, null);
            int helpers = Math.Min(threads.Length, count - 1);
            running = helpers;
            finished.Reset();
            for (int i = 0; i < helpers; i++)
            {
                wake[i].Release();
            }

            busyWith = this;
            TakeItems();
            busyWith = null;
            finished.Wait();
            job = null;
            failure?.Throw();
        }
    }

    /// <summary>Stops the threads, once the job that is running is done.</summary>
    /// <exception cref="InvalidOperationException">Called from within a job of these workers.</exception>
    public void Dispose()
    {
        if (busyWith == this)
        {
            throw new InvalidOperationException("A job cannot dispose the workers that run it.");
        }

        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            stopping = true;
        }

        foreach (var signal in wake)
        {
            signal.Release();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        foreach (var signal in wake)
        {
            signal.Dispose();
        }

        finished.Dispose();
    }

    private void TakeItems()
    {
        for (int i; (i = Interlocked.Increment(ref nextItem) - 1) < items;)
        {
            try
            {
                job!.Run(i);
            }
            catch (Exception e)
            {
                Fail(i, e);
            }
        }
    }

    /// <summary>Keeps the failure of the lowest item and hands out no further ones; all lower items have been handed out already.</summary>
    private void Fail(int item, Exception exception)
    {
        lock (failing)
        {
            if (failure is null || item < failedItem)
            {
                (failure, failedItem) = (ExceptionDispatchInfo.Capture(exception), item);
            }
        }

        Volatile.Write(ref nextItem, items);
    }

    private void Loop(SemaphoreSlim signal)
    {
        busyWith = this;
        while (true)
        {
            var spinner = default(SpinWait);
            while (!signal.Wait(0))
            {
                if (spinner.Count > 50)
                {
                    signal.Wait();
                    break;
                }

                spinner.SpinOnce(sleep1Threshold: -1);
            }

            if (stopping)
            {
                return;
            }

            TakeItems();
            if (Interlocked.Decrement(ref running) == 0)
            {
                finished.Set();
            }
        }
    }
}
