using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Planning.Control;

namespace Reverie.Experiments;

/// <summary>Optimises one whole trajectory in the exact model of a world, from a start that the world draws.</summary>
public static class TrajectoryTrial
{
    /// <summary>Whether <paramref name="planner"/> optimises trajectories by their derivatives.</summary>
    public static bool IsSolver(string planner) => PlannerCatalog.TryFind(planner, out var entry) && entry.Power == typeof(ILinearizer);

    /// <summary>Solves, once or several times.</summary>
    /// <param name="planner">The planner's name.</param>
    /// <param name="world">The world's name.</param>
    /// <param name="seed">The seed: the start is that of the first episode under it.</param>
    /// <param name="assignments">Options as <c>name=value</c>, of the world or the planner. Without a horizon it is all of an episode.</param>
    /// <param name="repeat">Solves to time, ≥ 1; where more than one, another goes before them that is not timed.</param>
    /// <param name="threads">Worker threads, ≥ 1.</param>
    /// <param name="time">The clock that times solves and ends them at deadlines.</param>
    /// <param name="onIteration">Told the number and the cost of iterations, or null.</param>
    /// <param name="cancel">Ends it; the best trajectory so far is returned.</param>
    /// <exception cref="RequestException">An unknown name, a value that is not allowed, or a world that the planner cannot plan in.</exception>
    public static TrajectoryPlan Run(
        string planner, string world, long seed, IReadOnlyList<string> assignments, int repeat, int threads, TimeProvider time, Action<int, double>? onIteration, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        var entry = Laboratory.Planner(planner);
        var given = GivenWorld.Find(world, Laboratory.Target(entry), assignments);
        if (given.Spec.IsFinite || given.WorldOptions is null)
        {
            throw new RequestException($"{planner} optimises trajectories by their derivatives; world '{world}' is finite and has none");
        }

        using var workers = new Workers(threads);
        try
        {
            var options = Options(given, entry, assignments);
            var model = given.Model(workers) as ILinearizer ?? throw new RequestException($"{planner} optimises trajectories by their derivatives; world '{world}' has none");
            var actions = new double[options.Horizon * model.Actions.Size];
            Array.Fill(actions, given.Spec.InitialAction);
            var solver = TrajectorySolver.Of(options, model, actions, time, onIteration);
            var start = Start(given, model, RandomKey.FromSeed(seed), out bool isObserved);
            var request = new TrajectoryRequest
            {
                Planner = planner,
                World = world,
                Seed = seed,
                Repeat = repeat,
                WorldOptions = OptionBinder.ToJson(given.WorldOptions),
                PlannerOptions = OptionBinder.ToJson(options),
            };
            string[] names = [.. Enumerable.Range(0, model.StateSize).Select(i => isObserved ? given.Spec.Observation[i].Name : $"state {i}")];
            var axes = new TrajectoryAxes(names, [.. model.Actions.Low], [.. model.Actions.High], given.Spec.SecondsPerStep);
            return Solve(solver, start, request, axes, (options.Horizon, Discount(options)), time, cancel);
        }
        catch (ArgumentException e)
        {
            throw new RequestException(Messages.OneLine(e), e);
        }
    }

    /// <summary>The request is checked by now: what is refused here is the problem, which has no solution.</summary>
    private static TrajectorySolution Solve(TrajectorySolver solver, double[] start, CancellationToken cancel)
    {
        try
        {
            return solver.Solve(start, cancel);
        }
        catch (ArgumentException e)
        {
            throw new RunException($"not solved: {Messages.OneLine(e)}", e);
        }
    }

    private static TrajectoryPlan Solve(
        TrajectorySolver solver, double[] start, TrajectoryRequest request, TrajectoryAxes axes, (int Horizon, double Discount) problem, TimeProvider time, CancellationToken cancel)
    {
        var (milliseconds, perIteration) = (new List<double>(), new List<double>());
        int warmUp = request.Repeat > 1 ? 1 : 0;
        TrajectoryPlan? plan = null;
        for (int i = 0; i < warmUp + request.Repeat; i++)
        {
            long begin = time.GetTimestamp();
            var solution = Solve(solver, start, cancel);
            double elapsed = time.GetElapsedTime(begin).TotalMilliseconds;

            // A later solve that was cut short has nothing better than the whole one before it.
            if (plan is null || solution.Stop != TrajectoryStop.Cancelled)
            {
                if (i >= warmUp || solution.Stop == TrajectoryStop.Cancelled)
                {
                    milliseconds.Add(elapsed);
                    perIteration.Add(1e3 * elapsed / Math.Max(1, solution.Iterations));
                }

                plan = Plan(solver, solution, request, axes, problem);
            }

            if (cancel.IsCancellationRequested)
            {
                break;
            }
        }

        return plan! with { Result = plan.Result with { Milliseconds = Median(milliseconds), MicrosecondsPerIteration = Median(perIteration), Solves = milliseconds.Count } };
    }

