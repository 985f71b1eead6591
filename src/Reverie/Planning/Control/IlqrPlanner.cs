using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Planning.Control;

/// <summary>
/// Model-predictive control with <see cref="IterativeLqr"/>: a decision is the first action of the trajectory optimised from the present state, starting from the last plan moved on by the steps
/// that passed since. Between plans the feedback policy of the last one acts: u = û + K (x − x̂).
/// </summary>
/// <remarks>
/// With a deadline a decision returns the best trajectory found in time, and depends on how fast the machine is. Decisions after the first one allocate nothing.
/// </remarks>
public sealed class IlqrPlanner : IPlanner
{
    /// <summary>The share of the deadline until which plans from random actions may go on: they are worth less than a deadline kept when the system interrupts.</summary>
    private const double RestartShare = 0.6;

    private readonly IlqrOptions options;
    private readonly ActionSpace actions;
    private readonly TimeProvider time;
    private readonly double[] warmStart, rest;
    private IterativeLqr solver, challenger;
    private int since;
    private bool isWarm;
    private double expected;

    /// <summary>A planner.</summary>
    /// <param name="model">The model to plan in.</param>
    /// <param name="options">The options; their horizon and discount must be set.</param>
    /// <param name="initialAction">Every component of the actions that the first plan of an episode starts from.</param>
    /// <param name="time">The clock for deadlines; the system's where none is given.</param>
    /// <exception cref="ArgumentException">An option is out of its range, actions are numbered, or the model lacks derivatives that an option asks for.</exception>
    public IlqrPlanner(ILinearizer model, IlqrOptions options, double initialAction = 0.0, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Damping == Damping.Automatic ? options with { Damping = Damping.Relative } : options;
        (actions, this.time) = (model.Actions, time ?? TimeProvider.System);
        solver = new IterativeLqr(model, this.options, time);
        challenger = options.Restarts > 0 ? new IterativeLqr(model, this.options, time) : solver;
        if (options.ReplanEvery > options.Horizon)
        {
            throw new ArgumentException($"ReplanEvery is {options.ReplanEvery}, beyond the plans' horizon of {options.Horizon}.", nameof(options));
        }

        warmStart = new double[solver.Horizon * model.Actions.Size];
        rest = new double[model.Actions.Size];
        Array.Fill(rest, initialAction);
        model.Actions.Limit(rest);
        if (options.Deadline > 0.0)
        {
            WarmUp(model.StateSize);
        }
    }

    /// <summary>What the last plan found; not saved with the rest, and of no meaning before the first plan.</summary>
    public TrajectorySolution Solution => solver.Solution;

    /// <inheritdoc/>
    public void Reset() => isWarm = false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state or the action has the wrong length, or a number of the state is not finite.</exception>
    /// <exception cref="InvalidOperationException">Every start leads the model out of the finite numbers: there is no plan.</exception>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        Shapes.Require(action.Length, rest.Length, nameof(action));
        if (isWarm && since < options.ReplanEvery)
        {
            solver.Act(since++, state, action);
            return expected;
        }

        long started = time.GetTimestamp();
        Prepare();
        var solution = Solve(solver, state, started);
        for (int restart = 0; restart < options.Restarts && !IsLate(started); restart++)
        {
            Draw(key.Split(restart));
            var other = Solve(challenger, state, started, RestartShare);
            if (IsBetter(other, solution, options.ConstraintTolerance))
            {
                (solver, challenger, solution) = (challenger, solver, other);
            }
        }

        if (solution.Stop == TrajectoryStop.Diverged)
        {
            // The old plan does not fit the present state at all: begin anew.
            Fill();
            solution = Solve(solver, state, started);
        }

        if (solution.Stop == TrajectoryStop.Diverged)
        {
            throw new InvalidOperationException("The model leaves the finite numbers on the way that every plan starts from: there is no plan.");
        }

