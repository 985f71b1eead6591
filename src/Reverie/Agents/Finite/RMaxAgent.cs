using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="RMaxAgent"/>.</summary>
public sealed record RMaxOptions
{
    /// <summary>
    /// Tries K after which an action is known; 0 for the number that the proof asks for (<see cref="PacBounds.RMaxTries"/>), which is far more than is
    /// needed. Default 16; 0 to 1,000,000,000.
    /// </summary>
    [Range(0, 1_000_000_000)]
    public int K { get; init; } = 16;

    /// <summary>Whether states become known as a whole, after K tries of each action, rather than each action by itself. Default false.</summary>
    public bool ByState { get; init; }

    /// <summary>Accuracy ε of the proof, as a part of r_max. Default 0.1; above 0, below 1.</summary>
    [Range(1e-6, 0.999999)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Probability δ of failure of the proof. Default 0.05; above 0, below 1.</summary>
    [Range(1e-12, 0.999999)]
    public double Delta { get; init; } = 0.05;

    /// <summary>
    /// Whether the number of states counts as unknown: K is then computed for a number that doubles whenever more were visited, and actions whose tries
    /// no longer suffice are unknown again. Matters where K is 0. Default false.
    /// </summary>
    public bool StatesUnknown { get; init; }

    /// <summary>The greatest reward of a step, r_max; none, the default, for what the world tells.</summary>
    public double? MaxReward { get; init; }

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>Error of planned values at which to stop planning, as a part of the greatest reward's size. Default 1e-4; above 0, up to 1.</summary>
    [Range(1e-12, 1.0)]
    public double Precision { get; init; } = 1e-4;
}

/// <summary>
/// R-max (Brafman and Tennenholtz 2002): act optimally in a model in which everything not yet known is as good as can be. An action is known after K tries;
/// only then is its row of the model estimated, from those K, and a plan made anew.
/// </summary>
/// <remarks>
/// <para>In its discounted form (Kakade 2003): an unknown action leads to a state that pays r_max for ever, r_max / (1 − γ); or, where r_max is below 0, to
/// the end of the task after one such reward. It therefore needs no shift of negative rewards.</para>
/// <para>Ties are broken at random, in <see cref="Policy"/> too, which is the optimistic policy; <see cref="GreedyPolicy"/> takes the lowest-numbered.</para>
/// </remarks>
public sealed class RMaxAgent : ITabularAgent
{
    private const int MostSweeps = 1_000_000;

    private readonly RMaxOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly QTable q;
    private readonly double[] values;
    private readonly bool[] known;
    private readonly SeenList visited;
    private readonly double best;
    private readonly double precision;
    private int assumedStates;
    private int knownRows;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of known pairs of state and action, <c>r-max/known</c>, and the value of the state reached, <c>r-max/value</c>, after each new plan.</param>
    /// <exception cref="ArgumentException">The world is not finite, its greatest reward is unknown, its discount is 1, or an option is out of range.</exception>
    public RMaxAgent(WorldSpec world, RMaxOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "r-max", options.Discount);
        space.RequireDiscounting();
        random = new RandomStream(key);
        double maxReward = space.RequireMaxReward(options.MaxReward);
        best = space.MostValue(maxReward);
        precision = options.Precision * Math.Max(Math.Abs(maxReward), double.Epsilon);
        assumedStates = options.StatesUnknown ? 1 : space.States;
        K = TriesFor(assumedStates);
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount);
        (q, values, known, visited) = (new QTable(space, best), new double[space.States], new bool[space.Rows], new SeenList(space.States));
        q.CopyValues(values);
    }

    /// <summary>Tries after which an action is known.</summary>
    public long K { get; private set; }

    /// <summary>Pairs of state and action that are known.</summary>
    public int KnownRows => knownRows;

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
        var (s, a, row, r, next, terminated, _) = space.Read(transition);
        if (known[row])
        {
            return;
        }

        Model.Record(s, a, r, next, terminated);
        bool moreStates = visited.Add(s) && visited.Count > assumedStates && AssumeMoreStates();
        if (BecomesKnown(row) || moreStates)
        {
            ValueSweeps.Run(new OptimisticBackup(Model, known, best), visited.Items, q, values, space.Discount, precision, MostSweeps);
            metrics?.Invoke("r-max/known", knownRows);
            metrics?.Invoke("r-max/value", values[next]);
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
        state.Set($"{prefix}/counters", [assumedStates, K]);
        state.Set($"{prefix}/known", Array.ConvertAll(known, x => x ? (byte)1 : (byte)0));
        random.Save(state, $"{prefix}/random");
        Model.Save(state, $"{prefix}/model");
        visited.Save(state, $"{prefix}/visited");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 2);
        (assumedStates, K) = ((int)counters[0], counters[1]);
        var flags = state.GetBytes($"{prefix}/known", known.Length);
        knownRows = 0;
        for (int row = 0; row < known.Length; row++)
        {
            known[row] = flags[row] != 0;
            knownRows += known[row] ? 1 : 0;
        }

        random.Load(state, $"{prefix}/random");
        Model.Load(state, $"{prefix}/model");
        visited.Load(state, $"{prefix}/visited");
        q.Load(state, $"{prefix}/q");
        q.CopyValues(values);
    }

    /// <summary>The rows that become known together with one.</summary>
    private (int First, int Count) Together(int row) => options.ByState ? (row / space.Actions * space.Actions, space.Actions) : (row, 1);

    private long TriesFor(int states) => options.K > 0
        ? options.K
        : PacBounds.RMaxTries(states, space.Actions, options.Epsilon, options.Delta, PacBounds.Horizon(space.Discount, options.Epsilon), 1.0);

    /// <summary>Doubles the number of states that K is for; whether anything known is unknown now.</summary>
    private bool AssumeMoreStates()
    {
        assumedStates = Math.Min(2 * assumedStates, space.States);
        K = TriesFor(assumedStates);
        int before = knownRows;
        for (int row = 0; row < known.Length; row++)
        {
            if (known[row] && Model.Visits(row) < K)
            {
                var (first, count) = Together(row);
                known.AsSpan(first, count).Clear();
                knownRows -= count;
            }
        }

        return knownRows != before;
    }

    /// <summary>Marks what is now known; whether anything is.</summary>
    private bool BecomesKnown(int row)
    {
        var (first, count) = Together(row);
        for (int i = first; i < first + count; i++)
        {
            if (Model.Visits(i) < K)
            {
                return false;
            }
        }

        known.AsSpan(first, count).Fill(true);
        knownRows += count;
        return true;
    }
}
