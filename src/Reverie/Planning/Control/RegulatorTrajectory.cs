using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The trajectory of the linear-quadratic regulator over all of a problem: the model and what its end counts are expanded once around a point, <see cref="FiniteHorizonRegulator"/>
/// minimises J = −Σₜ γᵗ rₜ − γᵀ r_T in the expansion, and the policy u = k − K x, limited to its box, is rolled out in the model itself.
/// </summary>
/// <remarks>Where the model is linear-quadratic and no limit binds on the way, that is the best of all trajectories; elsewhere it is good near the point alone.</remarks>
public sealed class RegulatorTrajectory
{
    private const double Same = 1e-9;

    private readonly ILinearizer model;
    private readonly LqrOptions options;
    private readonly FiniteHorizonRegulator regulator;

    /// <summary>Makes room for problems of <see cref="PlannerOptions.Horizon"/> steps.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options; their horizon and discount must be set.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the point has the wrong length or a number that is not finite, or actions are numbered.</exception>
    public RegulatorTrajectory(ILinearizer model, LqrOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        LqrPlanner.Expand(model, options, out _);
        (this.model, this.options) = (model, options);
        regulator = new FiniteHorizonRegulator(model.StateSize, model.Actions.Size, options.Horizon);
        Trajectory = new Trajectory(model.StateSize, model.Actions.Size, options.Horizon);
    }

    /// <summary>The trajectory found. It changes with the next solve.</summary>
    public Trajectory Trajectory { get; }

    /// <summary>Expands, solves and rolls out.</summary>
    /// <param name="start">x₀, <c>[n]</c>, finite.</param>
    /// <returns>
    /// The cost in the model itself. It stops with <see cref="TrajectoryStop.Exact"/> where the model is linear-quadratic, its constraints are kept and no limit binds, with
    /// <see cref="TrajectoryStop.Diverged"/> where the rollout leaves the finite numbers, else with <see cref="TrajectoryStop.ExpandedPolicy"/>.
    /// </returns>
    /// <exception cref="ArgumentException">The start has the wrong length or a number that is not finite, or the expansion has no best policy: its reward is not concave in the actions.</exception>
    public TrajectorySolution Solve(ReadOnlySpan<double> start)
    {
        Shapes.Require(start.Length, model.StateSize, nameof(start));
        Shapes.RequireFinite(start, nameof(start));
        double[] point = LqrPlanner.Expand(model, options, out var stage);
        var end = new QuadraticCost(model.StateSize);
        LqrPlanner.ExpandEnd(model, point, end);
        regulator.Solve(stage, end, options.Discount);
        start.CopyTo(Trajectory.State(0));
        double cost = RollOut(out bool isLimited, out double violation);
        return !double.IsFinite(cost) ? new TrajectorySolution(double.NaN, 1, TrajectoryStop.Diverged, double.NaN, double.NaN, 0.0)
            : !isLimited && violation == 0.0 && IsLinearQuadratic(stage, end) ? new TrajectorySolution(cost, 1, TrajectoryStop.Exact, 0.0, 0.0, 0.0)
            : new TrajectorySolution(cost, 1, TrajectoryStop.ExpandedPolicy, double.NaN, violation, 0.0);
    }

    /// <summary>The feedback gain at step t, row-major <c>[m, n]</c>, in the sense u = û + G (x − x̂): G = −K.</summary>
    /// <exception cref="ArgumentException">The step or the size is wrong.</exception>
    public void CopyGain(int t, Span<double> gain)
    {
        var k = regulator.Gain(t);
        Shapes.Require(gain.Length, k.Length, nameof(gain));
        Dense.Negate(k, gain);
    }

    private double RollOut(out bool isLimited, out double violation)
    {
        double cost = 0.0, weight = 1.0;
        Span<double> wanted = new double[model.Actions.Size], constraints = new double[model.ConstraintSize];
        (isLimited, violation) = (false, 0.0);
        for (int t = 0; t < options.Horizon; t++, weight *= options.Discount)
        {
            regulator.Act(t, Trajectory.State(t), wanted);
            wanted.CopyTo(Trajectory.Action(t));
            model.Actions.Limit(Trajectory.Action(t));
            isLimited |= !wanted.SequenceEqual(Trajectory.Action(t));
            cost -= weight * model.Predict(Trajectory.State(t), Trajectory.Action(t), Trajectory.State(t + 1));
            if (!double.IsFinite(cost))
            {
                return double.NaN;
            }

            model.Constrain(Trajectory.State(t + 1), constraints);
            foreach (double c in constraints)
            {
                violation = Math.Max(violation, c);
            }
        }

        return cost - (weight * model.FinalReward(Trajectory.State(options.Horizon)));
    }

    /// <summary>Whether other points of the way, and one beside it, yield the same expansion.</summary>
    private bool IsLinearQuadratic(LinearQuadraticStage stage, QuadraticCost end)
    {
        int n = model.StateSize;
        var expansion = new LinearQuadraticExpansion(model);
        var (other, otherEnd) = (new LinearQuadraticStage(n, model.Actions.Size), new QuadraticCost(n));
        double[] beside = [.. Trajectory.States.AsSpan(0, n)];
        for (int i = 0; i < n; i++)
        {
            beside[i] += 0.7 + (0.1 * i);
        }

        double[] action = [.. model.Actions.Low.Zip(model.Actions.High, (low, high) => (0.3 * low) + (0.7 * high))];
        foreach (double[] probe in (double[][])[beside, [.. Trajectory.State(0)], [.. Trajectory.State(options.Horizon / 2)], [.. Trajectory.State(options.Horizon)]])
        {
            expansion.Expand(probe, action, other);
            LqrPlanner.ExpandEnd(model, probe, otherEnd);
            bool same = Agree(stage.StateJacobian, other.StateJacobian) && Agree(stage.ActionJacobian, other.ActionJacobian) && Agree(stage.Offset, other.Offset)
                && Agree(stage.StateCost, other.StateCost) && Agree(stage.CrossCost, other.CrossCost) && Agree(stage.ActionCost, other.ActionCost)
                && Agree(stage.StateSlope, other.StateSlope) && Agree(stage.ActionSlope, other.ActionSlope) && Agree([stage.Constant], [other.Constant])
                && Agree(end.Hessian, otherEnd.Hessian) && Agree(end.Slope, otherEnd.Slope) && Agree([end.Constant], [otherEnd.Constant]);
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Agree(ReadOnlySpan<double> expected, ReadOnlySpan<double> found)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - found[i]) <= Same * (1.0 + Math.Abs(expected[i]))))
            {
                return false;
            }
        }

        return true;
    }
}
