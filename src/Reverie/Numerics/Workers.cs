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
    private readonly Lock failing = new();
    private IParallelJob? job;
    private int items;

    // The number of the job in the high half, the next item in the low half: one increment claims an item of one job.
    private long ticket;
    private int done;
    private volatile ExceptionDispatchInfo? failure;
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
            var signal = wake[i] = new SemaphoreSlim(0);
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

            // A thread that wakes late may still claim a ticket: beyond the last item of the job before, which it then drops. Every
            // real item of that job has been done, so that nobody reads these fields now.
            (job, items, done, failure) = (work, count, 0, null);
            Interlocked.Exchange(ref ticket, ((ticket >> 32) + 1) << 32);
            int helpers = Math.Min(threads.Length, count - 1);
            for (int i = 0; i < helpers; i++)
            {
                if (wake[i].CurrentCount == 0)
                {
                    wake[i].Release();
                }
            }

            busyWith = this;
            TakeItems();
            busyWith = null;
            WaitForItems();
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

    /// <summary>Does items for as long as there are any to claim.</summary>
    private void TakeItems()
    {
        while (true)
        {
            long claim = Interlocked.Increment(ref ticket) - 1;
            int item = (int)claim;

            // An item within its job pins the job: it cannot end, and its fields cannot change, before the item is done. So if the ticket
            // still is of the same job after `items` was read, the comparison was with that job's count.
            int count = Volatile.Read(ref items);
            if (Interlocked.Read(ref ticket) >> 32 != claim >> 32 || item >= count)
            {
                return;
            }

            if (failure is null)
            {
                try
                {
                    job!.Run(item);
                }
                catch (Exception e)
                {
                    Fail(item, e);
                }
            }

            if (Interlocked.Increment(ref done) == count)
            {
                finished.Set();
            }
        }
    }

    /// <summary>Waits until every item is done, not until every thread has woken: a thread that the system is slow to run holds nobody up.</summary>
    private void WaitForItems()
    {
        var spinner = default(SpinWait);
        while (Volatile.Read(ref done) < items)
        {
            if (spinner.Count < 100)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            finished.Reset();
            if (Volatile.Read(ref done) < items)
            {
                finished.Wait();
            }
        }
    }

    /// <summary>Keeps the failure of the lowest item; the items not yet begun are passed over.</summary>
    private void Fail(int item, Exception exception)
    {
        lock (failing)
        {
            if (failure is null || item < failedItem)
            {
                (failedItem, failure) = (item, ExceptionDispatchInfo.Capture(exception));
            }
        }
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
        }
    }
}
