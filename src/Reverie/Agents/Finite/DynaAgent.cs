using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="DynaAgent"/>.</summary>
public sealed record DynaOptions
{
    /// <summary>Planning updates n after each real step. Default 10; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int PlanningSteps { get; init; } = 10;

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
/// Dyna with full backups over a model learned by counting (Sutton 1990): after every real step Q(s,a) ← r̂(s,a) + γ Σ p̂(s'|s,a) max_a' Q(s',a'), for s
/// and a just tried and for n pairs drawn from all that were ever tried.
/// </summary>
/// <remarks>Ties between best actions are broken at random, in <see cref="Policy"/> too; <see cref="GreedyPolicy"/> takes the lowest-numbered.</remarks>
public sealed class DynaAgent : ITabularAgent
{
    private readonly DynaOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream exploration;
    private readonly RandomStream planning;
    private readonly QTable q;
    private readonly double[] values;
    private readonly SeenList tried;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of pairs of state and action tried so far at the end of each episode, <c>dyna/tried</c>.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public DynaAgent(WorldSpec world, DynaOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "dyna", options.Discount);
        (exploration, planning) = (new RandomStream(key.Split("exploration")), new RandomStream(key.Split("planning")));
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount);
        (q, values, tried) = (new QTable(space, options.InitialValue), new double[space.States], new SeenList(space.Rows));
        q.CopyValues(values);
    }

    /// <summary>The learned model.</summary>
    public EmpiricalModel Model { get; }

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
    public void Observe(in Transition transition)
    {
        var (s, a, row, r, next, terminated, done) = space.Read(transition);
        Model.Record(s, a, r, next, terminated);
        tried.Add(row);
        Backup(row);
        for (int i = 0; i < options.PlanningSteps; i++)
        {
            Backup(tried.Draw(planning));
        }

        if (done)
        {
            metrics?.Invoke("dyna/tried", tried.Count);
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
        Model.Save(state, $"{prefix}/model");
        tried.Save(state, $"{prefix}/tried");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        exploration.Load(state, $"{prefix}/exploration");
        planning.Load(state, $"{prefix}/planning");
        Model.Load(state, $"{prefix}/model");
        tried.Load(state, $"{prefix}/tried");
        q.Load(state, $"{prefix}/q");
        q.CopyValues(values);
    }

    /// <summary>Q(s,a) ← r̂(s,a) + γ Σ p̂(s'|s,a) max_a' Q(s',a').</summary>
    private void Backup(int row)
    {
        q[row] = Model.Lookahead(row, values);
        int state = row / space.Actions;
        values[state] = q.Max(state);
    }
}
