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
public sealed class Workers : IDisposable
{
    private const int SpinsBeforeBlocking = 2000;

    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim[] wake;
    private readonly ManualResetEventSlim finished = new(false, SpinsBeforeBlocking);
    private IParallelJob? job;
    private int items;
    private int nextItem;
    private int running;
    private Exception? failure;
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

    /// <summary>Runs every item of <paramref name="work"/> and returns when all are done. One job at a time; others wait.</summary>
    /// <exception cref="AggregateException">An item threw; the first such exception is inside.</exception>
    public void Run(IParallelJob work, int count)
    {
        if (threads.Length == 0 || count <= 1)
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
            (job, items, nextItem, failure) = (work, count, 0, null);
            int helpers = Math.Min(threads.Length, count - 1);
            Volatile.Write(ref running, helpers);
            finished.Reset();
            for (int i = 0; i < helpers; i++)
            {
                wake[i].Release();
            }

            TakeItems();
            finished.Wait();
            job = null;
            if (failure is { } exception)
            {
                throw new AggregateException(exception);
            }
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
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
        try
        {
            for (int i; (i = Interlocked.Increment(ref nextItem) - 1) < items;)
            {
                job!.Run(i);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
            Volatile.Write(ref nextItem, items);
        }
    }

    private void Loop(SemaphoreSlim signal)
    {
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
