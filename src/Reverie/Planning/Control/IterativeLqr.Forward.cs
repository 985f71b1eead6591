using System.Runtime.CompilerServices;
using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <content>The forward pass: rollouts of the new policy and the search for the length of the step.</content>
public sealed partial class IterativeLqr
{
    /// <summary>How many lengths are tried one by one, unless that was not enough the last time.</summary>
    private const int Alone = 3;

    private readonly LaneSearch lanes;
    private int halvings;

    /// <summary>
    /// Rolls the policy û + α k + K (x − x̂) out for α = 1, ½, ¼ … until the cost decreases enough: the first few one by one, as one of them nearly always does; then eight together in the
    /// lanes of a register, as eight cost less than three.
    /// </summary>
    private bool TryStep(double cost, out double next)
    {
        double merit = Merit(cost, gaps, out double weight);
        double length = 1.0;
        int alone = halvings < Alone ? Alone : 1;
        for (int i = 0; i < alone; i++, length *= 0.5)
        {
            next = RollOut(length);
            if (IsEnough(length, next))
            {
                halvings = i;
                return Accept();
            }
        }

        halvings = Alone;
        bool together = isConnected && !lagrangian.IsNeeded;
        var candidates = together ? lanes.Costs(this, length) : default;
        for (int i = 0; i < DoubleLanes.Count; i++, length *= 0.5)
        {
            if (!together || IsEnough(length, candidates[i]))
            {
                next = RollOut(length);
                if (IsEnough(length, next))
                {
                    return Accept();
                }
            }
        }

        next = cost;
        return false;

        bool IsEnough(double length, double reached)
        {
            if (isConnected)
            {
                double promised = -((length * backward.Slope) + (length * length * backward.Bend));
                return cost - reached >= options.SufficientDecrease * promised && reached <= cost;
            }

            return Merit(reached, trialGaps, weight) <= merit - (options.SufficientDecrease * length * weight * GapSum(gaps));
        }

        bool Accept()
        {
            (current, trial) = (trial, current);
            if (!isConnected)
            {
                trialGaps.CopyTo(gaps, 0);
                isConnected = LargestGap() == 0.0;
            }

            return true;
        }
    }

    /// <summary>Follows û as it is from the first state, in place.</summary>
    private double RollOut() => RollOut(current);

    /// <summary>Follows a trajectory's actions from its first state, in place.</summary>
    private double RollOut(Trajectory path)
    {
        double cost = 0.0, weight = 1.0;
        for (int t = 0; t < horizon; t++, weight *= discount)
        {
            cost -= weight * model.Predict(path.State(t), path.Action(t), path.State(t + 1));
            cost += lagrangian.IsNeeded ? weight * discount * lagrangian.Cost(t + 1, path.State(t + 1)) : 0.0;
        }

        return cost - (weight * model.FinalReward(path.State(horizon)));
    }

    /// <summary>Follows û + α k + K (x − x̂) into the trial trajectory, where gaps keep 1 − α of their size.</summary>
    private double RollOut(double length)
    {
        double cost = 0.0, weight = 1.0;
        current.State(0).CopyTo(trial.State(0));
        for (int t = 0; t < horizon; t++, weight *= discount)
        {
            var x = trial.State(t);
            var u = trial.Action(t);
            var next = trial.State(t + 1);
            Feedback(t, x, length, u);
            cost -= weight * model.Predict(x, u, next);
            if (!isConnected)
            {
                for (int i = 0; i < n; i++)
                {
                    trialGaps[(t * n) + i] = length == 1.0 ? 0.0 : (1.0 - length) * gaps[(t * n) + i];
                    next[i] -= trialGaps[(t * n) + i];
                }
            }

            if (lagrangian.IsNeeded)
            {
                cost += weight * discount * lagrangian.Cost(t + 1, next);
            }
        }

        cost -= weight * model.FinalReward(trial.State(horizon));
        return double.IsFinite(cost) ? cost : double.PositiveInfinity;
    }

    /// <summary>u = û + α k + K (x − x̂), limited to its box.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Feedback(int t, ReadOnlySpan<double> state, double length, Span<double> action)
    {
        int stride = expansion.Stride;
        var reference = current.States.AsSpan(t * n, n);
        for (int a = 0; a < m; a++)
        {
            var gain = backward.Gains.AsSpan(((t * m) + a) * stride, n);
            double sum = current.Actions[(t * m) + a] + (length * backward.Feedforwards[(t * m) + a]);
            for (int i = 0; i < gain.Length; i++)
            {
                sum += gain[i] * (state[i] - reference[i]);
            }

            action[a] = Math.Min(Math.Max(sum, low[a]), high[a]);
        }
    }

    /// <summary>The gaps of the present states and actions.</summary>
    /// <returns>Their cost.</returns>
    private double Connect()
    {
        for (int t = 0; t < horizon; t++)
        {
            model.Predict(current.State(t), current.Action(t), trial.State(t + 1));
            for (int i = 0; i < n; i++)
            {
                gaps[(t * n) + i] = trial.State(t + 1)[i] - current.State(t + 1)[i];
            }
        }

        isConnected = false;
        isConnected = LargestGap() == 0.0;
        return Evaluate();
    }

    /// <summary>The cost of the present states and actions.</summary>
    private double Evaluate(bool withPenalty = true)
    {
        double cost = 0.0, weight = 1.0;
        for (int t = 0; t < horizon; t++, weight *= discount)
        {
            cost -= weight * model.Predict(current.State(t), current.Action(t), trial.State(t + 1));
            cost += withPenalty && lagrangian.IsNeeded ? weight * discount * lagrangian.Cost(t + 1, current.State(t + 1)) : 0.0;
        }

        return cost - (weight * model.FinalReward(current.State(horizon)));
    }

    /// <summary>The cost and a weight ν times the sum of all gaps, of which a full step is promised to decrease at least half (Nocedal and Wright 2006, equation 18.36).</summary>
    private double Merit(double cost, double[] open, out double weight)
    {
        weight = 0.0;
        if (isConnected)
        {
            return cost;
        }

        double sum = GapSum(open);
        double rise = lanes.ModelChange(this);
        weight = Math.Max(1.0, 2.0 * rise / sum);
        return Merit(cost, open, weight);
    }

    private static double Merit(double cost, double[] open, double weight) => cost + (weight * GapSum(open));

    private static double GapSum(double[] open)
    {
        double sum = 0.0;
        foreach (double gap in open)
        {
            sum += Math.Abs(gap);
        }

        return sum;
    }

    private double LargestGap()
    {
        double largest = 0.0;
        for (int i = 0; i < gaps.Length && !isConnected; i++)
        {
            largest = Math.Max(largest, Math.Abs(gaps[i]));
        }

        return largest;
    }
}
