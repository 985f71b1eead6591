using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>Worlds as problems for optimisers of trajectories.</summary>
internal static class OptimalControlProblems
{
    /// <summary>A solver of a world's whole episode.</summary>
    public static IterativeLqr Solver<TDynamics>(TDynamics dynamics, IlqrOptions? options = null, TimeProvider? time = null)
        where TDynamics : struct, IDynamics
    {
        var wanted = options ?? new IlqrOptions();
        return new(new AnalyticModel<TDynamics>(dynamics), (IlqrOptions)(wanted with { Horizon = wanted.Horizon > 0 ? wanted.Horizon : dynamics.Spec.MaxSteps }).For(dynamics.Spec), time);
    }

    /// <summary>Solves it from its start and the controls that it states.</summary>
    public static TrajectorySolution Run<TDynamics>(this IterativeLqr solver, TDynamics dynamics)
        where TDynamics : struct, IDynamics => solver.Run(Start(dynamics), Controls(dynamics, solver.Horizon));

    public static TrajectorySolution Run(this IterativeLqr solver, double[] start, double[] actions) => solver.Solve(start, actions, CancellationToken.None);

    public static TrajectorySolution Run(this IterativeLqr solver, double[] start, Trajectory guess) => solver.Solve(start, guess, CancellationToken.None);

    public static double[] Start<TDynamics>(TDynamics dynamics)
        where TDynamics : struct, IDynamics
    {
        var start = new double[dynamics.StateSize];
        dynamics.Start(new RandomStream(RandomKey.FromSeed(1)), start);
        return start;
    }

    public static double[] Controls<TDynamics>(TDynamics dynamics, int horizon)
        where TDynamics : struct, IDynamics => [.. Enumerable.Repeat(dynamics.Spec.InitialAction, horizon * dynamics.Spec.Actions.Size)];
}

/// <summary>A clock that stands still but for what is asked of it: every look costs a given time.</summary>
internal sealed class TickingClock(double millisecondsPerLook) : TimeProvider
{
    private long looks;

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => (long)(looks++ * millisecondsPerLook * 1000.0);
}

/// <summary>A clock that stands still for a number of looks, then moves by a second with every look.</summary>
internal sealed class LateClock(long still) : TimeProvider
{
    /// <summary>Looks so far.</summary>
    public long Looks { get; private set; }

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Math.Max(0, ++Looks - still);
}
