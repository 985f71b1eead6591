using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="MbieEbAgent"/>.</summary>
public sealed record MbieEbOptions
{
    /// <summary>Bonus β of an action tried once, as a part of the range of rewards. Default 0.4; 0 to 1,000,000.</summary>
    [Range(0.0, 1e6)]
    public double Beta { get; init; } = 0.4;

    /// <summary>The greatest reward of a step, r_max; none, the default, for what the world tells.</summary>
    public double? MaxReward { get; init; }

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>Error of planned values at which to stop planning, as a part of the greatest reward's size. Default 1e-3; above 0, up to 1.</summary>
    [Range(1e-12, 1.0)]
    public double Precision { get; init; } = 1e-3;

    /// <summary>Most backups after each real step. Default 1,000,000; 1 to 1,000,000,000.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxBackups { get; init; } = 1_000_000;
}

/// <summary>
/// Model-based interval estimation with exploration bonus (Strehl and Littman 2008): act optimally in the learned model, where every action pays
/// β / √n(s,a) more than it did: Q(s,a) = r̂(s,a) + γ Σ p̂(s'|s,a) max_a' Q(s',a') + β / √n(s,a).
/// </summary>
/// <remarks>
/// <para>What was never tried is worth the most that anything can be, r_max / (1 − γ), and nothing more. Rewards are in [0, 1] in the paper: β is here in
/// units of r_max less the least reward, or less 0 where that is unknown or above 0.</para>
/// <para>After every step the plan is mended by prioritized sweeping, which backs up only what changed by more than the precision.</para>
/// <para>Ties are broken at random, in <see cref="Policy"/> too, which is the policy with the bonus; <see cref="GreedyPolicy"/> takes the lowest-numbered.</para>
/// </remarks>
public sealed class MbieEbAgent : ITabularAgent
{
    private readonly MbieEbOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly QTable q;
    private readonly double[] values;
    private readonly SweepingUpdates sweeping;
    private readonly BonusBackup backup;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of backups at the end of each episode, <c>mbie-eb/backups</c>.</param>
    /// <exception cref="ArgumentException">The world is not finite, its greatest reward is unknown, its discount is 1, or an option is out of range.</exception>
    public MbieEbAgent(WorldSpec world, MbieEbOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "mbie-eb", options.Discount);
        space.RequireDiscounting();
        random = new RandomStream(key);
        double maxReward = space.RequireMaxReward(options.MaxReward), range = maxReward - space.Floor, best = space.MostValue(maxReward);
        range = range > 0 ? range : 1.0;
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount);
        (q, values) = (new QTable(space, best), new double[space.States]);
        q.CopyValues(values);
        backup = new BonusBackup(Model, options.Beta * range, best);

        // Residuals of at most θ leave every value within θ / (1 − γ) of the fixed point.
        sweeping = new SweepingUpdates(space, q, values, options.Precision * range * (1.0 - space.Discount));
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
        action[0] = q.Best(s, random);
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

        sweeping.Consider(backup, row);
        sweeping.Run(backup, options.MaxBackups);
        if (done)
        {
            metrics?.Invoke("mbie-eb/backups", sweeping.Backups);
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
        random.Save(state, $"{prefix}/random");
        Model.Save(state, $"{prefix}/model");
        sweeping.Save(state, $"{prefix}/sweeping");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        random.Load(state, $"{prefix}/random");
        Model.Load(state, $"{prefix}/model");
        sweeping.Load(state, $"{prefix}/sweeping");
        q.Load(state, $"{prefix}/q");
        q.CopyValues(values);
    }
}
