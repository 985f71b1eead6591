using Reverie.Models;
using Reverie.Networks;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <summary>
/// Reverse differentiation of an ensemble in double precision: a step of all items and its way back are a matrix product each a layer, a small part of what Jacobians cost. Items
/// are dealt to the elite members in turn, and each keeps its member (TS∞ of Chua et al. 2018) and follows its mean; where the ensemble's propagation is the mean, all follow the
/// mean over elites.
/// </summary>
/// <remarks>The members' own noise is not drawn. Reward and termination are the task's, or the ensemble's where it learns them. For one caller at a time.</remarks>
public sealed class EnsemblePullback : IPullback
{
    private readonly EnsembleModel model;
    private readonly DynamicsEnsemble ensemble;
    private readonly Perceptron[] members;
    private readonly int n, m;
    private readonly bool mean, learnReward, learnEnd;
    private int refreshes = -1, steps, items;
    private PerceptronTape[] tapes = [];
    private double[] slopes = [];
    private TerminationTest? test;

    /// <summary>Gradients through a learned model's present weights; those of a later <see cref="EnsembleModel.Refresh"/> are taken over when the pullback is next reserved.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">Its actions are discrete.</exception>
    public EnsemblePullback(EnsembleModel model)
    {
        if (model.Actions.IsDiscrete)
        {
            throw new ArgumentException($"The model has {model.Actions.Choices} numbered actions; gradients pass through continuous ones alone.", nameof(model));
        }

        (this.model, ensemble) = (model, model.Ensemble);
        (n, m) = (model.StateSize, model.Actions.Size);
        mean = ensemble.Options.Propagation == Propagation.Mean;
        (learnReward, learnEnd) = (ensemble.Options.LearnReward, ensemble.Options.LearnTermination);
        var sizes = ensemble.Network.Sizes;
        int[] kept = [.. sizes.Take(sizes.Count - 1), ensemble.Targets + (learnEnd ? 1 : 0)];
        members = [.. ensemble.Elites.Select(_ => new Perceptron(kept))];
    }

    /// <inheritdoc/>
    public int StateSize => n;

    /// <inheritdoc/>
    public ActionSpace Actions => model.Actions;

    /// <inheritdoc/>
    public int ObservationSize => n;

    // What the reward's slopes are of: x, u, x'.
    private int Width => n + m + n;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

    /// <inheritdoc/>
    public void Reserve(int steps, int items)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if (refreshes != model.Refreshes)
        {
            for (int k = 0; k < members.Length; k++)
            {
                members[k].SetParameters(Unpack(model.Packed(ensemble.Elites[k])));
            }

            refreshes = model.Refreshes;
        }

