using Reverie.Models;
using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Planning.Control.Local;

/// <summary>
/// The quadratic costs of a problem whose reward is known and whose dynamics are local: at each step the second-order expansion of
/// −r(x, u, A x + B u + c) at the rollouts' states and actions, averaged over rollouts (Levine and Abbeel 2014), and that of the final reward at their ends. Derivatives are exact, by dual numbers;
/// how the world moves is asked of the local dynamics alone.
/// </summary>
/// <param name="task">The reward, of states: observations are states here.</param>
/// <param name="n">State size.</param>
/// <param name="m">Action size.</param>
internal sealed class TaskExpansion(ITask task, int n, int m)
{
    private readonly double[] slope = new double[n + m], hessian = new double[(n + m) * (n + m)], following = new double[n];
    private readonly Dual<Dual>[] z = new Dual<Dual>[n + m], next = new Dual<Dual>[n];

    /// <summary>Expands.</summary>
    /// <param name="dynamics">The local dynamics.</param>
    /// <param name="rollouts">At least one.</param>
    /// <param name="stages">Receive dynamics and costs, <c>[T]</c>.</param>
    /// <param name="terminal">Receives the final cost.</param>
    public void Expand(LocalDynamics dynamics, IReadOnlyList<Rollout> rollouts, ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal)
    {
        for (int t = 0; t < stages.Length; t++)
        {
            var stage = stages[t];
            dynamics.StateJacobian(t).CopyTo(stage.StateJacobian);
            dynamics.ActionJacobian(t).CopyTo(stage.ActionJacobian);
            dynamics.Offset(t).CopyTo(stage.Offset);
            Clear(stage);
            foreach (var rollout in rollouts)
            {
                double reward = Differentiate(dynamics, t, rollout.State(t), rollout.Action(t));
                Accumulate(stage, rollout.State(t), rollout.Action(t), reward, -1.0 / rollouts.Count);
            }
        }

        Array.Clear(terminal.Hessian);
        Array.Clear(terminal.Slope);
        terminal.Constant = 0.0;
        foreach (var rollout in rollouts)
        {
            var x = rollout.State(stages.Length);
            double reward = DifferentiateEnd(x);
            Accumulate(terminal, x, reward, -1.0 / rollouts.Count);
        }
    }

    /// <summary>r(x, u, A x + B u + c) with slope and Hessian in (x, u).</summary>
    private double Differentiate(LocalDynamics dynamics, int step, ReadOnlySpan<double> x, ReadOnlySpan<double> u)
    {
        int w = n + m;
        dynamics.Predict(step, x, u, following);
        double value = 0.0;
        for (int row = 0; row < w; row++)
        {
            for (int first = 0; first < w; first += Dual.Width)
            {
                for (int i = 0; i < w; i++)
                {
                    z[i] = Seed(i < n ? x[i] : u[i - n], i, row, first);
                }

                for (int i = 0; i < n; i++)
                {
                    next[i] = following[i];
                    for (int j = 0; j < w; j++)
                    {
                        next[i] += (j < n ? dynamics.StateJacobian(step)[(i * n) + j] : dynamics.ActionJacobian(step)[(i * m) + j - n]) * Seed(0.0, j, row, first);
                    }
                }

                var reward = task.Reward<Dual<Dual>>(z.AsSpan(0, n), z.AsSpan(n, m), next);
                value = Store(reward, row, first, w);
            }
        }

        return value;
    }

    private double DifferentiateEnd(ReadOnlySpan<double> x)
    {
        double value = 0.0;
        for (int row = 0; row < n; row++)
        {
            for (int first = 0; first < n; first += Dual.Width)
            {
                for (int i = 0; i < n; i++)
                {
                    z[i] = Seed(x[i], i, row, first);
                }

                value = Store(task.FinalReward<Dual<Dual>>(z.AsSpan(0, n)), row, first, n);
            }
        }

        return value;
    }

    private double Store(Dual<Dual> reward, int row, int first, int width)
    {
        for (int j = first; j < Math.Min(first + Dual.Width, width); j++)
        {
            slope[j] = reward.Value.Partial(j - first);
            hessian[(row * width) + j] = reward.Tangent.Partial(j - first);
        }

        return reward.Value.Value;
    }

    private static Dual<Dual> Seed(double value, int variable, int row, int first) =>
        new(variable >= first && variable < first + Dual.Width ? Dual.Variable(value, variable - first) : value, variable == row ? 1.0 : 0.0);

    private static void Clear(LinearQuadraticStage stage)
    {
        Array.Clear(stage.StateCost);
        Array.Clear(stage.CrossCost);
        Array.Clear(stage.ActionCost);
        Array.Clear(stage.StateSlope);
        Array.Clear(stage.ActionSlope);
        stage.Constant = 0.0;
    }

    /// <summary>Adds α times r + gᵀ(z − z̄) + ½ (z − z̄)ᵀH(z − z̄), as a function of z itself: slope g − H z̄, constant r − gᵀz̄ + ½ z̄ᵀH z̄.</summary>
    private void Accumulate(LinearQuadraticStage stage, ReadOnlySpan<double> x, ReadOnlySpan<double> u, double reward, double alpha)
    {
        int w = n + m;
        double constant = reward;
        for (int i = 0; i < w; i++)
        {
            double here = i < n ? x[i] : u[i - n], Hz = 0.0;
            for (int j = 0; j < w; j++)
            {
                double h = hessian[(i * w) + j];
                Hz += h * (j < n ? x[j] : u[j - n]);
                if (i < n)
                {
                    (j < n ? ref stage.StateCost[(i * n) + j] : ref stage.CrossCost[(i * m) + j - n]) += alpha * h;
                }
                else if (j >= n)
                {
                    stage.ActionCost[((i - n) * m) + j - n] += alpha * h;
                }
            }

            (i < n ? ref stage.StateSlope[i] : ref stage.ActionSlope[i - n]) += alpha * (slope[i] - Hz);
            constant += here * ((0.5 * Hz) - slope[i]);
        }

        stage.Constant += alpha * constant;
    }

    private void Accumulate(QuadraticCost cost, ReadOnlySpan<double> x, double reward, double alpha)
    {
        double constant = reward;
        for (int i = 0; i < n; i++)
        {
            double Hx = Dense.Dot(hessian.AsSpan(i * n, n), x);
            Dense.AddScaled(alpha, hessian.AsSpan(i * n, n), cost.Hessian.AsSpan(i * n, n));
            cost.Slope[i] += alpha * (slope[i] - Hx);
            constant += x[i] * ((0.5 * Hx) - slope[i]);
        }

        cost.Constant += alpha * constant;
    }
}