    private static TrajectoryPlan Plan(TrajectorySolver solver, TrajectorySolution solution, TrajectoryRequest request, TrajectoryAxes axes, (int Horizon, double Discount) problem)
    {
        bool exists = solution.Stop != TrajectoryStop.Diverged && double.IsFinite(solution.Cost);
        double[] costs = exists ? solver.Costs(solution) : [];
        var trajectory = exists ? Copy(solver, problem.Horizon) : null;
        var result = new TrajectoryResult
        {
            Planner = request.Planner,
            World = request.World,
            Seed = request.Seed,
            Solved = exists && solution.IsSolved,
            Cost = exists ? solution.Cost : null,
            Iterations = solution.Iterations,
            StopReason = solution.Stop,
            Step = solution.Step >= 0 ? solution.Step : null,
            HeldSteps = solution.HeldSteps > 0 ? solution.HeldSteps : null,
            Milliseconds = 0.0,
            MicrosecondsPerIteration = 0.0,
            FinalState = trajectory?.States[^1],
            InitialCost = costs.Length > 1 || (exists && solution.Iterations == 0) ? costs[0] : null,
            Gradient = Finite(solution.Gradient),
            Violation = Finite(solution.Violation),
            Horizon = problem.Horizon,
            Discount = problem.Discount,
            Solves = 0,
            Costs = costs,
        };
        return new TrajectoryPlan(request, result, axes, trajectory);
    }

    private static PlannedTrajectory Copy(TrajectorySolver solver, int horizon)
    {
        var trajectory = solver.Trajectory();
        var gains = new double[horizon][];
        for (int t = 0; t < horizon; t++)
        {
            solver.CopyGain(t, gains[t] = new double[trajectory.StateSize * trajectory.ActionSize]);
        }

        return new PlannedTrajectory(
            [.. Enumerable.Range(0, horizon + 1).Select(t => trajectory.State(t).ToArray())], [.. Enumerable.Range(0, horizon).Select(t => trajectory.Action(t).ToArray())], gains);
    }

    /// <summary>The planner's options, with all of an episode for a horizon where none was set.</summary>
    private static PlannerOptions Options(GivenWorld given, PlannerEntry entry, IReadOnlyList<string> assignments)
    {
        var options = (PlannerOptions)given.PlannerOptions;
        if (options.Horizon == 0)
        {
            // Whoever writes 0 asks for no steps at all; whoever writes nothing has what the default is.
            var asked = GivenWorld.Find(given.Spec.Name, Laboratory.Target(entry) with { Defaults = entry.DefaultOptions with { Horizon = 1 } }, assignments);
            if (((PlannerOptions)asked.PlannerOptions).Horizon == 0)
            {
                throw new RequestException($"option 'horizon' of {entry.Name} is 0; a whole trajectory has at least 1 step (left out, it is all of an episode: {given.Spec.MaxSteps})");
            }
        }

        return (options with { Horizon = options.Horizon > 0 ? options.Horizon : given.Spec.MaxSteps }).For(given.Spec);
    }

    private static double[] Start(GivenWorld given, ILinearizer model, RandomKey key, out bool isObserved)
    {
        var (observation, state) = (new double[given.Spec.ObservationSize], new double[model.StateSize]);
        given.Create(key.Split("world")).Reset(observation);
        model.Locate(observation, state);
        isObserved = state.AsSpan().SequenceEqual(observation);
        return state;
    }

    private static double Discount(PlannerOptions options) => options is LqrOptions lqr ? lqr.Discount : ((IlqrOptions)options).Discount;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0.0 : Reports.Series.Quantile(sorted, 0.5);
    }
}
