using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class WorkersTests
{
    public static TheoryData<int> Counts => [1, 2, 3, 8];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Run_ManyJobs_EveryItemRunsOnceBeforeItReturns(int count)
    {
        using var workers = new Workers(count);
        var random = new RandomStream(RandomKey.FromSeed(count));
        var job = new CountJob(64, spins: 30);
        for (int round = 0; round < 20_000; round++)
        {
            // Many tiny jobs of changing length, items of unequal length: were a worker left behind in one job, its item would be
            // missing when Run returns, or it would take one of the next job.
            int items = random.NextInt32(9);
            Array.Clear(job.Runs);
            workers.Run(job, items);
            for (int i = 0; i < job.Runs.Length; i++)
            {
                Assert.Equal(i < items ? 1 : 0, Volatile.Read(ref job.Runs[i]));
            }
        }
    }

    [Fact]
    public void Run_ManyItems_TakesThemAll()
    {
        using var workers = new Workers(4);
        var job = new CountJob(1_000_000);
        workers.Run(job, job.Runs.Length);
        Assert.All(job.Runs, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public void Run_TakesOtherThreadsIn()
    {
        // Each item waits until both have begun, which one thread alone could never do.
        using var workers = new Workers(2);
        using var both = new Barrier(2);
        workers.Run(new Job(_ => Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(1)))), 2);
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Run_ItemsThrow_TheLowestIsThrownOnAndTheWorkersSurvive(int count)
    {
        using var workers = new Workers(count);
        var job = new CountJob(40);
        for (int round = 0; round < 500; round++)
        {
            var e = Assert.Throws<InvalidOperationException>(() => workers.Run(
                new Job(i =>
                {
                    if (i >= 7 && i % 2 == 1)
                    {
                        throw new InvalidOperationException($"item {i}");
                    }
                }),
                40));
            Assert.Equal("item 7", e.Message);
            Array.Clear(job.Runs);
            workers.Run(job, 40);
            Assert.All(job.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Run_Nested_RunsInnerItemsInPlace(int count)
    {
        using var workers = new Workers(count);
        var runs = new int[20, 30];
        workers.Run(new Job(i => workers.Run(new Job(j => Interlocked.Increment(ref runs[i, j])), 30)), 20);
        Assert.All(runs.Cast<int>(), n => Assert.Equal(1, n));
    }

    [Fact]
    public void Run_NestedInOtherWorkersAndBack_DoesNotBlock()
    {
        using var outer = new Workers(3);
        using var inner = new Workers(2);
        int runs = 0;
        outer.Run(new Job(_ => inner.Run(new Job(_ => outer.Run(new Job(_ => Interlocked.Increment(ref runs)), 2)), 5)), 7);
        Assert.Equal(70, runs);
    }

    [Fact]
    public async Task Run_FromSeveralThreads_OneJobAtATime()
    {
        using var workers = new Workers(3);
        var inFlight = new int[4];
        int mixed = 0;
        await Task.WhenAll(Enumerable.Range(0, inFlight.Length).Select(caller => Task.Run(() =>
        {
            var job = new Job(_ =>
            {
                Interlocked.Increment(ref inFlight[caller]);
                Thread.SpinWait(20);
                for (int other = 0; other < inFlight.Length; other++)
                {
                    mixed |= other != caller ? Volatile.Read(ref inFlight[other]) : 0;
                }

                Interlocked.Decrement(ref inFlight[caller]);
            });
            for (int round = 0; round < 500; round++)
            {
                workers.Run(job, 6);
            }
        })));
        Assert.Equal(0, mixed);
    }

    [Fact]
    public void Run_Steady_AllocatesNothing()
    {
        using var workers = new Workers(2);

        // Every thread sleeps once beforehand: a worker for want of jobs, the caller for want of the worker.
        Thread.Sleep(100);
        int caller = Environment.CurrentManagedThreadId;
        using var both = new Barrier(2);
        workers.Run(
            new Job(_ =>
            {
                both.SignalAndWait();
                Thread.Sleep(Environment.CurrentManagedThreadId == caller ? 0 : 200);
            }),
            2);
        Thread.Sleep(100);
        RunMany(new AllocationJob());
        var job = new AllocationJob();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunMany(job);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, job.Largest);

        void RunMany(AllocationJob job)
        {
            for (int i = 0; i < 5000; i++)
            {
                workers.Run(job, 2);
            }
        }
    }

    [Fact]
    public void Run_AfterDispose_IsRefused()
    {
        foreach (int count in new[] { 1, 2 })
        {
            var workers = new Workers(count);
            workers.Run(new Job(_ => { }), 4);
            workers.Dispose();
            workers.Dispose();
            Assert.Throws<ObjectDisposedException>(() => workers.Run(new Job(_ => { }), 4));
        }
    }

    [Fact]
    public void Dispose_FromWithinAJob_IsRefused()
    {
        using var workers = new Workers(2);
        Assert.Throws<InvalidOperationException>(() => workers.Run(new Job(_ => workers.Dispose()), 4));
        workers.Run(new Job(_ => { }), 4);
    }

    [Fact]
    public void BadArguments_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("count", () => new Workers(0));
        using var workers = new Workers(2);
        Assert.Throws<ArgumentOutOfRangeException>("count", () => workers.Run(new Job(_ => { }), -1));
        Assert.Throws<ArgumentNullException>("work", () => workers.Run(null!, 1));
    }

    [Fact]
    public void Result_DoesNotDependOnTheNumberOfThreads()
    {
        float[] expected = Simulate(1);
        foreach (int count in new[] { 2, 3, 5 })
        {
            Assert.Equal(expected, Simulate(count));
        }

        static float[] Simulate(int count)
        {
            using var workers = new Workers(count);
            var numbers = new float[100 * Lanes.Count];
            workers.Run(
                new Job(i =>
                {
                    var stream = new LaneStream(new RandomKey(5), (uint)i);
                    Lanes sum = 0.0;
                    for (int draw = 0; draw < 50; draw++)
                    {
                        sum = Lanes.Sin(sum + stream.NextNormal());
                    }

                    sum.Store(numbers, i * Lanes.Count);
                }),
                100);
            return numbers;
        }
    }

    private sealed class Job(Action<int> run) : IParallelJob
    {
        public void Run(int index) => run(index);
    }

    private sealed class CountJob(int capacity, int spins = 0) : IParallelJob
    {
        public int[] Runs { get; } = new int[capacity];

        public void Run(int index)
        {
            Thread.SpinWait(spins * (index & 3));
            Interlocked.Increment(ref Runs[index]);
        }
    }

    /// <summary>Counts what each thread has allocated from its first item to its last.</summary>
    private sealed class AllocationJob : IParallelJob
    {
        [ThreadStatic]
        private static (AllocationJob? Job, long Bytes) first;

        private long largest;

        public long Largest => Volatile.Read(ref largest);

        public void Run(int index)
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (first.Job != this)
            {
                first = (this, now);
            }

            InterlockedMax(ref largest, now - first.Bytes);
        }

        private static void InterlockedMax(ref long location, long value)
        {
            for (long seen = Volatile.Read(ref location); seen < value;)
            {
                seen = Interlocked.CompareExchange(ref location, value, seen);
            }
        }
    }
}
