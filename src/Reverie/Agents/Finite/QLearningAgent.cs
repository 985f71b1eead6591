using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="QLearningAgent"/>.</summary>
public sealed record QLearningOptions
{
    /// <summary>Learning rate α. Default 0.1; above 0, up to 1.</summary>
    [Range(1e-9, 1.0)]
    public double Alpha { get; init; } = 0.1;

    /// <summary>Probability ε of an action at random. Default 0.1; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>Q at first. Default 0; -1e9 to 1e9.</summary>
    [Range(-1e9, 1e9)]
    public double InitialValue { get; init; }
}

/// <summary>
/// Q-learning (Watkins 1989; Sutton and Barto 2018, section 6.5), without a model: after every real step
/// Q(s,a) ← Q(s,a) + α [r + γ max_a' Q(s',a') − Q(s,a)].
/// </summary>
/// <remarks>Ties between best actions are broken at random, in <see cref="Policy"/> too; <see cref="GreedyPolicy"/> takes the lowest-numbered.</remarks>
public sealed class QLearningAgent : ITabularAgent
{
    private readonly QLearningOptions options;
    private readonly TabularSpace space;
    private readonly RandomStream random;
    private readonly QTable q;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public QLearningAgent(WorldSpec world, QLearningOptions options, RandomKey key)
    {
        this.options = OptionRanges.Checked(options);
        space = new TabularSpace(world, "q-learning", options.Discount);
        random = new RandomStream(key);
        q = new QTable(space, options.InitialValue);
    }

    /// <summary>Q, <c>[S·A]</c>.</summary>
    public ReadOnlySpan<double> ActionValues => q.Values;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        int s = space.State(observation, action);
        action[0] = q.EpsilonGreedy(s, options.Epsilon, random);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition is not one of the world.</exception>
    public void Observe(in Transition transition)
    {
        var (_, _, row, r, next, terminated, _) = space.Read(transition);
        double target = r + (terminated ? 0.0 : space.Discount * q.Max(next));
        q[row] += options.Alpha * (target - q[row]);
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new TablePolicy(space, q, random);

    /// <inheritdoc/>
    public void GreedyPolicy(Span<int> policy) => q.CopyPolicy(policy);

    /// <inheritdoc/>
    public void Values(Span<double> values) => q.CopyValues(values);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        random.Save(state, $"{prefix}/random");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        random.Load(state, $"{prefix}/random");
        q.Load(state, $"{prefix}/q");
    }
}
