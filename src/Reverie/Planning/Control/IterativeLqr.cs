using Reverie.Models;

namespace Reverie.Planning.Control;

/// <summary>
/// Optimises a trajectory in any model that can be differentiated. iLQR (Li and Todorov 2004) solves again and again the linear-quadratic problem that the model is around the trajectory
/// found so far; with second derivatives of the dynamics it is differential dynamic programming (Mayne 1966; Jacobson and Mayne 1970). Both with control limits (Tassa, Mansard,
/// Todorov 2014), starts that the dynamics do not connect (multiple shooting: Giftthaler et al. 2018) and state constraints (augmented Lagrangian).
/// </summary>
/// <remarks>
/// <code>
/// roll out u
/// repeat
///     expand the dynamics to first and the cost to second order around (x, u)
///     backward: δu = k + K δx minimises the expansion, from the end to the start, damped
///     forward: roll out u + α k + K (x' − x) in the model for α = 1, ½, ¼ … until the cost decreases enough
/// until nothing changes, and the cost does not bend downwards there
/// </code>
/// The workspace is allocated once, by the constructor and the first solve: later ones allocate nothing. One instance solves one problem at a time.
/// </remarks>
public sealed partial class IterativeLqr
{
    private readonly ILinearizer model;
    private readonly IlqrOptions options;
    private readonly TimeProvider time;
    private readonly int n, m, horizon;
    private readonly double discount;
    private readonly double[] low, high, costs, gaps, trialGaps;
    private readonly TrajectoryExpansion expansion;
    private readonly BackwardPass backward;
    private readonly AugmentedLagrangian lagrangian;
    private Trajectory current, trial;
    private long started;
    private double lastLook, longestPhase;
    private bool isConnected = true;

