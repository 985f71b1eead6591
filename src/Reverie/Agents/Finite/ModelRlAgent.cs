using System.ComponentModel.DataAnnotations;
using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>Options of <see cref="ModelRlAgent"/>.</summary>
public sealed record ModelRlOptions
{
    /// <summary>Imagined rollouts after each real step. Default 10; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int PlanningSteps { get; init; } = 10;

    /// <summary>Steps n of each imagined rollout. Default 1; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Steps { get; init; } = 1;

    /// <summary>Learning rate α. Default 0.1; above 0, up to 1.</summary>
    [Range(1e-9, 1.0)]
    public double Alpha { get; init; } = 0.1;

    /// <summary>Probability ε of an action at random. Default 0.1; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>States remembered. Default 100,000; 1 to 100,000,000.</summary>
    [Range(1, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Q at first. Default 0; -1e9 to 1e9.</summary>
    [Range(-1e9, 1e9)]
    public double InitialValue { get; init; }
}

/// <summary>
/// The general scheme of model-based reinforcement learning with short rollouts (Sutton 1990; Janner, Fu, Zhang, Levine 2019, algorithm 2, in a table):
/// remember the real step and learn the model from it; then, again and again, sample a state from the replay, choose a fresh action by the current policy,
/// simulate it in the learned model, and learn from what was imagined: Q(s,a) ← Q(s,a) + α [r̂ + γ max_a' Q(s',a') − Q(s,a)].
/// </summary>
/// <remarks>
/// <para>In its n-step form a rollout goes on from s' by the current policy, n steps in all, and learns from each. It ends early where the task does, and
/// where it chooses an action of which the model knows nothing. Nothing is learned from real steps directly.</para>
/// <para>Ties between best actions are broken at random, in <see cref="Policy"/> too; <see cref="GreedyPolicy"/> takes the lowest-numbered.</para>
/// </remarks>
public sealed class ModelRlAgent : ITabularAgent
{
    private readonly ModelRlOptions options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream exploration;
    private readonly RandomStream imagination;
    private readonly QTable q;
    private readonly int[] replay;
    private long remembered;
    private int triedRows;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">Receives the number of pairs of state and action tried so far at the end of each episode, <c>model-rl/tried</c>.</param>
    /// <exception cref="ArgumentException">The world is not finite, or an option is out of range.</exception>
    public ModelRlAgent(WorldSpec world, ModelRlOptions options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "model-rl", options.Discount);
        (exploration, imagination) = (new RandomStream(key.Split("exploration")), new RandomStream(key.Split("imagination")));
        Model = new EmpiricalModel(space.States, space.Actions, space.Discount);
        (q, replay) = (new QTable(space, options.InitialValue), new int[options.ReplayCapacity]);
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
        triedRows += Model.Visits(row) == 1 ? 1 : 0;
        replay[(int)(remembered++ % replay.Length)] = s;
        for (int i = 0; i < options.PlanningSteps; i++)
        {
            Imagine(replay[imagination.NextInt32((int)Math.Min(remembered, replay.Length))]);
        }

        if (done)
        {
            metrics?.Invoke("model-rl/tried", triedRows);
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
        state.Set($"{prefix}/remembered", [remembered]);
        state.Set($"{prefix}/replay", Array.ConvertAll(replay[..(int)Math.Min(remembered, replay.Length)], x => (long)x));
        exploration.Save(state, $"{prefix}/exploration");
        imagination.Save(state, $"{prefix}/imagination");
        Model.Save(state, $"{prefix}/model");
        q.Save(state, $"{prefix}/q");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        remembered = state.GetInt64($"{prefix}/remembered", 1)[0];
        var states = state.GetInt64($"{prefix}/replay", (int)Math.Min(remembered, replay.Length));
        for (int i = 0; i < states.Length; i++)
        {
            replay[i] = (int)states[i];
        }

        exploration.Load(state, $"{prefix}/exploration");
        imagination.Load(state, $"{prefix}/imagination");
        Model.Load(state, $"{prefix}/model");
        triedRows = Enumerable.Range(0, space.Rows).Count(row => Model.Visits(row) > 0);
        q.Load(state, $"{prefix}/q");
    }

    /// <summary>A rollout of n steps from s.</summary>
    private void Imagine(int s)
    {
        for (int step = 0; step < options.Steps; step++)
        {
            int row = (s * space.Actions) + q.EpsilonGreedy(s, options.Epsilon, imagination);
            if (Model.Visits(row) == 0)
            {
                return;
            }

            var (next, r, terminated) = Model.Draw(row, imagination.NextDouble());
            double target = r + (terminated ? 0.0 : space.Discount * q.Max(next));
            q[row] += options.Alpha * (target - q[row]);
            if (terminated)
            {
                return;
            }

            s = next;
        }
    }
}
