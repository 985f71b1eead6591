using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>Options of <see cref="Uct"/>. <see cref="PlannerOptions.Population"/> is the number of simulations of a decision; <see cref="PlannerOptions.Hold"/> has no use.</summary>
public sealed record UctOptions : PlannerOptions
{
    /// <summary>Makes options with this planner's defaults.</summary>
    public UctOptions() => Population = 1000;

    /// <summary>C, the weight of exploration, in units of the spread of the returns seen in the decision. Default 0.7; 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Exploration { get; init; } = 0.7;

    /// <summary>γ; 0 (the default) takes the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <inheritdoc/>
    public override PlannerOptions For(WorldSpec world)
    {
        var options = (UctOptions)base.For(world);
        return options with { Discount = options.Discount > 0 ? options.Discount : world.Discount };
    }
}

/// <summary>
/// UCT (Kocsis and Szepesvári 2006): simulate episodes of H steps from the state in the model; in states that the tree knows take
/// argmaxₐ Q(s,a) + C √(ln N(s) / N(s,a)), add the first state that it does not know, go on with random actions, and average the returns upwards:
/// Q(s,a) += (R − Q(s,a)) / N(s,a). Then take the action that was simulated most often.
/// </summary>
/// <remarks>
/// Asks only to <i>simulate</i>, with discrete actions. The tree branches by action and by the state that came of it, so that it holds where outcomes are
/// random. It is built anew for every decision, from nodes that are used again.
/// </remarks>
public sealed class Uct : IPlanner
{
    private readonly ISimulator model;
    private readonly UctOptions options;
    private readonly UctTree tree;
    private readonly int[] path;
    private readonly double[] rewards;
    private readonly float[] stateNow;
    private readonly float[] stateNext;
    private readonly float[] actionNow = new float[Lanes.Count];
    private readonly float[] reward = new float[Lanes.Count];
    private readonly float[] terminated = new float[Lanes.Count];
    private double lowest;
    private double highest;

    /// <summary>A planner on <paramref name="model"/>.</summary>
    /// <exception cref="ArgumentException">The model's actions are not discrete.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The horizon, the number of simulations or the discount is not positive.</exception>
    public Uct(ISimulator model, UctOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Population);
        if (!(options.Discount > 0.0 && options.Discount <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Discount, "The discount must be above 0 and at most 1.");
        }

        if (!model.Actions.IsDiscrete)
        {
            throw new ArgumentException("UCT searches trees of numbered actions; the model's actions are continuous.", nameof(model));
        }

        (this.model, this.options) = (model, options);
        tree = new UctTree(model.StateSize, model.Actions.Choices);
        (path, rewards) = (new int[options.Horizon], new double[options.Horizon]);
        (stateNow, stateNext) = (new float[model.StateSize * Lanes.Count], new float[model.StateSize * Lanes.Count]);
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        Span<float> root = stackalloc float[model.StateSize];
        for (int i = 0; i < root.Length; i++)
        {
            root[i] = (float)state[i];
        }

        tree.Clear(root);
        (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int n = 0; n < options.Population; n++)
        {
            Simulate(key.Split(n));
        }

        int best = tree.MostVisited(UctTree.Root);
        action[0] = best;
        return tree.Mean(UctTree.Root, best);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
    }

    private void Simulate(RandomKey key)
    {
        int node = UctTree.Root, known = 0, steps = 0;
        Spread(tree.State(node));

        // Select, as far as the tree goes, and expand it by one node.
        bool going = true, expanded = false;
        while (going && !expanded && steps < options.Horizon)
        {
            int action = tree.Select(node, options.Exploration * Math.Max(0.0, highest - lowest), key.Split(-1 - steps));
            going = Step(action, key, steps);
            path[known++] = tree.Edge(node, action);
            node = tree.Child(node, action, stateNow, Lanes.Count, out expanded);
            steps++;
        }

        // Go on at random.
        ulong draws = key.Split("actions").Value;
        while (going && steps < options.Horizon)
        {
            draws = (draws * 6364136223846793005) + 1442695040888963407;
            going = Step((int)(((draws >> 32) * (ulong)model.Actions.Choices) >> 32), key, steps++);
        }

        // Average the returns upwards.
        double value = 0;
        for (int t = steps - 1; t >= 0; t--)
        {
            value = rewards[t] + (options.Discount * value);
            if (t < known)
            {
                tree.Record(path[t], value);
            }
        }

        if (double.IsFinite(value))
        {
            (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
        }
    }

    /// <summary>Imagines a step; whether the task goes on.</summary>
    private bool Step(int action, RandomKey key, int step)
    {
        actionNow[0] = action;
        model.Step(
            new Batch(stateNow, model.StateSize, 1, Lanes.Count),
            new Batch(actionNow, 1, 1, Lanes.Count),
            new Batch(stateNext, model.StateSize, 1, Lanes.Count),
            reward,
            terminated,
            key.Split(step));
        rewards[step] = reward[0];
        for (int i = 0; i < stateNow.Length; i += Lanes.Count)
        {
            stateNow[i] = stateNext[i];
        }

        return terminated[0] == 0f;
    }

    private void Spread(ReadOnlySpan<float> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            stateNow.AsSpan(i * Lanes.Count, Lanes.Count).Fill(state[i]);
        }
    }
}