        solver.Trajectory.Action(0).CopyTo(action);
        (isWarm, since, expected) = (true, 1, -solution.Cost);
        return expected;
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/plan", solver.Trajectory.Actions);
        state.Set($"{prefix}/states", solver.Trajectory.States);
        state.Set($"{prefix}/gains", solver.Gains);
        state.Set($"{prefix}/counters", [since, isWarm ? 1L : 0L]);
        state.Set($"{prefix}/expected", [expected]);
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var trajectory = solver.Trajectory;
        state.GetDouble($"{prefix}/plan", trajectory.Actions.Length).CopyTo(trajectory.Actions.AsSpan());
        state.GetDouble($"{prefix}/states", trajectory.States.Length).CopyTo(trajectory.States.AsSpan());
        state.GetDouble($"{prefix}/gains", solver.Gains.Length).CopyTo(solver.Gains.AsSpan());
        var counters = state.GetInt64($"{prefix}/counters", 2);
        (since, isWarm) = ((int)counters[0], counters[1] != 0);
        expected = state.GetDouble($"{prefix}/expected", 1)[0];
    }

    /// <summary>Has the runtime compile what a plan needs, which takes it longer than any deadline allows: plans of no use, for a tenth of a second at most.</summary>
    private void WarmUp(int stateSize)
    {
        var origin = new double[stateSize];
        foreach (var optimiser in (IterativeLqr[])[solver, challenger])
        {
            Draw(default);
            optimiser.Deadline = 50.0;
            optimiser.Solve(origin, warmStart);
        }
    }

    /// <summary>Optimises within what is left of a share of the deadline, be it a nanosecond: 0 stands for no deadline.</summary>
    private TrajectorySolution Solve(IterativeLqr optimiser, ReadOnlySpan<double> state, long started, double share = 1.0)
    {
        optimiser.Deadline = options.Deadline > 0.0 ? Math.Max(1e-6, (share * options.Deadline) - time.GetElapsedTime(started).TotalMilliseconds) : 0.0;
        return optimiser.Solve(state, warmStart);
    }

    /// <summary>Any plan is better than none, one that keeps the constraints than one that breaks them, and of two that break them the one that does so less; else the one of less cost.</summary>
    internal static bool IsBetter(TrajectorySolution other, TrajectorySolution best, double tolerance)
    {
        if (other.Stop == TrajectoryStop.Diverged || best.Stop == TrajectoryStop.Diverged)
        {
            return other.Stop != TrajectoryStop.Diverged;
        }

        double excess = Math.Max(other.Violation, tolerance), bestExcess = Math.Max(best.Violation, tolerance);
        return excess != bestExcess ? excess < bestExcess : !(best.Cost <= other.Cost);
    }

    /// <summary>The last plan, its first steps dropped and its last action repeated; without one, rest.</summary>
    private void Prepare()
    {
        if (!isWarm)
        {
            Fill();
            return;
        }

        int m = rest.Length, kept = Math.Max(1, solver.Horizon - since);
        int dropped = solver.Horizon - kept;
        solver.Trajectory.Actions.AsSpan(dropped * m).CopyTo(warmStart);
        for (int t = kept; t < solver.Horizon; t++)
        {
            warmStart.AsSpan((kept - 1) * m, m).CopyTo(warmStart.AsSpan(t * m));
        }
    }

    private void Fill()
    {
        for (int t = 0; t < solver.Horizon; t++)
        {
            rest.CopyTo(warmStart.AsSpan(t * rest.Length));
        }
    }

    /// <summary>Random actions, each held for some steps.</summary>
    private void Draw(RandomKey key)
    {
        int m = rest.Length, hold = Math.Max(1, options.Hold);
        for (int t = 0; t < solver.Horizon; t++)
        {
            for (int a = 0; a < m; a++)
            {
                double share = Philox.Block(((uint)(t / hold), (uint)a, 0, 0), key.Value).X0 / (uint.MaxValue + 1.0);
                warmStart[(t * m) + a] = actions.Low[a] + (share * (actions.High[a] - actions.Low[a]));
            }
        }
    }

    private bool IsLate(long started) => options.Deadline > 0.0 && time.GetElapsedTime(started).TotalMilliseconds >= (RestartShare - 0.1) * options.Deadline;
}