    /// <summary>Makes room for problems of <see cref="PlannerOptions.Horizon"/> steps.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options; their horizon and discount must be set.</param>
    /// <param name="time">The clock for deadlines; the system's where none is given.</param>
    /// <exception cref="ArgumentException">An option is out of its range, actions are numbered, or the model lacks derivatives that an option asks for.</exception>
    public IterativeLqr(ILinearizer model, IlqrOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (options.Discount == 0.0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), "Discount is 0; an optimiser needs one above 0 and at most 1. PlannerOptions.For takes the world's own.");
        }

        Discounts.Require(options.Discount);
        if (model.Actions.IsDiscrete)
        {
            throw new ArgumentException($"The model has {model.Actions.Choices} numbered actions; trajectories are optimised over continuous ones.", nameof(model));
        }

        if (options.DynamicsCurvature && !model.HasDynamicsCurvature)
        {
            throw new ArgumentException("The model has no second derivatives of its dynamics, which differential dynamic programming needs; iLQR does without.", nameof(model));
        }

        if (options.CostCurvature == CostCurvature.GaussNewton && !model.HasResiduals)
        {
            throw new ArgumentException("The model states no residuals, which Gauss-Newton needs.", nameof(model));
        }

        (this.model, this.options, this.time) = (model, options, time ?? TimeProvider.System);
        (n, m, horizon, discount) = (model.StateSize, model.Actions.Size, options.Horizon, options.Discount);
        Deadline = options.Deadline;
        (low, high) = ([.. model.Actions.Low], [.. model.Actions.High]);
        expansion = new TrajectoryExpansion(n, m, horizon, model.ConstraintSize, options.CostCurvature, options.DynamicsCurvature);
        backward = BackwardPass.Create(n, m, horizon, expansion.Stride);
        lagrangian = new AugmentedLagrangian(model, horizon);
        (current, trial) = (new Trajectory(n, m, horizon), new Trajectory(n, m, horizon));
        (gaps, trialGaps) = (new double[horizon * n], new double[horizon * n]);
        costs = new double[options.MaxIterations + 1];
        lanes = new LaneSearch(n, m, horizon);
        curvature = new CurvatureTest(n, m, horizon);
        exact = options.CostCurvature == CostCurvature.Exact && options.DynamicsCurvature == model.HasDynamicsCurvature
            ? expansion
            : new TrajectoryExpansion(n, m, horizon, model.ConstraintSize, CostCurvature.Exact, model.HasDynamicsCurvature);
    }

    /// <summary>T.</summary>
    public int Horizon => horizon;

    /// <summary>The trajectory found. It changes with the next solve.</summary>
    public Trajectory Trajectory => current;

    /// <summary>The cost before the first iteration and after each, of the last solve; NaN where it diverged. With constraints it includes what their multipliers add.</summary>
    public ReadOnlySpan<double> Costs => costs.AsSpan(0, Math.Min(costs.Length, Iterations + 1));

    /// <summary>What the last solve found.</summary>
    public TrajectorySolution Solution { get; private set; }

    /// <summary>Told the number of iterations so far and the cost reached, after each iteration that changed the trajectory; none by default.</summary>
    public Action<int, double>? Progress { get; set; }

    /// <summary>The deadline [ms], where a planner has spent some of it already; 0 for none.</summary>
    internal double Deadline { get; set; }

    /// <summary>All K, rows padded, for a planner's warm start.</summary>
    internal double[] Gains => backward.Gains;

    /// <summary>λ at every state, <c>[T + 1, p]</c>.</summary>
    internal ReadOnlySpan<double> Multipliers => lagrangian.Multipliers;

    private int Iterations { get; set; }

    /// <summary>Optimises the trajectory that a sequence of actions leads to.</summary>
    /// <param name="start">x₀, <c>[n]</c>, finite.</param>
    /// <param name="actions">The actions to start from, row-major <c>[T, m]</c>, finite; they are limited to their box.</param>
    /// <param name="cancel">Ends it; the best trajectory so far is kept.</param>
    /// <exception cref="ArgumentException">A size is wrong or a number is not finite.</exception>
    public TrajectorySolution Solve(ReadOnlySpan<double> start, ReadOnlySpan<double> actions, CancellationToken cancel = default)
    {
        Begin(start, actions);
        isConnected = true;
        double cost = RollOut();
        return Solution = double.IsFinite(cost) ? Run(cost, cancel) : new TrajectorySolution(double.NaN, 0, TrajectoryStop.Diverged, double.NaN, double.NaN, 0.0);
    }

    /// <summary>Optimises from states and actions that need not fit together (multiple shooting): every step of length α leaves 1 − α of each gap.</summary>
    /// <param name="start">x₀, <c>[n]</c>, finite.</param>
    /// <param name="guess">The states and actions to start from; its first state is replaced by <paramref name="start"/>.</param>
    /// <param name="cancel">Ends it; the best trajectory so far is kept.</param>
    /// <exception cref="ArgumentException">A size is wrong or a number is not finite.</exception>
    public TrajectorySolution Solve(ReadOnlySpan<double> start, Trajectory guess, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(guess);
        Shapes.Require(guess.StateSize, n, nameof(guess));
        Shapes.Require(guess.Horizon, horizon, nameof(guess));
        Shapes.RequireFinite(guess.States, nameof(guess));
        Begin(start, guess.Actions);
        guess.States.AsSpan(n).CopyTo(current.States.AsSpan(n));
        double cost = Connect();
        return Solution = double.IsFinite(cost) ? Run(cost, cancel) : new TrajectorySolution(double.NaN, 0, TrajectoryStop.Diverged, double.NaN, double.NaN, double.NaN);
    }

    private void Begin(ReadOnlySpan<double> start, ReadOnlySpan<double> actions)
    {
        Shapes.Require(start.Length, n, nameof(start));
        Shapes.Require(actions.Length, horizon * m, nameof(actions));
        Shapes.RequireFinite(start, nameof(start));
        Shapes.RequireFinite(actions, nameof(actions));
        started = time.GetTimestamp();
        (Iterations, halvings, lastLook, costs[0]) = (0, 0, 0.0, double.NaN);
        start.CopyTo(current.State(0));
        actions.CopyTo(current.Actions);
        for (int t = 0; t < horizon; t++)
        {
            model.Actions.Limit(current.Action(t));
        }

        lagrangian.Reset(options.InitialPenalty);
        (doubtfulStep, heldSteps) = (-1, 0);

        // What ends before its first backward pass has no feedback, not that of the problem before.
        backward.Clear();
    }

    /// <summary>Rounds of multipliers that together do not bring the violation below nine tenths of what it was, after which constraints count as impossible to keep.</summary>
    private const int VainRounds = 5;

    /// <summary>The share of the cost's terms that rounding errors of their sum may reach.</summary>
    private const double RoundingError = 1e-14;

    /// <summary>Minimises, and where there are constraints again and again with better multipliers.</summary>
    private TrajectorySolution Run(double cost, CancellationToken cancel)
    {
        var solution = Minimize(cost, cancel);
        double reached = double.PositiveInfinity;
        int rounds = 0;
        while (lagrangian.IsNeeded && solution.Stop is TrajectoryStop.Gradient or TrajectoryStop.CostChange or TrajectoryStop.NoProgress && solution.Violation > options.ConstraintTolerance)
        {
            // Hopeless: as far off as ever, though the penalty has grown by its factor again and again.
            (rounds, reached) = solution.Violation < 0.9 * reached ? (0, solution.Violation) : (rounds + 1, reached);
            if (rounds >= VainRounds || !lagrangian.Update(current, solution.Violation, options.PenaltyFactor))
            {
                solution = solution with { Stop = TrajectoryStop.Infeasible };
                break;
            }

            solution = Minimize(Evaluate(), cancel);
        }

        return lagrangian.IsNeeded ? solution with { Cost = Evaluate(withPenalty: false) } : solution;
    }

    /// <summary>The iteration itself.</summary>
    private TrajectorySolution Minimize(double cost, CancellationToken cancel)
    {
        var damping = new DampingSchedule(options.InitialDamping, options.DampingFactor);
        double gradient = double.PositiveInfinity;
        costs[Iterations] = cost;
        Reserve();
        while (true)
        {
            if (Interruption(cancel) is { } interrupted)
            {
                return End(interrupted);
            }

            // Changes below this are none: as many of the digits as are asked for, and there are.
            double least = Math.Max(options.CostTolerance, RoundingError) * Math.Max(Expand(expansion), Math.Abs(cost));
            do
            {
                while (!TryBackward(damping.Value))
                {
                    if (!damping.Increase())
                    {
                        return IsDifferentiable() ? End(TrajectoryStop.NoProgress) : Refuse();
                    }
                }

                gradient = Gradient();
                if (gradient <= options.GradientTolerance && isConnected)
                {
                    Relax(damping.Value);
                    gradient = Gradient();
                    if (gradient <= options.GradientTolerance)
                    {
                        if (Conclude(TrajectoryStop.Gradient, false, least, ref cost, cancel) is { } stop)
                        {
                            return End(stop);
                        }

                        break;
                    }

                    _ = TryBackward(damping.Value);
                }

                if (Interruption(cancel) is { } stopped)
                {
                    return End(stopped);
                }

                if (TryStep(cost, out double next))
                {
                    (double change, cost) = (cost - next, next);
                    costs[++Iterations] = cost;
                    Progress?.Invoke(Iterations, cost);
                    double used = damping.Value;
                    damping.Decrease();
                    if (Math.Abs(change) <= least && isConnected)
                    {
                        Relax(used);
                        if (Conclude(TrajectoryStop.CostChange, true, least, ref cost, cancel) is { } stop)
                        {
                            return End(stop);
                        }
                    }

                    break;
                }

                // What the model does not promise either, without damping, is within rounding errors of nothing.
                if (isConnected && Promise() <= 1e-3 * least)
                {
                    Relax(damping.Value);
                    if (Promise() <= least)
                    {
                        if (Conclude(TrajectoryStop.CostChange, false, least, ref cost, cancel) is { } stop)
                        {
                            return End(stop);
                        }

                        break;
                    }
                }
            }
            while (damping.Increase());

            if (damping.IsExhausted)
            {
                return End(TrajectoryStop.NoProgress);
            }
        }

        // Feedback that the pass came to before it failed is not finite either.
        TrajectorySolution Refuse()
        {
            backward.Clear();
            return End(TrajectoryStop.NotDifferentiable);
        }

        TrajectorySolution End(TrajectoryStop stop) => new(cost, Iterations, stop, gradient, lagrangian.IsNeeded ? lagrangian.Violation(current) : 0.0, LargestGap())
        {
            Step = stop is TrajectoryStop.NotMinimum or TrajectoryStop.Unbounded ? doubtfulStep : -1,
            HeldSteps = stop is TrajectoryStop.Gradient or TrajectoryStop.CostChange ? heldSteps : 0,
        };
    }
}
