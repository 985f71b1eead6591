using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="DynaPsAgent"/>.</summary>
public sealed record DynaPsOptions
{
    /// <summary>Most backups n after each real step. Default 10; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int PlanningSteps { get; init; } = 10;

    /// <summary>Priority θ above which a backup is due. Default 0.0001; 0 to 1,000,000.</summary>
    [Range(0.0, 1e6)]
    public double Theta { get; init; } = 1e-4;

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
/// Dyna with prioritized sweeping (Moore and Atkeson 1993; Sutton and Barto 2018, section 8.4): backups are made where they change Q most, backwards from
/// what was just learned.
/// </summary>
/// <remarks>
/// <para>The model is learned by counting and backups are full, Q(s,a) ← r̂(s,a) + γ Σ p̂(s'|s,a) max_a' Q(s',a'), with P = |that − Q(s,a)|: what the book's
/// box does under α = 1 where the world is deterministic, and what it advises where it is not. Predecessors are the pairs seen to lead to a state.</para>
/// <para>Ties between best actions are broken at random, in <see cref="Policy"/> too; <see cref="GreedyPolicy"/> takes the lowest-numbered.</para>
/// </remarks>
public sealed class DynaPsAgent : ITabularAgent
{
    private readonly DynaPsOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream exploration;
    private readonly QTable q;
    private readonly double[] values;
    private readonly SweepingUpdates sweeping;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of backups at the end of each episode, <c>dyna-ps/backups</c>.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public DynaPsAgent(WorldSpec world, DynaPsOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "dyna-ps", options.Discount);
        exploration = new RandomStream(key);
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount);
        (q, values) = (new QTable(space, options.InitialValue), new double[space.States]);
        q.CopyValues(values);
        sweeping = new SweepingUpdates(space, q, values, options.Theta);
    }

    /// <summary>The learned model.</summary>
    public EmpiricalModel Model { get; }

    /// <summary>Backups made so far.</summary>
    public long Backups => sweeping.Backups;

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
        if (Model.Record(s, a, r, next, terminated) && !terminated)
        {
            sweeping.Connect(next, row);
        }

        var backup = new EmpiricalBackup(Model);
        sweeping.Consider(backup, row);
        sweeping.Run(backup, options.PlanningSteps);
        if (done)
        {
            metrics?.Invoke("dyna-ps/backups", Backups);
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
        Model.Save(state, $"{prefix}/model");
        sweeping.Save(state, $"{prefix}/sweeping");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        exploration.Load(state, $"{prefix}/exploration");
        Model.Load(state, $"{prefix}/model");
        sweeping.Load(state, $"{prefix}/sweeping");
        q.Load(state, $"{prefix}/q");
        q.CopyValues(values);
    }
}
