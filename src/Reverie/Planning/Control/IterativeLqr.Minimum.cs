using Reverie.Models;

namespace Reverie.Planning.Control;

/// <content>Whether a stationary trajectory is a minimum, and the way on where it is not.</content>
public sealed partial class IterativeLqr
{
    /// <summary>Limits of this size and beyond stand for none.</summary>
    private const double NoLimit = 1e9;

    /// <summary>A promise of so many times the least change that counts is no rounding error.</summary>
    private const double ClearGain = 10.0;

    /// <summary>What actions are changed by, as shares of 1 + |u|: first those that lead somewhere, then those that are small even where the dynamics are chaotic.</summary>
    private static readonly double[] Shares = [1e-3, -1e-3, 1e-2, -1e-2, 0.1, -0.1, 1.0, -1.0, 1e-4, -1e-4, 1e-5, -1e-5];

    private readonly CurvatureTest curvature;
    private readonly TrajectoryExpansion exact;
    private bool isReserved;
    private int doubtfulStep, heldSteps;

    /// <summary>
    /// Tests the second-order condition where the first-order one is met. Where the cost bends downwards, as at a saddle or a maximum, changes along the directions in which it does are
    /// tried; if one decreases the cost, the trajectory is then the one that it leads to.
    /// </summary>
    /// <param name="stop">What it has come to.</param>
    /// <param name="moved">Whether the trajectory has changed since it was expanded.</param>
    /// <param name="least">The least change of the cost that counts.</param>
    /// <param name="cost">The cost of the trajectory.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Why it stops; null where it goes on from a better trajectory.</returns>
    private TrajectoryStop? Conclude(TrajectoryStop stop, bool moved, double least, ref double cost, CancellationToken cancel)
    {
        // Multipliers that are still to change say nothing of the problem's own curvature.
        if (lagrangian.IsNeeded && lagrangian.Violation(current) > options.ConstraintTolerance)
        {
            return stop;
        }

        if (moved || !ReferenceEquals(exact, expansion))
        {
            Expand(exact);
        }

        if (!curvature.Run(exact, current, low, high, discount))
        {
            if (TryEscape(least, ref cost, cancel, out var interrupted))
            {
                costs[++Iterations] = cost;
                Progress?.Invoke(Iterations, cost);
                return null;
            }

            if (interrupted is not null)
            {
                return interrupted;
            }

            // Where second derivatives of the dynamics or of constraints are missing, the rollouts know better.
            if (model.HasDynamicsCurvature && !lagrangian.IsNeeded && Promise(curvature.LastBent) > ClearGain * least)
            {
                doubtfulStep = curvature.LastBent;
                return TrajectoryStop.NotMinimum;
            }
        }

        heldSteps = curvature.HeldSteps;
        doubtfulStep = UnlimitedStep();
        return doubtfulStep >= 0 ? TrajectoryStop.Unbounded : stop;
    }

    /// <summary>Has the first solve make the room for exact derivatives, and the runtime compile the test: later solves allocate nothing and lose no time.</summary>
    private void Reserve()
    {
        if (!isReserved)
        {
            isReserved = true;
            Expand(exact);
            curvature.Run(exact, current, low, high, discount);
            RollOut(horizon, 0.0);
        }
    }

    /// <summary>Follows the directions in which the cost bends downwards: first those of all steps at once, then each alone, with the feedback that goes with them.</summary>
    private bool TryEscape(double least, ref double cost, CancellationToken cancel, out TrajectoryStop? interrupted)
    {
        for (int step = horizon; step >= 0; step--)
        {
            if (step < horizon && curvature.Curvatures[step] == 0.0)
            {
                continue;
            }

            interrupted = Interruption(cancel);
            if (interrupted is not null)
            {
                return false;
            }

            foreach (double share in Shares)
            {
                double reached = RollOut(step, share);
                if (reached < cost - least)
                {
                    (current, trial) = (trial, current);
                    cost = reached;
                    return true;
                }
            }
        }

        interrupted = null;
        return false;
    }

    /// <summary>Follows û + K (x − x̂), K of the curvature test, with a share of 1 + |û| along its direction at one step, or at all of them where that is T, into the trial trajectory.</summary>
    private double RollOut(int step, double share)
    {
        double cost = 0.0, weight = 1.0;
        current.State(0).CopyTo(trial.State(0));
        for (int t = 0; t < horizon; t++, weight *= discount)
        {
            var x = trial.State(t);
            var u = trial.Action(t);
            var next = trial.State(t + 1);
            double size = step == t || step == horizon ? share * Size(t) : 0.0;
            for (int a = 0; a < m; a++)
            {
                double sum = current.Action(t)[a] + (size * curvature.Directions[(t * m) + a]);
                var gain = curvature.Gains.AsSpan(((t * m) + a) * n, n);
                for (int i = 0; i < n; i++)
                {
                    sum += gain[i] * (x[i] - current.State(t)[i]);
                }

                u[a] = Math.Min(Math.Max(sum, low[a]), high[a]);
            }

            cost -= weight * model.Predict(x, u, next);
            cost += lagrangian.IsNeeded ? weight * discount * lagrangian.Cost(t + 1, next) : 0.0;
        }

        cost -= weight * model.FinalReward(trial.State(horizon));
        return double.IsFinite(cost) ? cost : double.PositiveInfinity;
    }

    /// <summary>1 + max |û| at a step.</summary>
    private double Size(int t)
    {
        double largest = 0.0;
        foreach (double action in current.Action(t))
        {
            largest = Math.Max(largest, Math.Abs(action));
        }

        return 1.0 + largest;
    }

    /// <summary>γᵗ ½ |λ| δ², what the least change tried along the direction at a step should at least have gained.</summary>
    private double Promise(int t)
    {
        double change = Shares[^1] * Size(t);
        return -0.5 * Math.Pow(discount, t) * curvature.Curvatures[t] * change * change;
    }

    /// <summary>The first step at which an action has come to a limit that stands for none, or −1.</summary>
    private int UnlimitedStep()
    {
        for (int i = 0; i < current.Actions.Length; i++)
        {
            double action = current.Actions[i];
            if ((action <= low[i % m] || action >= high[i % m]) && Math.Abs(action) >= NoLimit)
            {
                return i / m;
            }
        }

        return -1;
    }
}
