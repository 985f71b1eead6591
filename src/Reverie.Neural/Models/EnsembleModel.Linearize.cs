using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <content>The linearize power: exact derivatives of the mean over elite members, and of the known reward.</content>
public sealed partial class EnsembleModel
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    public void Linearize(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
    {
        RefuseUndifferentiable();
        Require(state.Length, stateSize, nameof(state));
        Require(action.Length, actionSize, nameof(action));
        Require(result.Next.Length, stateSize, nameof(result));
        Require(result.RewardAction.Length, actionSize, nameof(result));
        int n = stateSize, m = actionSize, columns = n + m;
        var (input, seed) = EmbedWithJacobian(state, action);
        double share = 1.0 / ensemble.Elites.Length;
        Array.Clear(result.StateJacobian);
        Array.Clear(result.ActionJacobian);
        state.CopyTo(result.Next);
        for (int d = 0; d < n; d++)
        {
            result.StateJacobian[(d * n) + d] = 1.0;
        }

        foreach (int member in ensemble.Elites)
        {
            var (output, jacobian) = networks[member].Linearize(input, seed, columns);
            for (int d = 0; d < n; d++)
            {
                result.Next[d] += share * output[d];
                for (int c = 0; c < columns; c++)
                {
                    double value = share * jacobian[(d * columns) + c];
                    if (c < n)
                    {
                        result.StateJacobian[(d * n) + c] += value;
                    }
                    else
                    {
                        result.ActionJacobian[(d * m) + c - n] += value;
                    }
                }
            }
        }

        RewardGradient(state, action, result);
    }

    /// <inheritdoc/>
    /// <remarks>The curvature of the mean dynamics is left out (Gauss-Newton): x' enters through its first-order expansion.</remarks>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    /// <exception cref="ArgumentException">An argument has the wrong length.</exception>
    public void QuadratizeReward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> hessian)
    {
        Require(hessian.Length, (stateSize + actionSize) * (stateSize + actionSize), nameof(hessian));
        var expansion = new Linearization(stateSize, actionSize);
        Linearize(state, action, expansion);
        int n = stateSize, columns = stateSize + actionSize;
        var x = new Dual<Dual>[n];
        var u = new Dual<Dual>[actionSize];
        var next = new Dual<Dual>[n];
        for (int row = 0; row < columns; row++)
        {
            for (int first = 0; first < columns; first += Dual.Width)
            {
                for (int d = 0; d < n; d++)
                {
                    x[d] = Seed(state[d], d, row, first);
                    next[d] = expansion.Next[d];
                    for (int c = 0; c < columns; c++)
                    {
                        double slope = c < n ? expansion.StateJacobian[(d * n) + c] : expansion.ActionJacobian[(d * actionSize) + c - n];
                        next[d] += slope * Seed(0.0, c, row, first);
                    }
                }

                for (int a = 0; a < actionSize; a++)
                {
                    u[a] = Seed(action[a], n + a, row, first);
                }

                var reward = task!.Reward<Dual<Dual>>(x, u, next);
                for (int c = first; c < Math.Min(first + Dual.Width, columns); c++)
                {
                    hessian[(row * columns) + c] = reward.Tangent.Partial(c - first);
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Actions are discrete, or the reward is learned.</exception>
    public double Predict(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next)
    {
        var expansion = new Linearization(stateSize, actionSize);
        Linearize(state, action, expansion);
        expansion.Next.CopyTo(next);
        return expansion.Reward;
    }

    private static Dual<Dual> Seed(double value, int variable, int row, int first)
    {
        var inner = variable >= first && variable < first + Dual.Width ? Dual.Variable(value, variable - first) : value;
        return new Dual<Dual>(inner, variable == row ? 1.0 : 0.0);
    }

    private void RewardGradient(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Linearization result)
    {
        int n = stateSize, m = actionSize, columns = n + m;
        var x = new Dual[n];
        var u = new Dual[m];
        var next = new Dual[n];
        for (int first = 0; first < columns; first += Dual.Width)
        {
            for (int d = 0; d < n; d++)
            {
                x[d] = d >= first && d < first + Dual.Width ? Dual.Variable(state[d], d - first) : state[d];
                next[d] = result.Next[d];
                for (int c = first; c < Math.Min(first + Dual.Width, columns); c++)
                {
                    double slope = c < n ? result.StateJacobian[(d * n) + c] : result.ActionJacobian[(d * m) + c - n];
                    next[d] += slope * Dual.Variable(0.0, c - first);
                }
            }

            for (int a = 0; a < m; a++)
            {
                int c = n + a;
                u[a] = c >= first && c < first + Dual.Width ? Dual.Variable(action[a], c - first) : action[a];
            }

            var reward = task!.Reward<Dual>(x, u, next);
            result.Reward = reward.Value;
            for (int c = first; c < Math.Min(first + Dual.Width, columns); c++)
            {
                if (c < n)
                {
                    result.RewardState[c] = reward.Partial(c - first);
                }
                else
                {
                    result.RewardAction[c - n] = reward.Partial(c - first);
                }
            }
        }
    }

    private void RefuseUndifferentiable()
    {
        if (Actions.IsDiscrete)
        {
            throw new InvalidOperationException("A model of discrete actions has no derivative with respect to them.");
        }

        if (ensemble.Options.LearnReward)
        {
            throw new InvalidOperationException("The reward is learned; its derivatives are not provided. Set learnReward to false and give a task.");
        }
    }

    /// <summary>The inputs and their Jacobian to (x, u): 1 for a linear feature, (−sin θ, cos θ) for an angle.</summary>
    private (double[] Input, double[] Jacobian) EmbedWithJacobian(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
    {
        int columns = stateSize + actionSize;
        var input = new double[ensemble.Embedding.InputSize];
        var jacobian = new double[input.Length * columns];
        int row = 0;
        for (int d = 0; d < stateSize; d++)
        {
            if (ensemble.Embedding.Kind(d) == FeatureKind.Angle)
            {
                var (sin, cos) = Math.SinCos(state[d]);
                jacobian[(row * columns) + d] = -sin;
                input[row++] = cos;
                jacobian[(row * columns) + d] = cos;
                input[row++] = sin;
            }
            else
            {
                jacobian[(row * columns) + d] = 1.0;
                input[row++] = state[d];
            }
        }

        for (int a = 0; a < actionSize; a++)
        {
            // At a limit the derivative is 1, as that of IScalar's Clamp.
            jacobian[(row * columns) + stateSize + a] = action[a] >= Actions.Low[a] && action[a] <= Actions.High[a] ? 1.0 : 0.0;
            input[row++] = Math.Clamp(action[a], Actions.Low[a], Actions.High[a]);
        }

        return (input, jacobian);
    }
}
