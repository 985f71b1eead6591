namespace Reverie.Planning.Control;

/// <content>When to end before it is solved.</content>
public sealed partial class IterativeLqr
{
    private TrajectoryStop? Interruption(CancellationToken cancel) =>
        cancel.IsCancellationRequested ? TrajectoryStop.Cancelled
        : Iterations >= options.MaxIterations ? TrajectoryStop.Iterations
        : Deadline > 0.0 && IsLate() ? TrajectoryStop.Deadline
        : null;

    /// <summary>Whether what comes until the next look at the clock may end after the deadline, should it take twice as long as any phase lately, with a tenth to spare; one that the system interrupted counts a fifth of the deadline at most.</summary>
    private bool IsLate()
    {
        double elapsed = time.GetElapsedTime(started).TotalMilliseconds;
        longestPhase = Math.Clamp(elapsed - lastLook, Math.Min(0.99 * longestPhase, 0.2 * Deadline), 0.2 * Deadline);
        lastLook = elapsed;
        return elapsed + (2.0 * longestPhase) >= 0.9 * Deadline;
    }
}
