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
/// A steady stream of jobs allocates nothing: only when a thread first has to sleep does the runtime, once, allocate a few words.
/// </remarks>
public sealed class Workers : IDisposable
{
    /// <summary>The sign of <see cref="inside"/>: no worker may join any more.</summary>
    private const int Closed = int.MinValue;

    private const int SpinsBeforeSleeping = 50;

    /// <summary>The workers whose job the current thread is busy with.</summary>
    [ThreadStatic]
    private static Workers? busyWith;

    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim[] wake;
    private readonly SemaphoreSlim lastLeft = new(0, 1);
    private IParallelJob? job;
    private int items;
    private int nextItem;
    private int inside = Closed;
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

            // No worker looks at these fields while the job is closed.
            (job, items, nextItem, failure) = (work, count, 0, null);
            Volatile.Write(ref inside, 0);
            for (int i = 0; i < Math.Min(threads.Length, count - 1); i++)
            {
                Wake(i);
            }

            busyWith = this;
            TakeItems();
            busyWith = null;

            // Only those that have joined are waited for: one that the system has not yet woken has nothing left to do.
            if (Interlocked.Or(ref inside, Closed) != 0)
            {
                Await(lastLeft);
            }

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

        for (int i = 0; i < wake.Length; i++)
        {
            Wake(i);
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        foreach (var signal in wake)
        {
            signal.Dispose();
        }

        lastLeft.Dispose();
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

    /// <summary>Wakes a worker, unless it has yet to wake from an earlier call. The caller is the only one to raise the count.</summary>
    private void Wake(int worker)
    {
        if (wake[worker].CurrentCount == 0)
        {
            wake[worker].Release();
        }
    }

    private void Loop(SemaphoreSlim signal)
    {
        busyWith = this;
        while (true)
        {
            Await(signal);
            if (stopping)
            {
                return;
            }

            // A worker that wakes late, for a job that is over, joins whichever is open now, or none.
            if (TryJoin())
            {
                TakeItems();
                if (Interlocked.Decrement(ref inside) == Closed)
                {
                    lastLeft.Release();
                }
            }
        }
    }

    private bool TryJoin()
    {
        for (int seen = Volatile.Read(ref inside); seen >= 0;)
        {
            int before = Interlocked.CompareExchange(ref inside, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Spins for a while, as the next job of a decision follows at once, then sleeps.</summary>
    private static void Await(SemaphoreSlim signal)
    {
        var spinner = default(SpinWait);
        while (!signal.Wait(0))
        {
            if (spinner.Count > SpinsBeforeSleeping)
            {
                signal.Wait();
                return;
            }

            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }
}