        if ((steps, items) != (this.steps, this.items))
        {
            (this.steps, this.items) = (steps, items);
            tapes = [.. members.Select((member, k) => new PerceptronTape(member, Math.Max(1, steps * Share(k))))];
            slopes = new double[steps * items * Width];
            test = model.Task is { } task && !learnEnd ? new TerminationTest(task, n, m, items) : null;
        }
    }

    /// <inheritdoc/>
    public void Observe(int t, ReadOnlySpan<double> states, Span<double> observations) => states.CopyTo(observations);

    /// <inheritdoc/>
    public void PullObservations(int t, ReadOnlySpan<double> observations, Span<double> states)
    {
        for (int i = 0; i < states.Length; i++)
        {
            states[i] += observations[i];
        }
    }

    /// <inheritdoc/>
    public void Step(int t, ReadOnlySpan<double> states, ReadOnlySpan<double> actions, Span<double> next, Span<double> rewards, Span<bool> terminated)
    {
        states.CopyTo(next);
        rewards.Clear();
        terminated.Clear();
        double weight = mean ? 1.0 / members.Length : 1.0;
        for (int k = 0; k < members.Length; k++)
        {
            int count = Share(k), first = t * count;
            for (int r = 0; r < count; r++)
            {
                int i = Item(k, r);
                Embed(states.Slice(i * n, n), actions.Slice(i * m, m), tapes[k].Input(first + r));
            }

            members[k].Forward(tapes[k], first, count);
            for (int r = 0; r < count; r++)
            {
                int i = Item(k, r);
                var output = tapes[k].Output(first + r);
                Add(weight, output[..n], next.Slice(i * n, n));
                rewards[i] += learnReward ? weight * output[n] : 0.0;
                terminated[i] |= learnEnd && output[^1] > 0.0;
            }
        }

        for (int i = 0; i < items && !learnReward; i++)
        {
            rewards[i] = Reward(states.Slice(i * n, n), actions.Slice(i * m, m), next.Slice(i * n, n), slopes.AsSpan(((t * items) + i) * Width, Width));
        }

        test?.Run(states, actions, next, terminated);
    }

    /// <inheritdoc/>
    public void Pull(int t, ReadOnlySpan<double> next, ReadOnlySpan<double> weights, Span<double> states, Span<double> actions)
    {
        // x' = x + Δ(x, u): ∂L/∂x' with what the reward adds to it passes to x as it is, and through the networks.
        Span<double> costate = stackalloc double[n];
        actions.Clear();
        for (int i = 0; i < items; i++)
        {
            var slope = slopes.AsSpan(((t * items) + i) * Width, Width);
            Total(next, i, weights[i], slope, costate);
            costate.CopyTo(states[(i * n)..]);
            Add(weights[i], slope[..n], states.Slice(i * n, n));
            Add(weights[i], slope.Slice(n, m), actions.Slice(i * m, m));
        }

        double share = mean ? 1.0 / members.Length : 1.0;
        for (int k = 0; k < members.Length; k++)
        {
            int count = Share(k), first = t * count;
            for (int r = 0; r < count; r++)
            {
                int i = Item(k, r);
                var error = tapes[k].OutputError(first + r);
                error.Clear();
                Total(next, i, weights[i], slopes.AsSpan(((t * items) + i) * Width, Width), costate);
                Add(share, costate, error[..n]);
                if (learnReward)
                {
                    error[n] = share * weights[i];
                }
            }

            members[k].Backward(tapes[k], first, count);
            for (int r = 0; r < count; r++)
            {
                int i = Item(k, r);
                Unembed(tapes[k].Input(first + r), tapes[k].InputError(first + r), states.Slice(i * n, n), actions.Slice(i * m, m));
            }
        }
    }

    private static void Add(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }

    /// <summary>∂L/∂x' + w ∂r/∂x'.</summary>
    private void Total(ReadOnlySpan<double> next, int item, double weight, ReadOnlySpan<double> slope, Span<double> costate)
    {
        next.Slice(item * n, n).CopyTo(costate);
        Add(weight, slope[(n + m)..], costate);
    }

    /// <summary>Items of a member.</summary>
    private int Share(int k) => mean ? items : ((items - 1 - k) / members.Length) + 1;

    private int Item(int k, int r) => mean ? r : k + (r * members.Length);

    /// <summary>r(x, u, x') and its slopes to each, eight a pass.</summary>
    private double Reward(ReadOnlySpan<double> x, ReadOnlySpan<double> u, ReadOnlySpan<double> next, Span<double> slope)
    {
        Span<Dual> z = stackalloc Dual[Width];
        double reward = 0.0;
        for (int chunk = 0; chunk < Width; chunk += Dual.Width)
        {
            for (int i = 0; i < Width; i++)
            {
                double value = i < n ? x[i] : i < n + m ? u[i - n] : next[i - n - m];
                z[i] = i >= chunk && i < chunk + Dual.Width ? Dual.Variable(value, i - chunk) : value;
            }

            var r = model.Task!.Reward<Dual>(z[..n], z.Slice(n, m), z[(n + m)..]);
            reward = r.Value;
            for (int i = chunk; i < Math.Min(chunk + Dual.Width, Width); i++)
            {
                slope[i] = r.Partial(i - chunk);
            }
        }

        return reward;
    }

    private void Embed(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> input)
    {
        int column = 0;
        for (int d = 0; d < n; d++)
        {
            if (ensemble.Embedding.Kind(d) == FeatureKind.Angle)
            {
                (input[column + 1], input[column]) = Math.SinCos(state[d]);
                column += 2;
            }
            else
            {
                input[column++] = state[d];
            }
        }

        for (int a = 0; a < m; a++)
        {
            input[column++] = Math.Clamp(action[a], Actions.Low[a], Actions.High[a]);
        }
    }

    /// <summary>Adds the gradient to (x, u): 1 for a linear feature, (−sin θ, cos θ) for an angle. A policy's actions lie within their limits.</summary>
    private void Unembed(ReadOnlySpan<double> input, ReadOnlySpan<double> error, Span<double> state, Span<double> action)
    {
        int column = 0;
        for (int d = 0; d < n; d++)
        {
            if (ensemble.Embedding.Kind(d) == FeatureKind.Angle)
            {
                state[d] += (input[column] * error[column + 1]) - (input[column + 1] * error[column]);
                column += 2;
            }
            else
            {
                state[d] += error[column++];
            }
        }

        Add(1.0, error.Slice(column, m), action);
    }

    /// <summary>A member's weights, the outputs kept: changes of the state, the reward and the logit of termination where they are learned.</summary>
    private double[] Unpack(PackedNetwork network)
    {
        var sizes = members[0].Sizes;
        var parameters = new double[members[0].ParameterCount];
        int at = 0;
        for (int l = 0; l < sizes.Count - 1; l++)
        {
            bool last = l == sizes.Count - 2;
            int Source(int o) => last && learnEnd && o == sizes[l + 1] - 1 ? ensemble.Network.Sizes[^1] - 1 : o;
            for (int i = 0; i < sizes[l]; i++)
            {
                for (int o = 0; o < sizes[l + 1]; o++)
                {
                    parameters[at++] = network.Weight(l, i, Source(o));
                }
            }

            for (int o = 0; o < sizes[l + 1]; o++)
            {
                parameters[at++] = network.Bias(l, Source(o));
            }
        }

        return parameters;
    }
}
