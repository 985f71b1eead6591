using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="DynaQAgent"/>.</summary>
public sealed record DynaQOptions
{
    /// <summary>Planning updates n after each real step. Default 10; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int PlanningSteps { get; init; } = 10;

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
/// Tabular Dyna-Q (Sutton 1990; Sutton and Barto 2018, section 8.2): learn from the real step, remember its outcome, then learn from n remembered ones.
/// The model is deterministic: of every state and action it holds the last outcome.
/// </summary>
/// <remarks>Ties between best actions are broken at random, in <see cref="Policy"/> too; <see cref="GreedyPolicy"/> takes the lowest-numbered.</remarks>
public sealed class DynaQAgent : ITabularAgent
{
    /// <summary>Planning updates whose random words are drawn together.</summary>
    private const int Chunk = 32;

    private readonly DynaQOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream exploration;
    private readonly RandomStream planning;
    private readonly QTable q;
    private readonly LastOutcomes model;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of pairs of state and action tried so far at the end of each episode, <c>dyna-q/tried</c>.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public DynaQAgent(WorldSpec world, DynaQOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "dyna-q", options.Discount);
        (exploration, planning) = (new RandomStream(key.Split("exploration")), new RandomStream(key.Split("planning")));
        (q, model) = (new QTable(space, options.InitialValue), new LastOutcomes(space));
    }

    /// <summary>Q, <c>[S·A]</c>.</summary>
    public ReadOnlySpan<double> ActionValues => q.Values;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        int s = space.State(observation, action);
        action[0] = q.EpsilonGreedy(s, options.Epsilon, exploration);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition is not one of the world.</exception>
    [SkipLocalsInit]
    public void Observe(in Transition transition)
    {
        var (_, _, row, r, next, terminated, done) = space.Read(transition);
        Learn(row, r, terminated ? ~next : next);
        model.Set(row, r, next, terminated);
        Span<uint> words = stackalloc uint[2 * Chunk];
        for (int i = 0; i < options.PlanningSteps; i++)
        {
            int word = 2 * (i % Chunk);
            if (word == 0)
            {
                planning.Fill(words[..(2 * Math.Min(Chunk, options.PlanningSteps - i))]);
            }

            ref readonly var imagined = ref model.Draw(words[word], words[word + 1], planning);
            Learn(imagined.Row, imagined.Reward, imagined.Code);
        }

        if (done)
        {
            metrics?.Invoke("dyna-q/tried", model.Count);
        }
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
        exploration.Save(state, $"{prefix}/exploration");
        planning.Save(state, $"{prefix}/planning");
        q.Save(state, $"{prefix}/q");
        model.Save(state, $"{prefix}/model");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        exploration.Load(state, $"{prefix}/exploration");
        planning.Load(state, $"{prefix}/planning");
        q.Load(state, $"{prefix}/q");
        model.Load(state, $"{prefix}/model");
    }

    /// <summary>Q(s,a) ← Q(s,a) + α [r + γ max_a' Q(s',a') − Q(s,a)].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Learn(int row, double r, int code)
    {
        double target = r + (code < 0 ? 0.0 : space.Discount * q.Max(code));
        q[row] += options.Alpha * (target - q[row]);
    }
}
