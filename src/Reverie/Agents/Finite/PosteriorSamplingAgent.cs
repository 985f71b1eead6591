using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="PosteriorSamplingAgent"/>.</summary>
public sealed record PosteriorSamplingOptions
{
    /// <summary>
    /// Steps within an episode after which a model is drawn again, for tasks that go on; 0, the default, when the visits of any state and action have
    /// doubled since the last draw. 0 to 1,000,000,000.
    /// </summary>
    [Range(0, 1_000_000_000)]
    public int ResampleEvery { get; init; }

    /// <summary>Prior mass c of transitions: each of S states has α = c/S. Default 1; above 0, up to 1,000,000.</summary>
    [Range(1e-6, 1e6)]
    public double Prior { get; init; } = 1.0;

    /// <summary>
    /// Steps that the prior of rewards counts for. It is a beta distribution over the range of rewards where the world tells it, else a normal one about 0
    /// with <see cref="RewardDeviation"/>. Default 0.5; above 0, up to 1,000,000.
    /// </summary>
    [Range(1e-6, 1e6)]
    public double RewardWeight { get; init; } = 0.5;

    /// <summary>Deviation of rewards, where the world does not tell their range. Default 1; 0 to 1,000,000.</summary>
    [Range(0.0, 1e6)]
    public double RewardDeviation { get; init; } = 1.0;

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>Error of planned values at which to stop planning. Default 1e-4; above 0, up to 1,000,000.</summary>
    [Range(1e-12, 1e6)]
    public double Precision { get; init; } = 1e-4;
}

/// <summary>
/// Posterior sampling for reinforcement learning (Strens 2000; Osband, Russo, Van Roy 2013): at the start of each episode draw a process from the
/// posterior, find its optimal policy, and follow it to the episode's end.
/// </summary>
/// <remarks>
/// <para>Where an episode is long a new process is drawn within it, by default when the visits of any state and action have doubled (as in UCRL2, Jaksch,
/// Ortner, Auer 2010; Ouyang, Gagrani, Nayyar, Jain 2017).</para>
/// <para>Under γ = 1 planning ends after as many sweeps as an episode may have steps.</para>
/// <para>Evaluation follows the sampled policy, or after an episode's end the one that was. Ties are broken at random, in <see cref="Policy"/> too;
/// <see cref="GreedyPolicy"/> takes the lowest-numbered.</para>
/// </remarks>
public sealed class PosteriorSamplingAgent : ITabularAgent
{
    private const int MostSweeps = 100_000;

    private readonly PosteriorSamplingOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly RandomStream posterior;
    private readonly RewardPrior rewards;
    private readonly QTable q;
    private readonly double[] values;
    private readonly int[] states;
    private readonly long[] visitsAtDraw;
    private bool due = true;
    private long sinceDraw;
    private long draws;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of draws so far, <c>posterior-sampling/draws</c>, at each.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public PosteriorSamplingAgent(WorldSpec world, PosteriorSamplingOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "posterior-sampling", options.Discount);
        (random, posterior) = (new RandomStream(key.Split("ties")), new RandomStream(key.Split("posterior")));
        rewards = double.IsFinite(space.LeastReward) && double.IsFinite(space.GreatestReward)
            ? RewardPrior.Beta(space.LeastReward, space.GreatestReward, options.RewardWeight)
            : RewardPrior.Normal(0.0, options.RewardDeviation, options.RewardWeight);
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount, options.Prior);
        (q, values, visitsAtDraw) = (new QTable(space), new double[space.States], new long[space.Rows]);
        states = [.. Enumerable.Range(0, space.States)];
    }

    /// <summary>The learned model.</summary>
    public EmpiricalModel Model { get; }

    /// <summary>Q, <c>[S·A]</c>.</summary>
    public ReadOnlySpan<double> ActionValues => q.Values;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        int state = space.State(observation, action);
        if (due)
        {
            Plan(Model.Sample(posterior, rewards));
        }

        action[0] = q.Best(state, random);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition is not one of the world.</exception>
    public void Observe(in Transition transition)
    {
        var (s, a, row, r, next, terminated, done) = space.Read(transition);
        Model.Record(s, a, r, next, terminated);
        sinceDraw++;
        bool stale = options.ResampleEvery > 0 ? sinceDraw >= options.ResampleEvery : Model.Visits(row) >= 2 * Math.Max(1, visitsAtDraw[row]);
        due |= done || stale;
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
        state.Set($"{prefix}/counters", [due ? 1 : 0, sinceDraw, draws]);
        state.Set($"{prefix}/visitsAtDraw", visitsAtDraw);
        random.Save(state, $"{prefix}/random");
        posterior.Save(state, $"{prefix}/posterior");
        Model.Save(state, $"{prefix}/model");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 3);
        (due, sinceDraw, draws) = (counters[0] != 0, counters[1], counters[2]);
        state.GetInt64($"{prefix}/visitsAtDraw", visitsAtDraw.Length).CopyTo(visitsAtDraw);
        random.Load(state, $"{prefix}/random");
        posterior.Load(state, $"{prefix}/posterior");
        Model.Load(state, $"{prefix}/model");
        q.Load(state, $"{prefix}/q");
        q.CopyValues(values);
    }

    private void Plan(FiniteMdp sampled)
    {
        if (space.Discount == 1.0)
        {
            // As many sweeps as an episode has steps, from nothing: what remains of other samples would never fade.
            Array.Clear(values);
        }

        int most = space.Discount < 1.0 ? MostSweeps : Math.Min(space.MaxSteps, MostSweeps);
        ValueSweeps.Run(new TableBackup(sampled), states, q, values, space.Discount, options.Precision, most);
        for (int row = 0; row < visitsAtDraw.Length; row++)
        {
            visitsAtDraw[row] = Model.Visits(row);
        }

        (due, sinceDraw) = (false, 0);
        metrics?.Invoke("posterior-sampling/draws", ++draws);
    }
}
